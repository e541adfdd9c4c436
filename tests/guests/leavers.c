/* leavers.c CASE: processes that share memory run a program: what it has, what
 * the others go on with. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "sharer.h"

static volatile int turn, counted;
static int ends[2];
static char self[] = "/proc/self/exe";

/* --- what is run --- */

static void *adds_one(void *arg)
{
    ++*(int *)arg;
    return NULL;
}

/* A program like any other: it maps, forks, makes threads and processes. */
static int works(void)
{
    int status = -1, seen = 0;
    pthread_t thread;
    char *page = mmap(NULL, 1 << 22, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid_t pid;

    memset(page, 1, 1 << 22);
    pid = fork();
    if (pid == 0)
        _exit(page[4096] + 4);
    if (waitpid(pid, &status, 0) != pid || status != 5 << 8)
        return 1;
    if (pthread_create(&thread, NULL, adds_one, &seen) != 0 ||
        pthread_join(thread, NULL) != 0 || seen != 1)
        return 2;
    status = system("exit $(echo $((3 + 4)))");
    return status == 7 << 8 ? 0 : 3;
}

static void look(void)
{
    sigset_t mask;
    struct sigaction usr1, usr2;
    struct itimerval timer;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigaction(SIGUSR1, NULL, &usr1);
    sigaction(SIGUSR2, NULL, &usr2);
    getitimer(ITIMER_REAL, &timer);
    printf("pid %d, leader %d, HUP blocked %d, USR1 default %d, USR2 ignored "
           "%d, timer %d, 70 %d, 71 %d, X=%s, works %d\n",
           getenv("PID") && getpid() == atoi(getenv("PID")),
           getpid() == (pid_t)syscall(SYS_gettid), sigismember(&mask, SIGHUP),
           usr1.sa_handler == SIG_DFL, usr2.sa_handler == SIG_IGN,
           timer.it_value.tv_sec > 100, fcntl(70, F_GETFD), fcntl(71, F_GETFD),
           getenv("X"), works());
    sigpending(&mask);
    printf("HUP pending %d\n", sigismember(&mask, SIGHUP));
}

/* --- who runs it --- */

static int run(char *what)
{
    char pid[32];
    char *const argv[] = {self, what, NULL};
    char *const envp[] = {pid, (char *)"X=y", (char *)"PATH=/usr/bin:/bin",
                          NULL};

    snprintf(pid, sizeof(pid), "PID=%d", getpid());
    execve(self, argv, envp);
    printf("%s: %s\n", what, strerror(errno));
    return 9;
}

static int fails_first(void *arg)
{
    char *const argv[] = {self, NULL};

    counted += execve("/nowhere", argv, argv) == -1 && errno == ENOENT;
    tell(&turn, 1);
    return run(arg);
}

static void runs(void)
{
    char look_arg[] = "look";
    const int flags[] = {0, LIKE_A_THREAD, CLONE_FILES, CLONE_SIGHAND};

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        pid_t pid;

        turn = counted = 0;
        pid = start(fails_first, 0, flags[i] | SIGCHLD, look_arg);
        await(&turn, 0);
        ended("runs a program", pid);
        printf("counted %d\n", counted);
    }
}

static void on_signal(int sig)
{
    counted = sig;
}

/* Everything that a process keeps at execve(2), and what it does not. */
static int changes_all(void *arg)
{
    const struct itimerval timer = {.it_value.tv_sec = 1000};
    sigset_t mask;

    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, SIG_IGN);
    setitimer(ITIMER_REAL, &timer, NULL);
    sigemptyset(&mask);
    sigaddset(&mask, SIGHUP);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    kill(getpid(), SIGHUP);
    dup2(0, 70);
    dup2(0, 71);
    fcntl(71, F_SETFD, FD_CLOEXEC);
    return run(arg);
}

static void has(void)
{
    char look_arg[] = "look";
    struct sigaction usr1;

    ended("apart", start(changes_all, 0, SIGCHLD, look_arg));
    printf("70 %d, 71 %d\n", fcntl(70, F_GETFD), fcntl(71, F_GETFD));
    ended("together", start(changes_all, 0, LIKE_A_THREAD | SIGCHLD, look_arg));
    sigaction(SIGUSR1, NULL, &usr1);
    printf("70 %d, 71 %d, handled %d\n", fcntl(70, F_GETFD), fcntl(71, F_GETFD),
           usr1.sa_handler == on_signal);
    raise(SIGUSR1);
    printf("got %d\n", counted);
}

/* --- a thread does --- */

static char thread_stacks[MANY][STACK] __attribute__((aligned(16)));
static int threads_made;

static int thread_runs(void *arg)
{
    return run(arg);
}

static int waits_for_ever(void *arg)
{
    (void)arg;
    for (;;)
        pause();
    return 0;
}

static int makes_thread(void *arg)
{
    const int n = __atomic_fetch_add(&threads_made, 1, __ATOMIC_SEQ_CST) % MANY;

    clone(thread_runs, thread_stacks[n] + STACK, LIKE_A_THREAD | CLONE_THREAD,
          arg, NULL, NULL, NULL);
    return waits_for_ever(NULL);
}

static void thread(void)
{
    char look_arg[] = "look";

    for (int i = 0; i < 5; i++)
        ended("its thread runs a program",
              start(makes_thread, 0, SIGCHLD | (i % 2 ? LIKE_A_THREAD : 0),
                    look_arg));
}

/* --- the parent does, a child stays --- */

static int stays(void *arg)
{
    char *page = arg;
    char byte;

    close(ends[1]);
    /* Until the parent's program has ended. */
    while (read(ends[0], &byte, 1) == 1)
        page[0]++;
    printf("stays, works %d, page %d\n", works(), page[0]);
    fflush(stdout);
    return 0;
}

static void leaves_child(void)
{
    char look_arg[] = "look";
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pipe(ends) < 0)
        return;
    start(stays, 0, SIGCHLD, page);
    if (write(ends[1], "ab", 2) != 2)
        return;
    run(look_arg);
}

static void parent(void)
{
    int all[2];
    char byte;
    pid_t pid;

    fflush(stdout);
    if (pipe(all) < 0)
        return;
    pid = fork();
    if (pid == 0) {
        leaves_child();
        _exit(1);
    }
    close(all[1]);
    ended("the one with the child", pid);
    fflush(stdout);
    /* Until the other one has ended, too. */
    if (read(all[0], &byte, 1) != 0)
        puts("a byte");
}

/* --- in turn, and at once --- */

static int runs_again(void *arg)
{
    return run(arg);
}

/* Five programs, each of which has memory to share for the next. */
static void again(int left)
{
    char what[2] = {(char)('0' + left - 1), '\0'};

    printf("%d left\n", left);
    if (left > 0)
        ended("the next", start(runs_again, 0, SIGCHLD, what));
}

static void many(void)
{
    pid_t pids[MANY];
    char quiet[] = "quiet";
    int failed = 0;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++)
            pids[i] = start(i % 3 == 2 ? makes_thread : runs_again, i,
                            SIGCHLD | (i % 2 ? 0 : LIKE_A_THREAD), quiet);
        for (int i = 0; i < MANY; i++) {
            int status = -1;

            failed += waitpid(pids[i], &status, 0) != pids[i] || status;
        }
    }
    printf("failed %d\n", failed);
}

/* --- vfork(2) in a process with threads: its memory is shared as well --- */

static volatile int stop, count;

static void *counts(void *arg)
{
    while (!stop)
        ++*(volatile int *)arg;
    return NULL;
}

static int pipe_ends[2], heap_count;

static int uses_memory(void *arg)
{
    const int before = count;

    while (count == before)
        ;
    heap_count = 5;
    *(int *)arg = 6;
    close(pipe_ends[0]);
    return counted ? run((char *)"look") : 4;
}

static void vforks(void)
{
    const int flags[] = {0, CLONE_FILES, LIKE_A_THREAD};
    int *heap = malloc(sizeof(*heap));
    pthread_t thread;

    pthread_create(&thread, NULL, counts, (void *)&count);
    for (size_t i = 0; i < 2 * sizeof(flags) / sizeof(flags[0]); i++) {
        pid_t pid;

        *heap = heap_count = 0;
        counted = i % 2;
        if (pipe(pipe_ends) < 0)
            return;
        pid = start(uses_memory, 0, CLONE_VFORK | SIGCHLD | flags[i / 2], heap);
        printf("heap %d count %d end %s\n", *heap, heap_count,
               fcntl(pipe_ends[0], F_GETFD) < 0 ? "closed" : "open");
        ended("vfork", pid);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
    }
    stop = 1;
    pthread_join(thread, NULL);
    free(heap);
}

/* --- whose child it is: the thread's that made it --- */

static int waits_for_end(void *arg)
{
    char byte;

    (void)arg;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    tell(&turn, 1);
    return read(ends[0], &byte, 1) == 1 ? 3 : 4;
}

static int then_waits(void *arg)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(ends[0], 0);
    dup2(*(int *)arg, 1);
    close(ends[1]);
    execl("/bin/sh", "sh", "-c", "echo x; read line", NULL);
    return 9;
}

static int none_has_ended;

static void *makes_both(void *arg)
{
    pid_t *pids = arg;
    int status, told[2];
    char byte;

    if (pipe(told) < 0)
        return NULL;
    pids[0] = start(waits_for_end, 0, SIGCHLD, NULL);
    await(&turn, 0);
    pids[1] = start(then_waits, 1, SIGCHLD, &told[1]);
    if (read(told[0], &byte, 1) != 1)
        return NULL;
    none_has_ended = waitpid(pids[0], &status, WNOHANG | __WNOTHREAD) == 0 &&
                     waitpid(pids[1], &status, WNOHANG | __WNOTHREAD) == 0;
    return NULL;
}

static void children(void)
{
    pid_t pids[2];
    pthread_t thread;
    int status;

    if (pipe(ends) < 0)
        return;
    pthread_create(&thread, NULL, makes_both, pids);
    pthread_join(thread, NULL);
    printf("this thread's: %d\n", none_has_ended);
    ended("its memory", pids[0]);
    ended("its own memory", pids[1]);
    if (waitpid(-1, &status, __WNOTHREAD) < 0)
        printf("no more: %s\n", strerror(errno));
}

static void limit_files(int size)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = (rlim_t)size;
    setrlimit(RLIMIT_FSIZE, &limit);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        {"look", look},     {"runs", runs},         {"has", has},
        {"thread", thread}, {"parent", parent},     {"many", many},
        {"vforks", vforks}, {"children", children},
    };

    if (argc > 2)
        limit_files(atoi(argv[2]));
    for (size_t i = 0; argc > 1 && i < sizeof(cases) / sizeof(cases[0]); i++)
        if (strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run();
            return 0;
        }
    if (argc > 1 && strcmp(argv[1], "again") == 0)
        again(5);
    else if (argc > 1 && argv[1][0] >= '0' && argv[1][0] <= '9')
        again(atoi(argv[1]));
    return argc > 1 ? 0 : 2;
}
