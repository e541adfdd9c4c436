/* processes.c: fork, vfork, exec, wait: prints what a process sees of them. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *self;
static volatile int chld;

static void on_chld(int sig, siginfo_t *info, void *uc)
{
    (void)uc;
    chld = sig == SIGCHLD ? info->si_status : -1;
}

static void on_usr1(int sig)
{
    (void)sig;
}

static void memory_is_copied(void)
{
    static int private = 1;
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double x = 1.5;
    pid_t pid = fork();

    if (pid == 0) {
        private = 7;
        *shared = 7;
        _exit(x == 1.5 && getppid() != 0 ? 3 : 4);
    }
    show_status("fork", pid);
    private += 1;
    printf("private %d shared %d\n", private, *shared);
}

static void ends(void)
{
    pid_t pid = fork();

    if (pid == 0)
        raise(SIGTERM);
    show_status("SIGTERM", pid);
    pid = fork();
    if (pid == 0)
        *(volatile int *)8 = 1;
    show_status("SIGSEGV", pid);
    pid = wait(NULL);
    printf("no child: %d %s\n", (int)pid, strerror(errno));
}

static int tree(int depth)
{
    int status, sum = 1;

    for (int i = 0; i < 2 && depth > 0; i++) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(tree(depth - 1));
        waitpid(pid, &status, 0);
        sum += WEXITSTATUS(status);
    }
    return sum;
}

static void signals_after_fork(void)
{
    struct sigaction act = {.sa_sigaction = on_chld, .sa_flags = SA_SIGINFO};
    sigset_t set, old, pending;
    pid_t pid;

    sigaction(SIGCHLD, &act, NULL);
    signal(SIGUSR1, on_usr1);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    pid = fork();
    if (pid == 0) {
        sigpending(&pending);
        _exit(sigismember(&pending, SIGUSR1) ? 1 : 21);
    }
    sigdelset(&set, SIGUSR1);
    while (!chld)
        sigsuspend(&old);
    printf("SIGCHLD told %d\n", chld);
    show_status("pending is not inherited", pid);
}

static void exec_it(const char *what)
{
    char *argv[] = {(char *)self, (char *)what, "a b", "", NULL};
    char *envp[] = {"X=y", NULL};
    /* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
    pid_t pid = vfork();

    if (pid == 0) {
        execve(self, argv, envp);
        _exit(99);
    }
    show_status(what, pid);
}

static void exec_keeps_and_drops(void)
{
    int kept = open("/dev/null", O_RDONLY);
    int closed = open("/dev/null", O_RDONLY | O_CLOEXEC);

    dup2(kept, 50);
    dup3(closed, 51, O_CLOEXEC);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGHUP, on_usr1);
    exec_it("child");
}

static void exec_fails(void)
{
    char *argv[] = {"x", NULL};
    char **volatile bad = (char **)8;

    printf("none: %d", execve("/nowhere/x", argv, NULL));
    printf(" %s\n", strerror(errno));
    printf("directory: %d", execve("/", argv, NULL));
    printf(" %s\n", strerror(errno));
    printf("bad vector: %d", execve(self, bad, NULL));
    printf(" %s\n", strerror(errno));
    printf("still here: %s\n", getenv("HOME") ? "yes" : "no");
}

/* The child writes to the parent's memory, whatever kind it is. */
static void vfork_shares_memory(void)
{
    static int in_data = 1;
    volatile int on_stack = 1;
    volatile int *on_heap = malloc(300000);
    volatile int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    volatile char *untouched = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *sparse =
        mmap(NULL, 8UL << 30, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *argv[] = {(char *)self, "child", NULL}, *envp[] = {NULL};
    pid_t pid;

    on_heap[70000] = *shared = 1;
    sparse[1UL << 30] = sparse[4UL << 30] = 1;
    /* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
    pid = vfork();
    if (pid == 0) {
        /* NOLINTBEGIN(clang-analyzer-unix.Vfork) */
        in_data = 2;
        on_stack = 3;
        on_heap[70000] = 4;
        *shared = 5;
        untouched[500000] = 6;
        sparse[4UL << 30] = 7;
        sparse[7UL << 30] = 8;
        _exit(1);
        /* NOLINTEND(clang-analyzer-unix.Vfork) */
    }
    show_status("vfork", pid);
    printf("%d %d %d %d %d\n", in_data, on_stack, on_heap[70000], *shared,
           untouched[500000]);
    printf("%d %d %d\n", sparse[1UL << 30], sparse[4UL << 30],
           sparse[7UL << 30]);
    /* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
    pid = vfork();
    if (pid == 0) {
        on_stack = 7; /* NOLINT(clang-analyzer-unix.Vfork) */
        execve(self, argv, envp);
        _exit(99);
    }
    show_status("vfork and exec", pid);
    printf("%d\n", on_stack);
    free((void *)on_heap);
}

static void spawns(void)
{
    char *argv[] = {"x", "child", NULL}, *envp[] = {NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    int rc;

    printf("%s\n",
           strerror(posix_spawn(&pid, "/nowhere/x", NULL, NULL, argv, envp)));
    printf("%s\n", strerror(posix_spawn(&pid, "/", NULL, NULL, argv, envp)));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/nowhere", O_RDONLY, 0);
    printf("%s\n",
           strerror(posix_spawn(&pid, self, &actions, NULL, argv, envp)));
    printf("%s\n", strerror(posix_spawnp(&pid, "no-such-program", NULL, NULL,
                                         argv, envp)));
    rc = posix_spawn(&pid, self, NULL, NULL, argv, envp);
    printf("%d\n", rc);
    show_status("spawned", pid);
    printf("children left: %d\n", (int)waitpid(-1, NULL, WNOHANG));
}

static void clone3_settings(void)
{
    struct {
        unsigned long flags, pidfd, child_tid, parent_tid, exit_signal, stack,
            stack_size, tls;
    } args = {.exit_signal = SIGCHLD};
    static pid_t child_tid, parent_tid;
    long pid;

    args.flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID;
    args.child_tid = (unsigned long)&child_tid;
    args.parent_tid = (unsigned long)&parent_tid;
    pid = syscall(SYS_clone3, &args, sizeof(args));
    if (pid == 0)
        _exit(child_tid == (pid_t)syscall(SYS_getpid) && !parent_tid ? 5 : 6);
    printf("parent_tid %d child_tid %d\n", parent_tid == pid, child_tid);
    show_status("clone3", (pid_t)pid);
    args.flags = 1;
    errno = 0;
    printf("clone3 with a signal in flags: %ld",
           syscall(SYS_clone3, &args, sizeof(args)));
    printf(" %s\n", strerror(errno));
}

static int exec_child(char **argv, char **envp)
{
    struct sigaction hup, usr2;
    char comm[16] = "", line[64] = "";
    FILE *timers = fopen("/proc/self/timers", "r");
    int fd = open("/proc/self/comm", O_RDONLY);

    sigaction(SIGHUP, NULL, &hup);
    sigaction(SIGUSR2, NULL, &usr2);
    if (fd >= 0 && read(fd, comm, sizeof(comm) - 1) < 0)
        comm[0] = '\0';
    printf("in it: [%s] [%s] [%s] %s", argv[2], argv[3], envp[0], comm);
    printf("fd 50 %d fd 51 %d HUP %d USR2 %d timers %d\n", fcntl(50, F_GETFD),
           fcntl(51, F_GETFD), hup.sa_handler == SIG_DFL,
           usr2.sa_handler == SIG_IGN,
           timers && fgets(line, sizeof(line), timers) != NULL);
    return 11;
}

int main(int argc, char **argv, char **envp)
{
    static char path[4096];

    if (argc > 1 && argc <= 3)
        return 0; /* run only to be run */
    if (argc > 3 && strcmp(argv[1], "child") == 0)
        return exec_child(argv, envp);
    if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
        return 1;
    self = path;
    setvbuf(stdout, NULL, _IOLBF, 0);
    memory_is_copied();
    ends();
    printf("tree of %d\n", tree(3));
    exec_keeps_and_drops();
    exec_fails();
    vfork_shares_memory();
    spawns();
    clone3_settings();
    signals_after_fork();
    return 0;
}
