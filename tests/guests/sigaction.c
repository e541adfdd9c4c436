/* sigaction.c SCENARIO: handlers: every flag, nesting, alternate stacks, what
 * a handler may change in its context. */
#include "scenario.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

#define STACK_SIZE 65536

static sigjmp_buf back;
static volatile int depth, deepest, count;
static char *alternate;

static void handle(int sig, void (*handler)(int, siginfo_t *, void *),
                   int flags)
{
    const struct sigaction act = {.sa_sigaction = handler,
                                  .sa_flags = SA_SIGINFO | flags};

    tell("sigaction", sigaction(sig, &act, NULL) == 0);
}

static int on_alternate(void)
{
    const char *here = __builtin_frame_address(0);

    return here >= alternate && here < alternate + STACK_SIZE;
}

static void set_alternate(int flags)
{
    stack_t stack = {.ss_size = STACK_SIZE, .ss_flags = flags};

    /* A page that is not there below it: who runs over finds that. */
    alternate = mmap(NULL, STACK_SIZE + 4096, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(alternate, 4096, PROT_NONE);
    alternate += 4096;
    stack.ss_sp = alternate;
    tell("sigaltstack", sigaltstack(&stack, NULL) == 0);
}

static void show_alternate(const char *when)
{
    stack_t now;

    if (sigaltstack(NULL, &now) < 0)
        perror("sigaltstack");
    printf("%s: flags %#x size %lu, it %d\n", when, (unsigned)now.ss_flags,
           (unsigned long)now.ss_size, now.ss_sp == alternate);
}

static void on_nest(int sig, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    depth++;
    count++;
    if (depth > deepest)
        deepest = depth;
    if (count < 4)
        raise(sig);
    depth--;
}

/* Without SA_NODEFER the signal waits for the end of its handler. */
static void defer(void)
{
    handle(SIGUSR1, on_nest, 0);
    raise(SIGUSR1);
    printf("count %d deepest %d\n", count, deepest);
    count = deepest = 0;
    handle(SIGUSR1, on_nest, SA_NODEFER);
    raise(SIGUSR1);
    printf("count %d deepest %d\n", count, deepest);
}

static void on_count(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)info;
    (void)context;
    count++;
}

static void reset(void)
{
    struct sigaction now;
    pid_t pid;

    handle(SIGUSR1, on_count, SA_RESETHAND);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &now);
    printf("count %d default %d flags %#x\n", count, now.sa_handler == SIG_DFL,
           (unsigned)now.sa_flags & ~0x04000000U);
    pid = fork();
    if (pid == 0) {
        raise(SIGUSR1);
        _exit(0);
    }
    show_status("the second one", pid);
}

static void on_masked(int sig, siginfo_t *info, void *context)
{
    sigset_t now;

    (void)info;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("in handler of %d:", sig);
    for (int i = 1; i < 64; i++)
        if (sigismember(&now, i) == 1)
            printf(" %d", i);
    printf("; before:");
    for (int i = 1; i < 64; i++)
        if (sigismember(&((ucontext_t *)context)->uc_sigmask, i) == 1)
            printf(" %d", i);
    printf("\n");
}

static void masks(void)
{
    struct sigaction act = {.sa_sigaction = on_masked, .sa_flags = SA_SIGINFO};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigaddset(&act.sa_mask, SIGHUP);
    sigaddset(&act.sa_mask, SIGKILL);
    sigaddset(&act.sa_mask, SIGSTOP);
    sigaddset(&act.sa_mask, 50);
    sigaction(SIGUSR1, &act, NULL);
    sigaction(SIGUSR1, NULL, &act);
    printf("kept: KILL %d STOP %d HUP %d\n", sigismember(&act.sa_mask, SIGKILL),
           sigismember(&act.sa_mask, SIGSTOP),
           sigismember(&act.sa_mask, SIGHUP));
    raise(SIGUSR1);
    act.sa_flags |= SA_NODEFER;
    sigaction(SIGUSR1, &act, NULL);
    raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("restored: TERM %d HUP %d\n", sigismember(&set, SIGTERM),
           sigismember(&set, SIGHUP));
}

static void on_first(int sig, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    printf("begin %d\n", sig);
    if (sig == SIGUSR1) {
        raise(SIGUSR2);
        raise(SIGHUP);
    }
    printf("end %d\n", sig);
}

/* A handler is interrupted by another signal's, unless its mask forbids. */
static void nesting(void)
{
    struct sigaction act = {.sa_sigaction = on_first, .sa_flags = SA_SIGINFO};

    handle(SIGUSR2, on_first, 0);
    handle(SIGHUP, on_first, 0);
    sigaddset(&act.sa_mask, SIGHUP);
    sigaction(SIGUSR1, &act, NULL);
    raise(SIGUSR1);
}

/* Several at once: each one's frame is built on the one before. */
static void several_at_once(void)
{
    sigset_t set, old;

    handle(SIGUSR1, on_first, 0);
    handle(SIGUSR2, on_first, 0);
    handle(SIGHUP, on_first, 0);
    handle(SIGRTMIN, on_first, 0);
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGRTMIN);
    raise(SIGUSR2);
    raise(SIGHUP);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void on_alternate_stack(int sig, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;

    (void)info;
    /* Without a stack the flags are what an ancestor left of them. */
    printf("signal %d on it %d, context: flags %#x size %lu\n", sig,
           on_alternate(),
           uc->uc_stack.ss_size ? (unsigned)uc->uc_stack.ss_flags : 0,
           (unsigned long)uc->uc_stack.ss_size);
    show_alternate("in handler");
    if (sig == SIGUSR1)
        raise(SIGUSR2);
}

static void alternate_stack(void)
{
    handle(SIGUSR1, on_alternate_stack, SA_ONSTACK);
    handle(SIGUSR2, on_alternate_stack, SA_ONSTACK);
    handle(SIGHUP, on_alternate_stack, 0);
    raise(SIGUSR2);
    set_alternate(0);
    raise(SIGUSR1);
    raise(SIGHUP);
    show_alternate("behind");
}

static void autodisarm(void)
{
    handle(SIGUSR1, on_alternate_stack, SA_ONSTACK);
    handle(SIGUSR2, on_alternate_stack, 0);
    set_alternate((int)SS_AUTODISARM);
    show_alternate("before");
    raise(SIGUSR1);
    show_alternate("behind");
    raise(SIGUSR2);
    show_alternate("behind");
}

static void on_change_stack(int sig, siginfo_t *info, void *context)
{
    const stack_t off = {.ss_flags = SS_DISABLE};

    (void)sig;
    (void)info;
    (void)context;
    tell("change it while on it", sigaltstack(&off, NULL) == 0);
}

static void alternate_errors(void)
{
    stack_t stack = {.ss_sp = &stack, .ss_size = 2047}, old;

    show("too small", sigaltstack(&stack, NULL));
    stack.ss_size = STACK_SIZE;
    stack.ss_flags = 4;
    show("unknown flag", sigaltstack(&stack, NULL));
    show("bad address", sigaltstack((stack_t *)8, NULL));
    show("bad old address", syscall(SYS_sigaltstack, NULL, (void *)8));
    set_alternate(SS_ONSTACK);
    show_alternate("set with SS_ONSTACK");
    handle(SIGUSR1, on_change_stack, SA_ONSTACK);
    raise(SIGUSR1);
    stack.ss_flags = SS_DISABLE;
    tell("off", sigaltstack(&stack, &old) == 0);
    printf("old was it %d\n", old.ss_sp == alternate);
    sigaltstack(NULL, &old);
    printf("now flags %d size %lu sp %d\n", old.ss_flags,
           (unsigned long)old.ss_size, old.ss_sp == NULL);
}

static void on_deeper(int sig, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    count++;
    raise(sig);
}

/* A frame that does not fit kills, by SIGSEGV, and writes nothing below. */
static void alternate_overflow(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        set_alternate(0);
        handle(SIGUSR1, on_deeper, SA_ONSTACK | SA_NODEFER);
        raise(SIGUSR1);
        _exit(0);
    }
    show_status("nested", pid);
}

static void on_overflow(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d code %d on it %d\n", sig, info->si_code, on_alternate());
    siglongjmp(back, 1);
}

static int __attribute__((noinline)) recurse(int n)
{
    volatile char page[4096];

    page[0] = (char)n;
    return n ? recurse(n - 1) + page[0] : 0;
}

/* Twice: leaving by siglongjmp leaves the stack free again. */
static void stack_overflow(void)
{
    set_alternate(0);
    handle(SIGSEGV, on_overflow, SA_ONSTACK);
    for (int i = 0; i < 2; i++)
        if (sigsetjmp(back, 1) == 0)
            recurse(1 << 30);
    show_alternate("behind");
}

static void on_jump(int sig, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    siglongjmp(back, sig);
}

static void jumps(void)
{
    volatile int jumped = 0;
    sigset_t now;

    handle(SIGUSR1, on_jump, 0);
    for (int i = 0; i < 100; i++)
        if (sigsetjmp(back, 1) == 0)
            raise(SIGUSR1);
        else
            jumped++;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("%d, blocked %d\n", jumped, sigismember(&now, SIGUSR1));
    if (sigsetjmp(back, 0) == 0)
        raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("without the mask: blocked %d\n", sigismember(&now, SIGUSR1));
}

/* The instructions at which a handler goes on, and with what. */
static void on_edit(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    greg_t *regs = uc->uc_mcontext.gregs;

    (void)sig;
    (void)info;
    regs[REG_RIP] = regs[REG_RBX];
    regs[REG_RAX] = 0x1111;
    regs[REG_RDX] = 0x2222;
    regs[REG_RSP] -= 64;
    regs[REG_R11] = 0x3333;
    regs[REG_RCX] = 0x4444;
    regs[REG_EFL] |= 0x401; /* carry and direction */
    sigaddset(&uc->uc_sigmask, SIGWINCH);
}

static void context_edits(void)
{
    unsigned long a, d, r11, c, flags, sp, old_sp;
    sigset_t now;

    handle(SIGTRAP, on_edit, 0);
    __asm__ volatile("lea -256(%%rsp), %%rsp; mov %%rsp, %%r12\n"
                     "lea 1f(%%rip), %%rbx; int3; ud2\n"
                     "1: mov %%rsp, %%r13; mov %%r12, %%rsp\n"
                     "pushf; pop %%r14; cld\n"
                     "lea 256(%%rsp), %%rsp\n"
                     "mov %%r11, %%r15; mov %%r14, %%rbx\n"
                     : "=a"(a), "=d"(d), "=c"(c), "=b"(flags)
                     :
                     : "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    __asm__ volatile("mov %%r15, %0; mov %%r13, %1; mov %%r12, %2"
                     : "=r"(r11), "=r"(sp), "=r"(old_sp));
    printf("%lx %lx %lx %lx flags %lx\n", a, d, r11, c, flags & 0x401);
    printf("stack moved by %ld\n", (long)(old_sp - sp));
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("blocked %d\n", sigismember(&now, SIGWINCH));
}

static void on_bad_return(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] =
        count == 0 ? 0x1000 : (greg_t)1 << 63;
}

/* A context that leads nowhere is the program's end, at once or by a fault. */
static void bad_contexts(void)
{
    for (count = 0; count < 2; count++) {
        pid_t pid = fork();

        if (pid == 0) {
            handle(SIGUSR1, on_bad_return, 0);
            raise(SIGUSR1);
            _exit(0);
        }
        show_status("bad return", pid);
    }
}

static void on_info(int sig, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d number %d code %d from me %d user %d errno %d\n", sig,
           info->si_signo, info->si_code, info->si_pid == getpid(),
           info->si_uid == getuid(), info->si_errno);
}

static void infos(void)
{
    const union sigval value = {.sival_int = 5};

    handle(SIGUSR1, on_info, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    syscall(SYS_tkill, syscall(SYS_gettid), SIGUSR1);
    sigqueue(getpid(), SIGUSR1, value);
}

static void errors(void)
{
    struct sigaction act = {.sa_handler = SIG_IGN}, old;

    show("KILL", sigaction(SIGKILL, &act, NULL));
    show("STOP", sigaction(SIGSTOP, &act, NULL));
    show("ask for KILL", sigaction(SIGKILL, NULL, &old));
    show("0", sigaction(0, &act, NULL));
    show("65", sigaction(65, &act, NULL));
    show("-1", sigaction(-1, &act, NULL));
    show("size", syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
    show("bad address", syscall(SYS_rt_sigaction, SIGUSR1, 8, NULL, 8));
    show("bad old address", syscall(SYS_rt_sigaction, SIGUSR1, NULL, 8, 8));
    show("mask: how", syscall(SYS_rt_sigprocmask, 77, &act.sa_mask, NULL, 8));
    show("mask: size", syscall(SYS_rt_sigprocmask, 0, &act.sa_mask, NULL, 4));
    show("mask: bad", syscall(SYS_rt_sigprocmask, 0, 8, NULL, 8));
    show("mask: how, but none", syscall(SYS_rt_sigprocmask, 77, NULL, NULL, 8));
}

/* To ignore a signal drops what waits. */
static void ignoring_drops(void)
{
    sigset_t set, pending, old;

    handle(SIGUSR1, on_count, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    raise(SIGCHLD);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigpending(&pending);
    printf("pending %d %d\n", sigismember(&pending, SIGUSR1),
           sigismember(&pending, SIGCHLD));
    handle(SIGUSR1, on_count, 0);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("count %d\n", count);
}

static void on_one_argument(int sig)
{
    count += sig;
}

/* What is told back is what was set. */
static void told_back(void)
{
    struct sigaction act = {.sa_handler = on_one_argument,
                            .sa_flags = SA_RESTART | SA_NODEFER};
    struct sigaction now;

    sigaddset(&act.sa_mask, SIGTERM);
    sigaction(SIGUSR1, &act, NULL);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &now);
    printf("count %d same %d flags %#x mask %d %d\n", count,
           now.sa_handler == on_one_argument,
           (unsigned)now.sa_flags & ~0x04000000U,
           sigismember(&now.sa_mask, SIGTERM),
           sigismember(&now.sa_mask, SIGUSR1));
    sigaction(SIGTTIN, NULL, &now);
    printf("default %d\n", now.sa_handler == SIG_DFL);
    printf("signal tells the old one %d\n",
           signal(SIGUSR1, SIG_IGN) == on_one_argument);
}

/* A blocked or ignored fault kills all the same. */
static void faults_cannot_be_blocked(void)
{
    for (int i = 0; i < 4; i++) {
        pid_t pid = fork();
        sigset_t set;

        if (pid == 0) {
            sigfillset(&set);
            if (i & 1)
                sigprocmask(SIG_SETMASK, &set, NULL);
            else
                signal(i & 2 ? SIGSEGV : SIGTRAP, SIG_IGN);
            if (i & 2)
                *(volatile int *)8 = 1;
            else
                __asm__ volatile("int3");
            _exit(0);
        }
        show_status(i & 1 ? "blocked" : "ignored", pid);
    }
}

static const struct scenario scenarios[] = {
    {"defer", defer},
    {"reset", reset},
    {"masks", masks},
    {"nesting", nesting},
    {"several-at-once", several_at_once},
    {"alternate-stack", alternate_stack},
    {"autodisarm", autodisarm},
    {"alternate-errors", alternate_errors},
    {"alternate-overflow", alternate_overflow},
    {"stack-overflow", stack_overflow},
    {"jumps", jumps},
    {"context-edits", context_edits},
    {"bad-contexts", bad_contexts},
    {"infos", infos},
    {"errors", errors},
    {"ignoring-drops", ignoring_drops},
    {"told-back", told_back},
    {"faults-blocked", faults_cannot_be_blocked},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
