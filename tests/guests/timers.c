/* timers.c SCENARIO: clocks and timers; what comes and when it does not, in
 * words that do not depend on how fast the machine is. */
#include "scenario.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile sig_atomic_t count, last_value, last_code, last_tid;

static void on_timer(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    count++;
    last_code = info->si_code;
    last_value = info->si_value.sival_int;
    last_tid = (sig_atomic_t)syscall(SYS_gettid);
}

static void handle(int sig)
{
    const struct sigaction act = {.sa_sigaction = on_timer,
                                  .sa_flags = SA_SIGINFO | SA_RESTART};

    sigaction(sig, &act, NULL);
}

static void compute(void)
{
    for (volatile int i = 0; i < 10000; i++)
        ;
}

/* Compute until (n) signals came. */
static void compute_until(int n)
{
    while (count < n)
        compute();
    printf("came %d code %d\n", count >= n, (int)last_code);
}

static void interval_timers(void)
{
    static const struct {
        int which, sig;
        const char *name;
    } kinds[] = {{ITIMER_REAL, SIGALRM, "real"},
                 {ITIMER_VIRTUAL, SIGVTALRM, "virtual"},
                 {ITIMER_PROF, SIGPROF, "prof"}};

    for (size_t i = 0; i < 3; i++) {
        struct itimerval often = {{0, 10000}, {0, 10000}}, old;
        const struct itimerval off = {{0, 0}, {0, 0}};

        printf("%s\n", kinds[i].name);
        handle(kinds[i].sig);
        count = 0;
        show("set", setitimer(kinds[i].which, &often, NULL));
        compute_until(3);
        show("get", getitimer(kinds[i].which, &old));
        printf("interval %ld\n", (long)old.it_interval.tv_usec);
        show("off", setitimer(kinds[i].which, &off, &old));
        printf("old interval %ld\n", (long)old.it_interval.tv_usec);
        getitimer(kinds[i].which, &old);
        printf("is off %d\n",
               old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0);
    }
}

/* Time asleep counts for the real one alone. */
static void timers_asleep(void)
{
    const struct itimerval soon = {.it_value = {.tv_usec = 150000}};

    handle(SIGVTALRM);
    handle(SIGPROF);
    setitimer(ITIMER_VIRTUAL, &soon, NULL);
    setitimer(ITIMER_PROF, &soon, NULL);
    pause_ms(300);
    printf("while asleep %d\n", (int)count);
    compute_until(2);
}

static void timer_errors(void)
{
    struct itimerval odd = {.it_value = {.tv_usec = 1000000}};
    struct itimerspec late = {.it_value = {.tv_nsec = 1000000000}};
    void *volatile bad = (void *)8;
    struct sigevent event = {.sigev_notify = 99};
    timer_t timer;

    show("usec", setitimer(ITIMER_REAL, &odd, NULL));
    odd.it_value.tv_sec = -1;
    odd.it_value.tv_usec = 0;
    show("negative", setitimer(ITIMER_REAL, &odd, NULL));
    show("which", setitimer((__itimer_which_t)5, &odd, NULL));
    show("bad", syscall(SYS_setitimer, 0, bad, NULL));
    show("notify", timer_create(CLOCK_MONOTONIC, &event, &timer));
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = 99;
    show("signal", timer_create(CLOCK_MONOTONIC, &event, &timer));
    show("clock", timer_create(77, NULL, &timer));
    show("no such timer", syscall(SYS_timer_delete, 12345));
    show("get", syscall(SYS_timer_gettime, 12345, &late));
    show("create", timer_create(CLOCK_MONOTONIC, NULL, &timer));
    show("nsec", timer_settime(timer, 0, &late, NULL));
    show("overrun", timer_getoverrun(timer));
    show("delete", timer_delete(timer));
}

static void alarms(void)
{
    pid_t pid;

    show("none before", alarm(1000));
    printf("left %d\n", alarm(500) > 900);
    pid = fork();
    if (pid == 0) {
        show("not inherited", alarm(0));
        _exit(0);
    }
    show_status("child", pid);
    printf("left %d\n", alarm(0) > 400);
    pid = fork();
    if (pid == 0) {
        const struct itimerval soon = {.it_value = {.tv_usec = 20000}};

        setitimer(ITIMER_REAL, &soon, NULL);
        execl(self, self, "pause", NULL);
    }
    show_status("over exec", pid);
}

static void just_pause(void)
{
    for (;;)
        pause();
}

static void posix_timers(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGRTMIN,
                             .sigev_value.sival_int = 42};
    struct itimerspec often = {{0, 5000000}, {0, 5000000}}, now, old;
    const struct itimerspec off = {{0, 0}, {0, 0}};
    timer_t timer;

    handle(SIGRTMIN);
    show("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
    show("set", timer_settime(timer, 0, &often, NULL));
    compute_until(3);
    printf("value %d\n", (int)last_value);
    show("get", timer_gettime(timer, &now));
    printf("interval %ld\n", (long)now.it_interval.tv_nsec);
    show("off", timer_settime(timer, 0, &off, &old));
    printf("old interval %ld\n", (long)old.it_interval.tv_nsec);
    clock_gettime(CLOCK_MONOTONIC, &often.it_value);
    often.it_value.tv_sec -= 1;
    often.it_interval.tv_nsec = 0;
    count = 0;
    show("past", timer_settime(timer, TIMER_ABSTIME, &often, NULL));
    compute_until(1);
    show("delete", timer_delete(timer));
    show("CPU time", timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer));
    often.it_value = (struct timespec){0, 20000000};
    count = 0;
    show("set", timer_settime(timer, 0, &often, NULL));
    compute_until(1);
    event.sigev_notify = SIGEV_NONE;
    show("none", timer_create(CLOCK_MONOTONIC, &event, &timer));
    often.it_value = (struct timespec){100, 0};
    show("set", timer_settime(timer, 0, &often, NULL));
    timer_gettime(timer, &now);
    printf("left %d\n", now.it_value.tv_sec >= 98);
}

/* What is not taken is counted. */
static void overrun(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGUSR1};
    const struct itimerspec often = {{0, 1000000}, {0, 1000000}};
    siginfo_t info;
    timer_t timer;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &often, NULL);
    pause_ms(100);
    show("signal", sigwaitinfo(&set, &info));
    printf("code %d overrun %d same %d\n", info.si_code, info.si_overrun > 20,
           timer_getoverrun(timer) == info.si_overrun);
    pause_ms(20);
    show("another", sigwaitinfo(&set, &info));
    timer_delete(timer);
    /* One may have come in between; whether it stays depends on the kernel. */
    sigtimedwait(&set, &info, &(struct timespec){0, 0});
    show("no more", sigtimedwait(&set, &info, &(struct timespec){0, 20000000}));
}

static void *timer_of_thread(void *arg)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = SIGRTMIN + 1};
    const struct itimerspec soon = {.it_value = {0, 10000000}};
    const int tid = (int)syscall(SYS_gettid);
    timer_t timer;

    event.sigev_notify_thread_id = tid;
    show("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
    timer_settime(timer, 0, &soon, NULL);
    compute_until(1);
    printf("in this thread %d\n", last_tid == tid);
    event.sigev_notify_thread_id = 1;
    show("of another process", timer_create(CLOCK_MONOTONIC, &event, &timer));
    return arg;
}

static void to_a_thread(void)
{
    pthread_t thread;

    handle(SIGRTMIN + 1);
    pthread_create(&thread, NULL, timer_of_thread, NULL);
    pthread_join(thread, NULL);
}

static void descriptors(void)
{
    struct itimerspec often = {{0, 10000000}, {0, 10000000}}, now;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct pollfd ready = {.events = POLLIN};
    uint64_t times = 0;
    char small[4];

    tell("create", fd >= 0);
    ready.fd = fd;
    show("not set", read(fd, &times, sizeof(times)));
    show("set", timerfd_settime(fd, 0, &often, NULL));
    show("poll", poll(&ready, 1, 5000));
    show("read", read(fd, &times, sizeof(times)));
    printf("at least once %d\n", times >= 1);
    pause_ms(60);
    show("read", read(fd, &times, sizeof(times)));
    printf("more than once %d\n", times >= 3);
    show("too small", read(fd, small, sizeof(small)));
    show("write", write(fd, &times, sizeof(times)));
    show("get", timerfd_gettime(fd, &now));
    printf("interval %ld\n", (long)now.it_interval.tv_nsec);
    often.it_interval.tv_nsec = 0;
    often.it_value = (struct timespec){1, 0};
    show("past", timerfd_settime(fd, TFD_TIMER_ABSTIME, &often, NULL));
    show("read", read(fd, &times, sizeof(times)));
    printf("times %d\n", (int)times);
    show("bad clock", timerfd_create(99, 0));
    show("bad flags", timerfd_create(CLOCK_MONOTONIC, 1));
    show("no timer", timerfd_settime(0, 0, &often, NULL));
    often.it_value.tv_nsec = -1;
    show("odd", timerfd_settime(fd, 0, &often, NULL));
    show("cancelled only on real time",
         timerfd_settime(fd, TFD_TIMER_CANCEL_ON_SET, &now, NULL));
}

static void clocks(void)
{
    static const clockid_t ids[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct timespec now, then, res;
    void *volatile bad = (void *)8;
    clockid_t other;

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        printf("clock %d ", (int)ids[i]);
        show("get", clock_gettime(ids[i], &now));
        show("resolution", clock_getres(ids[i], &res));
        clock_gettime(ids[i], &then);
        printf("goes on %d\n",
               then.tv_sec > now.tv_sec ||
                   (then.tv_sec == now.tv_sec && then.tv_nsec >= now.tv_nsec));
    }
    show("bad", syscall(SYS_clock_gettime, 0, bad));
    show("of a process", clock_getcpuclockid(0, &other));
    show("get", clock_gettime(other, &now));
    show("of a thread", pthread_getcpuclockid(pthread_self(), &other));
    show("get", clock_gettime(other, &now));
    show("of nobody",
         syscall(SYS_clock_gettime, (int)(~0x4000000U << 3 | 2), &now));
}

/* The clocks of one time agree, and computing takes CPU time. */
static void clocks_agree(void)
{
    struct timespec a, b, c;
    struct timeval t;
    struct rusage used;
    time_t seconds;

    clock_gettime(CLOCK_REALTIME, &a);
    gettimeofday(&t, NULL);
    seconds = time(NULL);
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &b);
    printf("%d %d %d\n", t.tv_sec - a.tv_sec <= 1, seconds - a.tv_sec <= 1,
           b.tv_sec - a.tv_sec <= 1 && b.tv_sec >= a.tv_sec);
    clock_gettime(CLOCK_MONOTONIC, &a);
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &b);
    clock_gettime(CLOCK_MONOTONIC, &c);
    printf("%d %d\n",
           b.tv_sec > a.tv_sec ||
               (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec),
           c.tv_sec > b.tv_sec ||
               (c.tv_sec == b.tv_sec && c.tv_nsec >= b.tv_nsec));
    do {
        compute();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    } while (a.tv_sec == 0 && a.tv_nsec < 50000000);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    getrusage(RUSAGE_SELF, &used);
    printf("thread %d usage %d\n", b.tv_sec > 0 || b.tv_nsec >= 40000000,
           used.ru_utime.tv_sec > 0 ||
               used.ru_utime.tv_usec + used.ru_stime.tv_usec >= 30000);
}

/* Limits that are told by signals. */
static void cpu_limit(void)
{
    const struct rlimit limit = {1, 2};
    pid_t pid = fork();

    if (pid == 0) {
        setrlimit(RLIMIT_CPU, &limit);
        handle(SIGXCPU);
        compute_until(1);
        for (;;)
            compute();
    }
    show_status("CPU", pid);
}

static void file_limit(void)
{
    const struct rlimit limit = {100, 200};
    static char bytes[300];
    int fd = memfd_create("limited", 0);
    pid_t pid;

    handle(SIGXFSZ);
    setrlimit(RLIMIT_FSIZE, &limit);
    show("write", write(fd, bytes, 90));
    show("cut", write(fd, bytes, 90));
    show("beyond", write(fd, bytes, 1));
    printf("signals %d\n", (int)count);
    show("truncate", ftruncate(fd, 101));
    printf("signals %d\n", (int)count);
    pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_DFL);
        show("again", write(fd, bytes, 1));
        _exit(0);
    }
    show_status("killed", pid);
    signal(SIGXFSZ, SIG_IGN);
    show("ignored", write(fd, bytes, 1));
}

static void broken_pipe(void)
{
    int ends[2];
    pid_t pid;

    if (pipe(ends) < 0)
        return;
    close(ends[0]);
    handle(SIGPIPE);
    show("write", write(ends[1], "x", 1));
    printf("signals %d\n", (int)count);
    signal(SIGPIPE, SIG_IGN);
    show("ignored", write(ends[1], "x", 1));
    signal(SIGPIPE, SIG_DFL);
    pid = fork();
    if (pid == 0) {
        if (write(ends[1], "x", 1) < 0)
            _exit(1);
        _exit(0);
    }
    show_status("default", pid);
}

/* Stopped and continued, a call goes on with the time that is left. */
static void stopped_sleep(void)
{
    struct timespec before, after;
    long ms;
    pid_t pid = fork();

    if (pid == 0) {
        struct timespec time = {0, 300000000}, left = {9, 9};

        clock_gettime(CLOCK_MONOTONIC, &before);
        show("nanosleep", nanosleep(&time, &left));
        show("poll", poll(NULL, 0, 300));
        clock_gettime(CLOCK_MONOTONIC, &after);
        ms = (after.tv_sec - before.tv_sec) * 1000 +
             (after.tv_nsec - before.tv_nsec) / 1000000;
        printf("not less %d, not for ever %d, untouched %d\n", ms >= 599,
               ms < 5000, left.tv_sec == 9);
        _exit(0);
    }
    for (int i = 0; i < 5; i++) {
        pause_ms(60);
        kill(pid, SIGSTOP);
        pause_ms(10);
        kill(pid, SIGCONT);
    }
    show_status("child", pid);
}

static const struct scenario scenarios[] = {
    {"interval-timers", interval_timers},
    {"asleep", timers_asleep},
    {"errors", timer_errors},
    {"alarms", alarms},
    {"pause", just_pause},
    {"posix-timers", posix_timers},
    {"overrun", overrun},
    {"to-a-thread", to_a_thread},
    {"descriptors", descriptors},
    {"clocks", clocks},
    {"clocks-agree", clocks_agree},
    {"cpu-limit", cpu_limit},
    {"file-limit", file_limit},
    {"broken-pipe", broken_pipe},
    {"stopped-sleep", stopped_sleep},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
