/* escape_processes.c: cases of the guest "escape": new processes are inside as
 * the one that makes them is, whatever they share with it, from their first
 * moment on. */
#include "escape.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIKE_A_THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND)
#define STACK         (1 << 18)

/* Where the monitor's descriptors begin; vmm/privfd.c. */
#define MONITORS 3072

static char stack[STACK] __attribute__((aligned(16)));

static int is_child_inside(void *arg)
{
    (void)arg;
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

    return ends_well(is_child_inside, flags, NULL) &&
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
static int watch(int end, pid_t first)
{
    char path[64];
    char byte;

    fcntl(end, F_SETFL, O_NONBLOCK);
    while (read(end, &byte, 1) < 0 && errno == EAGAIN)
        for (pid_t pid = first; pid < first + 64; pid++)
            for (int fd = MONITORS; fd < MONITORS + 6; fd++) {
                snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
                if (open(path, O_PATH) < 0)
                    continue;
                printf("%s\n", path);
                fflush(stdout);
                return 1;
            }
    return 0;
}

/* Whether a watcher finds nothing of children that run (fn). */
static int nothing_is_seen(int (*fn)(void *), char *arg)
{
    int kinds[] = {CLONE_VM, LIKE_A_THREAD, CLONE_FILES, 0};
    int ends[2], status = -1;
    pid_t watcher;

    for (int i = 0; i < 8; i++) {
        if (pipe(ends) < 0)
            return 0;
        fflush(stdout);
        watcher = fork();
        if (watcher == 0) {
            close(ends[1]);
            _exit(watch(ends[0], getpid() + 1));
        }
        close(ends[0]);
        for (int n = 0; n < 20; n++)
            if (!ends_well(fn, kinds[i % 4], arg))
                return 0;
        close(ends[1]);
        if (waitpid(watcher, &status, 0) != watcher || status != 0)
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
