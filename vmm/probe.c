/* probe.c: ask the guest's CPU itself. */
#include "vmm/probe.h"

#include "vmm/layout.h"
#include "vmm/x86.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <x86intrin.h>

/* AT_HWCAP2, asm/hwcap2.h: user code may use RDFSBASE and friends. */
#define HWCAP2_FSGSBASE 2

/* The host's vDSO and the data pages it reads, as mapped into this process. */
struct vdso_range {
    uint64_t start;
    uint64_t end;
};

/* Find it, and whether there is a vsyscall page; a negative errno: no vDSO. */
static int find_vdso(struct vdso_range *out, bool *vsyscall)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];

    *out = (struct vdso_range){UINT64_MAX, 0};
    if (!maps)
        return -errno;
    while (fgets(line, sizeof(line), maps)) {
        uint64_t start, end;

        *vsyscall |= strstr(line, "[vsyscall]") != NULL;
        if (!strstr(line, "[vvar") && !strstr(line, "[vdso]"))
            continue;
        if (sscanf(line, "%lx-%lx", &start, &end) != 2)
            continue;
        out->start = min_u64(out->start, start);
        out->end = max_u64(out->end, end);
    }
    fclose(maps);
    return out->end ? 0 : -ENOENT;
}

/*
 * Show the host's vDSO to the guest at its own address: clocks are read at
 * native speed. Where that is not possible or not (wanted) it is left out, and
 * the program's C library makes system calls instead.
 */
static void share_vdso(struct vm *vm, bool wanted)
{
    gva_t ehdr = getauxval(AT_SYSINFO_EHDR);
    struct vdso_range range;
    uint64_t len;
    gpa_t gpa;

    if (find_vdso(&range, &vm->vsyscall) < 0 || !ehdr || !wanted)
        return;
    len = range.end - range.start;
    gpa = vm_alias_readonly(vm, (const void *)(uintptr_t)range.start, len);
    if (gpa && pt_map(&vm->pt, range.start, gpa, len, PTE_U, false) == 0)
        vm->vdso = ehdr;
}

static int check_entry(const struct vm *vm, const struct profile *p,
                       struct diag *d)
{
    if (p->entry == ENTRY_AUTO || (p->entry == ENTRY_CPL3) == vm->entry_cpl3)
        return 0;
    diag_set(d, 0,
             "the profile demands system-call entry \"%s\", but SYSCALL "
             "enters CPL %d on this KVM",
             p->entry == ENTRY_CPL3 ? "cpl3" : "cpl0", vm->entry_cpl3 ? 3 : 0);
    diag_hint(d, "set modes/syscall-entry to \"auto\"");
    return -EINVAL;
}

static int set_entry(struct vcpu *v, struct diag *d)
{
    int rc = x86_set_lstar(v->fd, vm_syscall_entry(v->vm));

    return rc < 0 ? diag_set(d, rc, "cannot set the system-call entry") : 0;
}

int probe_run(struct vcpu *v, const struct profile *p, struct diag *d)
{
    struct vm *vm = v->vm;
    uint64_t tsc_before, tsc_after;
    enum vcpu_exit exit;
    int rc;

    rc = x86_set_lstar(v->fd, vm_shim_entry(vm, vm->shim.probe_syscall));
    if (rc < 0)
        return diag_set(d, rc, "cannot set the probe's system-call entry");
    vcpu_start(v, vm_shim_entry(vm, vm->shim.probe), 0);
    tsc_before = __rdtsc();
    do {
        exit = vcpu_enter(v);
    } while (exit == VCPU_INTR);
    tsc_after = __rdtsc();
    if (exit != VCPU_PORT || v->port != SHIM_PORT_PROBE)
        return diag_set(d, 0, "the probe guest failed: %s",
                        exit == VCPU_DEAD ? v->why : "unexpected exit");

    vm->entry_cpl3 = (v->regs->rsi & 3) == 3;
    vm->hwcap = (uint32_t)v->regs->r8;
    /* Where CPL 3 runs on the host's own CPU, what that may do counts. */
    vm->hwcap2 = (vm->entry_cpl3 ? (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE) != 0
                                 : x86_has_fsgsbase(vm))
                     ? HWCAP2_FSGSBASE
                     : 0;
    share_vdso(vm, p->vdso && v->regs->r9 >= tsc_before &&
                       v->regs->r9 <= tsc_after);
    rc = check_entry(vm, p, d);
    if (rc < 0)
        return rc;
    return set_entry(v, d);
}

int probe_let_answer(struct vcpu *v, const uint8_t *watched, struct diag *d)
{
    int rc = vm_let_answer(v->vm, watched);

    if (rc < 0)
        return diag_set(d, rc, "cannot map what the shim answers from");
    return set_entry(v, d);
}
