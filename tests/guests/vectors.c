/* vectors.c SCENARIO: the registers of the floating point unit and of SSE, AVX
 * and AVX-512, as far as the CPU has them, over calls, signals, switches of
 * threads and forks. What the CPU has is not told: it may differ inside. */
#include "scenario.h"

#include <cpuid.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define XCR0_AVX    0x6
#define XCR0_AVX512 0xe6

#define MXCSR_ODD 0xff80u /* round to zero, flush to zero, all masked */
#define FCW_ODD   0x0f7fu /* round to zero, all masked */

struct vectors {
    uint8_t wide[32][64];
    uint64_t mask[8];
    double x87[8];
    uint32_t mxcsr;
    uint16_t fcw;
};

/* 0: SSE, 1: AVX, 2: AVX-512. */
__attribute__((used)) static int level;
__attribute__((used)) static volatile int flag;

/*
 * vectors_around(in, out, nr): load all registers from (in), do what (nr) says
 * (a system call; -1: a trap; -2: wait for flag), store them in (out). Returns
 * the call's result. The offsets are those of struct vectors.
 */
__asm__(".text\nvectors_around:\n"
        "push %rbx; push %r12; push %r13\n"
        "mov %rdi, %rbx; mov %rsi, %r12; mov %rdx, %r13\n"
        "fninit\n"
        "fldl 2112+56(%rbx); fldl 2112+48(%rbx); fldl 2112+40(%rbx)\n"
        "fldl 2112+32(%rbx); fldl 2112+24(%rbx); fldl 2112+16(%rbx)\n"
        "fldl 2112+8(%rbx); fldl 2112(%rbx)\n"
        "ldmxcsr 2176(%rbx); fldcw 2180(%rbx)\n"
        "cmpl $1, level(%rip); je 1f; jg 2f\n"
        ".set i, 0\n.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "movups 64*i(%rbx), %xmm\\n\n.set i, i+1\n.endr\n"
        "jmp 3f\n"
        "1: .set i, 0\n.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "vmovups 64*i(%rbx), %ymm\\n\n.set i, i+1\n.endr\n"
        "jmp 3f\n"
        "2: .set i, 0\n.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,"
        "18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
        "vmovups 64*i(%rbx), %zmm\\n\n.set i, i+1\n.endr\n"
        ".set i, 0\n.irp n,0,1,2,3,4,5,6,7\n"
        "kmovq 2048+8*i(%rbx), %k\\n\n.set i, i+1\n.endr\n"
        "3: mov %r13, %rax\n"
        "cmp $-1, %rax; je 4f; cmp $-2, %rax; je 5f\n"
        "mov $17, %edi; xor %esi, %esi; xor %edx, %edx; syscall\n"
        "jmp 6f\n"
        "4: int3; jmp 6f\n"
        "5: cmpl $0, flag(%rip); je 5b\n"
        "6: cmpl $1, level(%rip); je 1f; jg 2f\n"
        ".set i, 0\n.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "movups %xmm\\n, 64*i(%r12)\n.set i, i+1\n.endr\n"
        "jmp 3f\n"
        "1: .set i, 0\n.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "vmovups %ymm\\n, 64*i(%r12)\n.set i, i+1\n.endr\n"
        "vzeroupper; jmp 3f\n"
        "2: .set i, 0\n.irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,"
        "18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
        "vmovups %zmm\\n, 64*i(%r12)\n.set i, i+1\n.endr\n"
        ".set i, 0\n.irp n,0,1,2,3,4,5,6,7\n"
        "kmovq %k\\n, 2048+8*i(%r12)\n.set i, i+1\n.endr\n"
        "vzeroupper\n"
        "3: stmxcsr 2176(%r12); fnstcw 2180(%r12)\n"
        "fstpl 2112(%r12); fstpl 2112+8(%r12); fstpl 2112+16(%r12)\n"
        "fstpl 2112+24(%r12); fstpl 2112+32(%r12); fstpl 2112+40(%r12)\n"
        "fstpl 2112+48(%r12); fstpl 2112+56(%r12)\n"
        "fninit; push $0x1f80; ldmxcsr (%rsp); pop %rcx\n"
        "pop %r13; pop %r12; pop %rbx; ret\n");
long vectors_around(const struct vectors *in, struct vectors *out, long nr);

#define TRAP (-1)
#define SPIN (-2)

static int find_level(void)
{
    uint32_t a, b, c, d, xcr0, high;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
        return 0;
    __asm__("xgetbv" : "=a"(xcr0), "=d"(high) : "c"(0));
    if (!(c & bit_AVX) || (xcr0 & XCR0_AVX) != XCR0_AVX)
        return 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX512F) ||
        !(b & bit_AVX512BW) || (xcr0 & XCR0_AVX512) != XCR0_AVX512)
        return 1;
    return 2;
}

static void fill(struct vectors *v, unsigned seed)
{
    uint8_t *bytes = (uint8_t *)v;

    for (size_t i = 0; i < offsetof(struct vectors, x87); i++)
        bytes[i] = (uint8_t)(seed + i * 7 + (i >> 6));
    for (int i = 0; i < 8; i++)
        v->x87[i] = seed + i * 1.25;
    v->mxcsr = MXCSR_ODD;
    v->fcw = FCW_ODD;
}

/* How many of what was loaded is not there any more. */
static int lost(const struct vectors *a, const struct vectors *b)
{
    const size_t width = level == 2 ? 64 : level == 1 ? 32 : 16;
    int n = 0;

    for (int i = 0; i < (level == 2 ? 32 : 16); i++)
        n += memcmp(a->wide[i], b->wide[i], width) != 0;
    for (int i = 0; i < 8; i++)
        n +=
            (level == 2 && a->mask[i] != b->mask[i]) + (a->x87[i] != b->x87[i]);
    return n + (a->mxcsr != b->mxcsr) + (a->fcw != b->fcw);
}

static uint32_t handler_mxcsr;
static uint16_t handler_fcw;

/* Leaves other values in all of them. */
static void disturb(void)
{
    struct vectors in, out;

    fill(&in, 201);
    in.fcw = 0x37f;
    in.mxcsr = 0x1f80;
    vectors_around(&in, &out, SYS_getpid);
}

static void on_signal(int sig)
{
    (void)sig;
    __asm__ volatile("stmxcsr %0; fnstcw %1"
                     : "=m"(handler_mxcsr), "=m"(handler_fcw));
    disturb();
    flag = 1;
}

static void over_calls(void)
{
    struct vectors in, out = {0};
    int bad = 0;

    for (unsigned i = 0; i < 50; i++) {
        fill(&in, i);
        vectors_around(&in, &out, i % 2 ? SYS_getpid : SYS_sched_yield);
        bad += lost(&in, &out);
    }
    printf("lost %d\n", bad);
}

static void over_signals(void)
{
    const struct itimerval soon = {.it_value = {.tv_usec = 10000}};
    struct vectors in, out = {0};

    signal(SIGTRAP, on_signal);
    signal(SIGALRM, on_signal);
    fill(&in, 3);
    vectors_around(&in, &out, TRAP);
    printf("trap: lost %d, handler began with %#x %#x\n", lost(&in, &out),
           handler_mxcsr, handler_fcw);
    flag = 0;
    setitimer(ITIMER_REAL, &soon, NULL);
    vectors_around(&in, &out, SPIN);
    printf("timer: lost %d, handler began with %#x %#x\n", lost(&in, &out),
           handler_mxcsr, handler_fcw);
}

static void *own_values(void *arg)
{
    struct vectors in, out = {0};
    intptr_t bad = 0;

    fill(&in, (unsigned)(intptr_t)arg);
    for (int i = 0; i < 200; i++) {
        vectors_around(&in, &out, SYS_sched_yield);
        bad += lost(&in, &out);
    }
    return (void *)bad;
}

static void over_threads(void)
{
    pthread_t t[3];

    for (intptr_t i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, own_values, (void *)(i * 50));
    for (int i = 0; i < 3; i++) {
        void *bad = NULL;

        pthread_join(t[i], &bad);
        printf("lost %d\n", (int)(intptr_t)bad);
    }
}

static void over_fork(void)
{
    struct vectors in, out = {0};
    pid_t pid;
    int bad;

    fill(&in, 9);
    /* clone with SIGCHLD, which vectors_around has in its first argument. */
    pid = (pid_t)vectors_around(&in, &out, SYS_clone);
    bad = lost(&in, &out);
    if (pid == 0)
        _exit(bad);
    printf("parent lost %d\n", bad);
    show_status("child", pid);
}

/* Rounding is what a program sees of the control words. */
static void rounding_is_inherited(void)
{
    const uint32_t mxcsr = 0x7f80; /* round to zero */
    volatile float one = 1, three = -3;
    pid_t pid;

    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    pid = fork();
    if (pid == 0)
        _exit(one / three == -0x1.555554p-2f ? 1 : 2);
    show_status("child rounds to zero", pid);
    pid = fork();
    if (pid == 0) {
        execl(self, self, "rounding-by-default", NULL);
        _exit(99);
    }
    show_status("program rounds to nearest", pid);
}

static void rounding_by_default(void)
{
    volatile float one = 1, three = -3;
    uint32_t mxcsr = 0;
    uint16_t fcw = 0;

    __asm__ volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(fcw));
    printf("%#x %#x\n", mxcsr, fcw);
    exit(one / three == -0x1.555556p-2f ? 1 : 2);
}

static const struct scenario scenarios[] = {
    {"over-calls", over_calls},
    {"over-signals", over_signals},
    {"over-threads", over_threads},
    {"over-fork", over_fork},
    {"rounding", rounding_is_inherited},
    {"rounding-by-default", rounding_by_default},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    level = find_level();
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
