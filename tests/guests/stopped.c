/*
 * stopped.c: threads and processes that a hook stops again and again, at call
 * 1000: what they wait for comes all the same, and no earlier or later.
 */
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sem.h>

#define ASK 1000

static void ask(void)
{
    syscall(ASK, 0, 0);
}

static long ms_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Stop the others for (ms), every few milliseconds anew. */
static void ask_for(long ms)
{
    for (long end = ms_now() + ms; ms_now() < end; pause_ms(5))
        ask();
}

/* --- waits, each with a time limit of 300 ms --- */

#define LIMIT_MS 300

static int ends[2]; /* a pipe in which nothing is */

static long by_nanosleep(void)
{
    const struct timespec t = {0, LIMIT_MS * 1000000L};

    return nanosleep(&t, NULL);
}

static long by_clock_nanosleep(void)
{
    struct timespec t = {0, LIMIT_MS * 1000000L};

    return clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

static long by_poll(void)
{
    struct pollfd fd = {ends[0], POLLIN, 0};

    return poll(&fd, 1, LIMIT_MS);
}

static long by_ppoll(void)
{
    struct pollfd fd = {ends[0], POLLIN, 0};
    const struct timespec t = {0, LIMIT_MS * 1000000L};

    return ppoll(&fd, 1, &t, NULL);
}

static long by_select(void)
{
    struct timeval t = {0, LIMIT_MS * 1000};
    fd_set set;

    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    return select(ends[0] + 1, &set, NULL, NULL, &t);
}

static long by_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(0);
    long rc;

    epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event);
    rc = epoll_wait(fd, &event, 1, LIMIT_MS);
    close(fd);
    return rc;
}

static long by_futex(void)
{
    const struct timespec t = {0, LIMIT_MS * 1000000L};
    int word = 0;

    return syscall(SYS_futex, &word, 128 /* WAIT, private */, 0, &t) < 0 &&
                   errno == ETIMEDOUT
               ? 0
               : -1;
}

static long by_sigtimedwait(void)
{
    const struct timespec t = {0, LIMIT_MS * 1000000L};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    sigaddset(&set, SIGBUS); /* the monitor has uses for it */
    return sigtimedwait(&set, NULL, &t) < 0 && errno == EAGAIN ? 0 : -1;
}

static long by_semtimedop(void)
{
    const struct timespec t = {0, LIMIT_MS * 1000000L};
    struct sembuf op = {0, -1, 0};
    int id = semget(IPC_PRIVATE, 1, 0600);
    long rc = semtimedop(id, &op, 1, &t) < 0 && errno == EAGAIN ? 0 : -1;

    semctl(id, 0, IPC_RMID);
    return rc;
}

static const struct {
    const char *name;
    long (*wait)(void);
} waits[] = {
    {"nanosleep", by_nanosleep},
    {"clock_nanosleep", by_clock_nanosleep},
    {"poll", by_poll},
    {"ppoll", by_ppoll},
    {"select", by_select},
    {"epoll", by_epoll},
    {"futex", by_futex},
    {"sigtimedwait", by_sigtimedwait},
    {"semtimedop", by_semtimedop},
};
#define WAITS ((int)(sizeof(waits) / sizeof(waits[0])))

static atomic_int finished;

static void *wait_in_time(void *arg)
{
    int i = (int)(intptr_t)arg;
    long start_ms = ms_now();
    long rc = waits[i].wait();
    long took = ms_now() - start_ms;

    flockfile(stderr);
    if (rc != 0 || took < LIMIT_MS - 2 || took > LIMIT_MS + 3000)
        fprintf(stderr, "%s: result %ld after %ld ms\n", waits[i].name, rc,
                took);
    funlockfile(stderr);
    finished++;
    return NULL;
}

static void timed_waits(void)
{
    pthread_t thread[WAITS];

    if (pipe(ends) < 0)
        return;
    for (int i = 0; i < WAITS; i++)
        thread[i] = start(wait_in_time, (void *)(intptr_t)i);
    while (finished < WAITS)
        ask_for(10);
    for (int i = 0; i < WAITS; i++)
        pthread_join(thread[i], NULL);
    puts("in time");
}

/* --- waits without a limit --- */

static void *read_one(void *arg)
{
    char byte = 0;
    ssize_t n = read(ends[0], &byte, 1);

    printf("read %zd %c\n", n, byte);
    return arg;
}

static sem_t semaphore;

static void *wait_semaphore(void *arg)
{
    int rc = sem_wait(&semaphore);

    printf("sem_wait %d\n", rc);
    return arg;
}

static void *wait_lock(void *arg)
{
    pthread_mutex_t *lock = arg;

    printf("lock %d\n", pthread_mutex_lock(lock));
    pthread_mutex_unlock(lock);
    return NULL;
}

static void long_waits(void)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;

    if (pipe(ends) < 0)
        return;
    thread = start(read_one, NULL);
    ask_for(100);
    if (write(ends[1], "x", 1) != 1)
        return;
    pthread_join(thread, NULL);
    sem_init(&semaphore, 0, 0);
    thread = start(wait_semaphore, NULL);
    ask_for(100);
    sem_post(&semaphore);
    pthread_join(thread, NULL);
    pthread_mutex_lock(&lock);
    thread = start(wait_lock, &lock);
    ask_for(100);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}

/* A signal without SA_RESTART still interrupts the call that was kicked. */
static void on_alarm(int sig)
{
    (void)sig;
}

static void *read_until_signal(void *arg)
{
    char byte;
    ssize_t n;

    ready++;
    n = read(ends[0], &byte, 1);
    printf("read %zd %d\n", n, n < 0 && errno == EINTR);
    finished++;
    return arg;
}

static void interrupted(void)
{
    struct sigaction act = {.sa_handler = on_alarm};
    pthread_t thread;

    sigaction(SIGUSR1, &act, NULL);
    if (pipe(ends) < 0)
        return;
    for (int i = 0; i < 20; i++) {
        finished = ready = 0;
        thread = start(read_until_signal, NULL);
        wait_ready(1);
        ask_for(10);
        pthread_kill(thread, SIGUSR1);
        ask_for(10);
        while (!finished)
            pause_ms(1);
        pthread_join(thread, NULL);
    }
}

/* --- everybody stops everybody --- */

#define CROWD  6
#define ROUNDS 60

static void *ask_often(void *arg)
{
    for (int i = 0; i < ROUNDS; i++)
        ask();
    return arg;
}

static void crowd_of_threads(void)
{
    pthread_t thread[CROWD];

    for (int i = 0; i < CROWD; i++)
        thread[i] = start(ask_often, NULL);
    for (int i = 0; i < CROWD; i++)
        pthread_join(thread[i], NULL);
    puts("done");
}

static void crowd_of_processes(void)
{
    atomic_int *total = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    for (int i = 0; i < CROWD; i++) {
        if (fork() == 0) {
            for (int k = 0; k < ROUNDS; k++, ++*total)
                ask();
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ask();
    printf("total %d\n", *total);
}

/* Threads and processes come and go while another thread stops them all. */
static atomic_int stop_asking;

static void *ask_until_told(void *arg)
{
    while (!stop_asking)
        ask();
    return arg;
}

static __attribute__((noinline)) void run_true(bool shares)
{
    char *const argv[] = {"true", NULL};
    pid_t pid = shares ? vfork() : fork();

    if (pid == 0) {
        execv("/bin/true", argv);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
}

static void coming_and_going(void)
{
    pthread_t asker = start(ask_until_told, NULL);

    for (int i = 0; i < 10; i++) {
        pthread_t thread = start(nothing, NULL);

        run_true(i % 2);
        pthread_join(thread, NULL);
    }
    stop_asking = 1;
    pthread_join(asker, NULL);
    puts("done");
}

/* exec while others are stopped, and stop. */
static void replaced(void)
{
    char *const argv[] = {"echo", "another program", NULL};

    for (int i = 0; i < 4; i++)
        start(ask_until_told, NULL);
    ask_for(50);
    execv("/bin/echo", argv);
}

/* exit_group likewise. */
static void ended(void)
{
    for (int i = 0; i < 4; i++)
        start(ask_until_told, NULL);
    ask_for(50);
    _exit(7);
}

/*
 * A process that stops others is killed: they go on. The hook stops them at
 * pause(2), which never ends.
 */
static void killed_stopper(void)
{
    int pulse[2];
    pid_t sharer, stopper;
    char byte;

    if (pipe(pulse) < 0)
        return;
    /* This process shares nothing with the two. */
    sharer = fork();
    if (sharer == 0) {
        atomic_int *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        stopper = fork();
        if (stopper == 0) {
            close(pulse[0]);
            while (*word < 20)
                pause_ms(1);
            pause();
            _exit(1); /* not before it is killed */
        }
        if (write(pulse[1], &stopper, sizeof(stopper)) != sizeof(stopper))
            _exit(1);
        for (;;) {
            ++*word;
            if (write(pulse[1], "x", 1) != 1)
                _exit(0);
            pause_ms(1);
        }
    }
    if (read(pulse[0], &stopper, sizeof(stopper)) != sizeof(stopper))
        return;
    /* Until no pulse comes any more. */
    for (;;) {
        struct pollfd fd = {pulse[0], POLLIN, 0};

        if (poll(&fd, 1, 1000) == 0)
            break;
        if (read(pulse[0], &byte, 1) != 1)
            return;
    }
    puts("stopped");
    kill(stopper, SIGKILL);
    if (read(pulse[0], &byte, 1) == 1)
        puts("goes on");
    kill(sharer, SIGKILL);
    waitpid(sharer, NULL, 0);
}

/* Processes that stop each other are killed, wherever they just are; the
 * others go on. */
#define KILLS 60

static pid_t ask_for_ever(atomic_int *word)
{
    pid_t pid = fork();

    while (pid == 0) {
        ++*word;
        ask();
    }
    return pid;
}

static void killed_often(void)
{
    atomic_int *words = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid[4];

    for (int i = 0; i < 4; i++)
        pid[i] = ask_for_ever(&words[i]);
    for (int i = 0; i < KILLS; i++) {
        pause_ms(i % 7);
        kill(pid[i % 4], SIGKILL);
        waitpid(pid[i % 4], NULL, 0);
        pid[i % 4] = ask_for_ever(&words[i % 4]);
    }
    for (int i = 0; i < 4; i++)
        for (int seen = words[i]; words[i] == seen;)
            pause_ms(1);
    for (int i = 0; i < 4; i++) {
        kill(pid[i], SIGKILL);
        waitpid(pid[i], NULL, 0);
    }
    puts("done");
}

/* A process that SIGSTOP holds is no hindrance. */
static void held(void)
{
    atomic_int *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();
    int status;

    if (pid == 0)
        for (;;)
            ++*word;
    while (*word < 1000)
        pause_ms(1);
    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    ask();
    kill(pid, SIGCONT);
    for (int seen = *word; *word == seen;)
        pause_ms(1);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    puts("done");
}

/* What the others write to the page must not change while they are stopped:
 * the hook looks. */
static void *scribble(void *arg)
{
    volatile long *page = arg;

    for (;;)
        for (int i = 0; i < 64; i++)
            page[i]++;
    return NULL;
}

static void still(void)
{
    long *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid[2];

    for (int i = 0; i < 2; i++) {
        start(scribble, page);
        pid[i] = fork();
        if (pid[i] == 0)
            scribble(page);
    }
    while (*(volatile long *)page < 1000)
        pause_ms(1);
    for (int i = 0; i < 50; i++)
        syscall(ASK, page, 512);
    for (int i = 0; i < 2; i++) {
        kill(pid[i], SIGKILL);
        waitpid(pid[i], NULL, 0);
    }
    puts("done");
    fflush(stdout);
    _exit(0);
}

static const struct scenario scenarios[] = {
    {"timed-waits", timed_waits},
    {"long-waits", long_waits},
    {"interrupted", interrupted},
    {"threads", crowd_of_threads},
    {"processes", crowd_of_processes},
    {"coming-and-going", coming_and_going},
    {"exec", replaced},
    {"exit", ended},
    {"killed-stopper", killed_stopper},
    {"killed-often", killed_often},
    {"held", held},
    {"still", still},
};

int main(int argc, char **argv)
{
    (void)counter;
    (void)none;
    (void)sleep_long;
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
