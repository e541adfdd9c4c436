/* threads.c SCENARIO: how threads come, share, fork, run programs and end. */
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static __thread int local = 5;

static pid_t tid_of_self(void)
{
    return (pid_t)syscall(SYS_gettid);
}

static void *add_many(void *arg)
{
    int *plain = arg;

    for (int i = 0; i < 1000; i++) {
        counter++;
        pthread_mutex_lock(&mutex);
        ++*plain;
        pthread_mutex_unlock(&mutex);
    }
    local++;
    return (void *)(intptr_t)local;
}

/* Four threads count; nothing is lost, each has its own thread variables. */
static void count(void)
{
    pthread_t t[4];
    int plain = 0;

    for (int i = 0; i < 4; i++)
        t[i] = start(add_many, &plain);
    for (int i = 0; i < 4; i++) {
        void *got;

        printf("join %d", pthread_join(t[i], &got));
        printf(" %d\n", (int)(intptr_t)got);
    }
    printf("%d %d %d\n", (int)counter, plain, local);
}

/* Threads one after the other: nothing of a dead one is in the way. */
static void sequence(void)
{
    intptr_t sum = 0;

    for (intptr_t i = 0; i < 300; i++) {
        void *got;

        pthread_join(start(nothing, (void *)i), &got);
        sum += (intptr_t)got;
    }
    printf("%ld\n", (long)sum);
}

static void *wait_for_all(void *arg)
{
    pthread_barrier_wait(arg);
    counter++;
    return NULL;
}

/* All at the same time. */
static void many(int n)
{
    pthread_t *t = calloc((size_t)n, sizeof(*t));
    pthread_barrier_t barrier;
    pthread_attr_t attr;
    int rc = 0;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 65536);
    pthread_barrier_init(&barrier, NULL, (unsigned)n + 1);
    for (int i = 0; i < n && rc == 0; i++)
        rc = pthread_create(&t[i], &attr, wait_for_all, &barrier);
    if (rc) {
        printf("pthread_create: %s\n", strerror(rc));
        exit(1);
    }
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL);
    printf("%d\n", (int)counter);
}

static void *show_ids(void *arg)
{
    char name[16] = "";
    cpu_set_t set;

    (void)arg;
    printf("other thread %d\n", tid_of_self() != getpid());
    pthread_setname_np(pthread_self(), "a worker");
    prctl(PR_GET_NAME, name);
    printf("name %s\n", name);
    printf("affinity %d\n",
           sched_getaffinity(tid_of_self(), sizeof(set), &set) >= 0);
    printf("kill nothing %d\n",
           (int)syscall(SYS_tgkill, getpid(), tid_of_self(), 0));
    return NULL;
}

static void ids(void)
{
    char name[16] = "";

    pthread_join(start(show_ids, NULL), NULL);
    prctl(PR_GET_NAME, name);
    printf("name %s leader %d\n", name, tid_of_self() == getpid());
}

static void *spin(void *arg)
{
    (void)arg;
    ready++;
    for (;;)
        counter++;
    return NULL;
}

/* exit_group ends threads that wait and threads that compute. */
static void group_exit(void)
{
    start(sleep_long, NULL);
    start(spin, NULL);
    wait_ready(2);
    puts("leaving");
    fflush(stdout);
    _exit(7);
}

static void *exit_from_thread(void *arg)
{
    (void)arg;
    wait_ready(2);
    puts("thread leaves");
    exit(9);
}

static void group_exit_by_thread(void)
{
    start(sleep_long, NULL);
    start(spin, NULL);
    start(exit_from_thread, NULL);
    for (;;)
        pause();
}

/* The kernel clears it when the first thread has ended, set_tid_address(2). */
static volatile int first_lives = 1;

static void await_end_of_first(void)
{
    while (first_lives)
        pause_ms(1);
}

static void *outlive(void *arg)
{
    (void)arg;
    await_end_of_first();
    puts("still here");
    fflush(stdout);
    syscall(SYS_exit, 4); /* not the process's status */
    return NULL;
}

/* The first thread ends; the process goes on, and has the first's status. */
static void leader_exits(void)
{
    syscall(SYS_set_tid_address, &first_lives);
    start(outlive, NULL);
    syscall(SYS_exit, 3);
}

static void *exit_late(void *arg)
{
    (void)arg;
    await_end_of_first();
    _exit(6);
}

static void leader_exits_group_later(void)
{
    syscall(SYS_set_tid_address, &first_lives);
    start(exit_late, NULL);
    syscall(SYS_exit, 3);
}

static void pthread_exit_of_main(void)
{
    syscall(SYS_set_tid_address, &first_lives);
    start(outlive, NULL);
    pthread_exit(NULL);
}

static void *crash(void *arg)
{
    (void)arg;
    *(volatile int *)8 = 1;
    return NULL;
}

static void death_of_all(void)
{
    start(spin, NULL);
    wait_ready(1);
    start(crash, NULL);
    for (;;)
        pause();
}

static void *run_self(void *arg)
{
    char *args[] = {(char *)self, "after-exec", NULL};

    wait_ready(2);
    (void)arg;
    execv(self, args);
    perror("execv");
    return NULL;
}

static void exec_by_leader(void)
{
    start(sleep_long, NULL);
    start(spin, NULL);
    run_self(NULL);
}

static void exec_by_thread(void)
{
    start(sleep_long, NULL);
    start(spin, NULL);
    start(run_self, NULL);
    for (;;)
        pause();
}

static void exec_by_thread_after_leader(void)
{
    start(sleep_long, NULL);
    start(spin, NULL);
    start(run_self, NULL);
    syscall(SYS_exit, 5);
}

static void after_exec(void)
{
    char name[16] = "";
    sigset_t set;

    sigprocmask(SIG_BLOCK, NULL, &set);
    prctl(PR_GET_NAME, name);
    printf("new program: leader %d name %.7s blocked %d\n",
           tid_of_self() == getpid(), name, sigismember(&set, SIGUSR1));
    /* It can have threads again. */
    count();
    exit(11);
}

static void *exec_fails(void *arg)
{
    char *args[] = {"/nonexistent", NULL};

    (void)arg;
    execv(args[0], args);
    printf("execv: %s\n", strerror(errno));
    return NULL;
}

/* The caller and all other threads stay as they were. */
static void failed_exec(void)
{
    pthread_t other = start(add_many, &(int){0});

    pthread_join(start(exec_fails, NULL), NULL);
    pthread_join(other, NULL);
    printf("%d\n", (int)counter);
}

static void *fork_in_thread(void *arg)
{
    pid_t pid;

    (void)arg;
    wait_ready(1);
    pid = fork();
    if (pid == 0) {
        printf("child: leader %d\n", tid_of_self() == getpid());
        counter = 0;
        count();
        fflush(stdout);
        _exit(21);
    }
    show_status("child", pid);
    pid = fork();
    if (pid == 0) {
        raise(SIGKILL);
        _exit(1);
    }
    show_status("killed", pid);
    pid = fork();
    if (pid == 0)
        return (void *)22; /* of the last thread of the child: status 0 */
    show_status("returned", pid);
    pid = fork();
    if (pid == 0) {
        char *args[] = {(char *)self, "after-exec", NULL};

        execv(self, args);
        _exit(1);
    }
    show_status("run", pid);
    return NULL;
}

/* Only the calling thread is in the child. */
static void fork_by_thread(void)
{
    start(sleep_long, NULL);
    pthread_join(start(fork_in_thread, NULL), NULL);
}

static void *allocate(void *arg)
{
    while (!*(atomic_int *)arg)
        free(malloc((size_t)(rand() % 100000)));
    return NULL;
}

static void *map_and_unmap(void *arg)
{
    while (!*(atomic_int *)arg) {
        char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        at[4096] = 1;
        mprotect(at, 8192, PROT_READ);
        munmap(at, 1 << 20);
    }
    return NULL;
}

/* The monitor's own state is whole in every child. */
static void fork_under_load(void)
{
    atomic_int stop = 0;
    pthread_t a = start(allocate, &stop);
    pthread_t b = start(map_and_unmap, &stop);
    int good = 0;

    for (int i = 0; i < 20; i++) {
        pid_t pid = fork();
        int status = 0;

        if (pid == 0) {
            char *at = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

            at[5000] = 3;
            _exit(at[5000]);
        }
        waitpid(pid, &status, 0);
        good += WIFEXITED(status) && WEXITSTATUS(status) == 3;
    }
    stop = 1;
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d\n", good);
}

/* A page that comes and goes under another thread that uses it. */
static void *write_pages(void *arg)
{
    volatile char *at = arg;

    for (int i = 0; i < 2000; i++)
        at[(i % 64) * 4096] = (char)i;
    ready++;
    return NULL;
}

static void map_changes_under_use(void)
{
    char *at = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t[2];

    for (int i = 0; i < 2; i++)
        t[i] = start(write_pages, at);
    while (ready < 2) {
        madvise(at, 64 * 4096, MADV_DONTNEED);
        if (mmap(at, 16 * 4096, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
            perror("mmap");
        mprotect(at, 32 * 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
        mprotect(at, 32 * 4096, PROT_READ | PROT_WRITE);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    puts("good");
}

static void *read_byte(void *arg)
{
    char c;

    return (void *)read(*(int *)arg, &c, 1);
}

/* One thread waits in the kernel, another gives it what it waits for. */
static void blocked_read(void)
{
    pthread_t thread;
    void *got;
    int fds[2];

    if (pipe(fds) < 0)
        return;
    thread = start(read_byte, &fds[0]);
    pause_ms(5);
    printf("write %d\n", (int)write(fds[1], "x", 1));
    pthread_join(thread, &got);
    printf("read %d\n", (int)(intptr_t)got);
}

static void *vfork_in_thread(void *arg)
{
    pid_t pid = vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork)

    (void)arg;
    if (pid == 0) {
        execl(self, self, "nothing", NULL);
        _exit(1);
    }
    show_status("vfork", pid);
    return NULL;
}

/* The threads that did not call it go on meanwhile. */
static void vfork_by_threads(void)
{
    pthread_t t[3];

    for (int i = 0; i < 3; i++)
        t[i] = start(vfork_in_thread, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
}

static void *spawn_in_thread(void *arg)
{
    char *argv[] = {"x", NULL}, *envp[] = {NULL};
    pid_t pid;

    printf("%s\n",
           strerror(posix_spawn(&pid, "/nowhere/x", NULL, NULL, argv, envp)));
    return arg;
}

/* The failure is told through memory, while other threads write to theirs. */
static void spawn_by_thread(void)
{
    pthread_t other = start(spin, NULL);

    (void)other;
    wait_ready(1);
    for (int i = 0; i < 5; i++)
        pthread_join(start(spawn_in_thread, NULL), NULL);
}

static int raw_child(void *arg)
{
    (void)arg;
    return 0;
}

/* What clone refuses. */
static void clone_errors(void)
{
    static char stack[16384];
    const int flags[] = {CLONE_THREAD, CLONE_SIGHAND,
                         CLONE_THREAD | CLONE_SIGHAND};

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        int rc = clone(raw_child, stack + sizeof(stack), flags[i], NULL);

        printf("%d %s\n", rc, strerror(errno));
    }
}

static void *use_files(void *arg)
{
    int fd = *(int *)arg;

    printf("cloexec %d\n", fcntl(fd, F_GETFD));
    close(fd);
    return (void *)(intptr_t)(chdir("/") == 0 ? open("/dev/null", O_RDONLY)
                                              : -1);
}

/* Descriptors and directory are the process's. */
static void shared_files(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char cwd[64] = "";
    void *got;

    pthread_join(start(use_files, &fd), &got);
    printf("same number %d cwd %s\n", (int)(intptr_t)got == fd,
           getcwd(cwd, sizeof(cwd)));
}

static void many_500(void)
{
    many(500);
}

static const struct scenario scenarios[] = {
    {"count", count},
    {"sequence", sequence},
    {"many", many_500},
    {"ids", ids},
    {"group-exit", group_exit},
    {"group-exit-by-thread", group_exit_by_thread},
    {"leader-exits", leader_exits},
    {"leader-exits-group-later", leader_exits_group_later},
    {"pthread-exit-of-main", pthread_exit_of_main},
    {"death-of-all", death_of_all},
    {"exec-by-leader", exec_by_leader},
    {"exec-by-thread", exec_by_thread},
    {"exec-by-thread-after-leader", exec_by_thread_after_leader},
    {"after-exec", after_exec},
    {"failed-exec", failed_exec},
    {"fork-by-thread", fork_by_thread},
    {"fork-under-load", fork_under_load},
    {"map-changes", map_changes_under_use},
    {"blocked-read", blocked_read},
    {"vfork", vfork_by_threads},
    {"spawn", spawn_by_thread},
    {"clone-errors", clone_errors},
    {"shared-files", shared_files},
    {"nothing", none},
};

int main(int argc, char **argv)
{
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
