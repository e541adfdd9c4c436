/* sigframe.c: the frame of a signal handler, built and undone. */
#include "vmm/sigframe.h"

#include "vmm/gmem.h"
#include "vmm/task.h"
#include "vmm/x86.h"

#include <cpuid.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#ifndef SA_RESTORER
#define SA_RESTORER 0x04000000
#endif
#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

#define RED_ZONE 128 /* x86-64 psABI 3.2.2: below RSP, the program's */

/* asm/ucontext.h, asm/sigcontext.h */
#define UC_FP_XSTATE         1
#define UC_SIGCONTEXT_SS     2
#define UC_STRICT_RESTORE_SS 4
#define FX_SW_OFFSET         464 /* struct _fpx_sw_bytes in the fxsave area */
#define FX_MXCSR             24
#define XSTATE_BV            512
#define XSTATE_LEGACY        512
#define XSTATE_MAX           2696 /* up to PKRU: what XCR0 may offer here */
#define MXCSR_MASK           0xffffu

struct fpx_sw {
    uint32_t magic1;
    uint32_t extended_size;
    uint64_t xfeatures;
    uint32_t xstate_size;
    uint32_t padding[7];
};

/* The kernel's struct ucontext; the C library's has a longer mask. */
struct frame_context {
    uint64_t flags, link;
    uint64_t stack_sp;
    int32_t stack_flags, pad;
    uint64_t stack_size;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
    uint16_t cs, gs, fs, ss;
    uint64_t error, vector, oldmask, cr2;
    uint64_t fpstate;
    uint64_t reserved[8];
    uint64_t mask;
};

struct frame {
    uint64_t restorer;
    struct frame_context uc;
    siginfo_t info;
};
_Static_assert(offsetof(struct frame_context, rip) == 168, "asm/ucontext.h");
_Static_assert(sizeof(struct frame_context) == 304, "asm/ucontext.h");
_Static_assert(sizeof(siginfo_t) == 128, "asm-generic/siginfo.h");

static bool on_altstack(const struct signal_state *s, gva_t sp)
{
    return !(s->altstack_flags & SS_DISABLE) && sp > s->altstack_sp &&
           sp - s->altstack_sp <= s->altstack_size;
}

bool sigframe_on_altstack(const struct task *task, gva_t sp)
{
    /* Of one that is disarmed in handlers nobody can tell: on_sig_stack(). */
    return !(task->signals.altstack_flags & SS_AUTODISARM) &&
           on_altstack(&task->signals, sp);
}

/* Bytes of extended state as XCR0 has it: CPUID.0DH.0:EBX, SDM 1 13.2. */
static uint32_t xstate_size(void)
{
    uint32_t eax, ebx = 0, ecx, edx;

    if (!__get_cpuid_count(0xd, 0, &eax, &ebx, &ecx, &edx))
        return XSTATE_LEGACY;
    return ebx < XSTATE_MAX ? ebx : XSTATE_MAX;
}

/* Append the FPU state at (at); the handler starts with a fresh one. */
static int push_fpu(struct task *task, gva_t at, uint32_t size)
{
    struct kvm_xsave xsave;
    uint8_t *bytes = (uint8_t *)xsave.region;
    const uint32_t magic2 = FP_XSTATE_MAGIC2;
    struct fpx_sw sw = {
        .magic1 = FP_XSTATE_MAGIC1,
        .extended_size = size + (uint32_t)sizeof(magic2),
        .xstate_size = size,
    };

    if (ioctl(task->vcpu->fd, KVM_GET_XSAVE, &xsave) < 0)
        return -errno;
    memcpy(&sw.xfeatures, bytes + XSTATE_BV, sizeof(sw.xfeatures));
    sw.xfeatures |= 3; /* x87 and SSE are always in the frame */
    memcpy(bytes + FX_SW_OFFSET, &sw, sizeof(sw));
    if (gmem_write(at, bytes, size) < 0 ||
        gmem_write(at + size, &magic2, sizeof(magic2)) < 0)
        return -EFAULT;
    return vcpu_reset_fpu(task->vcpu);
}

static int pop_fpu(struct task *task, gva_t at)
{
    struct kvm_xsave xsave = {0};
    uint8_t *bytes = (uint8_t *)xsave.region;
    uint32_t size = xstate_size();
    struct fpx_sw sw;
    uint32_t mxcsr;

    if (gmem_read(bytes, at, XSTATE_LEGACY) < 0)
        return -EFAULT;
    memcpy(&sw, bytes + FX_SW_OFFSET, sizeof(sw));
    if (sw.magic1 == FP_XSTATE_MAGIC1 && sw.xstate_size <= size &&
        sw.xstate_size > XSTATE_LEGACY) {
        if (gmem_read(bytes, at, sw.xstate_size) < 0)
            return -EFAULT;
    } else {
        bytes[XSTATE_BV] = 3;
    }
    memset(bytes + FX_SW_OFFSET, 0, sizeof(sw));
    /* Reserved bits would make KVM refuse the whole state. */
    memcpy(&mxcsr, bytes + FX_MXCSR, sizeof(mxcsr));
    mxcsr &= MXCSR_MASK;
    memcpy(bytes + FX_MXCSR, &mxcsr, sizeof(mxcsr));
    return ioctl(task->vcpu->fd, KVM_SET_XSAVE, &xsave) < 0 ? -EFAULT : 0;
}

static struct frame_context context_of(const struct task *task,
                                       const struct kvm_regs *r, uint64_t mask)
{
    const struct signal_state *s = &task->signals;

    return (struct frame_context){
        .flags = UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS,
        .stack_sp = s->altstack_sp,
        .stack_flags = s->altstack_flags,
        .stack_size = s->altstack_size,
        .r8 = r->r8,
        .r9 = r->r9,
        .r10 = r->r10,
        .r11 = r->r11,
        .r12 = r->r12,
        .r13 = r->r13,
        .r14 = r->r14,
        .r15 = r->r15,
        .rdi = r->rdi,
        .rsi = r->rsi,
        .rbp = r->rbp,
        .rbx = r->rbx,
        .rdx = r->rdx,
        .rax = r->rax,
        .rcx = r->rcx,
        .rsp = r->rsp,
        .rip = r->rip,
        .rflags = r->rflags,
        .cs = SEL_USER_CS,
        .ss = SEL_USER_DS,
        .error = task->trap_error,
        .vector = task->trap_vector,
        .oldmask = mask,
        .cr2 = task->vcpu->sregs->cr2,
        .mask = mask,
    };
}

/* Where the frame's stack starts: below the red zone, or the other stack,
 * which it must fit into then (*within). */
static gva_t frame_top(const struct task *task, const struct signal_action *act,
                       gva_t rsp, bool *within)
{
    const struct signal_state *s = &task->signals;

    *within = sigframe_on_altstack(task, rsp);
    if ((act->flags & SA_ONSTACK) && s->altstack_size &&
        !(s->altstack_flags & SS_DISABLE) && !*within) {
        *within = true;
        return s->altstack_sp + s->altstack_size;
    }
    return rsp - RED_ZONE;
}

int sigframe_push(struct task *task, const struct signal_action *act,
                  const siginfo_t *info, uint64_t mask)
{
    uint32_t size = xstate_size();
    struct frame frame = {.restorer = act->restorer, .info = *info};
    struct kvm_regs regs;
    gva_t fpstate, at;
    bool within;

    /* There is no other way back from a handler on x86-64. */
    if (!(act->flags & SA_RESTORER))
        return -EFAULT;
    vcpu_user_regs(task->vcpu, &regs);
    at = frame_top(task, act, regs.rsp, &within);
    fpstate = ALIGN_DOWN(at - size - sizeof(uint32_t), 64);
    at = ALIGN_DOWN(fpstate - sizeof(frame), 16) - 8;
    if (within && !on_altstack(&task->signals, at))
        return -EFAULT;
    frame.uc = context_of(task, &regs, mask);
    frame.uc.fpstate = fpstate;
    if (push_fpu(task, fpstate, size) < 0 ||
        gmem_write(at, &frame, sizeof(frame)) < 0)
        return -EFAULT;
    if (task->signals.altstack_flags & SS_AUTODISARM) {
        task->signals.altstack_sp = task->signals.altstack_size = 0;
        task->signals.altstack_flags = SS_DISABLE;
    }
    regs.rdi = (uint64_t)info->si_signo;
    regs.rsi = at + offsetof(struct frame, info);
    regs.rdx = at + offsetof(struct frame, uc);
    regs.rax = 0;
    regs.rsp = at;
    regs.rip = act->handler;
    regs.rflags &= ~(RFLAGS_DF | RFLAGS_RF | RFLAGS_TF);
    vcpu_resume(task->vcpu, &regs);
    return 0;
}

int sigframe_pop(struct task *task, uint64_t *mask)
{
    gva_t at = task->vcpu->regs->rsp - 8; /* RET took the restorer */
    struct frame_context c;
    struct kvm_regs regs;

    if (gmem_read(&c, at + offsetof(struct frame, uc), sizeof(c)) < 0 ||
        (c.fpstate && pop_fpu(task, c.fpstate) < 0))
        return -EFAULT;
    regs = (struct kvm_regs){
        .r8 = c.r8,
        .r9 = c.r9,
        .r10 = c.r10,
        .r11 = c.r11,
        .r12 = c.r12,
        .r13 = c.r13,
        .r14 = c.r14,
        .r15 = c.r15,
        .rdi = c.rdi,
        .rsi = c.rsi,
        .rbp = c.rbp,
        .rbx = c.rbx,
        .rdx = c.rdx,
        .rax = c.rax,
        .rcx = c.rcx,
        .rsp = c.rsp,
        .rip = c.rip,
        .rflags = c.rflags,
    };
    vcpu_resume(task->vcpu, &regs);
    *mask = c.mask;
    if (!sigframe_on_altstack(task, c.rsp)) {
        task->signals.altstack_sp = c.stack_sp;
        task->signals.altstack_size = c.stack_size;
        task->signals.altstack_flags = c.stack_flags;
    }
    return 0;
}
