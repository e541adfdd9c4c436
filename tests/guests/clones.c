/* clones.c: processes by clone and clone3 with other flags than fork's: how
 * they end, who waits for them, what they share. With an argument, in a process
 * with threads. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __WALL
#define __WALL 0x40000000
#endif
#ifndef __WCLONE
#define __WCLONE 0x80000000
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#define CLEAR_SIGHAND 0x100000000ULL
#define INTO_CGROUP   0x200000000ULL

struct clone3_args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
        stack_size, tls, set_tid, set_tid_size, cgroup;
};

static volatile sig_atomic_t got;

static void on_signal(int sig)
{
    got = sig;
}

static long answer(const char *what, long result)
{
    if (result < 0)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s: %s\n", what, result > 0 ? "a number" : "0");
    fflush(stdout);
    return result;
}

/* The call itself, on the same stack, as fork. */
static pid_t make(uint64_t flags, int *parent_tid)
{
    fflush(stdout);
    return (pid_t)syscall(SYS_clone, flags, 0, parent_tid, NULL, 0);
}

static void wait_as(const char *what, pid_t pid, int options)
{
    int status = -1;
    pid_t id = (pid_t)syscall(SYS_wait4, pid, &status, options, NULL);

    printf("%s: %s status %#x\n", what,
           id == pid ? "waited"
           : id < 0  ? strerror(errno)
                     : "none",
           (unsigned)status);
}

static void exit_signals(void)
{
    const int signals[] = {0, SIGUSR1, SIGCHLD, SIGRTMAX, 100};

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        siginfo_t info;
        pid_t pid;

        got = 0;
        pid = make((uint64_t)signals[i], NULL);
        if (pid == 0)
            _exit(10 + (int)i);
        printf("exit signal %d\n", signals[i]);
        if (pid < 0)
            printf("no child: %s\n", strerror(errno));
        while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL) <
                   0 &&
               errno == EINTR)
            ;
        wait_as("as any", pid, WNOHANG);
        wait_as("as a clone", pid, (int)__WCLONE);
        wait_as("of all", pid, __WALL);
        printf("signal %d\n", got);
    }
}

/* The child's child is the parent's. */
static void parents(void)
{
    int ends[2], status = 0;
    pid_t pid, second = -1;

    if (pipe(ends) < 0)
        return;
    pid = make(SIGCHLD, NULL);
    if (pid == 0) {
        pid_t mine = getppid(), sibling = make(CLONE_PARENT | SIGCHLD, NULL);

        if (sibling == 0)
            _exit(getppid() == mine ? 4 : 5);
        if (write(ends[1], &sibling, sizeof(sibling)) != sizeof(sibling))
            _exit(9);
        answer("child waits", waitpid(sibling, &status, 0));
        _exit(3);
    }
    wait_as("child", pid, 0);
    if (read(ends[0], &second, sizeof(second)) == sizeof(second))
        wait_as("its sibling", second, 0);
}

static void shared_directory(void)
{
    char cwd[64] = "";
    pid_t pid;

    umask(022);
    if (chdir("/") < 0)
        return;
    pid = make(CLONE_FS | SIGCHLD, NULL);
    if (pid == 0) {
        umask(077);
        _exit(chdir("/tmp"));
    }
    wait_as("shares the directory", pid, 0);
    printf("%s %o\n", getcwd(cwd, sizeof(cwd)), umask(022));
    pid = make(CLONE_IO | CLONE_SYSVSEM | SIGCHLD, NULL);
    if (pid == 0)
        _exit(chdir("/"));
    wait_as("does not", pid, 0);
    printf("%s\n", getcwd(cwd, sizeof(cwd)));
}

static volatile int left;

static int leave(void *arg)
{
    (void)arg;
    left = 1;
    return 6;
}

static void pidfds(void)
{
    static char stack[1 << 16];
    int fd = -1, tid = 0;
    siginfo_t info;
    struct pollfd wait;
    struct clone3_args args = {.flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
                               .exit_signal = SIGCHLD,
                               .pidfd = (uintptr_t)&fd,
                               .parent_tid = (uintptr_t)&tid};
    int ends[2];
    char byte;
    pid_t pid;

    if (pipe(ends) < 0)
        return;
    pid = make(CLONE_PIDFD | SIGCHLD, &fd);
    if (pid == 0)
        _exit(read(ends[0], &byte, 1) == 1 ? 7 : 1);
    printf("pidfd %d close on exec %d\n", fd > 2, fcntl(fd, F_GETFD));
    wait = (struct pollfd){.fd = fd, .events = POLLIN};
    printf("ready %d\n", poll(&wait, 1, 0));
    if (write(ends[1], "x", 1) != 1)
        puts("cannot write");
    printf("ready %d\n", poll(&wait, 1, 10000));
    memset(&info, 0, sizeof(info));
    answer("waitid", waitid((idtype_t)P_PIDFD, (id_t)fd, &info, WEXITED));
    printf("its own %d status %d\n", info.si_pid == pid, info.si_status);
    answer("signal", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    close(fd);
    answer("nowhere", make(CLONE_PIDFD | SIGCHLD, (void *)8));
    answer("and an id", make(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, &fd));
    answer("detached", make(CLONE_PIDFD | CLONE_DETACHED | SIGCHLD, &fd));
    fflush(stdout);
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (pid == 0)
        _exit(8);
    printf("both %d %d\n", fd > 2, tid == pid);
    wait_as("both", pid, 0);
    close(fd);
    args.flags = CLONE_PIDFD | CLONE_VFORK;
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
    if (pid == 0)
        _exit(9);
    printf("vfork %d\n", fd > 2);
    wait_as("vfork", pid, 0);
    close(fd);
    fd = -1;
    if (answer("of a thread",
               clone(leave, stack + sizeof(stack),
                     CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                         CLONE_THREAD | CLONE_SYSVSEM | CLONE_PIDFD,
                     NULL, &fd)) > 0) {
        wait = (struct pollfd){.fd = fd, .events = POLLIN};
        printf("ended %d\n", poll(&wait, 1, 10000));
    }
    got = left = 0;
    pid = clone(leave, stack + sizeof(stack), CLONE_VFORK | CLONE_VM | SIGUSR1,
                NULL);
    wait_as("vfork with a signal", pid, __WALL);
    printf("signal %d memory %d\n", got, left);
}

static void try3(const char *what, struct clone3_args args, size_t size)
{
    pid_t pid;

    fflush(stdout);
    pid = (pid_t)syscall(SYS_clone3, &args, size);
    if (pid == 0)
        _exit(0);
    answer(what, pid);
    if (pid > 0)
        waitpid(pid, NULL, __WALL);
}

static void errors(void)
{
    static char stack[4096];
    static int ids[1] = {1}, both;
    struct clone3_args a = {.exit_signal = SIGCHLD}, b = a;
    const size_t size = sizeof(a);

    try3("plain", a, size);
    try3("short", a, 63);
    try3("first version", a, 64);
    b.exit_signal = 65;
    try3("signal 65", b, size);
    b.exit_signal = SIGCHLD | 0x100;
    try3("more than a signal", b, size);
    b.exit_signal = 0;
    try3("no signal", b, size);
    b = a;
    b.flags = SIGCHLD;
    try3("signal in flags", b, size);
    b.flags = CLONE_DETACHED;
    try3("detached", b, size);
    b.flags = 1ULL << 40;
    try3("unknown flag", b, size);
    b.flags = CLONE_PARENT;
    try3("parent and signal", b, size);
    b.flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
    try3("thread and signal", b, size);
    b.flags = CLONE_SIGHAND;
    try3("handlers without memory", b, size);
    b.flags = CLONE_VM | CLONE_SIGHAND | CLEAR_SIGHAND;
    try3("handlers, cleared", b, size);
    b = a;
    b.stack = (uintptr_t)stack;
    try3("stack without size", b, size);
    b.stack = 0;
    b.stack_size = sizeof(stack);
    try3("size without stack", b, size);
    b = a;
    b.set_tid = (uintptr_t)ids;
    try3("ids without number", b, size);
    b.set_tid_size = 33;
    try3("many ids", b, size);
    b.set_tid = 0;
    b.set_tid_size = 1;
    try3("number without ids", b, size);
    b = a;
    b.flags = CLONE_PIDFD | CLONE_PARENT_SETTID;
    b.pidfd = b.parent_tid = (uintptr_t)&both;
    try3("pidfd and id at one place", b, size);
    b = a;
    b.flags = CLEAR_SIGHAND;
    try3("handlers cleared", b, size);
    answer("nowhere", syscall(SYS_clone3, (void *)8, size));
    answer("too long", syscall(SYS_clone3, &a, 5000));
}

/* A lock that a child's death leaves behind knows its owner. */
static void ids(void)
{
    pid_t pid = make(SIGUSR1, NULL);

    if (pid == 0) {
        void *big = malloc(1 << 20);

        memset(big, 1, 1 << 20);
        raise(0);
        free(big);
        pid = fork();
        if (pid == 0)
            _exit(12);
        waitpid(pid, NULL, 0);
        _exit(getpid() == (pid_t)syscall(SYS_gettid) ? 11 : 1);
    }
    wait_as("lives as any", pid, __WALL);
}

static void *calls(void *arg)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (;;)
        getppid();
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t thread;

    (void)argv;
    for (int i = 0; argc > 1 && i < 3; i++)
        pthread_create(&thread, NULL, calls, NULL);
    signal(SIGUSR1, on_signal);
    signal(SIGCHLD, on_signal);
    signal(SIGRTMAX, on_signal);
    exit_signals();
    signal(SIGCHLD, SIG_DFL);
    parents();
    shared_directory();
    pidfds();
    errors();
    ids();
    return 0;
}
