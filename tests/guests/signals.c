/* signals.c: handlers, masks, interrupted calls; prints what happened. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t count;
static char alternate[64 * 1024];

static void on_fault(int sig, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;

    printf("signal %d code %d address %#lx trap %lld\n", sig, info->si_code,
           sig == SIGSEGV ? (unsigned long)info->si_addr : 0,
           (long long)uc->uc_mcontext.gregs[REG_TRAPNO]);
    siglongjmp(back, 1);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
    volatile double x = 1.5;

    for (int i = 0; i < 10; i++)
        x *= 2; /* the interrupted code has other values in these registers */
    (void)x;
    count++;
}

static void on_stack(int sig, siginfo_t *info, void *context)
{
    char here;

    printf("on the alternate stack: %d\n",
           &here >= alternate && &here < alternate + sizeof(alternate));
    siglongjmp(back, 1);
}

/* Step over the two bytes of ud2, as an emulator does. */
static void on_ill(int sig, siginfo_t *info, void *context)
{
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
    count++;
}

static void handle(int sig, void (*handler)(int, siginfo_t *, void *),
                   int flags)
{
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = SA_SIGINFO | flags};

    if (sigaction(sig, &action, NULL) < 0)
        perror("sigaction");
}

static void faults(void)
{
    volatile int zero = 0;

    handle(SIGSEGV, on_fault, 0);
    handle(SIGFPE, on_fault, 0);
    handle(SIGILL, on_fault, 0);
    handle(SIGTRAP, on_fault, 0);
    if (sigsetjmp(back, 1) == 0)
        *(volatile int *)0x1238 = 1;
    if (sigsetjmp(back, 1) == 0)
        (void)*(volatile int *)0xffff800000000000;
    if (sigsetjmp(back, 1) == 0)
        (void)*(volatile int *)0x8000000000000000;
    if (sigsetjmp(back, 1) == 0)
        zero = 10 / zero;
    if (sigsetjmp(back, 1) == 0)
        __asm__("ud2");
    if (sigsetjmp(back, 1) == 0)
        __asm__("int3");
    if (sigsetjmp(back, 1) == 0)
        __asm__("outb %al, $0x30");
    handle(SIGILL, on_ill, 0);
    __asm__("ud2");
    printf("stepped over %d\n", (int)count);
}

static void state_is_kept(void)
{
    volatile double parts[8], sum = 0;

    count = 0;
    handle(SIGUSR1, on_signal, 0);
    for (int i = 0; i < 8; i++) {
        double a = i * 1.25, b = i + 0.5;

        raise(SIGUSR1);
        parts[i] = a * b;
        sum += parts[i];
    }
    printf("sum %.4f after %d signals\n", sum, (int)count);
}

static int ends[2]; /* of a pipe */

static void on_alarm(int sig, siginfo_t *info, void *context)
{
    count++;
    if (write(ends[1], "x", 1) != 1)
        _exit(3);
}

/* read(2) of an empty pipe, until an alarm comes whose handler writes to it:
 * restarted, the call reads what was written. */
static void interrupted_read(int flags)
{
    const struct itimerval soon = {.it_value = {.tv_usec = 300000}};
    char byte = '-';
    ssize_t n;

    if (pipe(ends) < 0)
        perror("pipe");
    count = 0;
    errno = 0;
    handle(SIGALRM, on_alarm, flags);
    setitimer(ITIMER_REAL, &soon, NULL);
    n = read(ends[0], &byte, 1);
    printf("read: %zd %c %s after %d\n", n, byte, strerror(errno), (int)count);
    setitimer(ITIMER_REAL, &soon, NULL);
    n = pause(); /* never restarted */
    printf("pause: %zd %s after %d\n", n, strerror(errno), (int)count);
    close(ends[0]);
    close(ends[1]);
}

static void masks(void)
{
    sigset_t block, old, pending;

    count = 0;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, &old);
    raise(SIGUSR1);
    sigpending(&pending);
    printf("blocked: %d pending %d\n", (int)count,
           sigismember(&pending, SIGUSR1));
    errno = 0;
    sigsuspend(&old);
    printf("sigsuspend: %s, %d\n", strerror(errno), (int)count);
    raise(SIGUSR1);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("unblocked: %d\n", (int)count);
    signal(SIGUSR2, SIG_IGN);
    raise(SIGUSR2);
    printf("ignored\n");
}

int main(void)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)};

    faults();
    state_is_kept();
    interrupted_read(0);
    interrupted_read(SA_RESTART);
    masks();
    sigaltstack(&stack, NULL);
    handle(SIGSEGV, on_stack, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0)
        *(volatile int *)0x1238 = 1;
    fflush(stdout);
    handle(SIGTERM, on_signal, SA_RESETHAND);
    raise(SIGTERM);
    raise(SIGTERM);
    return 1;
}
