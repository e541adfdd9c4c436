/* traps.c SCENARIO: instructions that trap: the signal, its code and address,
 * and where the context says that it was. Left out is what no KVM without
 * hardware support can show: RSP that is not canonical is a page fault there,
 * INT 80h and SYSENTER depend on how the host's kernel was built. */
#include "scenario.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static uintptr_t start, want_addr;

static const char *relation(uintptr_t addr)
{
    static char text[32];

    if (addr == 0)
        return "none";
    if (want_addr && addr == want_addr)
        return "of the access";
    if (addr - start > 64)
        return "elsewhere";
    snprintf(text, sizeof(text), "code+%lu", (unsigned long)(addr - start));
    return text;
}

static void on_trap(int sig, siginfo_t *info, void *context)
{
    const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

    printf("signal %d code %d address %s ", sig, info->si_code,
           relation((uintptr_t)info->si_addr));
    printf("rip %s trap %d\n", relation((uintptr_t)regs[REG_RIP]),
           (int)regs[REG_TRAPNO]);
    siglongjmp(back, 1);
}

static void catch_traps(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    const struct sigaction act = {.sa_sigaction = on_trap,
                                  .sa_flags = SA_SIGINFO | SA_ONSTACK};
    static char stack[65536];
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};

    sigaltstack(&alternate, NULL);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &act, NULL);
}

static void run_trap(const char *name, void (*code)(void), uintptr_t addr)
{
    start = (uintptr_t)code;
    want_addr = addr;
    printf("%s: ", name);
    if (sigsetjmp(back, 1) == 0) {
        code();
        printf("no trap\n");
    }
}

#define CODE(name_, text_)                                                     \
    __asm__(".text\n" #name_ ": " text_ "\nret\n");                            \
    void name_(void)
#define RUN(name_) run_trap(#name_, name_, 0)

CODE(ud2, "ud2");
CODE(ud0, ".byte 0x0f, 0xff, 0xc0");
CODE(pushad, ".byte 0x60");
CODE(into, ".byte 0xce");
CODE(lock_nop, ".byte 0xf0, 0x90");
CODE(lock_mov, ".byte 0xf0, 0x89, 0xc0");
CODE(too_long, ".rept 16\n.byte 0x66\n.endr\nnop");
CODE(clac, "clac");

static void undefined(void)
{
    RUN(ud2);
    RUN(ud0);
    RUN(pushad);
    RUN(into);
    RUN(lock_nop);
    RUN(lock_mov);
    RUN(too_long);
    RUN(clac);
}

CODE(int3, "int3");
CODE(int3_long, ".byte 0xcd, 3");
CODE(icebp, ".byte 0xf1");
CODE(nop_icebp, "nop\n.byte 0xf1\nnop");

static void breakpoints(void)
{
    RUN(int3);
    RUN(int3_long);
    RUN(icebp);
    RUN(nop_icebp);
}

CODE(int_0, "int $0");
CODE(int_4, "int $4");
CODE(int_14, "int $14");
CODE(int_32, "int $0x20");
CODE(int_129, "int $0x81");
CODE(int_255, "int $0xff");

static void interrupts(void)
{
    RUN(int_0);
    RUN(int_4);
    RUN(int_14);
    RUN(int_32);
    RUN(int_129);
    RUN(int_255);
}

CODE(div_zero, "xor %edx, %edx; mov $5, %eax; xor %ecx, %ecx; div %ecx");
CODE(idiv_overflow, "mov $0x80000000, %eax; cdq; mov $-1, %ecx; idiv %ecx");
CODE(div_overflow, "mov $1, %edx; mov $1, %ecx; div %ecx");

static void divisions(void)
{
    RUN(div_zero);
    RUN(idiv_overflow);
    RUN(div_overflow);
}

#define UNMASK "push $0x340; fldcw (%rsp); pop %rax\n"
CODE(x87_zero, UNMASK "fld1; fldz; fdivrp; fwait");
CODE(x87_invalid, UNMASK "fldz; fldz; fdivrp; fwait");
CODE(x87_stack, UNMASK "fstp %st(0); fwait");
CODE(x87_precision, UNMASK "fld1; fldpi; fdivrp; fwait");
#define UNMASK_SSE "push $0; ldmxcsr (%rsp); pop %rax\n"
CODE(sse_zero, UNMASK_SSE "mov $1, %eax; cvtsi2sd %eax, %xmm0;"
                          "xorps %xmm1, %xmm1; divsd %xmm1, %xmm0");
CODE(sse_invalid, UNMASK_SSE "xorps %xmm0, %xmm0; xorps %xmm1, %xmm1;"
                             "divsd %xmm1, %xmm0");
CODE(sse_precision, UNMASK_SSE "mov $1, %eax; cvtsi2sd %eax, %xmm0; mov $3, "
                               "%eax; cvtsi2sd %eax, %xmm1;"
                               "divsd %xmm1, %xmm0");
CODE(sse_overflow,
     UNMASK_SSE "mov $0x7fefffff, %eax; shl $32, %rax; movq %rax, %xmm0;"
                "addsd %xmm0, %xmm0");
CODE(sse_underflow,
     UNMASK_SSE "mov $0x00100000, %eax; shl $32, %rax; movq %rax, %xmm0;"
                "mulsd %xmm0, %xmm0");
CODE(sse_denormal,
     UNMASK_SSE "mov $1, %eax; movq %rax, %xmm0; addsd %xmm0, %xmm0");
CODE(mxcsr_reserved, "push $-1; ldmxcsr (%rsp); pop %rax");

static void floating_point(void)
{
    RUN(x87_zero);
    RUN(x87_invalid);
    RUN(x87_stack);
    RUN(x87_precision);
    RUN(sse_zero);
    RUN(sse_invalid);
    RUN(sse_precision);
    RUN(sse_overflow);
    RUN(sse_underflow);
    RUN(sse_denormal);
    RUN(mxcsr_reserved);
}

CODE(hlt, "hlt");
CODE(cli, "cli");
CODE(sti, "sti");
CODE(inb, "inb $0x60, %al");
CODE(outb, "outb %al, $0x31");
CODE(insb, "lea -64(%rsp), %rdi; mov $0x60, %edx; insb");
CODE(rdmsr, "mov $0xc0000080, %ecx; rdmsr");
CODE(wrmsr, "mov $0xc0000082, %ecx; wrmsr");
CODE(read_cr0, "mov %cr0, %rax");
CODE(write_cr3, "mov %rax, %cr3");
CODE(read_dr7, "mov %dr7, %rax");
CODE(clts, "clts");
CODE(lgdt, "lgdt -64(%rsp)");
CODE(lidt, "lidt -64(%rsp)");
CODE(ltr, "mov $0x40, %eax; ltr %ax");
CODE(invlpg, "invlpg (%rsp)");
CODE(wbinvd, "wbinvd");
CODE(swapgs, "swapgs");
CODE(sysret, "sysretq");
CODE(sysexit, ".byte 0x0f, 0x35");
CODE(xsetbv, "xor %ecx, %ecx; xsetbv");

static void privileged(void)
{
    RUN(hlt);
    RUN(cli);
    RUN(sti);
    RUN(inb);
    RUN(outb);
    RUN(insb);
    RUN(rdmsr);
    RUN(wrmsr);
    RUN(read_cr0);
    RUN(write_cr3);
    RUN(read_dr7);
    RUN(clts);
    RUN(lgdt);
    RUN(lidt);
    RUN(ltr);
    RUN(invlpg);
    RUN(wbinvd);
    RUN(swapgs);
    RUN(sysret);
    RUN(sysexit);
    RUN(xsetbv);
}

CODE(odd_load, "mov $1, %eax; shl $63, %rax; mov (%rax), %eax");
CODE(odd_store, "mov $1, %eax; shl $47, %rax; mov %eax, (%rax)");
CODE(odd_call, "mov $1, %eax; shl $48, %rax; call *%rax");
CODE(odd_jump, "mov $1, %eax; shl $48, %rax; jmp *%rax");
CODE(kernel_load, "mov $-4096, %rax; mov (%rax), %eax");
CODE(kernel_store, "mov $0xffffffff81000000, %rax; mov %eax, (%rax)");
CODE(null_load, "xor %eax, %eax; mov (%rax), %eax");
CODE(null_store, "xor %eax, %eax; mov %eax, 8(%rax)");
CODE(vsyscall_read, "mov $0xffffffffff600000, %rax; mov (%rax), %eax");

static void addresses(void)
{
    RUN(odd_load);
    RUN(odd_store);
    RUN(odd_call);
    RUN(odd_jump);
    run_trap("kernel_load", kernel_load, (uintptr_t)-4096);
    run_trap("kernel_store", kernel_store, 0xffffffff81000000);
    RUN(null_load);
    run_trap("null_store", null_store, 8);
    run_trap("vsyscall_read", vsyscall_read, 0xffffffffff600000);
}

CODE(movaps, "movaps -7(%rsp), %xmm0");
CODE(movaps_store, "movaps %xmm0, -23(%rsp)");
CODE(cmpxchg16b, "cmpxchg16b -7(%rsp)");
CODE(unaligned, "lea -128(%rsp), %rsp; pushf; orl $0x40000, (%rsp); popf;"
                "mov -15(%rsp), %eax");

static void alignment(void)
{
    RUN(movaps);
    RUN(movaps_store);
    RUN(cmpxchg16b);
    /* The handler's own code has the flag, too, as in Linux: leave by it. */
    signal(SIGBUS, SIG_DFL);
    fflush(stdout);
    unaligned();
}

CODE(kernel_ds, "mov $0x18, %eax; mov %ax, %ds");
CODE(no_such_segment, "mov $0x1f8, %eax; mov %ax, %es");
CODE(kernel_far_return, "push $0x10; lea 1f(%rip), %rax; push %rax; lretq; 1:");
CODE(kernel_iret, "mov %rsp, %rax; push $0x18; push %rax; pushf; push $0x10;"
                  "lea 1f(%rip), %rax; push %rax; iretq; 1:");
CODE(far_return, "lea 1f(%rip), %rax; mov %cs, %ecx; push %rcx; push %rax;"
                 "lretq; 1:");
CODE(interrupt_return,
     "mov %rsp, %rax; mov %ss, %ecx; push %rcx; push %rax; pushf;"
     "mov %cs, %ecx; push %rcx; lea 1f(%rip), %rax; push %rax; iretq; 1:");

static void segments(void)
{
    RUN(kernel_ds);
    RUN(no_such_segment);
    RUN(kernel_far_return);
    RUN(kernel_iret);
    RUN(far_return);
    RUN(interrupt_return);
}

/* What a program may do that looks as if it might not. */
CODE(popf_interrupts, "pushf; andl $~0x200, (%rsp); popf");
CODE(popf_io, "pushf; orl $0x3000, (%rsp); popf");
CODE(prefetch, "xor %eax, %eax; prefetcht0 (%rax); prefetchw (%rax)");
CODE(long_nop, ".byte 0x66, 0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0");
CODE(endbr, "endbr64");
CODE(pause_insn, "pause; lfence; mfence; sfence");
CODE(flush, "clflush (%rsp)");

static void harmless(void)
{
    RUN(popf_interrupts);
    RUN(popf_io);
    RUN(prefetch);
    RUN(long_nop);
    RUN(endbr);
    RUN(pause_insn);
    RUN(flush);
}

/* The calls of old at their fixed addresses: Linux emulates them. */
static void vsyscalls(void)
{
    /* NOLINTBEGIN(performance-no-int-to-ptr) */
    long (*const get_time)(struct timeval *, void *) =
        (long (*)(struct timeval *, void *))0xffffffffff600000;
    long (*const get_seconds)(long *) = (long (*)(long *))0xffffffffff600400;
    long (*const get_cpu)(unsigned *, unsigned *, void *) =
        (long (*)(unsigned *, unsigned *, void *))0xffffffffff600800;
    void (*const inside)(void) = (void (*)(void))0xffffffffff600010;
    /* NOLINTEND(performance-no-int-to-ptr) */
    unsigned cpu = 9999;
    struct timeval now = {0};
    long seconds = 0;

    if (sigsetjmp(back, 1) == 0) {
        printf("%ld\n", get_time(&now, NULL));
        printf("%d\n", now.tv_sec > 1000000000);
        printf("%d\n", get_seconds(&seconds) - now.tv_sec < 5);
        printf("%d\n", seconds - now.tv_sec < 5);
        printf("%ld %d\n", get_cpu(&cpu, NULL, NULL), cpu != 9999);
    }
    run_trap("inside", inside, 0);
}

static const struct scenario scenarios[] = {
    {"undefined", undefined},
    {"breakpoints", breakpoints},
    {"interrupts", interrupts},
    {"divisions", divisions},
    {"floating-point", floating_point},
    {"privileged", privileged},
    {"addresses", addresses},
    {"alignment", alignment},
    {"segments", segments},
    {"harmless", harmless},
    {"vsyscalls", vsyscalls},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    catch_traps();
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
