/* x86.c: descriptor tables, control registers, MSRs and CPUID of a vcpu. */
#include "vmm/x86.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#define CR0_PE         (UINT64_C(1) << 0)
#define CR0_MP         (UINT64_C(1) << 1)
#define CR0_ET         (UINT64_C(1) << 4)
#define CR0_NE         (UINT64_C(1) << 5)
#define CR0_WP         (UINT64_C(1) << 16)
#define CR0_AM         (UINT64_C(1) << 18)
#define CR0_PG         (UINT64_C(1) << 31)
#define CR4_PAE        (UINT64_C(1) << 5)
#define CR4_OSFXSR     (UINT64_C(1) << 9)
#define CR4_OSXMMEXCPT (UINT64_C(1) << 10)
#define CR4_FSGSBASE   (UINT64_C(1) << 16)
#define CR4_OSXSAVE    (UINT64_C(1) << 18)
#define EFER_SCE       (UINT64_C(1) << 0)
#define EFER_LME       (UINT64_C(1) << 8)
#define EFER_LMA       (UINT64_C(1) << 10)
#define EFER_NXE       (UINT64_C(1) << 11)

#define MSR_STAR    0xc0000081u
#define MSR_LSTAR   0xc0000082u
#define MSR_TSC_AUX 0xc0000103u

#define SEL_NUMBER 0x7b /* GDT_ENTRY_CPUNODE, asm/segment.h */
#define MSR_CSTAR  0xc0000083u
#define MSR_FMASK  0xc0000084u
/* As Linux's syscall_init(): everything but the fixed bit. */
#define FMASK_VALUE UINT64_C(0x257fd5)

/* x87, SSE, AVX, AVX-512. Later state (AMX) needs a permission by the host. */
#define XCR0_OFFERED UINT64_C(0xe7)

/* One page a vcpu: GDT, TSS; the next page is the trap stack. */
#define GDT_OFFSET  0
#define GDT_ENTRIES 16 /* up to the one that tells the CPU's number */
#define TSS_OFFSET  256
#define TSS_SIZE    104                      /* SDM 3A 7.7 */
#define IOMAP_BYTES 8                        /* ports 0 .. 63 */
#define TSS_LIMIT   (TSS_SIZE + IOMAP_BYTES) /* and a byte of ones */
#define TSS_RSP0    4
#define TSS_IOMAP   102

#define DESC_CODE64_DPL0 UINT64_C(0x00af9b000000ffff)
#define DESC_DATA_DPL0   UINT64_C(0x00cf93000000ffff)
#define DESC_DATA_DPL3   UINT64_C(0x00cff3000000ffff)
#define DESC_CODE64_DPL3 UINT64_C(0x00affb000000ffff)
/* Linux's GDT_ENTRY_CPUNODE: its limit is the number. */
#define DESC_NUMBER_DPL3 UINT64_C(0x0040f50000000000)

static void build_gdt(uint64_t *gdt, gva_t tss)
{
    /* No 32-bit code segment: there are no 32-bit programs. */
    gdt[SEL_KERNEL_CS / 8] = DESC_CODE64_DPL0;
    gdt[SEL_KERNEL_DS / 8] = DESC_DATA_DPL0;
    gdt[SEL_USER_DS / 8] = DESC_DATA_DPL3;
    gdt[SEL_USER_CS / 8] = DESC_CODE64_DPL3;
    gdt[SEL_TSS / 8] = TSS_LIMIT | (tss & 0xffffff) << 16 |
                       UINT64_C(0x8b) << 40 | (tss >> 24 & 0xff) << 56;
    gdt[SEL_TSS / 8 + 1] = tss >> 32;
}

static void build_tss(uint8_t *tss, uint64_t stack_top, bool cpl3_out)
{
    uint16_t iomap = TSS_SIZE;

    memcpy(tss + TSS_RSP0, &stack_top, sizeof(stack_top));
    memcpy(tss + TSS_IOMAP, &iomap, sizeof(iomap));
    memset(tss + TSS_SIZE, 0xff, IOMAP_BYTES + 1);
    if (cpl3_out)
        tss[TSS_SIZE + SHIM_PORT_SYSCALL / 8] &= (uint8_t) ~(
            (1u << SHIM_PORT_SYSCALL % 8) | (1u << SHIM_PORT_PROBE % 8));
}

/*
 * The gates lead to CPL 0 on the stack of TSS.RSP0. Nothing traps at CPL 0,
 * where the program's RSP would be used: between SYSCALL and SYSRET there are
 * two instructions that cannot fault, TF is masked, user code cannot set
 * breakpoints, and the monitor does not let a RIP through that SYSRET refuses.
 */
static void build_idt(uint64_t *idt, const struct vm *vm)
{
    for (unsigned v = 0; v < SHIM_VECTORS; v++) {
        uint64_t stub =
            vm_shim_entry(vm, vm->shim.traps + v * vm->shim.trap_stride);
        /* #BP and #OF may be raised by INT3 and INTO at CPL 3. */
        uint64_t dpl = v == VECTOR_BP || v == VECTOR_OF ? 3 : 0;

        idt[2 * v] = (stub & 0xffff) | SEL_KERNEL_CS << 16 |
                     (0x8e | dpl << 5) << 40 | (stub >> 16 & 0xffff) << 48;
        idt[2 * v + 1] = stub >> 32;
    }
}

int x86_build_tables(struct vm *vm, struct x86_tables *out)
{
    gva_t tables = vm_alloc_mapped_page(vm);
    gva_t idt = vm_alloc_mapped_page(vm);
    gva_t stack = vm_alloc_mapped_page(vm);

    if (!tables || !idt || !stack)
        return -ENOMEM;
    out->gdt = tables + GDT_OFFSET;
    out->tss = tables + TSS_OFFSET;
    out->idt = idt;
    out->frame = (struct shim_trap *)(uintptr_t)(stack + PAGE_SIZE) - 1;
    build_gdt((uint64_t *)(uintptr_t)out->gdt, out->tss);
    build_tss((uint8_t *)(uintptr_t)out->tss, stack + PAGE_SIZE, true);
    build_idt((uint64_t *)(uintptr_t)out->idt, vm);
    return 0;
}

bool x86_has_feature(const struct kvm_cpuid2 *cpuid,
                     const struct x86_feature *f)
{
    for (uint32_t i = 0; i < cpuid->nent; i++) {
        const struct kvm_cpuid_entry2 *e = &cpuid->entries[i];
        const uint32_t regs[] = {e->eax, e->ebx, e->ecx, e->edx};

        if (e->function == f->leaf && e->index == 0)
            return regs[f->reg] >> f->bit & 1;
    }
    return false;
}

static bool has_xsave(const struct vm *vm)
{
    static const struct x86_feature xsave = {1, 2, 26, "xsave"};

    return x86_has_feature(vm->cpuid, &xsave);
}

bool x86_has_fsgsbase(const struct vm *vm)
{
    static const struct x86_feature fsgsbase = {7, 1, 0, "fsgsbase"};

    return x86_has_feature(vm->cpuid, &fsgsbase);
}

static struct kvm_segment segment(uint16_t selector, bool code)
{
    return (struct kvm_segment){
        .selector = selector,
        .limit = 0xffffffff,
        .type = code ? 11 : 3,
        .present = 1,
        .dpl = selector & 3,
        .db = !code,
        .s = 1,
        .l = code,
        .g = 1,
    };
}

void x86_user_sregs(struct kvm_sregs *sregs, const struct vm *vm,
                    const struct x86_tables *t)
{
    sregs->cs = segment(SEL_USER_CS, true);
    sregs->ss = segment(SEL_USER_DS, false);
    sregs->ds = sregs->es = sregs->fs = sregs->gs = segment(0, false);
    sregs->ds.dpl = sregs->es.dpl = sregs->fs.dpl = sregs->gs.dpl = 3;
    /* Null data selectors, as Linux starts a 64-bit program with. */
    sregs->ds.unusable = sregs->es.unusable = 1;
    sregs->fs.unusable = sregs->gs.unusable = 1;
    sregs->tr = (struct kvm_segment){
        .base = t->tss,
        .limit = TSS_LIMIT,
        .selector = SEL_TSS,
        .type = 11,
        .present = 1,
    };
    sregs->ldt = (struct kvm_segment){.unusable = 1};
    sregs->gdt.base = t->gdt;
    sregs->gdt.limit = GDT_ENTRIES * 8 - 1;
    sregs->idt.base = t->idt;
    sregs->idt.limit = SHIM_VECTORS * 16 - 1;
    sregs->cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG;
    sregs->cr3 = vm->pt.root;
    sregs->cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT |
                 (x86_has_fsgsbase(vm) ? CR4_FSGSBASE : 0) |
                 (has_xsave(vm) ? CR4_OSXSAVE : 0);
    sregs->efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
    memset(sregs->interrupt_bitmap, 0, sizeof(sregs->interrupt_bitmap));
}

/* Sets the first of (count) entries that KVM takes: returns how many, or a
 * negative errno. */
static int set_msrs(int vcpu_fd, const struct kvm_msr_entry *entries,
                    uint32_t count)
{
    _Alignas(struct kvm_msrs) char
        room[sizeof(struct kvm_msrs) + 4 * sizeof(*entries)];
    struct kvm_msrs *msrs = (void *)room;
    int rc;

    memset(room, 0, sizeof(room));
    msrs->nmsrs = count;
    memcpy(msrs->entries, entries, count * sizeof(*entries));
    rc = ioctl(vcpu_fd, KVM_SET_MSRS, msrs);
    return rc < 0 ? -errno : rc;
}

int x86_set_lstar(int vcpu_fd, gva_t lstar)
{
    const struct kvm_msr_entry entry = {.index = MSR_LSTAR, .data = lstar};
    int rc = set_msrs(vcpu_fd, &entry, 1);

    if (rc < 0)
        return rc;
    return rc == 1 ? 0 : -EIO;
}

void x86_set_cpu_number(int vcpu_fd, gva_t gdt, uint32_t number)
{
    const struct kvm_msr_entry entry = {.index = MSR_TSC_AUX, .data = number};
    uint64_t *desc = (uint64_t *)(uintptr_t)gdt + SEL_NUMBER / 8;

    __atomic_store_n(desc,
                     DESC_NUMBER_DPL3 | (number & 0xffff) |
                         (uint64_t)(number >> 16 & 0xf) << 48,
                     __ATOMIC_RELAXED);
    /* Where KVM knows no such register, RDPID does not exist either. */
    set_msrs(vcpu_fd, &entry, 1);
}

/*
 * The guest's time-stamp counter is the host's, as the host's vDSO computes
 * with it. A KVM that cannot do so shows another one, which the probe notices.
 */
static void align_tsc(int vcpu_fd)
{
    const uint64_t offset = 0;
    const struct kvm_device_attr attr = {
        .group = KVM_VCPU_TSC_CTRL,
        .attr = KVM_VCPU_TSC_OFFSET,
        .addr = (uint64_t)(uintptr_t)&offset,
    };

    ioctl(vcpu_fd, KVM_SET_DEVICE_ATTR, &attr);
}

int x86_setup_cpu(int vcpu_fd, const struct vm *vm, gva_t lstar, struct diag *d)
{
    const struct kvm_msr_entry msrs[] = {
        /* SYSCALL takes CS from bits 32 and up, SYSRET from 48 and up. */
        {.index = MSR_STAR,
         .data = (uint64_t)SEL_USER32_CS << 48 | (uint64_t)SEL_KERNEL_CS << 32},
        {.index = MSR_LSTAR, .data = lstar},
        {.index = MSR_FMASK, .data = FMASK_VALUE},
        /* Only reached from 32-bit code, which has no segment: a KVM without
         * this MSR is as good. */
        {.index = MSR_CSTAR,
         .data = vm_shim_entry(vm, vm->shim.syscall_compat)},
    };
    int rc;

    if (ioctl(vcpu_fd, KVM_SET_CPUID2, vm->cpuid) < 0)
        return diag_set(d, -errno, "cannot set the vcpu's CPU features");
    if (has_xsave(vm)) {
        struct kvm_xcrs xcrs = {.nr_xcrs = 1};
        uint64_t offered = 0;

        for (uint32_t i = 0; i < vm->cpuid->nent; i++)
            if (vm->cpuid->entries[i].function == 0xd &&
                vm->cpuid->entries[i].index == 0)
                offered = vm->cpuid->entries[i].eax;
        xcrs.xcrs[0].value = offered & XCR0_OFFERED;
        if (ioctl(vcpu_fd, KVM_SET_XCRS, &xcrs) < 0)
            return diag_set(d, -errno, "cannot set the vcpu's XCR0");
    }
    rc = set_msrs(vcpu_fd, msrs, ARRAY_SIZE(msrs));
    if (rc < (int)ARRAY_SIZE(msrs) - 1)
        return diag_set(d, rc < 0 ? rc : -EIO,
                        "cannot set the vcpu's system-call entry");
    align_tsc(vcpu_fd);
    return 0;
}

const struct x86_feature x86_hidden[] = {
    {1, 2, 3, "monitor"},      {1, 2, 5, "vmx"},
    {1, 2, 21, "x2apic"},      {1, 2, 24, "tsc-deadline"},
    {7, 2, 3, "pku"},          {7, 2, 7, "shadow-stacks"},
    {7, 3, 20, "ibt"},         {7, 3, 22, "amx-bf16"},
    {7, 3, 24, "amx-tile"},    {7, 3, 25, "amx-int8"},
    {0x80000001, 2, 2, "svm"}, {0},
};

unsigned x86_gpa_bits(const struct kvm_cpuid2 *cpuid)
{
    for (uint32_t i = 0; i < cpuid->nent; i++) {
        const struct kvm_cpuid_entry2 *e = &cpuid->entries[i];
        unsigned guest = e->eax >> 16 & 0xff;

        if (e->function == 0x80000008)
            return guest ? guest : e->eax & 0xff;
    }
    return 36; /* SDM 3A 4.1.4 */
}

void x86_filter_cpuid(struct kvm_cpuid2 *cpuid)
{
    for (uint32_t i = 0; i < cpuid->nent; i++) {
        struct kvm_cpuid_entry2 *e = &cpuid->entries[i];
        uint32_t *regs[] = {&e->eax, &e->ebx, &e->ecx, &e->edx};

        for (const struct x86_feature *f = x86_hidden; f->name; f++)
            if (e->function == f->leaf && e->index == 0)
                *regs[f->reg] &= ~(UINT32_C(1) << f->bit);
    }
}
