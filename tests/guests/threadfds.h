/* threadfds.h: what the guests share whose threads have descriptors of their
 * own. */
#ifndef TESTS_GUESTS_THREADFDS_H
#define TESTS_GUESTS_THREADFDS_H

#include "threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#define STACK (1 << 16)

static char stack[STACK] __attribute__((aligned(16)));
static int go[2], done[2]; /* pipes between two threads */

static inline int unshare_files(void)
{
    return (int)syscall(SYS_unshare, CLONE_FILES);
}

static inline int is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* Descriptors that a directory of /proc lists. */
static inline int listed(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *e;
    int n = 0;

    while (dir && (e = readdir(dir)))
        n += e->d_name[0] != '.' && atoi(e->d_name) != dirfd(dir);
    if (dir)
        closedir(dir);
    return n;
}

static inline void give(const int ends[2])
{
    if (write(ends[1], "x", 1) != 1)
        exit(91);
}

static inline void take(const int ends[2])
{
    char byte;

    if (read(ends[0], &byte, 1) != 1)
        exit(92);
}

static inline void open_pipes(void)
{
    if (pipe(go) < 0 || pipe(done) < 0)
        exit(93);
}

#endif
