/*
 * vcpu.h: one virtual CPU: enter the guest, tell why it came back. Layer 1.
 */
#ifndef VMM_VCPU_H
#define VMM_VCPU_H

#include "vmm/diag.h"
#include "vmm/util.h"
#include "vmm/vm.h"

#include "guest-shim/shim_abi.h"

#include <linux/kvm.h>

struct privfds;

enum vcpu_exit {
    VCPU_SYSCALL, /* SHIM_PORT_SYSCALL: registers as SYSCALL left them */
    VCPU_TRAP,    /* a CPU exception: vcpu->trap */
    VCPU_INTR,    /* a signal or vcpu_kick */
    VCPU_FAULT,   /* KVM_RUN answered EFAULT: a page behind an entry is away */
    VCPU_PORT,    /* another port, in vcpu->port: the probe */
    VCPU_DEAD     /* what cannot go on; vcpu->why says it */
};

struct vcpu {
    int fd;
    unsigned id;
    struct vm *vm;
    struct kvm_run *run;
    struct kvm_regs *regs;   /* in (run): valid after an exit */
    struct kvm_sregs *sregs; /* likewise */
    struct kvm_segment user_cs, user_ss;
    gva_t gdt;
    uint32_t cpu_number;     /* that the guest sees, node << 12 | CPU */
    bool in_syscall;         /* the last exit was VCPU_SYSCALL */
    struct shim_trap *stack; /* where a trap stub leaves its frame */
    struct shim_trap trap;   /* VCPU_TRAP */
    unsigned port;           /* VCPU_PORT */
    char why[128];           /* VCPU_DEAD */
    bool idle;               /* free for the next vcpu_get */
    struct vcpu *next;       /* of the VM's */

    /* The descriptor is in these tables (privfd.h): where it was made, and NULL
     * or the one of a task that took it along. */
    const struct privfds *home, *lent;
};

/*
 * A vcpu of (vm): an idle one of this process, or a new one. KVM keeps a vcpu
 * as long as its VM, and making one costs a thousand times what using one again
 * does. Its state is whatever the last user left: vcpu_start or vcpu_restore
 * it. Returns 0 or a negative errno, (d) set.
 */
int vcpu_get(struct vcpu **out, struct vm *vm, struct diag *d);

/* Nobody runs it any more. */
void vcpu_put(struct vcpu *vcpu);

/*
 * In a thread that has a copy, new, of the descriptors in (from): of the vcpus
 * it keeps this one alone; somebody has vm_hold and privfd_hold.
 * When nobody uses (table) any more: vcpus of which nobody else has a
 * descriptor are of no use.
 */
void vcpu_lend(struct vcpu *vcpu, const struct privfds *from);
void vcpu_lost(struct vm *vm, const struct privfds *table);

/* At the end, before vm_destroy; NULL is allowed there and here. */
void vcpu_destroy_all(struct vm *vm);

/* What a vcpu's program sees of the CPU: enough to go on elsewhere. */
struct vcpu_state {
    struct kvm_regs regs; /* as vcpu_user_regs */
    uint64_t fs_base, gs_base;
    struct kvm_xsave xsave;
};

/* Write down the program's state at the current exit. Returns 0 or a negative
 * errno. */
int vcpu_save(const struct vcpu *vcpu, struct vcpu_state *out);

/* Continue from (state) at CPL 3. Returns 0 or a negative errno. */
int vcpu_restore(struct vcpu *vcpu, const struct vcpu_state *state);

/*
 * After vm_renew: replace the vcpu, which was inherited or is another VM's, by
 * one of this process's VM; the others, whose threads are not there, are gone.
 * Returns 0 or a negative errno, (d) set.
 */
int vcpu_renew(struct vcpu *vcpu, struct diag *d);

/* In a child that shares its parent's descriptors, before it renews anything:
 * VM and vcpus are the parent's, which goes on with them. privfd_disown. */
void vcpu_disown_all(const struct vm *vm);

/* Close the descriptors of VM and vcpus, which are of no more use. */
void vcpu_leave_all(struct vm *vm);

/* The FPU state that a program and a signal handler start with.
 * Returns 0 or a negative errno. */
int vcpu_reset_fpu(struct vcpu *vcpu);

/*
 * Set the state of a fresh program: CPL 3, (rip), (rsp), everything else zero,
 * as Linux's ELF_PLAT_INIT and start_thread() leave it.
 */
void vcpu_start(struct vcpu *vcpu, gva_t rip, gva_t rsp);

/* KVM_RUN until something is for the monitor. */
enum vcpu_exit vcpu_enter(struct vcpu *vcpu);

/*
 * After VCPU_SYSCALL: the call's result is (ret); continue behind SYSCALL.
 */
void vcpu_sysret(struct vcpu *vcpu, int64_t ret);

/*
 * Continue at CPL 3 with the general registers in (regs), RIP and RFLAGS
 * included, whatever the guest was doing; FS and GS base as in vcpu->sregs.
 * RFLAGS are reduced to what CPL 3 may set.
 */
void vcpu_resume(struct vcpu *vcpu, const struct kvm_regs *regs);

/* The program's registers at the current exit, as user code sees them: after a
 * system call RIP is behind SYSCALL, after a trap from the trap frame. */
void vcpu_user_regs(const struct vcpu *vcpu, struct kvm_regs *out);

/* Whether the guest was interrupted (VCPU_INTR) in the program or on the way
 * back to it, not between SYSCALL and OUT or inside a trap stub: only then do
 * the program's registers stand where vcpu_user_regs finds them. */
bool vcpu_in_user_code(const struct vcpu *vcpu);

/* Set the base of FS or GS for the next entry. */
void vcpu_set_fs_gs(struct vcpu *vcpu, bool gs, uint64_t base);

/* From any thread or a signal handler: make vcpu_enter return VCPU_INTR at
 * once, until vcpu_clear_kick. */
void vcpu_kick(struct vcpu *vcpu);
void vcpu_clear_kick(struct vcpu *vcpu);

#endif
