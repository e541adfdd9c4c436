/*
 * trap.c: what Linux's exception handlers make of a trap (arch/x86/kernel/
 * traps.c, arch/x86/mm/fault.c), and where KVM shows another one than a CPU.
 */
#include "vmm/trap.h"

#include "vmm/gmem.h"
#include "vmm/task.h"
#include "vmm/x86.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

static const struct {
    int sig;
    int code;
    bool addr_is_rip;
} trap_signals[SHIM_VECTORS] = {
    [VECTOR_DE] = {SIGFPE, FPE_INTDIV, true},
    [VECTOR_DB] = {SIGTRAP, TRAP_TRACE, true},
    [VECTOR_BP] = {SIGTRAP, SI_KERNEL, false},
    [VECTOR_OF] = {SIGSEGV, SI_KERNEL, false},
    [VECTOR_BR] = {SIGSEGV, SI_KERNEL, false},
    [VECTOR_UD] = {SIGILL, ILL_ILLOPN, true},
    [VECTOR_NM] = {SIGILL, ILL_ILLOPN, true},
    [VECTOR_TS] = {SIGSEGV, SI_KERNEL, false},
    [VECTOR_NP] = {SIGBUS, SI_KERNEL, false},
    [VECTOR_SS] = {SIGBUS, SI_KERNEL, false},
    [VECTOR_GP] = {SIGSEGV, SI_KERNEL, false},
    [VECTOR_MF] = {SIGFPE, FPE_FLTINV, true},
    [VECTOR_AC] = {SIGBUS, BUS_ADRALN, false},
    [VECTOR_XM] = {SIGFPE, FPE_FLTINV, true},
};

/* A handler's context tells of the last trap that became a signal. */
static void raise_trap(struct task *task, uint64_t vector, uint64_t error,
                       int sig, int code, uint64_t addr)
{
    task->trap_vector = vector;
    task->trap_error = error;
    signal_force(task, sig, code, addr);
}

/* The bytes of the instruction at (rip) are these two. */
static bool insn_is(gva_t rip, uint8_t first, uint8_t second)
{
    uint8_t bytes[2];

    return gmem_read(bytes, rip, sizeof(bytes)) == 0 && bytes[0] == first &&
           bytes[1] == second;
}

/* --- the calls at fixed addresses: arch/x86/entry/vsyscall/vsyscall_64.c ---
 */

#define VSYSCALL_PAGE UINT64_C(0xffffffffff600000)
#define VSYSCALL_STEP 1024

static bool in_vsyscall_page(const struct task *task, gva_t rip)
{
    return task->process->vm->vsyscall && rip - VSYSCALL_PAGE < PAGE_SIZE;
}

/* Make the call that the program jumped to, and return from it. */
static void vsyscall(struct task *task)
{
    static const uint16_t numbers[] = {SYS_gettimeofday, SYS_time, SYS_getcpu};
    struct kvm_regs regs = *task->vcpu->regs;
    uint64_t offset = regs.rip - VSYSCALL_PAGE;
    gva_t caller;

    if (offset % VSYSCALL_STEP ||
        offset / VSYSCALL_STEP >= ARRAY_SIZE(numbers) ||
        gmem_read(&caller, regs.rsp, sizeof(caller)) < 0) {
        signal_force(task, SIGSEGV, SI_KERNEL, 0);
        return;
    }
    if (!dispatch_vsyscall(task, numbers[offset / VSYSCALL_STEP],
                           (int64_t *)&regs.rax))
        return;
    regs.rip = caller;
    regs.rsp += sizeof(caller);
    vcpu_resume(task->vcpu, &regs);
}

/* --- page faults --- */

static void page_fault(struct task *task, const struct shim_trap *trap)
{
    gva_t addr = task->vcpu->sregs->cr2;

    /* KVM without hardware support reports SYSENTER as a page fault. */
    if (addr != trap->rip && insn_is(trap->rip, 0x0f, 0x34)) {
        raise_trap(task, VECTOR_UD, 0, SIGILL, ILL_ILLOPN, trap->rip);
        return;
    }
    if (addr == trap->rip && in_vsyscall_page(task, addr)) {
        vsyscall(task);
        return;
    }
    switch (mm_fault(task->process->mm, addr, trap->error)) {
    case MM_FAULT_FIXED:
        break;
    case MM_FAULT_MAPERR:
        raise_trap(task, VECTOR_PF, trap->error, SIGSEGV, SEGV_MAPERR, addr);
        break;
    case MM_FAULT_ACCERR:
        raise_trap(task, VECTOR_PF, trap->error, SIGSEGV, SEGV_ACCERR, addr);
        break;
    case MM_FAULT_BUS:
        raise_trap(task, VECTOR_PF, trap->error, SIGBUS, BUS_ADRERR, addr);
        break;
    }
}

void trap_no_page(struct task *task)
{
    raise_trap(task, VECTOR_PF, PF_USER, SIGBUS, BUS_ADRERR,
               task->vcpu->regs->rip);
}

/* --- the others --- */

#define FX_MXCSR 24 /* behind the control and status words; SDM 1 13.4 */

/* Which exception the unit raised: fpu__exception_code() of Linux's
 * arch/x86/kernel/fpu/core.c. */
static int float_code(const struct task *task, uint64_t vector)
{
    struct kvm_xsave fpu; /* KVM_GET_FPU does not tell MXCSR */
    const uint16_t *legacy = (const uint16_t *)fpu.region;
    uint32_t mxcsr, raised;

    if (ioctl(task->vcpu->fd, KVM_GET_XSAVE, &fpu) < 0)
        return FPE_FLTINV;
    mxcsr = fpu.region[FX_MXCSR / sizeof(fpu.region[0])];
    raised = vector == VECTOR_MF ? legacy[1] & ~(uint32_t)legacy[0]
                                 : mxcsr & ~(mxcsr >> 7);
    if (raised & 0x01)
        return FPE_FLTINV;
    if (raised & 0x04)
        return FPE_FLTDIV;
    if (raised & 0x08)
        return FPE_FLTOVF;
    return raised & 0x12 ? FPE_FLTUND : FPE_FLTRES;
}

/*
 * Where KVM interprets it shows #UD for what is #GP on a CPU: INT n (behind
 * INT 80h, too, is no 32-bit entry), and loads of reserved bits by LDMXCSR,
 * FXRSTOR and XRSTOR.
 */
static bool ud_for_gp(const struct shim_trap *trap, uint64_t *error)
{
    uint8_t b[4] = {0}, *insn = b;
    uint8_t reg;

    if (gmem_read(b, trap->rip, sizeof(b)) < 0)
        return false;
    *error = 0;
    if (b[0] == 0xcd) {
        /* The gate, in the interrupt table: SDM 3A 6.13. */
        *error = (uint64_t)b[1] << 3 | 2;
        return true;
    }
    if ((insn[0] & 0xf0) == 0x40)
        insn++; /* REX */
    reg = insn[2] >> 3 & 7;
    return insn[0] == 0x0f && insn[1] == 0xae && insn[2] >> 6 != 3 &&
           (reg == 1 || reg == 2 || reg == 5);
}

/* No step, but the instruction INT1, which a KVM that interprets it leaves RIP
 * at. A step that clears the flag itself ends without it, too. */
static bool by_int1(const struct vm *vm, const struct shim_trap *trap)
{
    uint8_t byte;

    return !(trap->rflags & RFLAGS_TF) &&
           gmem_read(&byte, trap->rip - (vm->entry_cpl3 ? 0 : 1), 1) == 0 &&
           byte == 0xf1;
}

void trap_serve(struct task *task)
{
    const struct shim_trap *t = &task->vcpu->trap;
    uint64_t vector = t->vector < SHIM_VECTORS ? t->vector : VECTOR_GP;
    uint64_t error = t->error;
    struct kvm_regs regs;
    int code;

    /* Continue where the trap was raised, unless a signal changes that. */
    vcpu_user_regs(task->vcpu, &regs);
    vcpu_resume(task->vcpu, &regs);
    if (vector == VECTOR_PF) {
        page_fault(task, t);
        return;
    }
    if ((vector == VECTOR_UD && ud_for_gp(t, &error)) ||
        !trap_signals[vector].sig)
        vector = VECTOR_GP;
    code = trap_signals[vector].code;
    if (vector == VECTOR_MF || vector == VECTOR_XM)
        code = float_code(task, vector);
    if (vector == VECTOR_DB && by_int1(task->process->vm, t))
        code = TRAP_BRKPT;
    raise_trap(task, vector, error, trap_signals[vector].sig, code,
               trap_signals[vector].addr_is_rip ? t->rip : 0);
}
