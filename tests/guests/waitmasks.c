/* waitmasks.c CASE: calls that wait with another signal mask than the
 * program's, and SIGSEGV and SIGBUS that are sent then. */
#include "threads.h"

#include <linux/aio_abi.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/wait.h>

static const int numbers[] = {SIGSEGV, SIGBUS, SIGUSR1};

/* Each waits with (mask); for (ms), if it can; -1: for ever. */
static long by_sigsuspend(const sigset_t *mask, int ms)
{
    (void)ms;
    return sigsuspend(mask);
}

static const struct timespec *time_of(int ms)
{
    static struct timespec t;

    t = (struct timespec){ms / 1000, (long)(ms % 1000) * 1000000};
    return ms < 0 ? NULL : &t;
}

static long by_ppoll(const sigset_t *mask, int ms)
{
    return ppoll(NULL, 0, time_of(ms), mask);
}

static long by_pselect(const sigset_t *mask, int ms)
{
    return pselect(0, NULL, NULL, NULL, time_of(ms), mask);
}

static long by_epoll(const sigset_t *mask, int ms)
{
    struct epoll_event event;
    int fd = epoll_create1(EPOLL_CLOEXEC);
    long n = epoll_pwait(fd, &event, 1, ms, mask);

    close(fd);
    return n;
}

static long by_aio(const sigset_t *mask, int ms)
{
    struct {
        const sigset_t *mask;
        size_t size;
    } const arg = {mask, 8};
    struct io_event event;
    aio_context_t context = 0;
    long n;

    if (syscall(SYS_io_setup, 1, &context) < 0)
        return -2;
    n = syscall(SYS_io_pgetevents, context, 1L, 1L, &event, time_of(ms), &arg);
    syscall(SYS_io_destroy, context);
    return n;
}

static const struct {
    const char *name;
    long (*wait)(const sigset_t *mask, int ms);
} waits[] = {
    {"sigsuspend", by_sigsuspend}, {"ppoll", by_ppoll}, {"pselect", by_pselect},
    {"epoll", by_epoll},           {"aio", by_aio},
};
#define WAITS (sizeof(waits) / sizeof(waits[0]))

/* --- who waits with everything blocked ends with the process --- */

static void *waits_for_ever(void *arg)
{
    sigset_t all;

    sigfillset(&all);
    ready++;
    waits[(intptr_t)arg].wait(&all, -1);
    return NULL;
}

static void ends(void)
{
    for (size_t i = 0; i < WAITS; i++) {
        int status = -1;
        pid_t pid;

        fflush(stdout);
        pid = fork();
        if (pid == 0) {
            start(waits_for_ever, (void *)(intptr_t)i);
            wait_ready(1);
            pause_ms(20);
            _exit(3);
        }
        waitpid(pid, &status, 0);
        printf("%s: %#x\n", waits[i].name, (unsigned)status);
    }
}

/* A program that another thread runs. */
static void ends_by_exec(void)
{
    char *const argv[] = {(char *)self, "nothing", NULL};

    for (size_t i = 0; i < WAITS; i++)
        start(waits_for_ever, (void *)(intptr_t)i);
    wait_ready((int)WAITS);
    pause_ms(20);
    execv(self, argv);
}

/* --- what the program blocks, and the call lets through --- */

static volatile sig_atomic_t handled, told;

static void on_signal(int sig, siginfo_t *info, void *context)
{
    (void)context;
    counter++;
    handled = sig;
    told = info->si_value.sival_int;
}

static void handle_all(void)
{
    struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaction(numbers[i], &act, NULL);
}

static void block(int how, int sig)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, sig);
    sigprocmask(how, &set, NULL);
}

static void tell_wait(const char *name, int sig, long result)
{
    printf("%s %d: %ld %s, handled %d with %d\n", name, sig, result,
           result < 0 ? strerror(errno) : "", handled, told);
    fflush(stdout);
    handled = told = 0;
}

/* A process that sends (sig) with (value) after a while. */
static pid_t send_later(int sig, int value)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        pause_ms(30);
        sigqueue(getppid(), sig, (union sigval){.sival_int = value});
        _exit(0);
    }
    return pid;
}

static void sent_before(void)
{
    sigset_t none;

    handle_all();
    sigemptyset(&none);
    for (size_t i = 0; i < WAITS; i++)
        for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
            const int sig = numbers[n];

            block(SIG_BLOCK, sig);
            sigqueue(getpid(), sig, (union sigval){.sival_int = sig + 1});
            tell_wait(waits[i].name, sig, waits[i].wait(&none, 5000));
            /* It does not come again. */
            block(SIG_UNBLOCK, sig);
            printf("again %d\n", handled);
        }
}

static void sent_meanwhile(void)
{
    sigset_t none;

    handle_all();
    sigemptyset(&none);
    for (size_t i = 0; i < WAITS; i++)
        for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
            const int sig = numbers[n];
            pid_t pid;

            block(SIG_BLOCK, sig);
            pid = send_later(sig, sig + 2);
            tell_wait(waits[i].name, sig, waits[i].wait(&none, 5000));
            waitpid(pid, NULL, 0);
            block(SIG_UNBLOCK, sig);
        }
}

/* --- what the call blocks, and the program does not --- */

static void blocked_meanwhile(void)
{
    sigset_t set;

    handle_all();
    for (size_t i = 1; i < WAITS; i++)
        for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
            const int sig = numbers[n];
            pid_t pid;

            sigemptyset(&set);
            sigaddset(&set, sig);
            pid = send_later(sig, sig + 3);
            tell_wait(waits[i].name, sig, waits[i].wait(&set, 500));
            waitpid(pid, NULL, 0);
        }
}

/* Another signal ends the call, and what it blocked is delivered as well. */
static void both(void)
{
    sigset_t set;

    handle_all();
    for (size_t i = 0; i < WAITS; i++) {
        pid_t pid;

        sigemptyset(&set);
        sigaddset(&set, SIGSEGV);
        sigaddset(&set, SIGBUS);
        fflush(stdout);
        counter = 0;
        pid = fork();
        if (pid == 0) {
            pause_ms(20);
            kill(getppid(), SIGSEGV);
            kill(getppid(), SIGBUS);
            pause_ms(20);
            kill(getppid(), SIGUSR1);
            _exit(0);
        }
        printf("%s: %ld", waits[i].name, waits[i].wait(&set, 5000));
        waitpid(pid, NULL, 0);
        printf(", handled %d\n", counter);
    }
}

int main(int argc, char **argv)
{
    static const struct scenario scenarios[] = {
        {"ends", ends},
        {"ends-by-exec", ends_by_exec},
        {"sent-before", sent_before},
        {"sent-meanwhile", sent_meanwhile},
        {"blocked-meanwhile", blocked_meanwhile},
        {"both", both},
        {"nothing", none},
    };

    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
