/* escape_processes.c: cases of the guest "escape": new processes are inside as
 * the one that makes them is, whatever they share with it, from their first
 * moment on. */
#include "escape.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIKE_A_THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND)
#define STACK         (1 << 18)

static char stack[STACK] __attribute__((aligned(16)));

int others_have_descriptors;

static int is_child_inside(void *shares)
{
    others_have_descriptors = shares != NULL;
    return !inside();
}

/* What it runs prints, and others may have its descriptors. */
static int run(void *arg)
{
    char *const argv[] = {"escape", arg, NULL};

    if (syscall(SYS_unshare, CLONE_FILES) < 0 ||
        dup2(open("/dev/null", O_WRONLY), 1) < 0)
        return 3;
    execv("/proc/self/exe", argv);
    return 4;
}

static int ends_well(int (*fn)(void *), int flags, char *arg)
{
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = clone(fn, stack + STACK, flags | SIGCHLD, arg);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* The child, and a program that it runs. */
static int is_inside(int flags)
{
    char name[] = "inside";
    const int shares = (flags & CLONE_FILES) && !(flags & CLONE_VM);

    return ends_well(is_child_inside, flags, shares ? name : NULL) &&
           ends_well(run, flags, name);
}

int new_processes(void)
{
    const unsigned long namespaces[] = {CLONE_NEWUSER, CLONE_NEWPID,
                                        CLONE_NEWNS, CLONE_NEWNET};

    for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
        if (!fails(syscall(SYS_clone, namespaces[i] | SIGCHLD, 0, 0, 0, 0),
                   EPERM))
            return 0;
    return is_inside(0) && is_inside(CLONE_VM) && is_inside(CLONE_FILES) &&
           is_inside(LIKE_A_THREAD);
}

static int does_nothing(void *arg)
{
    (void)arg;
    return 0;
}

/* Try the monitor's descriptors of processes that are about to begin, until
 * nobody writes to (end) any more. */
static int watch_children(int end, pid_t parent)
{
    const pid_t first = getpid() + 1;
    char path[64];
    char byte;

    (void)parent;
    fcntl(end, F_SETFL, O_NONBLOCK);
    while (read(end, &byte, 1) < 0 && errno == EAGAIN)
        for (pid_t pid = first; pid < first + 64; pid++) {
            /* Processes of others on this machine are no matter. */
            if (getpgid(pid) != getpgrp())
                continue;
            for (int fd = MONITORS; fd < MONITORS + 6; fd++) {
                snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
                if (open(path, O_PATH) < 0)
                    continue;
                printf("%s\n", path);
                fflush(stdout);
                return 1;
            }
        }
    return 0;
}

/* A process that runs (fn) until found_nothing closes its end of a pipe. */
struct watcher {
    pid_t pid;
    int end;
};

static int start_watcher(struct watcher *w, int (*fn)(int end, pid_t parent))
{
    int ends[2];

    if (pipe(ends) < 0)
        return 0;
    fflush(stdout);
    w->end = ends[1];
    w->pid = fork();
    if (w->pid == 0) {
        close(ends[1]);
        _exit(fn(ends[0], getppid()));
    }
    close(ends[0]);
    return w->pid > 0;
}

static int found_nothing(const struct watcher *w)
{
    int status = -1;

    close(w->end);
    return waitpid(w->pid, &status, 0) == w->pid && status == 0;
}

/* Whether a watcher finds nothing of children that run (fn). */
static int nothing_is_seen(int (*fn)(void *), char *arg)
{
    int kinds[] = {CLONE_VM, LIKE_A_THREAD, CLONE_FILES, 0};
    struct watcher watcher;

    for (int i = 0; i < 8; i++) {
        if (!start_watcher(&watcher, watch_children))
            return 0;
        for (int n = 0; n < 20; n++)
            if (!ends_well(fn, kinds[i % 4], arg))
                return 0;
        if (!found_nothing(&watcher))
            return 0;
    }
    return 1;
}

int processes_that_begin(void)
{
    return nothing_is_seen(does_nothing, NULL);
}

/* A monitor that carries itself over into memory of its own is not to be seen
 * in between, nor the file that it is made of. */
int processes_that_leave(void)
{
    /* Without a name it lists its cases. */
    return nothing_is_seen(run, NULL);
}

/* --- threads with descriptors of their own --- */

static int opens(const char *path)
{
    int fd = open(path, O_PATH);

    if (fd < 0)
        return 0;
    close(fd);
    printf("%s\n", path);
    fflush(stdout);
    return 1;
}

/* Whether one of the monitor's numbers leads somewhere in (task). */
static int leads_out(const char *task)
{
    char path[128];

    for (int fd = MONITORS; fd < MONITORS + 40; fd++) {
        snprintf(path, sizeof(path), "%s/fd/%d", task, fd);
        if (opens(path))
            return 1;
        snprintf(path, sizeof(path), "%s/fdinfo/%d", task, fd);
        if (opens(path))
            return 1;
    }
    return 0;
}

/* The same for all threads of (pid), until nobody writes to (end) any more. */
static int watch_threads(int end, pid_t pid)
{
    char path[64], task[400], byte;
    int found = 0;

    fcntl(end, F_SETFL, O_NONBLOCK);
    snprintf(path, sizeof(path), "/proc/%d/task", pid);
    while (!found && read(end, &byte, 1) < 0 && errno == EAGAIN) {
        DIR *dir = opendir(path);
        struct dirent *e;

        while (dir && (e = readdir(dir))) {
            snprintf(task, sizeof(task), "%s/%s", path, e->d_name);
            found |= e->d_name[0] != '.' && leads_out(task);
        }
        if (dir)
            closedir(dir);
    }
    return found;
}

/* In a thread that has just got its own: (arg) to return if it is inside. */
static void *is_thread_inside(void *arg)
{
    if (syscall(SYS_unshare, CLONE_FILES) < 0)
        return NULL;
    for (int fd = MONITORS; fd < MONITORS + 40; fd++)
        if (fcntl(fd, F_GETFD) >= 0 || dup(fd) >= 0 || close(fd) == 0) {
            printf("%d\n", fd);
            return NULL;
        }
    return leads_out("/proc/thread-self") || leads_out("/proc/self") ? NULL
                                                                     : arg;
}

/* It makes more of the monitor's numbers than the first thread has. */
static void *makes_some(void *arg)
{
    pthread_t thread[8];
    void *inside, *all = is_thread_inside(arg);

    for (int i = 0; i < 8; i++)
        if (pthread_create(&thread[i], NULL, is_thread_inside, arg) != 0)
            return NULL;
    for (int i = 0; i < 8; i++) {
        pthread_join(thread[i], &inside);
        all = inside ? all : NULL;
    }
    return all;
}

int threads_with_descriptors(void)
{
    struct watcher watcher;
    int good = start_watcher(&watcher, watch_threads);

    for (int i = 0; i < 24 && good; i++) {
        pthread_t thread;
        void *inside = NULL;

        if (pthread_create(&thread, NULL, makes_some, &watcher) != 0)
            return 0;
        pthread_join(thread, &inside);
        good = inside != NULL;
    }
    return good && found_nothing(&watcher);
}
