/* cpu.c SCENARIO: what the CPU's state is before and after a call, a signal, a
 * switch of threads, a fork. */
#include "scenario.h"

#include <asm/prctl.h>
#include <cpuid.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#define FLAG_CF 0x1
#define FLAG_TF 0x100
#define FLAG_DF 0x400
#define FLAG_AC 0x40000

static void handle(int sig, void (*handler)(int, siginfo_t *, void *))
{
    const struct sigaction act = {.sa_sigaction = handler,
                                  .sa_flags = SA_SIGINFO};

    sigaction(sig, &act, NULL);
}

/* --- general registers: (code_) runs with a pattern in each --- */

__attribute__((used)) static uint64_t after[16], stack_before, stack_after;
__attribute__((used)) static volatile int flag;

#define AROUND(name_, code_)                                                   \
    __asm__(".text\n" #name_ ":\n"                                             \
            "push %rbx; push %rbp; push %r12; push %r13; push %r14\n"          \
            "push %r15\n"                                                      \
            "mov %rsp, stack_before(%rip)\n"                                   \
            "movabs $0x1010101010101010, %rbx\n"                               \
            "lea 1(%rbx), %rdx; lea 2(%rbx), %rsi; lea 3(%rbx), %rdi\n"        \
            "lea 4(%rbx), %rbp; lea 5(%rbx), %r8; lea 6(%rbx), %r9\n"          \
            "lea 7(%rbx), %r10; lea 8(%rbx), %r11; lea 9(%rbx), %r12\n"        \
            "lea 10(%rbx), %r13; lea 11(%rbx), %r14; lea 12(%rbx), %r15\n"     \
            "lea 13(%rbx), %rcx; lea 14(%rbx), %rax\n" code_                   \
            "mov %rax, after(%rip); mov %rbx, after+8(%rip)\n"                 \
            "mov %rcx, after+16(%rip); mov %rdx, after+24(%rip)\n"             \
            "mov %rsi, after+32(%rip); mov %rdi, after+40(%rip)\n"             \
            "mov %rbp, after+48(%rip); mov %rsp, stack_after(%rip)\n"          \
            "mov %r8, after+64(%rip); mov %r9, after+72(%rip)\n"               \
            "mov %r10, after+80(%rip); mov %r11, after+88(%rip)\n"             \
            "mov %r12, after+96(%rip); mov %r13, after+104(%rip)\n"            \
            "mov %r14, after+112(%rip); mov %r15, after+120(%rip)\n"           \
            "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"     \
            "ret\n");                                                          \
    void name_(void)

AROUND(around_call, "mov $39, %eax\nsyscall\nbehind_call:\n");
AROUND(around_no_call, "mov $-1, %rax\nsyscall\n");
AROUND(around_trap, "int3\n");
AROUND(around_spin, "1: cmpl $0, flag(%rip)\nje 1b\n");
extern const char behind_call[];

static void show_registers(void)
{
    static const char *const names[16] = {
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "",
        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    static const uint64_t add[16] = {14, 0, 13, 1, 2, 3,  4,  0,
                                     5,  6, 7,  8, 9, 10, 11, 12};

    for (int i = 0; i < 16; i++)
        if (i != 7 && after[i] != 0x1010101010101010 + add[i])
            printf("%s changed\n", names[i]);
    printf("stack pointer %d\n", stack_before == stack_after);
}

static void registers_over_call(void)
{
    around_call();
    show_registers();
    printf("result %d, rcx is where it returns %d, r11 flags %#lx\n",
           (int)after[0] == getpid(), after[2] == (uint64_t)behind_call,
           (unsigned long)after[11] & 0x257700);
    around_no_call();
    show_registers();
    printf("result %ld\n", (long)after[0]);
}

/* Leaves other values in every register that a function may change, and in
 * those that it must restore. */
static void on_disturb(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)info;
    (void)context;
    __asm__ volatile("mov $-1, %%rax; mov %%rax, %%rbx; mov %%rax, %%rcx\n"
                     "mov %%rax, %%rdx; mov %%rax, %%rsi; mov %%rax, %%rdi\n"
                     "mov %%rax, %%r8; mov %%rax, %%r9; mov %%rax, %%r10\n"
                     "mov %%rax, %%r11; mov %%rax, %%r12; mov %%rax, %%r13\n"
                     "mov %%rax, %%r14; mov %%rax, %%r15\n"
                     :
                     :
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9",
                       "r10", "r11", "r12", "r13", "r14", "r15", "memory");
    flag = 1;
}

static void registers_over_signal(void)
{
    const struct itimerval soon = {.it_value = {.tv_usec = 20000}};

    handle(SIGTRAP, on_disturb);
    handle(SIGALRM, on_disturb);
    around_trap();
    show_registers();
    flag = 0;
    setitimer(ITIMER_REAL, &soon, NULL);
    around_spin();
    show_registers();
}

static uint64_t seen_registers[23];

static void on_look(int sig, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;

    (void)sig;
    (void)info;
    for (int i = 0; i < 23; i++)
        seen_registers[i] = (uint64_t)uc->uc_mcontext.gregs[i];
}

/* What the handler finds in its context. */
static void registers_in_context(void)
{
    static const int order[15] = {REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI,
                                  REG_RDI, REG_RBP, REG_R8,  REG_R9,  REG_R10,
                                  REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

    handle(SIGTRAP, on_look);
    around_trap();
    for (int i = 0; i < 15; i++)
        printf("%#lx\n", (unsigned long)seen_registers[order[i]]);
    printf("rsp %d csgsfs %#lx\n", seen_registers[REG_RSP] == stack_before,
           (unsigned long)seen_registers[REG_CSGSFS]);
    printf("flags %#lx\n", (unsigned long)seen_registers[REG_EFL] & 0x257700);
    show_registers();
}

/* --- flags --- */

static uint64_t flags_over(uint64_t flags, int trap)
{
    uint64_t out;

    /* Red zone first: pushf writes there. */
    __asm__ volatile("lea -256(%%rsp), %%rsp\n"
                     "push %1; popf\n"
                     "jecxz 1f\n"
                     "int3\n"
                     "jmp 2f\n"
                     "1: mov $39, %%eax; syscall\n"
                     "2: pushf; pop %0\n"
                     "push $2; popf\n"
                     "lea 256(%%rsp), %%rsp\n"
                     : "=&b"(out)
                     : "r"(flags), "c"(trap)
                     : "rax", "r11", "memory", "cc");
    return out;
}

static uint64_t handler_flags;

static void on_flags(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)info;
    (void)context;
    handler_flags = __builtin_ia32_readeflags_u64();
}

static void flags(void)
{
    static const uint64_t values[] = {0x2,
                                      0x8d7,
                                      0xad7,
                                      FLAG_DF,
                                      FLAG_DF | 0xad7,
                                      FLAG_AC,
                                      FLAG_AC | FLAG_DF | 1,
                                      0x200002};

    handle(SIGTRAP, on_flags);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        printf("%#lx: call %#lx ", (unsigned long)values[i],
               (unsigned long)flags_over(values[i], 0));
        printf("signal %#lx ", (unsigned long)flags_over(values[i], 1));
        printf("handler %#lx\n", (unsigned long)handler_flags & 0x40500);
    }
}

/* --- single steps --- */

#define STEPS_MAX 64
static long steps[STEPS_MAX];
static int step_count, step_code, step_addr_wrong, stop_after;
extern const char step_start[];

static void on_step(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    greg_t rip = uc->uc_mcontext.gregs[REG_RIP];

    (void)sig;
    if (step_count < STEPS_MAX)
        steps[step_count] = (long)(rip - (greg_t)step_start);
    step_count++;
    step_code = info->si_code;
    step_addr_wrong += (greg_t)info->si_addr != rip;
    if (step_count == stop_after)
        uc->uc_mcontext.gregs[REG_EFL] &= ~FLAG_TF;
}

/* Once only: it has a label of its own. */
__attribute__((noinline)) static void step_code_path(void)
{
    static char buffer[8];

    __asm__ volatile("lea -256(%%rsp), %%rsp\n"
                     "pushf; orl $0x100, (%%rsp); popf\n"
                     "step_start: nop\n"
                     "xor %%eax, %%eax\n"
                     "mov $39, %%eax\n"
                     "syscall\n"
                     "nop\n"
                     "mov $5, %%ecx\n"
                     "1: loop 1b\n"
                     "mov $3, %%ecx\n"
                     "rep stosb\n"
                     "pushf; pop %%rdx\n"
                     "cpuid\n"
                     "call 3f\n"
                     "pushf; andl $~0x100, (%%rsp); popf\n"
                     "nop\n"
                     "jmp 4f\n"
                     "3: ret\n"
                     "4: lea 256(%%rsp), %%rsp\n"
                     :
                     : "D"(buffer)
                     : "rax", "rbx", "rcx", "rdx", "r11", "memory", "cc");
}

static void show_steps(void)
{
    step_count = step_addr_wrong = 0;
    step_code_path();
    printf("%d steps, code %d, wrong %d:", step_count, step_code,
           step_addr_wrong);
    for (int i = 0; i < step_count && i < STEPS_MAX; i++)
        printf(" %ld", steps[i]);
    printf("\n");
}

static void single_steps(void)
{
    handle(SIGTRAP, on_step);
    show_steps();
    stop_after = 3; /* the handler clears the flag */
    show_steps();
}

static void on_set_step(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= FLAG_TF;
}

/* A handler switches it on, another one off: as debuggers in the process do. */
static void single_step_by_handler(void)
{
    handle(SIGTRAP, on_step);
    handle(SIGUSR1, on_set_step);
    stop_after = 1;
    raise(SIGUSR1);
    printf("%d steps, code %d\n", step_count, step_code);
}

/* --- red zone --- */

__asm__(".text\nred_zone:\n"
        "mov $128, %ecx\n"
        "1: lea (%rcx,%rcx,2), %eax; neg %rcx; mov %al, (%rsp,%rcx)\n"
        "neg %rcx; loop 1b\n"
        "movl $0, flag(%rip)\n"
        "mov $39, %eax; syscall\n"
        "int3\n"
        "mov $186, %eax; syscall\n"
        "2: cmpl $2, flag(%rip); jl 2b\n"
        "xor %edx, %edx\n"
        "mov $128, %ecx\n"
        "3: lea (%rcx,%rcx,2), %eax; neg %rcx; cmp %al, (%rsp,%rcx)\n"
        "setne %al; movzbl %al, %eax; add %eax, %edx\n"
        "neg %rcx; loop 3b\n"
        "mov %edx, %eax; ret\n");
int red_zone(void);

static void on_count(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)info;
    (void)context;
    flag++;
}

static void red_zone_is_kept(void)
{
    const struct itimerval often = {{.tv_usec = 5000}, {.tv_usec = 5000}};
    const struct itimerval off = {{0}, {0}};

    handle(SIGTRAP, on_count);
    handle(SIGALRM, on_count);
    setitimer(ITIMER_REAL, &often, NULL);
    printf("bytes changed %d\n", red_zone());
    setitimer(ITIMER_REAL, &off, NULL);
}

/* --- segment bases --- */

static uint64_t read_gs(void)
{
    uint64_t base = 1;

    syscall(SYS_arch_prctl, ARCH_GET_GS, &base);
    return base;
}

static void *gs_of_thread(void *arg)
{
    printf("thread begins with its creator's gs %d\n",
           read_gs() == (uint64_t)arg);
    syscall(SYS_arch_prctl, ARCH_SET_GS, 0x5000);
    sched_yield();
    return arg;
}

static void bases_by_calls(void)
{
    static uint64_t there = 77;
    uint64_t value, fs = 0;
    pthread_t thread;

    tell("set", syscall(SYS_arch_prctl, ARCH_SET_GS, &there) == 0);
    __asm__ volatile("mov %%gs:0, %0" : "=r"(value));
    printf("through gs %lu, same %d\n", (unsigned long)value,
           read_gs() == (uint64_t)&there);
    handle(SIGTRAP, on_count);
    __asm__ volatile("int3");
    printf("after a signal %d\n", read_gs() == (uint64_t)&there);
    pthread_create(&thread, NULL, gs_of_thread, &there);
    pthread_join(thread, NULL);
    printf("after a thread %d\n", read_gs() == (uint64_t)&there);
    syscall(SYS_arch_prctl, ARCH_GET_FS, &fs);
    printf("fs leads to itself %d\n", fs == *(uint64_t *)fs);
    tell("half of the kernel",
         syscall(SYS_arch_prctl, ARCH_SET_GS, 0xffff800000000000) == 0);
    tell("not canonical",
         syscall(SYS_arch_prctl, ARCH_SET_FS, 0x0000800000000000) == 0);
    tell("bad address", syscall(SYS_arch_prctl, ARCH_GET_FS, 8) == 0);
    tell("bad code", syscall(SYS_arch_prctl, 0x9999, 8) == 0);
    printf("still %d\n", read_gs() == (uint64_t)&there);
}

/* FSGSBASE in AT_HWCAP2: Linux, Documentation/arch/x86/x86_64/fsgs.rst */
#define HWCAP2_FSGSBASE 2

static void bases_by_instructions(void)
{
    uint64_t gs = 0, fs = 0, seen = 0;
    pid_t pid;

    if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE)) {
        printf("no FSGSBASE\n");
        return;
    }
    __asm__ volatile("wrgsbase %0" : : "r"(UINT64_C(0x123456789000)));
    printf("told by the call %#lx\n", (unsigned long)read_gs());
    handle(SIGTRAP, on_count);
    __asm__ volatile("int3; rdgsbase %0" : "=r"(gs) : : "memory");
    printf("over call and signal %#lx\n", (unsigned long)gs);
    /* Without thread variables meanwhile, so no C. */
    __asm__ volatile("rdfsbase %%r12; mov %2, %%r13; wrfsbase %%r13\n"
                     "mov $39, %%eax; syscall\n"
                     "rdfsbase %0; wrfsbase %%r12; mov %%rax, %1\n"
                     : "=&r"(fs), "=&r"(seen)
                     : "r"(UINT64_C(0x7123456000))
                     : "rax", "rcx", "r11", "r12", "r13", "memory");
    printf("fs over a call %#lx %d\n", (unsigned long)fs,
           (pid_t)seen == getpid());
    pid = fork();
    if (pid == 0) {
        __asm__ volatile("rdgsbase %0" : "=r"(gs));
        _exit(gs == 0x123456789000 && read_gs() == gs ? 4 : 5);
    }
    show_status("gs in a child", pid);
}

static void selectors(void)
{
    uint16_t cs, ss, ds, es, fs, gs;

    __asm__("mov %%cs, %0; mov %%ss, %1; mov %%ds, %2"
            : "=r"(cs), "=r"(ss), "=r"(ds));
    __asm__("mov %%es, %0; mov %%fs, %1; mov %%gs, %2"
            : "=r"(es), "=r"(fs), "=r"(gs));
    printf("cs %#x ss %#x ds %#x es %#x fs %#x gs %#x\n", cs, ss, ds, es, fs,
           gs);
}

static const struct scenario scenarios[] = {
    {"registers-over-call", registers_over_call},
    {"registers-over-signal", registers_over_signal},
    {"registers-in-context", registers_in_context},
    {"flags", flags},
    {"single-steps", single_steps},
    {"single-step-by-handler", single_step_by_handler},
    {"red-zone", red_zone_is_kept},
    {"bases-by-calls", bases_by_calls},
    {"bases-by-instructions", bases_by_instructions},
    {"selectors", selectors},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
