/* sharers.c CASE: processes that share memory with the one that made them and
 * runs on: what else they share, how they end, what they make themselves. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sharer.h"

static int ends[2]; /* a pipe */
static volatile int turn, counted;
static volatile char *page;

/* --- memory --- */

static int changes_memory(void *arg)
{
    (void)arg;
    counted = 5;
    page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
    page[0] = 'a';
    page[4096] = 'b';
    tell(&turn, 1);
    await(&turn, 1);
    /* The parent took the second one, and gave another. */
    page[1] = page[4096];
    mprotect((void *)page, 4096, PROT_READ);
    sbrk(1 << 20);
    return 3;
}

static void memory(void)
{
    char *brk;
    pid_t pid;

    puts("memory"); /* its buffer is on the heap */
    brk = sbrk(0);
    pid = start(changes_memory, 0, SIGCHLD, NULL);
    await(&turn, 0);
    printf("counted %d page %c%c\n", counted, page[0], page[4096]);
    munmap((void *)(page + 4096), 4096);
    if (mmap((void *)(page + 4096), 4096, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        perror("mmap");
    page[4096] = 'c';
    tell(&turn, 2);
    ended("child", pid);
    printf("page %c break %d\n", page[1], (char *)sbrk(0) - brk == 1 << 20);
    /* Its rights are what the child left: the kernel cannot write to it. */
    if (pipe(ends) < 0 || write(ends[1], "x", 1) != 1)
        perror("pipe");
    printf("read %zd", read(ends[0], (void *)page, 1));
    printf(" %s\n", strerror(errno));
}

/* --- what is shared besides, and what is not --- */

static void on_signal(int sig)
{
    counted = sig;
}

static int changes_all(void *arg)
{
    int fd = open("/dev/null", O_RDONLY);

    (void)arg;
    counted = fd;
    if (dup2(fd, 50) < 0 || chdir("/tmp") < 0)
        return 1;
    signal(SIGUSR1, on_signal);
    umask(077);
    tell(&turn, 1);
    await(&turn, 1);
    return fcntl(51, F_GETFD) >= 0 ? 4 : 5;
}

static void shares(const char *what, int flags)
{
    struct sigaction act;
    char cwd[64] = "";
    pid_t pid;

    if (chdir("/") < 0)
        return;
    umask(022);
    signal(SIGUSR1, SIG_DFL);
    close(50);
    close(51);
    turn = 0;
    pid = start(changes_all, 0, flags | SIGCHLD, NULL);
    if (pid < 0)
        return;
    await(&turn, 0);
    sigaction(SIGUSR1, NULL, &act);
    printf("%s: descriptor %d, handler %d, directory %s, umask %o\n", what,
           fcntl(50, F_GETFD), act.sa_handler == on_signal,
           getcwd(cwd, sizeof(cwd)), umask(022));
    dup2(0, 51);
    tell(&turn, 2);
    ended(what, pid);
    printf("still %d\n", fcntl(50, F_GETFD));
}

static void shared(void)
{
    shares("memory", 0);
    shares("descriptors", CLONE_FILES);
    shares("directory", CLONE_FS);
    shares("handlers", CLONE_SIGHAND);
    shares("all", LIKE_A_THREAD);
}

/* --- ids --- */

static pid_t child_sees[4];
static int parent_tid, child_tid;

static int looks_at_ids(void *arg)
{
    (void)arg;
    child_sees[0] = (pid_t)syscall(SYS_getpid);
    child_sees[1] = (pid_t)syscall(SYS_gettid);
    child_sees[2] = (pid_t)syscall(SYS_getppid);
    child_sees[3] = child_tid;
    tell(&turn, 1);
    await(&turn, 1);
    return 0;
}

static void ids(void)
{
    struct pollfd wait = {.events = POLLIN};
    int pidfd = -1;
    pid_t pid;

    fflush(stdout);
    pid = clone(looks_at_ids, stacks[0] + STACK,
                LIKE_A_THREAD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
                    CLONE_CHILD_CLEARTID | SIGCHLD,
                NULL, &parent_tid, NULL, &child_tid);
    printf("parent's %d\n", parent_tid == pid);
    await(&turn, 0);
    tell(&turn, 2);
    /* As pthread_join(3) waits. */
    while (__atomic_load_n(&child_tid, __ATOMIC_SEQ_CST) != 0)
        syscall(SYS_futex, &child_tid, FUTEX_WAIT, pid, NULL, NULL, 0);
    printf("child's %d %d, parent %d, own word %d, then %d\n",
           child_sees[0] == pid, child_sees[1] == pid,
           child_sees[2] == getpid(), child_sees[3] == pid, child_tid);
    ended("ids", pid);
    turn = 0;
    signal(SIGUSR2, on_signal);
    pid = clone(looks_at_ids, stacks[0] + STACK,
                CLONE_VM | CLONE_PIDFD | SIGUSR2, NULL, &pidfd, NULL, NULL);
    wait.fd = pidfd;
    await(&turn, 0);
    printf("pidfd %d ready %d\n", pidfd > 2, poll(&wait, 1, 0));
    tell(&turn, 2);
    printf("ready %d\n", poll(&wait, 1, 10000));
    printf("as a child with SIGCHLD: %s\n",
           waitpid(pid, NULL, 0) < 0 ? strerror(errno) : "waited");
    ended("pidfd", pid);
    close(pidfd);
}

/* --- how they end --- */

static int crashes(void *arg)
{
    (void)arg;
    *(volatile char *)16 = 1;
    return 0;
}

static int loops(void *arg)
{
    (void)arg;
    tell(&turn, 1);
    while (turn)
        counted++;
    return 0;
}

static int waits(void *arg)
{
    (void)arg;
    tell(&turn, 1);
    while (turn)
        pause();
    return 0;
}

static int aborts(void *arg)
{
    (void)arg;
    syscall(SYS_exit_group, 300);
    return 0;
}

static int is_signalled(void *arg)
{
    int sig = *(int *)arg;

    signal(SIGUSR1, on_signal);
    counted = 0;
    tell(&turn, 1);
    while (!counted)
        usleep(1000);
    return counted == sig ? 6 : 7;
}

static void bad_pointer(const char *what)
{
    ssize_t n = syscall(SYS_write, ends[1], 16, 1);

    printf("%s: %zd %s\n", what, n, strerror(errno));
}

static void kill_one(const char *what, int (*fn)(void *), int flags, int sig)
{
    pid_t pid;

    turn = 0;
    pid = start(fn, 0, flags | SIGCHLD, &sig);
    if (pid < 0)
        return;
    await(&turn, 0);
    kill(pid, sig);
    ended(what, pid);
}

static void deaths(void)
{
    if (pipe(ends) < 0)
        return;
    signal(SIGUSR1, on_signal);
    ended("crash", start(crashes, 0, SIGCHLD, NULL));
    bad_pointer("then");
    ended("crash with the same handlers",
          start(crashes, 0, LIKE_A_THREAD | SIGCHLD, NULL));
    usleep(20000);
    bad_pointer("then");
    ended("exit_group", start(aborts, 0, LIKE_A_THREAD | SIGCHLD, NULL));
    kill_one("killed in a loop", loops, 0, SIGKILL);
    kill_one("killed in a call", waits, LIKE_A_THREAD, SIGKILL);
    kill_one("terminated in a loop", loops, LIKE_A_THREAD, SIGTERM);
    kill_one("terminated in a call", waits, 0, SIGTERM);
    kill_one("handled", is_signalled, LIKE_A_THREAD, SIGUSR1);
    kill_one("handled alone", is_signalled, 0, SIGUSR1);
    for (int i = 0; i < 40; i++) {
        int status = 0;
        pid_t pid;

        turn = 0;
        pid = start(i % 2 ? loops : waits, 0,
                    i % 4 < 2 ? SIGCHLD : SIGCHLD | LIKE_A_THREAD, NULL);
        await(&turn, 0);
        kill(pid, SIGKILL);
        if (waitpid(pid, &status, 0) != pid || status != SIGKILL)
            printf("%d: status %#x\n", i, (unsigned)status);
    }
    puts("all killed");
}

/* --- many at once, one after the other --- */

static int adds(void *arg)
{
    (void)arg;
    for (int i = 0; i < 1000; i++)
        __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void many(void)
{
    pid_t pids[MANY];
    int failed = 0;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++)
            pids[i] =
                start(adds, i, SIGCHLD | (i % 2 ? 0 : LIKE_A_THREAD), NULL);
        for (int i = 0; i < MANY; i++) {
            int status = -1;

            failed += waitpid(pids[i], &status, 0) != pids[i] || status;
        }
    }
    printf("at once: counted %d failed %d\n", counted, failed);
    counted = 0;
    for (int i = 0; i < 300; i++) {
        int status = -1;
        pid_t pid = start(adds, 0, SIGCHLD | (i % 2 ? 0 : LIKE_A_THREAD), NULL);

        failed += waitpid(pid, &status, 0) != pid || status;
    }
    printf("in turn: counted %d failed %d\n", counted, failed);
}

/* --- what they make themselves --- */

static int thread(void *arg)
{
    (void)arg;
    counted += (int)syscall(SYS_getpid) == child_sees[0];
    tell(&turn, 2);
    syscall(SYS_exit, 0);
    return 0;
}

static int makes(void *arg)
{
    static char stack[STACK] __attribute__((aligned(16)));
    pid_t pid;
    int status = 0;

    (void)arg;
    child_sees[0] = (pid_t)syscall(SYS_getpid);
    /* A thread of its own. */
    clone(thread, stack + STACK, LIKE_A_THREAD | CLONE_THREAD, NULL, NULL, NULL,
          NULL);
    await(&turn, 0);
    /* A child with memory of its own. */
    pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, NULL, NULL, 0);
    if (pid == 0) {
        counted = 100;
        syscall(SYS_exit_group,
                (int)syscall(SYS_getppid) == child_sees[0] ? 8 : 9);
    }
    if (syscall(SYS_wait4, pid, &status, 0, NULL) != pid)
        status = -1;
    child_sees[1] = status;
    /* And one that shares it. */
    pid =
        clone(adds, stack + STACK, CLONE_VM | SIGCHLD, NULL, NULL, NULL, NULL);
    if (syscall(SYS_wait4, pid, &status, 0, NULL) != pid)
        status = -1;
    return status == 0 ? 2 : 3;
}

static void makers(void)
{
    for (int i = 0; i < 2; i++) {
        pid_t pid, other;

        counted = turn = 0;
        pid = start(makes, 0, SIGCHLD | (i ? LIKE_A_THREAD : 0), NULL);
        /* The parent forks beside it. */
        other = fork();
        if (other == 0)
            _exit(getpid() == (pid_t)syscall(SYS_gettid) ? 1 : 2);
        ended("beside", other);
        ended("maker", pid);
        printf("counted %d, its child's status %#x\n", counted,
               (unsigned)child_sees[1]);
    }
}

/* --- the parent ends first --- */

static int outlives(void *arg)
{
    char byte;

    (void)arg;
    /* The parent's end closes it. */
    close(ends[1]);
    if (read(ends[0], &byte, 1) != 0)
        return 1;
    page = mmap(NULL, 1 << 21, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset((void *)page, 1, 1 << 21);
    counted = (int)write(1, "outlived\n", 9);
    return 0;
}

static void orphan(void)
{
    pid_t pid;
    int status;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        if (pipe(ends) < 0)
            _exit(1);
        if (start(outlives, 0, SIGCHLD, NULL) < 0)
            _exit(2);
        _exit(0);
    }
    ended("parent", pid);
    do
        pid = waitpid(-1, &status, __WALL);
    while (pid < 0 && errno == EINTR);
    printf("orphan's status %#x\n", (unsigned)status);
}

/* --- what /proc tells --- */

static void count_lines(const char *path, pid_t pid)
{
    char name[64], line[4096];
    FILE *file;
    int n = 0, own = 0;

    snprintf(name, sizeof(name), path, pid);
    file = fopen(name, "r");
    if (!file) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    while (fgets(line, sizeof(line), file)) {
        n++;
        own += strstr(line, "sharers") != NULL;
        if (strncmp(line, "Threads:", 8) == 0 ||
            strncmp(line, "SigCgt:", 7) == 0)
            fputs(line, stdout);
    }
    fclose(file);
    printf("%s: %s, %d of the program\n", path, n > 0 ? "lines" : "empty", own);
}

static void proc(void)
{
    char name[64], other[64];
    struct stat st;
    int open_ones = 0;
    pid_t pid;

    for (int i = 0; i < 2; i++) {
        signal(SIGUSR1, SIG_DFL);
        turn = 0;
        pid = start(waits, 0, SIGCHLD | (i ? LIKE_A_THREAD : 0), NULL);
        await(&turn, 0);
        signal(SIGUSR1, on_signal);
        count_lines("/proc/%d/maps", pid);
        count_lines("/proc/%d/status", pid);
        count_lines("/proc/%d/cmdline", pid);
        open_ones = 0;
        /* A monitor's own are between 3000 and 4096. */
        for (int fd = 0; fd < 4200; fd = fd == 63 ? 3000 : fd + 1) {
            snprintf(name, sizeof(name), "/proc/%d/fd/%d", pid, fd);
            snprintf(other, sizeof(other), "/proc/%d/task/%d/fd/%d", pid, pid,
                     fd);
            open_ones += lstat(name, &st) == 0;
            open_ones += lstat(other, &st) == 0;
        }
        printf("descriptors %d\n", open_ones);
        kill(pid, SIGKILL);
        ended("proc", pid);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        {"memory", memory}, {"shared", shared}, {"ids", ids},
        {"deaths", deaths}, {"many", many},     {"makers", makers},
        {"orphan", orphan}, {"proc", proc},
    };

    for (size_t i = 0; argc > 1 && i < sizeof(cases) / sizeof(cases[0]); i++)
        if (strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run();
            return 0;
        }
    return 2;
}
