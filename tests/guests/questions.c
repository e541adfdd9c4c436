/* questions.c SCENARIO: calls that the monitor need not be asked for:
 * rt_sigaction(2), brk(2), lseek(2); places.c has more of that. */
#include "scenario.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define READS 20000

/* The kernel's own structure: what is asked for, byte by byte. */
struct action {
    uint64_t handler, flags, restorer, mask;
};

static long ask(int sig, void *to, uint64_t size)
{
    return syscall(SYS_rt_sigaction, sig, NULL, to, size);
}

static void handler(int sig)
{
    (void)sig;
}

static void other_handler(int sig)
{
    (void)sig;
}

static const char *name_of(uint64_t address)
{
    return address == 0                              ? "SIG_DFL"
           : address == 1                            ? "SIG_IGN"
           : address == (uint64_t)(uintptr_t)handler ? "handler"
                                                     : "something else";
}

static void show_actions(void)
{
    for (int sig = 1; sig <= 64; sig++) {
        struct action a = {9, 9, 9, 9};

        if (ask(sig, &a, 8) < 0 || a.handler || a.flags || a.mask)
            printf("%d: %s flags %#lx mask %#lx\n", sig, name_of(a.handler),
                   (unsigned long)a.flags, (unsigned long)a.mask);
    }
    puts("that is all");
}

static void values(void)
{
    struct sigaction act = {.sa_handler = handler,
                            .sa_flags = SA_RESTART | SA_ONSTACK};

    show_actions();
    sigfillset(&act.sa_mask);
    sigaction(SIGUSR1, &act, NULL);
    act.sa_flags = SA_RESETHAND | SA_NODEFER;
    sigemptyset(&act.sa_mask);
    sigaddset(&act.sa_mask, SIGHUP);
    sigaction(SIGUSR2, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGRTMAX, handler);
    show_actions();
    raise(SIGUSR2); /* once only */
    show_actions();
    fflush(stdout);
    if (fork() == 0) {
        signal(SIGUSR1, SIG_DFL);
        show_actions();
        fflush(stdout);
        execl(self, self, "after-exec", NULL);
    }
    wait(NULL);
    show_actions();
}

static void errors(void)
{
    static const uint64_t sizes[] = {0, 4, 7, 9, 128, UINT64_MAX};
    static const int signals[] = {0, -1, 65, 1000, INT32_MIN};
    static const struct action constant = {1, 2, 3, 4};
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct action a;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        show("size", ask(SIGINT, &a, sizes[i]));
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        show("signal", ask(signals[i], &a, 8));
    show("SIGKILL", ask(SIGKILL, &a, 8));
    show("nowhere", ask(SIGINT, NULL, 8));
    show("bad address", ask(SIGINT, (void *)8, 8));
    show("not canonical", ask(SIGINT, (void *)(1ul << 62), 8));
    show("of the kernel", ask(SIGINT, (void *)-4096ul, 8));
    show("at the end", ask(SIGINT, (void *)-8ul, 8));
    show("constant", ask(SIGINT, (void *)(uintptr_t)&constant, 8));
    show("fresh page", ask(SIGINT, pages, 8));
    mprotect(pages + 4096, 4096, PROT_NONE);
    show("over an edge", ask(SIGINT, pages + 4096 - 16, 8));
    mprotect(pages, 4096, PROT_READ);
    show("read only", ask(SIGINT, pages, 8));
    munmap(pages, 8192);
    show("unmapped", ask(SIGINT, pages, 8));
    show("upper half of the number",
         syscall(SYS_rt_sigaction | 1l << 32, SIGINT, NULL, &a, 8));
    show("upper half of the signal",
         syscall(SYS_rt_sigaction, SIGINT | 1l << 32, NULL, &a, 8));
}

/* rax and the flags before and behind the call; 14 other registers. */
uint64_t before[16], after[16]; /* the assembler names them */
uint64_t number;                /* of the call */

__asm__(".text\n"
        "ask_with_registers:\n"
        "  push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "  lea before(%rip), %rax\n"
        "  mov 8(%rax), %rbx; mov 16(%rax), %rdx; mov 32(%rax), %rdi\n"
        "  mov 40(%rax), %rbp; mov 48(%rax), %r8; mov 56(%rax), %r9\n"
        "  mov 80(%rax), %r12; mov 88(%rax), %r13; mov 96(%rax), %r14\n"
        "  mov 104(%rax), %r15\n"
        "  mov 24(%rax), %rsi; mov 64(%rax), %r10\n"
        "  push 112(%rax)\n"
        "  mov number(%rip), %rax\n"
        "  popf\n"
        "  syscall\n"
        "behind_ask:\n"
        "  pushf; cld; push %rax\n"
        "  lea after(%rip), %rax\n"
        "  mov %rbx, 8(%rax); mov %rdx, 16(%rax); mov %rsi, 24(%rax)\n"
        "  mov %rdi, 32(%rax); mov %rbp, 40(%rax); mov %r8, 48(%rax)\n"
        "  mov %r9, 56(%rax); mov %r10, 64(%rax); mov %r11, 72(%rax)\n"
        "  mov %r12, 80(%rax); mov %r13, 88(%rax); mov %r14, 96(%rax)\n"
        "  mov %r15, 104(%rax); mov %rcx, 120(%rax)\n"
        "  pop %rdx; mov %rdx, (%rax)\n"
        "  pop %rdx; mov %rdx, 112(%rax)\n"
        "  push $0x202; popf\n"
        "  pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "  ret\n");
void ask_with_registers(void);
extern const char behind_ask[];

/* A call, and what it is to give. */
struct question {
    long sysno;
    uint64_t rdi, rsi, rdx, r10, result;
};

static void compare(const struct question *q, uint64_t flags)
{
    int wrong = 0;

    for (size_t i = 0; i < 16; i++)
        before[i] = 0x0123456789abcdef * (i + 1);
    number = (uint64_t)q->sysno;
    before[0] = q->result;
    before[2] = q->rdx;
    before[3] = q->rsi;
    before[4] = q->rdi;
    before[8] = q->r10;
    before[14] = before[9] = flags;
    before[15] = (uint64_t)(uintptr_t)behind_ask;
    ask_with_registers();
    for (size_t i = 0; i < 16; i++)
        if (before[i] != after[i]) {
            printf("call %ld flags %#lx: register %zu is %#lx\n", q->sysno,
                   (unsigned long)flags, i, (unsigned long)after[i]);
            wrong = 1;
        }
    if (wrong)
        puts("wrong");
}

/* All arithmetic flags together, and the others one by one. */
static void registers(void)
{
    static const uint64_t bits[] = {1, 4, 0x10, 0x40, 0x80, 0x800};
    static const uint64_t rare[] = {0x400, 0x40000, 0x200000};
    static struct action told, set = {0, 0x04000000, 0x1234, 0};
    const struct question questions[] = {
        {SYS_rt_sigaction, SIGUSR1, 0, (uintptr_t)&told, 8, 0},
        {SYS_rt_sigaction, SIGUSR2, (uintptr_t)&set, 0, 8, 0},
        {SYS_brk, 0, 77, 88, 99, (uint64_t)syscall(SYS_brk, 0)},
        {SYS_getpid, 66, 77, 88, 99, (uint64_t)getpid()},
        {SYS_gettid, 66, 77, 88, 99, (uint64_t)getpid()},
        {SYS_lseek, (uint64_t)open(self, O_RDONLY), 123, SEEK_SET, 99, 123},
    };

    for (size_t q = 0; q < sizeof(questions) / sizeof(questions[0]); q++) {
        for (unsigned some = 0; some < 64; some++) {
            uint64_t flags = 0x202;

            for (size_t i = 0; i < 6; i++)
                flags |= some >> i & 1 ? bits[i] : 0;
            compare(&questions[q], flags);
        }
        for (size_t i = 0; i < 3; i++)
            compare(&questions[q], 0x202 | rare[i]);
    }
    puts("compared");
}

static volatile sig_atomic_t signals;
static volatile int done;

static void on_alarm(int sig)
{
    struct action a = {0};

    ask(SIGUSR1, &a, 8);
    signals += sig == SIGALRM;
}

/* Signals come at any instruction; none is lost, nor the answer. */
static void interrupted(void)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    unsigned wrong = 0;

    signal(SIGALRM, on_alarm);
    signal(SIGUSR1, handler);
    setitimer(ITIMER_REAL, &often, NULL);
    while (signals < 200) {
        struct action a = {0};

        if (ask(SIGUSR1, &a, 8) != 0 || a.handler != (uintptr_t)handler)
            wrong++;
    }
    printf("wrong %u\n", wrong);
}

static void *change(void *arg)
{
    struct sigaction one = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct sigaction two = {.sa_handler = other_handler};

    sigfillset(&two.sa_mask);
    while (!done) {
        sigaction(SIGUSR1, &one, NULL);
        sigaction(SIGUSR1, &two, NULL);
    }
    return arg;
}

/* What is told is what one call set, never parts of two. */
static void meanwhile(void)
{
    pthread_t thread;
    unsigned mixed = 0;

    signal(SIGUSR1, handler);
    pthread_create(&thread, NULL, change, NULL);
    for (int i = 0; i < READS; i++) {
        struct action a = {0};

        ask(SIGUSR1, &a, 8);
        if (a.handler == (uintptr_t)handler)
            mixed += a.mask == ~0ul;
        else
            mixed += a.handler != (uintptr_t)other_handler || a.mask == 0;
    }
    done = 1;
    pthread_join(thread, NULL);
    printf("mixed %u\n", mixed);
}

/* Not the C library's own, nor the one that has a handler here. */
static int takes_any(int sig)
{
    return sig != SIGKILL && sig != SIGSTOP && sig != SIGUSR1 && sig != 32 &&
           sig != 33;
}

/* Set what stays at its default, as posix_spawn does: flags and mask are told
 * back all the same. */
static void set_defaults(unsigned n)
{
    for (int sig = 1; sig <= 64; sig++) {
        const struct action set = {0, 0x04000000, 0x1000 + n,
                                   1ul << (20 + n % 8)};

        if (takes_any(sig))
            syscall(SYS_rt_sigaction, sig, &set, NULL, 8);
    }
}

static void check_defaults(const char *what, unsigned n)
{
    unsigned wrong = 0;

    for (int sig = 1; sig <= 64; sig++) {
        struct action a = {9, 9, 9, 9};

        if (!takes_any(sig))
            continue;
        wrong += ask(sig, &a, 8) < 0 || a.handler || a.flags != 0x04000000 ||
                 a.restorer != 0x1000 + n || a.mask != 1ul << (20 + n % 8);
    }
    printf("%s: wrong %u\n", what, wrong);
}

static int share_and_change(void *arg)
{
    const int *sets = arg;

    if (*sets) {
        set_defaults(5);
        signal(SIGUSR1, other_handler);
    }
    return 0;
}

static void *ask_often(void *arg)
{
    unsigned *wrong = arg;

    while (!done) {
        struct action a = {0};

        *wrong += ask(SIGUSR1, &a, 8) != 0 || a.handler != (uintptr_t)handler;
    }
    return NULL;
}

static void share_memory(int flags, int sets)
{
    static char stack[1 << 16] __attribute__((aligned(16)));
    pid_t child = clone(share_and_change, stack + sizeof(stack),
                        CLONE_VM | flags | SIGCHLD, &sets);

    waitpid(child, NULL, 0);
}

/* Another process had the memory, and left it. */
static void after_sharers(void)
{
    unsigned wrong = 0;
    pthread_t thread;

    signal(SIGUSR1, handler);
    for (unsigned n = 1; n < 9; n++) {
        struct action a;

        set_defaults(n);
        share_memory(n & 1 ? 0 : CLONE_SIGHAND, n & 2);
        check_defaults("at once", n % 4 == 2 ? 5 : n);
        ask(SIGUSR1, &a, 8);
        puts(name_of(a.handler == (uintptr_t)other_handler ? 1 : a.handler));
        signal(SIGUSR1, handler);
        pause_ms(20);
        set_defaults(n + 10);
        check_defaults("later", n + 10);
        ask(SIGUSR1, &a, 8);
        puts(name_of(a.handler));
        fflush(stdout);
        if (fork() == 0) {
            check_defaults("child", n + 10);
            set_defaults(n + 11);
            check_defaults("child", n + 11);
            fflush(stdout);
            _exit(0);
        }
        wait(NULL);
        check_defaults("parent", n + 10);
    }
    pthread_create(&thread, NULL, ask_often, &wrong);
    for (int i = 0; i < 50; i++)
        share_memory(0, 1);
    done = 1;
    pthread_join(thread, NULL);
    printf("while others share: wrong %u\n", wrong);
    signal(SIGUSR1, SIG_DFL);
    check_defaults("in the end", 18);
}

static double time_of(long sysno, long n)
{
    struct timespec from, to;
    struct action a;

    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long i = 0; i < n; i++)
        syscall(sysno, SIGUSR1, NULL, &a, 8);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) +
           (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Nanoseconds a call, for who wants to know whether the shim answers. */
static void times(void)
{
    const long n = 20000;

    printf("getppid %.0f\n", time_of(SYS_getppid, n) * 1e9 / n);
    printf("asking %.0f\n", time_of(SYS_rt_sigaction, n) * 1e9 / n);
    share_memory(0, 0);
    pause_ms(20);
    printf("after sharing %.0f\n", time_of(SYS_rt_sigaction, n) * 1e9 / n);
}

static const struct scenario scenarios[] = {
    {"after-sharers", after_sharers},
    {"times", times},
    {"values", values},
    {"after-exec", show_actions},
    {"errors", errors},
    {"registers", registers},
    {"interrupted", interrupted},
    {"meanwhile", meanwhile},
};

int main(int argc, char **argv)
{
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
