/* fdsharers.c CASE: processes that share descriptors and not memory, and what
 * unshare takes apart again. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif

#define STACK (1 << 16)
#define LIKE_A_THREAD                                                          \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM)

static char stack[STACK] __attribute__((aligned(16)));
static volatile int counted;

static void ended(const char *what, pid_t pid)
{
    int status = -1;
    pid_t id = waitpid(pid, &status, 0);

    printf("%s: %s status %#x\n", what, id == pid ? "waited" : strerror(errno),
           (unsigned)status);
}

static pid_t fork_with(int flags)
{
    fflush(stdout);
    return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, NULL, NULL, 0);
}

/* Let the other one go on, by the number of bytes; wait for it. */
static void signal_other(int end)
{
    if (write(end, "x", 1) != 1)
        _exit(99);
}

static void wait_other(int end)
{
    char byte;

    if (read(end, &byte, 1) != 1)
        _exit(98);
}

static int to_child[2], to_parent[2];

static void share_and_change(void)
{
    pid_t pid = fork_with(CLONE_FILES);

    if (pid == 0) {
        counted = 1;
        dup2(0, 50);
        close(51);
        signal_other(to_parent[1]);
        wait_other(to_child[0]);
        _exit(fcntl(52, F_GETFD) >= 0 && fcntl(50, F_GETFD) < 0 ? 3 : 4);
    }
    wait_other(to_parent[0]);
    printf("50 %d, 51 %d, memory %d\n", fcntl(50, F_GETFD), fcntl(51, F_GETFD),
           counted);
    close(50);
    dup2(0, 52);
    signal_other(to_child[1]);
    ended("shared", pid);
    printf("52 %d\n", fcntl(52, F_GETFD));
}

/* A child of the child has copies; so has a program that it runs. */
static void copies(const char *self)
{
    char *const argv[] = {(char *)self, "look", NULL};
    pid_t pid, other;
    int status = -1;

    dup2(0, 53);
    fcntl(53, F_SETFD, FD_CLOEXEC);
    dup2(0, 54);
    pid = fork_with(CLONE_FILES);
    if (pid == 0) {
        other = fork();
        if (other == 0) {
            close(54);
            dup2(0, 55);
            _exit(5);
        }
        if (waitpid(other, &status, 0) != other || status != 5 << 8)
            _exit(97);
        if (fcntl(54, F_GETFD) < 0 || fcntl(55, F_GETFD) >= 0)
            _exit(96);
        execv("/proc/self/exe", argv);
        _exit(95);
    }
    ended("runs a program", pid);
    printf("53 %d, 54 %d, 60 %d\n", fcntl(53, F_GETFD), fcntl(54, F_GETFD),
           fcntl(60, F_GETFD));
    /* Its own are its own from then on. */
    pid = fork_with(CLONE_FILES);
    if (pid == 0) {
        if (syscall(SYS_unshare, CLONE_FILES) < 0)
            _exit(94);
        close(54);
        dup2(0, 56);
        pid = fork();
        if (pid == 0)
            _exit(7);
        waitpid(pid, &status, 0);
        _exit(status == 7 << 8 ? 6 : 93);
    }
    ended("unshares", pid);
    printf("54 %d, 56 %d\n", fcntl(54, F_GETFD), fcntl(56, F_GETFD));
}

static void look(void)
{
    printf("in the program: 53 %d, 54 %d\n", fcntl(53, F_GETFD),
           fcntl(54, F_GETFD));
    dup2(0, 60);
}

/* Who made it runs another program, ends, or both are killed. */
static void first_ones(const char *self)
{
    char *const argv[] = {(char *)self, "look", NULL};
    pid_t pid, parent;
    int status;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int i = 0; i < 2; i++) {
        fflush(stdout);
        parent = fork();
        if (parent == 0) {
            pid = fork_with(CLONE_FILES);
            if (pid == 0) {
                wait_other(to_child[0]);
                pid = fork();
                if (pid == 0)
                    _exit(fcntl(53, F_GETFD) >= 0 && fcntl(60, F_GETFD) < 0);
                _exit(waitpid(pid, &status, 0) == pid && status == 1 << 8 ? 8
                                                                          : 92);
            }
            if (i == 0)
                execv("/proc/self/exe", argv);
            _exit(0);
        }
        ended("parent", parent);
        signal_other(to_child[1]);
        pid = waitpid(-1, &status, 0);
        printf("child's status %#x\n", (unsigned)status);
    }
    for (int i = 0; i < 20; i++) {
        pid = fork_with(CLONE_FILES);
        if (pid == 0)
            for (;;)
                pause();
        kill(pid, i % 2 ? SIGKILL : SIGTERM);
        if (waitpid(pid, &status, 0) != pid ||
            status != (i % 2 ? SIGKILL : SIGTERM))
            printf("%d: status %#x\n", i, (unsigned)status);
    }
    puts("all killed");
}

static void descriptors(void)
{
    if (pipe(to_child) < 0 || pipe(to_parent) < 0)
        return;
    dup2(0, 51);
    counted = 0;
    share_and_change();
    copies("fdsharers");
    first_ones("fdsharers");
}

static volatile int seen;

static int unshares(void *arg)
{
    (void)arg;
    if (syscall(SYS_unshare, CLONE_FILES | CLONE_FS) < 0)
        return errno;
    close(54);
    dup2(0, 57);
    if (chdir("/tmp") < 0)
        return 1;
    seen = syscall(SYS_unshare, CLONE_VM) < 0 ? errno : 0;
    return 9;
}

static void unsharing(void)
{
    static const int flags[] = {
        0,           CLONE_FS,      CLONE_FILES,  CLONE_SYSVSEM,
        CLONE_VM,    CLONE_SIGHAND, CLONE_THREAD, CLONE_FS | CLONE_FILES,
        CLONE_VFORK, CLONE_PARENT,  SIGCHLD};
    char cwd[64];
    pid_t pid;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        long rc = syscall(SYS_unshare, flags[i]);

        printf("%#x: %ld %s\n", (unsigned)flags[i], rc,
               rc ? strerror(errno) : "");
    }
    if (chdir("/") < 0)
        return;
    for (int i = 0; i < 2; i++) {
        dup2(0, 54);
        fflush(stdout);
        pid =
            clone(unshares, stack + STACK,
                  SIGCHLD | CLONE_VM | (i ? LIKE_A_THREAD : CLONE_FILES), NULL);
        ended("unshares", pid);
        printf("54 %d, 57 %d, directory %s, memory %d\n", fcntl(54, F_GETFD),
               fcntl(57, F_GETFD), getcwd(cwd, sizeof(cwd)), seen);
    }
    dup2(0, 54);
    pid = fork_with(CLONE_FILES);
    if (pid == 0)
        _exit((int)syscall(SYS_close_range, 54, 60, CLOSE_RANGE_UNSHARE) +
              (fcntl(54, F_GETFD) >= 0));
    ended("closes its own", pid);
    printf("54 %d\n", fcntl(54, F_GETFD));
}

enum { EXITS, RUNS, DIES, ENDS };

/* In a child, which tells that it has come so far. */
static _Noreturn void end_as(int how)
{
    usleep(10 * 1000);
    signal_other(to_parent[1]);
    if (how == RUNS)
        execl("/proc/self/exe", "fdsharers", "nothing", NULL);
    if (how == DIES)
        kill(getpid(), SIGKILL);
    _exit(how);
}

/* The parent waits as in vfork(2), while others come and go that share the
 * descriptors, too. */
static void waiting(void)
{
    int waited = 0, good = 0, status;

    if (pipe2(to_parent, O_NONBLOCK) < 0)
        return;
    for (int i = 0; i < 30; i++) {
        pid_t other = fork_with(CLONE_FILES), pid;
        char byte;

        if (other == 0) {
            usleep((unsigned)i * 500);
            _exit(5);
        }
        pid = fork_with(CLONE_VFORK | CLONE_FILES);
        if (pid == 0)
            end_as(i % ENDS);
        waited += read(to_parent[0], &byte, 1) == 1;
        good += waitpid(pid, &status, 0) == pid &&
                status == (i % ENDS == DIES ? SIGKILL : 0);
        good += waitpid(other, &status, 0) == other && status == 5 << 8;
    }
    printf("waited for %d, %d ended well\n", waited, good);
}

static void *opens(void *arg)
{
    for (;;)
        close(open("/dev/null", O_RDONLY | O_CLOEXEC));
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t thread;

    /* Numbers of descriptors are not told with it. */
    if (argc > 2 && pthread_create(&thread, NULL, opens, NULL) != 0)
        return 2;
    if (argc > 1 && strcmp(argv[1], "share") == 0)
        descriptors();
    else if (argc > 1 && strcmp(argv[1], "unshare") == 0)
        unsharing();
    else if (argc > 1 && strcmp(argv[1], "wait") == 0)
        waiting();
    else if (argc > 1 && strcmp(argv[1], "look") == 0)
        look();
    return argc > 1 ? 0 : 2;
}
