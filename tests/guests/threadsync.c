/* threadsync.c SCENARIO: what threads tell each other: signals, locks, timers.
 */
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *signal_cond(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&mutex);
    counter = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void condition(void)
{
    struct timespec t;
    pthread_t thread;
    int rc;

    pthread_mutex_lock(&mutex);
    thread = start(signal_cond, NULL);
    while (!counter)
        pthread_cond_wait(&cond, &mutex);
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    do {
        rc = pthread_cond_timedwait(&cond, &mutex, &t);
    } while (rc == 0);
    printf("%d %s\n", (int)counter, strerror(rc));
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
}

static atomic_int signals_here, signals_elsewhere;
static pthread_t target;

static void on_usr1(int sig)
{
    (void)sig;
    if (pthread_equal(pthread_self(), target))
        signals_here++;
    else
        signals_elsewhere++;
}

static void *count_signals(void *arg)
{
    target = pthread_self();
    ready = 1;
    while (signals_here < (intptr_t)arg)
        pause_ms(1);
    return NULL;
}

/* pthread_kill reaches that thread and no other. */
static void signal_to_thread(void)
{
    struct sigaction sa = {.sa_handler = on_usr1};
    pthread_t thread;

    sigaction(SIGUSR1, &sa, NULL);
    thread = start(count_signals, (void *)20);
    wait_ready(1);
    for (int i = 0; i < 20; i++) {
        int before = signals_here;

        pthread_kill(thread, SIGUSR1);
        while (signals_here == before)
            sched_yield();
    }
    pthread_join(thread, NULL);
    printf("%d %d\n", (int)signals_here, (int)signals_elsewhere);
}

/* A signal to the process goes to a thread that does not block it. */
static void signal_to_process(void)
{
    struct sigaction sa = {.sa_handler = on_usr1};
    pthread_t thread;
    sigset_t set;

    sigaction(SIGUSR1, &sa, NULL);
    thread = start(count_signals, (void *)10);
    wait_ready(1);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 10; i++) {
        int before = signals_here;

        kill(getpid(), SIGUSR1);
        while (signals_here == before)
            sched_yield();
    }
    pthread_join(thread, NULL);
    printf("%d %d\n", (int)signals_here, (int)signals_elsewhere);
}

static void *wait_signal(void *arg)
{
    siginfo_t info;
    int got = sigwaitinfo(arg, &info);

    printf("got %d value %d\n", got - SIGRTMIN, info.si_value.sival_int);
    return NULL;
}

/* Queued signals with values, taken by a thread that waits for them. */
static void signal_wait(void)
{
    const union sigval value = {.sival_int = 42};
    pthread_t thread;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    thread = start(wait_signal, &set);
    sigqueue(getpid(), SIGRTMIN + 1, value);
    pthread_join(thread, NULL);
}

static atomic_int storm_count;

static void on_storm(int sig)
{
    (void)sig;
    storm_count++;
}

static void *send_storm(void *arg)
{
    const union sigval value = {.sival_int = 1};

    for (int i = 0; i < (intptr_t)arg; i++)
        while (sigqueue(getpid(), SIGRTMIN + 2, value) < 0)
            sched_yield();
    return NULL;
}

/* No queued signal is lost or doubled, whoever takes it. */
static void signal_storm(void)
{
    struct sigaction sa = {.sa_handler = on_storm, .sa_flags = SA_RESTART};
    sigset_t set, old;
    pthread_t t[3];

    sigaction(SIGRTMIN + 2, &sa, NULL);
    for (int i = 0; i < 3; i++)
        t[i] = start(send_storm, (void *)300);
    sigfillset(&set);
    for (int i = 0; i < 300; i++) {
        pthread_sigmask(SIG_BLOCK, &set, &old);
        getppid();
        pthread_sigmask(SIG_SETMASK, &old, NULL);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 1000 && storm_count < 900; i++)
        pause_ms(1);
    printf("%d\n", (int)storm_count);
}

/* SIGSEGV and SIGBUS that were sent wait while they are blocked. */
static void sent_fault_signals(void)
{
    struct sigaction sa = {.sa_handler = on_storm};
    sigset_t set, pending;

    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGBUS);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGSEGV);
    raise(SIGBUS);
    printf("blocked %d\n", (int)storm_count);
    sigpending(&pending);
    printf("pending %d %d\n", sigismember(&pending, SIGSEGV),
           sigismember(&pending, SIGBUS));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    printf("delivered %d\n", (int)storm_count);
}

/* One that was sent may find a thread that only begins or is just ending. */
static void sent_fault_signals_and_new_threads(void)
{
    struct sigaction sa = {.sa_handler = on_storm, .sa_flags = SA_RESTART};
    pid_t parent = getpid(), child;
    int rc;

    sigaction(SIGBUS, &sa, NULL);
    sigaction(SIGSEGV, &sa, NULL);
    child = fork();
    if (child == 0) {
        for (int i = 0; i < 3000; i++)
            kill(parent, i % 2 ? SIGBUS : SIGSEGV);
        _exit(0);
    }
    for (int i = 0; i < 150; i++)
        pthread_join(start(nothing, NULL), NULL);
    show_status("sender", child);
    printf("some came: %d\n", storm_count > 0);
    /* What a call cannot read is still an error and not a death. */
    rc = sigaltstack(
        mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), NULL);
    printf("%d %s\n", rc, strerror(errno));
}

static void *cancelled(void *arg)
{
    (void)arg;
    ready = 1;
    for (;;)
        pause();
    return NULL;
}

static void cancel(void)
{
    pthread_t thread = start(cancelled, NULL);
    void *got;

    wait_ready(1);
    pthread_cancel(thread);
    pthread_join(thread, &got);
    printf("%s\n", got == PTHREAD_CANCELED ? "cancelled" : "ended");
}

/* The C library tells every thread by a signal of its own. */
static void set_user(void)
{
    pthread_t thread = start(sleep_long, NULL);

    wait_ready(1);
    printf("setgid %d setuid %d\n", setgid(getgid()), setuid(getuid()));
    (void)thread;
}

static pthread_mutex_t robust;

static void *die_with_lock(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&robust);
    return NULL;
}

/* The owner ends: the next one is told. */
static void robust_in_thread(void)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attr);
    pthread_join(start(die_with_lock, NULL), NULL);
    printf("%s\n", strerror(pthread_mutex_lock(&robust)));
    printf("%d\n", pthread_mutex_consistent(&robust));
    pthread_mutex_unlock(&robust);
    printf("%d\n", pthread_mutex_lock(&robust));
}

/* How a process that holds one may end. */
static void robust_in_process(void (*end)(void))
{
    struct {
        pthread_mutex_t lock;
        atomic_int locked;
    } *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attr;
    pid_t pid;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->lock, &attr);
    pid = fork();
    if (pid == 0) {
        pthread_mutex_lock(&shared->lock);
        shared->locked = 1;
        end();
        _exit(1);
    }
    while (!shared->locked)
        pause_ms(1);
    printf("%s\n", strerror(pthread_mutex_lock(&shared->lock)));
    show_status("owner", pid);
}

static void end_by_exit(void)
{
    _exit(2);
}

static void end_by_exec(void)
{
    char *args[] = {(char *)self, "nothing", NULL};

    execv(self, args);
}

/* A list that goes nowhere must not keep a thread from ending. */
static void *end_with_bad_list(void *arg)
{
    static struct {
        void *next;
        long offset;
        void *pending;
    } head;
    uintptr_t kind = (uintptr_t)arg;

    head.next = kind == 0   ? (void *)&head.next
                : kind == 1 ? (void *)8
                : kind == 2 ? (void *)UINT64_C(0xffffffff81000000)
                            : (void *)&head.offset;
    head.offset = kind == 3 ? 0x700000000000L : 0;
    head.pending = kind == 1 ? (void *)0x10000 : NULL;
    printf("%ld\n", syscall(SYS_set_robust_list, &head, 24));
    return NULL;
}

static void bad_lists(void)
{
    for (uintptr_t kind = 0; kind < 4; kind++)
        pthread_join(start(end_with_bad_list, (void *)kind), NULL);
    puts("good");
}

static void on_timer(union sigval value)
{
    counter = value.sival_int;
}

/* A timer that starts a thread. */
static void timer_thread(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD};
    const struct itimerspec when = {.it_value = {0, 1000000}};
    timer_t timer;

    pthread_join(start(nothing, NULL), NULL);
    event.sigev_notify_function = on_timer;
    event.sigev_value.sival_int = 13;
    printf("%d\n", timer_create(CLOCK_MONOTONIC, &event, &timer));
    timer_settime(timer, 0, &when, NULL);
    while (!counter)
        pause_ms(1);
    printf("%d\n", (int)counter);
}

/* POSIX timers end with the program. */
static void timer_and_exec(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGTERM};
    const struct itimerspec when = {.it_value = {0, 100000000}};
    char *args[] = {(char *)self, "wait", NULL};
    timer_t timer;

    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &when, NULL);
    execv(self, args);
}

static void wait_a_little(void)
{
    pause_ms(300);
    puts("nothing came");
}

static void *lock_pi(void *arg)
{
    pthread_mutex_lock(arg);
    counter++;
    pthread_mutex_unlock(arg);
    return NULL;
}

static void priority_inheritance(void)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t pi;
    pthread_t t[3];

    pthread_mutexattr_init(&attr);
    printf("%d\n", pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT));
    printf("%d\n", pthread_mutex_init(&pi, &attr));
    pthread_mutex_lock(&pi);
    for (int i = 0; i < 3; i++)
        t[i] = start(lock_pi, &pi);
    pause_ms(5);
    pthread_mutex_unlock(&pi);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    printf("%d\n", (int)counter);
}

static struct {
    pthread_mutex_t lock;
    int inside, rounds; /* under the lock */
    _Atomic int errors;
} urgent;

/* Lock with one priority, unlock with another. */
static void *lock_urgently(void *arg)
{
    const int least = sched_get_priority_min(SCHED_FIFO);

    for (int i = 0; i < 100; i++) {
        struct sched_param param = {least + (i * (int)(intptr_t)arg) % 50};

        urgent.errors +=
            pthread_setschedparam(pthread_self(), SCHED_FIFO, &param) != 0;
        pthread_mutex_lock(&urgent.lock);
        urgent.errors += urgent.inside++ != 0;
        param.sched_priority = least;
        urgent.errors +=
            pthread_setschedparam(pthread_self(), SCHED_FIFO, &param) != 0;
        sched_yield();
        urgent.inside--;
        urgent.rounds++;
        pthread_mutex_unlock(&urgent.lock);
    }
    return NULL;
}

static void real_time_priorities(void)
{
    pthread_mutexattr_t attr;
    pthread_t t[3];

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&urgent.lock, &attr);
    for (int i = 0; i < 3; i++)
        t[i] = start(lock_urgently, (void *)(intptr_t)(i * 2 + 3));
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    printf("%d rounds, %d errors\n", urgent.rounds, urgent.errors);
}

static void *float_math(void *arg)
{
    double x = (double)(intptr_t)arg, sum = 0;

    for (int i = 1; i < 20000; i++) {
        sum += x / i;
        if (i % 100 == 0)
            sched_yield();
    }
    return (void *)(intptr_t)(sum * 1000);
}

/* Registers of the floating point unit belong to a thread. */
static void floating_point(void)
{
    pthread_t t[3];

    for (intptr_t i = 0; i < 3; i++)
        t[i] = start(float_math, (void *)(i + 1));
    for (int i = 0; i < 3; i++) {
        void *got;

        pthread_join(t[i], &got);
        printf("%ld\n", (long)(intptr_t)got);
    }
}

static void *altstack_of_thread(void *arg)
{
    stack_t old;

    sigaltstack(NULL, &old);
    printf("flags %d blocked %d\n", old.ss_flags, sigismember(arg, SIGUSR2));
    pthread_sigmask(SIG_BLOCK, NULL, arg);
    printf("blocked %d\n", sigismember(arg, SIGUSR2));
    return NULL;
}

/* A new thread has its creator's mask and no alternate stack. */
static void inherited(void)
{
    static char stack[65536];
    const stack_t own = {.ss_sp = stack, .ss_size = sizeof(stack)};
    sigset_t set, asked;

    sigaltstack(&own, NULL);
    sigemptyset(&set);
    sigemptyset(&asked);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_join(start(altstack_of_thread, &asked), NULL);
}

static void robust_exit(void)
{
    robust_in_process(end_by_exit);
}

static void robust_exec(void)
{
    robust_in_process(end_by_exec);
}

static const struct scenario scenarios[] = {
    {"condition", condition},
    {"signal-to-thread", signal_to_thread},
    {"signal-to-process", signal_to_process},
    {"signal-wait", signal_wait},
    {"signal-storm", signal_storm},
    {"sent-fault-signals", sent_fault_signals},
    {"sent-fault-signals-and-new-threads", sent_fault_signals_and_new_threads},
    {"cancel", cancel},
    {"set-user", set_user},
    {"robust", robust_in_thread},
    {"robust-exit", robust_exit},
    {"robust-exec", robust_exec},
    {"bad-lists", bad_lists},
    {"timer-thread", timer_thread},
    {"timer-and-exec", timer_and_exec},
    {"wait", wait_a_little},
    {"priority-inheritance", priority_inheritance},
    {"real-time-priorities", real_time_priorities},
    {"floating-point", floating_point},
    {"inherited", inherited},
    {"nothing", none},
};

int main(int argc, char **argv)
{
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
