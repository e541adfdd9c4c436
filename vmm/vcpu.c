/*
 * vcpu.c: enter the guest and come back. Registers travel in kvm_run
 * (KVM_CAP_SYNC_REGS): on the path of a call KVM_RUN is the only ioctl.
 */
#include "vmm/vcpu.h"

#include "vmm/gmem.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/x86.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* User addresses end here; with a RIP above it SYSRET faults at CPL 0 on some
 * CPUs (Intel SDM 2B, SYSRET). */
#define USER_END UINT64_C(0x00007ffffffff000)

/* SDM 1, 13.4: fields of the XSAVE area, and what FNINIT leaves in them. */
#define FX_MXCSR      24
#define XSTATE_BV     512
#define MXCSR_DEFAULT 0x1f80u
#define FCW_DEFAULT   0x37fu

static int open_vcpu(struct vcpu *v, struct diag *d)
{
    void *run;

    v->fd = privfd_ioctl(v->vm->vm_fd, KVM_CREATE_VCPU, v->id);
    if (v->fd < 0)
        return diag_set(d, v->fd, "cannot create vcpu %u", v->id);
    run = mmap(NULL, v->vm->kvm_run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
               v->fd, 0);
    if (run == MAP_FAILED)
        return diag_set(d, -errno, "cannot map the state of vcpu %u", v->id);
    v->run = run;
    v->regs = &v->run->s.regs.regs;
    v->sregs = &v->run->s.regs.sregs;
    return 0;
}

static int setup_vcpu(struct vcpu *v, struct diag *d)
{
    struct vm *vm = v->vm;
    struct x86_tables tables;
    int rc = x86_build_tables(vm, &tables);

    if (rc < 0)
        return diag_set(d, rc, "no space for the tables of vcpu %u", v->id);
    v->stack = tables.frame;
    v->gdt = tables.gdt;
    v->cpu_number = UINT32_MAX; /* none yet */
    rc = x86_setup_cpu(v->fd, vm, vm_syscall_entry(vm), d);
    if (rc < 0)
        return rc;
    if (ioctl(v->fd, KVM_GET_SREGS, v->sregs) < 0)
        return diag_set(d, -errno, "cannot read the state of vcpu %u", v->id);
    x86_user_sregs(v->sregs, vm, &tables);
    assert(v->sregs && v->run);
    v->user_cs = v->sregs->cs;
    v->user_ss = v->sregs->ss;
    v->run->kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
    return 0;
}

static bool is_in(const struct vcpu *v, const struct privfds *table)
{
    return v->home == table || v->lent == table;
}

static void destroy(struct vcpu *v)
{
    if (v->run)
        munmap(v->run, v->vm->kvm_run_size);
    if (v->fd >= 0 && is_in(v, privfd_table()))
        privfd_close(v->fd);
    free(v);
}

static int create(struct vcpu **out, struct vm *vm, struct diag *d)
{
    struct vcpu *v = calloc(1, sizeof(*v));
    int rc;

    if (!v)
        return diag_set(d, -ENOMEM, "cannot create a vcpu");
    v->fd = -1;
    v->vm = vm;
    v->home = privfd_table();
    v->id = __atomic_fetch_add(&vm->next_vcpu, 1, __ATOMIC_RELAXED);
    rc = open_vcpu(v, d);
    if (rc == 0)
        rc = setup_vcpu(v, d);
    if (rc < 0) {
        destroy(v);
        return rc;
    }
    v->next = vm->vcpus;
    vm->vcpus = v;
    *out = v;
    return 0;
}

int vcpu_get(struct vcpu **out, struct vm *vm, struct diag *d)
{
    struct vcpu *v;
    int rc = 0;

    lock_take(&vm->vcpu_lock);
    for (v = vm->vcpus; v && !(v->idle && v->home == privfd_table());
         v = v->next)
        ;
    if (!v)
        rc = create(&v, vm, d);
    if (rc == 0) {
        assert(v);
        v->idle = false;
        vcpu_clear_kick(v);
        *out = v;
    }
    lock_give(&vm->vcpu_lock);
    return rc;
}

void vcpu_put(struct vcpu *v)
{
    lock_take(&v->vm->vcpu_lock);
    v->idle = true;
    lock_give(&v->vm->vcpu_lock);
}

void vcpu_lend(struct vcpu *v, const struct privfds *from)
{
    for (const struct vcpu *o = v->vm->vcpus; o; o = o->next)
        if (o != v && is_in(o, from))
            privfd_drop(o->fd);
    v->lent = privfd_table();
}

void vcpu_lost(struct vm *vm, const struct privfds *table)
{
    lock_take(&vm->vcpu_lock);
    for (struct vcpu **at = &vm->vcpus, *v; (v = *at);) {
        if (v->lent == table)
            v->lent = NULL;
        if (v->home == table && v->lent) {
            v->home = v->lent;
            v->lent = NULL;
        }
        if (v->home == table) {
            *at = v->next;
            destroy(v);
        } else {
            at = &v->next;
        }
    }
    lock_give(&vm->vcpu_lock);
}

/* Destroy all but (keep), which may be NULL. */
static void destroy_others(struct vm *vm, struct vcpu *keep)
{
    for (struct vcpu *v = vm->vcpus, *next; v; v = next) {
        next = v->next;
        if (v != keep)
            destroy(v);
    }
    vm->vcpus = keep;
    if (keep)
        keep->next = NULL;
}

void vcpu_destroy_all(struct vm *vm)
{
    if (vm)
        destroy_others(vm, NULL);
}

int vcpu_save(const struct vcpu *v, struct vcpu_state *out)
{
    vcpu_user_regs(v, &out->regs);
    out->fs_base = v->sregs->fs.base;
    out->gs_base = v->sregs->gs.base;
    return ioctl(v->fd, KVM_GET_XSAVE, &out->xsave) < 0 ? -errno : 0;
}

int vcpu_restore(struct vcpu *v, const struct vcpu_state *state)
{
    if (ioctl(v->fd, KVM_SET_XSAVE, &state->xsave) < 0)
        return -errno;
    v->sregs->fs.base = state->fs_base;
    v->sregs->gs.base = state->gs_base;
    vcpu_resume(v, &state->regs);
    return 0;
}

void vcpu_disown_all(const struct vm *vm)
{
    privfd_disown(vm->vm_fd);
    for (const struct vcpu *v = vm->vcpus; v; v = v->next)
        if (is_in(v, privfd_table()))
            privfd_disown(v->fd);
}

void vcpu_leave_all(struct vm *vm)
{
    vcpu_destroy_all(vm);
    privfd_close(vm->vm_fd);
}

int vcpu_renew(struct vcpu *v, struct diag *d)
{
    int rc;

    destroy_others(v->vm, v);
    munmap(v->run, v->vm->kvm_run_size);
    v->run = NULL;
    privfd_close(v->fd);
    v->home = privfd_table();
    v->lent = NULL;
    v->id = __atomic_fetch_add(&v->vm->next_vcpu, 1, __ATOMIC_RELAXED);
    rc = open_vcpu(v, d);
    return rc == 0 ? setup_vcpu(v, d) : rc;
}

int vcpu_reset_fpu(struct vcpu *v)
{
    struct kvm_xsave xsave = {0};
    uint8_t *bytes = (uint8_t *)xsave.region;
    const uint32_t mxcsr = MXCSR_DEFAULT;
    const uint16_t fcw = FCW_DEFAULT;

    memcpy(bytes, &fcw, sizeof(fcw));
    memcpy(bytes + FX_MXCSR, &mxcsr, sizeof(mxcsr));
    bytes[XSTATE_BV] = 3; /* x87 and SSE */
    return ioctl(v->fd, KVM_SET_XSAVE, &xsave) < 0 ? -errno : 0;
}

void vcpu_start(struct vcpu *v, gva_t rip, gva_t rsp)
{
    const struct kvm_regs regs = {.rip = rip, .rsp = rsp};

    v->sregs->fs.base = v->sregs->gs.base = 0;
    vcpu_resume(v, &regs);
}

static bool in_shim(const struct vcpu *v, gva_t rip)
{
    return rip - v->vm->shim_base < ALIGN_UP(v->vm->shim.image_size, PAGE_SIZE);
}

/*
 * Between the shim's OUT and its SYSRET: the call is done, the program's RIP
 * and RFLAGS are where SYSRET takes them from.
 */
static bool at_sysret(const struct vcpu *v)
{
    return !v->vm->entry_cpl3 &&
           v->regs->rip ==
               vm_shim_entry(v->vm, v->vm->shim.syscall_cpl0) + SHIM_OUT_SIZE;
}

static bool at_cpl3(const struct vcpu *v)
{
    return (v->sregs->cs.selector & 3) == 3;
}

/* The program did something that Linux answers by #GP(0). */
static enum vcpu_exit as_gp(struct vcpu *v)
{
    v->trap = (struct shim_trap){
        .vector = VECTOR_GP,
        .rip = v->regs->rip,
        .rflags = v->regs->rflags,
        .rsp = v->regs->rsp,
    };
    return VCPU_TRAP;
}

static enum vcpu_exit dead(struct vcpu *v, const char *what, uint64_t detail)
{
    snprintf(v->why, sizeof(v->why), "%s (0x%" PRIx64 ") at rip 0x%" PRIx64,
             what, detail, (uint64_t)v->regs->rip);
    return VCPU_DEAD;
}

/*
 * The program executed IN or OUT itself, at a port that the shim may use. KVM
 * has not finished with it: what it still has to do, an IN's result, would come
 * over the registers that the monitor sets. So it may do that first, and then
 * the instruction is undone.
 */
static enum vcpu_exit forged_io(struct vcpu *v)
{
    const struct kvm_regs before = *v->regs;
    uint8_t code[2];

    if (v->run->io.direction == KVM_EXIT_IO_IN) {
        vcpu_kick(v);
        if (ioctl(v->fd, KVM_RUN, 0) == 0 || errno != EINTR)
            return dead(v, "IN does not end", v->run->exit_reason);
        *v->regs = before;
    } else if (v->vm->entry_cpl3 &&
               gmem_read(code, before.rip - sizeof(code), sizeof(code)) == 0) {
        /* An interpreted OUT is behind itself: OUT imm8, or OUT dx. */
        v->regs->rip -= (code[0] & 0xfe) == 0xe6   ? 2
                        : (code[1] & 0xfe) == 0xee ? 1
                                                   : 0;
    }
    return as_gp(v);
}

/*
 * The guest was about to answer itself. Go on as if it had not begun: the OUT
 * comes at once, and the call is the monitor's. Returns false if it was not.
 */
static bool give_up_answer(struct vcpu *v)
{
    const struct shim *shim = &v->vm->shim;
    /* Where the registers are as they are undone there; from behind. */
    const struct {
        uint32_t from, undo;
    } parts[] = {
        {shim->tid, shim->tid_undo},
        {shim->pid, shim->pid_undo},
        {shim->seek, shim->seek_undo},
        {shim->brk, shim->brk_undo},
        {shim->set, shim->set_undo},
        {shim->answer, shim->answer_undo},
        {shim->syscall_answering, shim->forward},
    };
    struct kvm_regs regs;
    uint64_t at, i = 0;

    if (!v->vm->answering)
        return false;
    vcpu_user_regs(v, &regs);
    at = regs.rip - v->vm->shim_base;
    if (at < shim->syscall_answering || at >= shim->forward)
        return false;
    while (at < parts[i].from)
        i++;
    regs.rip = vm_shim_entry(v->vm, parts[i].undo);
    vcpu_resume(v, &regs);
    return true;
}

static enum vcpu_exit port_exit(struct vcpu *v)
{
    unsigned port = v->run->io.port;

    /* A forged hypercall: OUT where only the shim executes it. */
    if (v->run->io.direction != KVM_EXIT_IO_OUT || !in_shim(v, v->regs->rip))
        return forged_io(v);
    v->in_syscall = port == SHIM_PORT_SYSCALL;
    if (port == SHIM_PORT_SYSCALL)
        return VCPU_SYSCALL;
    if (port == SHIM_PORT_TRAP) {
        v->trap = *v->stack;
        if ((v->trap.cs & 3) == 3)
            return give_up_answer(v) ? VCPU_INTR : VCPU_TRAP;
        return dead(v, "the shim itself trapped, vector", v->trap.vector);
    }
    v->port = port;
    return VCPU_PORT;
}

/*
 * A program that asks the vDSO where it runs reads what the CPU has for that.
 * Where KVM has the CPU do so for the guest's own registers, they follow the
 * host's thread, which moves now and then; as of its last entry.
 */
static void follow_cpu(struct vcpu *v)
{
    unsigned cpu, node;

    if (v->vm->entry_cpl3 || getcpu(&cpu, &node) < 0 ||
        (node << 12 | cpu) == v->cpu_number)
        return;
    v->cpu_number = node << 12 | cpu;
    x86_set_cpu_number(v->fd, v->gdt, v->cpu_number);
}

enum vcpu_exit vcpu_enter(struct vcpu *v)
{
    int rc;

    follow_cpu(v);
    rc = ioctl(v->fd, KVM_RUN, 0);
    v->in_syscall = false;
    if (rc < 0) {
        const int err = errno;

        if (err == EINTR || err == EAGAIN || err == EFAULT)
            return give_up_answer(v) || err != EFAULT ? VCPU_INTR : VCPU_FAULT;
        return dead(v, "KVM_RUN failed, errno", (uint64_t)err);
    }
    switch (v->run->exit_reason) {
    case KVM_EXIT_IO:
        return port_exit(v);
    case KVM_EXIT_INTR:
        give_up_answer(v);
        return VCPU_INTR;
    case KVM_EXIT_MMIO:
        return dead(v, "access to memory without a memslot",
                    v->run->mmio.phys_addr);
    case KVM_EXIT_FAIL_ENTRY:
        return dead(v, "the CPU refused to enter the guest",
                    v->run->fail_entry.hardware_entry_failure_reason);
    case KVM_EXIT_INTERNAL_ERROR:
        return dead(v, "KVM internal error", v->run->internal.suberror);
    default:
        return dead(v, "unexpected exit", v->run->exit_reason);
    }
}

static uint64_t user_rflags(uint64_t rflags)
{
    return (rflags & RFLAGS_USER) | RFLAGS_FIXED | RFLAGS_IF;
}

void vcpu_sysret(struct vcpu *v, int64_t ret)
{
    v->regs->rax = (uint64_t)ret;
    if (v->vm->entry_cpl3) {
        v->regs->rip = v->regs->rcx;
        v->regs->rflags = user_rflags(v->regs->r11);
    } else if (v->regs->rcx >= USER_END || (v->regs->r11 & RFLAGS_TF)) {
        /* SYSCALL in the last bytes below the hole: fault at CPL 3. And by
         * SYSRET a single step would end before it has begun. */
        struct kvm_regs regs;

        vcpu_user_regs(v, &regs);
        vcpu_resume(v, &regs);
        return;
    }
    v->run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
}

void vcpu_resume(struct vcpu *v, const struct kvm_regs *regs)
{
    *v->regs = *regs;
    v->in_syscall = false;
    v->regs->rflags = user_rflags(regs->rflags);
    v->sregs->cs = v->user_cs;
    v->sregs->ss = v->user_ss;
    v->run->kvm_dirty_regs |= KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
}

void vcpu_user_regs(const struct vcpu *v, struct kvm_regs *out)
{
    *out = *v->regs;
    if (v->in_syscall || at_sysret(v)) {
        out->rip = v->regs->rcx;
        out->rflags = v->regs->r11;
    } else if (!at_cpl3(v)) {
        out->rip = v->trap.rip;
        out->rflags = v->trap.rflags;
        out->rsp = v->trap.rsp;
    }
}

bool vcpu_in_user_code(const struct vcpu *v)
{
    return !in_shim(v, v->regs->rip) || at_sysret(v);
}

void vcpu_set_fs_gs(struct vcpu *v, bool gs, uint64_t base)
{
    *(gs ? &v->sregs->gs.base : &v->sregs->fs.base) = base;
    v->run->kvm_dirty_regs |= KVM_SYNC_X86_SREGS;
}

void vcpu_kick(struct vcpu *v)
{
    __atomic_store_n(&v->run->immediate_exit, 1, __ATOMIC_RELEASE);
}

void vcpu_clear_kick(struct vcpu *v)
{
    __atomic_store_n(&v->run->immediate_exit, 0, __ATOMIC_RELEASE);
}
