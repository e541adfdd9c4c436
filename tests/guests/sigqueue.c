/* sigqueue.c SCENARIO: signals that wait, and calls that wait for signals. */
#include "scenario.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static volatile int count;

static void on_value(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("%d:%d ", sig - SIGRTMIN, info->si_value.sival_int);
    count++;
}

static void on_count(int sig)
{
    (void)sig;
    count++;
}

static void block(int sig)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, sig);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static void queue(int sig, int number)
{
    const union sigval value = {.sival_int = number};

    if (sigqueue(getpid(), sig, value) < 0)
        perror("sigqueue");
}

/* The lowest number first, each number in the order of sending. With all of
 * them in the mask one handler runs after the other. */
static void real_time_order(void)
{
    struct sigaction act = {.sa_sigaction = on_value, .sa_flags = SA_SIGINFO};
    sigset_t set, old;

    sigfillset(&act.sa_mask);
    for (int i = 0; i < 4; i++)
        sigaction(SIGRTMIN + i, &act, NULL);
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (int i = 0; i < 4; i++) {
        queue(SIGRTMIN + 3, i);
        queue(SIGRTMIN + i % 2, 10 + i);
        queue(SIGRTMIN + 2, 20 + i);
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("\n%d\n", count);
}

/* Standard signals are one, however often sent. */
static void standard_signals_merge(void)
{
    sigset_t old;

    signal(SIGUSR1, on_count);
    signal(SIGRTMIN + 5, on_count);
    sigprocmask(SIG_BLOCK, NULL, &old);
    block(SIGUSR1);
    for (int i = 0; i < 10; i++)
        raise(SIGUSR1);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("standard %d\n", count);
    count = 0;
    block(SIGRTMIN + 5);
    for (int i = 0; i < 10; i++)
        raise(SIGRTMIN + 5);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("real time %d\n", count);
}

static void limits(void)
{
    const union sigval value = {.sival_int = 1};
    struct rlimit limit = {0, 0};
    sigset_t set;
    int before = 0;

    block(SIGRTMIN);
    block(SIGUSR1);
    setrlimit(RLIMIT_SIGPENDING, &limit);
    show("queue with limit 0", sigqueue(getpid(), SIGRTMIN, value));
    show("kill all the same", kill(getpid(), SIGUSR1));
    sigpending(&set);
    printf("pending %d %d\n", sigismember(&set, SIGUSR1),
           sigismember(&set, SIGRTMIN));
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigwait(&set, &before);
    printf("taken %d\n", before == SIGUSR1);
    show("too big a signal", sigqueue(getpid(), 65, value));
    show("to nobody", sigqueue(1 << 30, SIGUSR1, value));
}

/* What a program may claim about a signal that it sends. */
static void forged(void)
{
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_USER};

    block(SIGUSR1);
    block(SIGUSR2);
    show("SI_USER to another",
         syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info));
    info.si_code = SI_KERNEL;
    show("SI_KERNEL to another",
         syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info));
    show("SI_KERNEL to itself",
         syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info));
    info.si_code = SI_QUEUE;
    show("another number",
         syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR2, &info));
    show("to a thread", syscall(SYS_rt_tgsigqueueinfo, getpid(),
                                syscall(SYS_gettid), SIGUSR1, &info));
    show("bad address", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, 8));
}

static void timed_wait(void)
{
    const struct timespec none = {0, 0}, little = {0, 20000000};
    struct timespec odd = {0, 1000000000};
    siginfo_t info = {0};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    show("none yet", sigtimedwait(&set, &info, &none));
    show("none in time", sigtimedwait(&set, &info, &little));
    show("odd time", sigtimedwait(&set, &info, &odd));
    queue(SIGRTMIN + 1, 6);
    raise(SIGUSR1);
    queue(SIGRTMIN + 1, 7);
    for (int i = 0; i < 3; i++) {
        int sig = sigtimedwait(&set, &info, &little);

        printf("signal %d code %d value %d\n", sig, info.si_code,
               sig == SIGUSR1 ? 0 : info.si_value.sival_int);
    }
    show("bad info", syscall(SYS_rt_sigtimedwait, &set, 8, &none, 8));
    queue(SIGRTMIN + 1, 6);
    show("bad info again", syscall(SYS_rt_sigtimedwait, &set, 8, &none, 8));
    show("bad size", syscall(SYS_rt_sigtimedwait, &set, NULL, &none, 7));
}

/* Tell of a signal of (set) that is there, or comes within five seconds. */
static void wait_for_one(const char *what, const sigset_t *set)
{
    siginfo_t info = {0};
    int sig = sigtimedwait(set, &info, &(struct timespec){5, 0});

    printf("%s: %d code %d by itself %d value %d\n", what, sig, info.si_code,
           sig > 0 && info.si_pid == getpid(),
           info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
}

static void *wait_in_thread(void *set)
{
    wait_for_one("thread", set);
    return NULL;
}

static void *wait_for_ever(void *set)
{
    int sig;

    sigwait(set, &sig);
    printf("came %d\n", sig);
    return NULL;
}

static void leave(void)
{
    exit(7); /* the one that waits ends with it */
}

static void become_true(void)
{
    execlp("true", "true", (char *)NULL);
}

/* In a child, where another thread waits for any signal. */
static void beside_one_that_waits(const char *what, void (*end)(void))
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        pthread_t t;
        sigset_t all;

        sigfillset(&all);
        pthread_create(&t, NULL, wait_for_ever, &all);
        pause_ms(20);
        end();
    }
    show_status(what, pid);
}

/* Signals that are faults mostly, but can be sent and waited for. */
static void waiting_for_faults(void)
{
    const struct timespec none = {0, 0}, little = {0, 20000000};
    const int two[] = {SIGSEGV, SIGBUS};
    sigset_t set, pending;
    pthread_t t;

    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGBUS);
    sigprocmask(SIG_BLOCK, &set, NULL);
    show("none yet", sigtimedwait(&set, NULL, &none));
    show("none in time", sigtimedwait(&set, NULL, &little));
    for (int i = 0; i < 2; i++) {
        kill(getpid(), two[i]);
        sigpending(&pending);
        printf("pending %d\n", sigismember(&pending, two[i]));
        wait_for_one("sent", &set);
        raise(two[i]);
        wait_for_one("raised", &set);
        sigpending(&pending);
        printf("pending %d\n", sigismember(&pending, two[i]));
        queue(two[i], 5 + i);
        show("bad info", syscall(SYS_rt_sigtimedwait, &set, 8, &none, 8));
        show("nobody's any more", sigtimedwait(&set, NULL, &none));
    }
    queue(SIGBUS, 7);
    pthread_create(&t, NULL, wait_in_thread, &set);
    pthread_join(t, NULL);
    pthread_create(&t, NULL, wait_in_thread, &set);
    pause_ms(20);
    queue(SIGSEGV, 8);
    pthread_join(t, NULL);
    pthread_create(&t, NULL, wait_in_thread, &set);
    pause_ms(20);
    pthread_kill(t, SIGBUS);
    pthread_join(t, NULL);
    beside_one_that_waits("exit", leave);
    beside_one_that_waits("exec", become_true);
}

static void send_later(int sig)
{
    const pid_t parent = getpid();

    if (fork() == 0) {
        pause_ms(50);
        kill(parent, sig);
        _exit(0);
    }
}

/* A signal that is not waited for ends the wait, by its handler. */
static void wait_interrupted(void)
{
    const struct itimerval often = {{.tv_usec = 20000}, {.tv_usec = 20000}};
    sigset_t set;
    struct sigaction act = {.sa_handler = on_count, .sa_flags = SA_RESTART};

    sigaction(SIGALRM, &act, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    show("interrupted", sigwaitinfo(&set, NULL));
    printf("handler ran %d\n", count > 0);
}

static void wait_for_child(void)
{
    siginfo_t info;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    send_later(SIGUSR2);
    show("waited", sigwaitinfo(&set, &info));
    printf("from a child %d code %d\n", info.si_pid != getpid(), info.si_code);
}

static void show_read(int fd)
{
    struct signalfd_siginfo info[4];
    ssize_t n = read(fd, info, sizeof(info));

    if (n < 0) {
        show("read", -1);
        return;
    }
    for (size_t i = 0; i < (size_t)n / sizeof(info[0]); i++)
        printf("signal %u code %d int %d mine %d\n", info[i].ssi_signo,
               info[i].ssi_code, info[i].ssi_int,
               (pid_t)info[i].ssi_pid == getpid());
}

static void signal_descriptor(void)
{
    struct pollfd poll_it = {.events = POLLIN};
    sigset_t set;
    char small[8];
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    sigaddset(&set, SIGKILL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    tell("signalfd", fd >= 0);
    show_read(fd);
    queue(SIGRTMIN, 3);
    raise(SIGUSR1);
    queue(SIGRTMIN, 4);
    poll_it.fd = fd;
    show("poll", poll(&poll_it, 1, 1000));
    show("too small", read(fd, small, sizeof(small)));
    show_read(fd);
    show("poll", poll(&poll_it, 1, 0));
    sigdelset(&set, SIGUSR1);
    show("change", signalfd(fd, &set, 0) == fd);
    raise(SIGUSR1);
    show_read(fd);
    show("not one", signalfd(0, &set, 0));
    show("bad flags", signalfd(-1, &set, 0x40000));
    show("cloexec", fcntl(fd, F_GETFD));
}

static void suspend(void)
{
    sigset_t open_set, now;

    signal(SIGUSR1, on_count);
    sigprocmask(SIG_BLOCK, NULL, &open_set);
    block(SIGUSR1);
    raise(SIGUSR1);
    printf("blocked: %d\n", count);
    show("sigsuspend", sigsuspend(&open_set));
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("ran %d, blocked again %d\n", count, sigismember(&now, SIGUSR1));
    send_later(SIGUSR1);
    show("sigsuspend", sigsuspend(&open_set));
    printf("ran %d\n", count);
    show("bad size", syscall(SYS_rt_sigsuspend, &open_set, 4));
    show("bad address", syscall(SYS_rt_sigsuspend, 8, 8));
}

/* A signal that only the call's own mask lets through ends it. */
static void masks_of_calls(void)
{
    const struct timespec second = {5, 0};
    struct timespec copy = second;
    struct epoll_event event;
    sigset_t open_set, now;
    int ep = epoll_create1(0);

    signal(SIGUSR1, on_count);
    sigprocmask(SIG_BLOCK, NULL, &open_set);
    block(SIGUSR1);
    raise(SIGUSR1);
    show("poll", poll(NULL, 0, 10));
    show("ppoll", ppoll(NULL, 0, &second, &open_set));
    raise(SIGUSR1);
    show("pselect", pselect(0, NULL, NULL, NULL, &copy, &open_set));
    raise(SIGUSR1);
    show("epoll_pwait", epoll_pwait(ep, &event, 1, 5000, &open_set));
    raise(SIGUSR1);
    show("epoll_pwait2",
         syscall(SYS_epoll_pwait2, ep, &event, 1, &second, &open_set, 8));
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("handler ran %d, blocked %d\n", count, sigismember(&now, SIGUSR1));
    /* What is ready wins: the signal waits. */
    raise(SIGUSR1);
    show("ready",
         ppoll(&(struct pollfd){open("/dev/null", O_RDONLY), POLLIN, 0}, 1,
               &second, &open_set));
    printf("handler ran %d\n", count);
    show("bad size", syscall(SYS_ppoll, NULL, 0, &second, &open_set, 4));
}

static void kill_errors(void)
{
    const pid_t none = 1 << 30;

    show("nobody", kill(none, 0));
    show("itself", kill(getpid(), 0));
    show("bad signal", kill(getpid(), 65));
    show("negative signal", kill(getpid(), -1));
    show("no group", kill(-none, 0));
    show("killpg", killpg(none, 0));
    show("killpg negative", killpg(-5, 0));
    show("tgkill", syscall(SYS_tgkill, getpid(), none, 0));
    show("tgkill of others", syscall(SYS_tgkill, getppid(), getpid(), 0));
    show("tgkill 0", syscall(SYS_tgkill, 0, getpid(), 0));
    show("tgkill -1", syscall(SYS_tgkill, getpid(), -1, 0));
    show("tkill", syscall(SYS_tkill, none, 0));
    show("tkill 0", syscall(SYS_tkill, 0, 0));
    show("bad signal to a thread", syscall(SYS_tgkill, getpid(), getpid(), 65));
}

/* To the group, its sender included. */
static void to_the_group(void)
{
    pid_t pid;
    int ready[2];
    char c;

    setpgid(0, 0);
    signal(SIGUSR1, on_count);
    if (pipe(ready) < 0)
        return;
    pid = fork();
    if (pid == 0) {
        if (write(ready[1], "x", 1) != 1)
            _exit(9);
        while (!count)
            pause_ms(1);
        _exit(7);
    }
    show("ready", read(ready[0], &c, 1));
    show("kill", kill(0, SIGUSR1));
    printf("sender got %d\n", count);
    show_status("the other", pid);
}

/* A signal to itself is there before the call returns. */
static void at_once(void)
{
    int good = 0;

    signal(SIGUSR1, on_count);
    for (int i = 0; i < 100; i++) {
        int before = count;

        kill(getpid(), SIGUSR1);
        good += count == before + 1;
    }
    printf("%d\n", good);
}

static const struct scenario scenarios[] = {
    {"real-time-order", real_time_order},
    {"merge", standard_signals_merge},
    {"limits", limits},
    {"forged", forged},
    {"timed-wait", timed_wait},
    {"faults", waiting_for_faults},
    {"wait-interrupted", wait_interrupted},
    {"wait-for-child", wait_for_child},
    {"descriptor", signal_descriptor},
    {"suspend", suspend},
    {"masks-of-calls", masks_of_calls},
    {"kill-errors", kill_errors},
    {"group", to_the_group},
    {"at-once", at_once},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
