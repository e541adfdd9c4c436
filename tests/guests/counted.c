/* counted.c: how many threads and descriptors a process has, as stat(2) and its
 * like count them in directories of /proc: programs ask before they fork. */
#include "guest.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *how, unsigned long links, long size)
{
    printf("%s: %lu links, %ld\n", how, links, size);
}

static void look_at(const char *path)
{
    struct stat st;
    struct statx now;
    int fd;

    printf("%s\n", path);
    if (stat(path, &st) < 0)
        exit(77);
    show("stat", st.st_nlink, st.st_size);
    if (syscall(SYS_stat, path, &st) < 0)
        exit(78);
    show("the older one", st.st_nlink, st.st_size);
    lstat(path, &st);
    show("lstat", st.st_nlink, st.st_size);
    statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &now);
    show("statx", now.stx_nlink, (long)now.stx_size);
    fd = open(path, O_RDONLY | O_DIRECTORY);
    fstat(fd, &st);
    show("fstat", st.st_nlink, st.st_size);
    fstatat(fd, "", &st, AT_EMPTY_PATH);
    show("fstatat", st.st_nlink, st.st_size);
    statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &now);
    show("statx", now.stx_nlink, (long)now.stx_size);
    close(fd);
}

static void look(void)
{
    static const char *const paths[] = {"/proc/self/task",
                                        "/proc/self/task/",
                                        "/proc/self/fd",
                                        "task",
                                        "/proc/thread-self/fd/",
                                        "/proc/self/fdinfo",
                                        "/proc/self",
                                        "/proc/self/ns",
                                        "/sys/kernel"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        look_at(paths[i]);
}

static void *wait_for_ever(void *arg)
{
    pause();
    return arg;
}

/* Of the parent. */
static void look_from_child(void)
{
    char path[64];

    fflush(stdout);
    snprintf(path, sizeof(path), "/proc/%d", (int)getpid());
    if (fork() == 0) {
        if (chdir(path) < 0)
            exit(79);
        look_at("task");
        look_at("fd");
        exit(0);
    }
    wait(NULL);
}

int main(void)
{
    pthread_t thread;

    if (chdir("/proc/self") < 0)
        return 80;
    look();
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    if (dup(0) < 0)
        return 81;
    look();
    look_from_child();
    return 0;
}
