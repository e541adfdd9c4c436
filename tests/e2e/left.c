/* left.c: what a run left behind. */
#include "tests/e2e/left.h"

#include "vmm/util.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#define SECONDS_TO_END 10 /* a process that is about to end may do that */

/* Where shared memory can be seen: a directory, or a file with a line each. */
static const char *const shared[] = {
    "/dev/shm",
    "/proc/sysvipc/shm",
    "/proc/sysvipc/sem",
    "/proc/sysvipc/msg",
};

static int before[ARRAY_SIZE(shared)];

static int entries(const char *path, char *name, size_t size)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    int n = 0;

    while (dir && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            snprintf(name, size, "%s", entry->d_name);
            n++;
        }
    if (dir)
        closedir(dir);
    return n;
}

static int lines(const char *path, char *last, size_t size)
{
    FILE *file = fopen(path, "re");
    int n = 0;

    while (file && fgets(last, (int)size, file))
        n++;
    if (file)
        fclose(file);
    return n;
}

static int count(const char *path, char *name, size_t size)
{
    return strncmp(path, "/proc", 5) == 0 ? lines(path, name, size)
                                          : entries(path, name, size);
}

void left_begin(void)
{
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    /* What needs a privilege that is not there is left as it is. */
    if (unshare(CLONE_NEWIPC | CLONE_NEWNS) == 0 &&
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, NULL) < 0)
        fprintf(stderr, "/dev/shm: %s\n", strerror(errno));
}

void left_mark(void)
{
    char name[256];

    for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
        before[i] = count(shared[i], name, sizeof(name));
}

/* The name of one child, which may be a zombie, or "". */
static pid_t a_child(char *name, size_t size)
{
    char path[64];
    FILE *file;
    int pid = 0;

    snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
    file = fopen(path, "re");
    name[0] = '\0';
    if (file && fscanf(file, "%d", &pid) == 1) {
        snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
        lines(path, name, size);
    }
    if (file)
        fclose(file);
    return pid;
}

/* Take all children; how many did not end by themselves. */
static int reap(char *name, size_t size)
{
    const struct timespec step = {.tv_nsec = 10 * 1000 * 1000};
    int killed = 0;

    for (int waits = 0;;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);

        if (pid < 0 && errno == ECHILD)
            return killed;
        if (pid != 0)
            continue;
        if (waits++ < SECONDS_TO_END * 100) {
            nanosleep(&step, NULL);
            continue;
        }
        pid = a_child(name, size);
        if (pid > 0 && kill(pid, SIGKILL) == 0 && waitpid(pid, NULL, 0) == pid)
            killed++;
    }
}

void left_check(const char *who, const char *directory)
{
    char name[256] = "";
    int n = reap(name, sizeof(name));

    if (n > 0)
        fail_msg("%s left %d processes, one of them %s", who, n, name);
    for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
        n = count(shared[i], name, sizeof(name)) - before[i];
        if (n > 0)
            fail_msg("%s left %d in %s, perhaps %s", who, n, shared[i], name);
    }
    n = entries(directory, name, sizeof(name));
    if (n > 0)
        fail_msg("%s left %d temporary files, one of them %s", who, n, name);
}
