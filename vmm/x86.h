/*
 * x86.h: the state that a vcpu starts in: descriptor tables, control
 * registers, MSRs, CPUID. Layer 1. SDM 3A chapters 2, 3, 6, 7; APM 2.
 */
#ifndef VMM_X86_H
#define VMM_X86_H

#include "vmm/diag.h"
#include "vmm/shim.h"
#include "vmm/vm.h"

#include "guest-shim/shim_abi.h"

#include <linux/kvm.h>

/* RFLAGS, SDM 1 3.4.3 */
#define RFLAGS_FIXED UINT64_C(0x2)
#define RFLAGS_TF    (UINT64_C(1) << 8)
#define RFLAGS_IF    (UINT64_C(1) << 9)
#define RFLAGS_DF    (UINT64_C(1) << 10)
#define RFLAGS_RF    (UINT64_C(1) << 16)
#define RFLAGS_AC    (UINT64_C(1) << 18)
/* CF PF AF ZF SF TF DF OF NT RF AC ID: what user code may have. IF is always
 * set, as user code under Linux sees it; there is nothing to interrupt it. */
#define RFLAGS_USER UINT64_C(0x254dd5)

/* Exception vectors, SDM 3A table 6-1 */
#define VECTOR_DE 0
#define VECTOR_DB 1
#define VECTOR_BP 3
#define VECTOR_OF 4
#define VECTOR_BR 5
#define VECTOR_UD 6
#define VECTOR_NM 7
#define VECTOR_DF 8
#define VECTOR_TS 10
#define VECTOR_NP 11
#define VECTOR_SS 12
#define VECTOR_GP 13
#define VECTOR_PF 14
#define VECTOR_MF 16
#define VECTOR_AC 17
#define VECTOR_XM 19

/* #PF error code, SDM 3A 4.7 */
#define PF_PRESENT (UINT64_C(1) << 0)
#define PF_WRITE   (UINT64_C(1) << 1)
#define PF_USER    (UINT64_C(1) << 2)
#define PF_FETCH   (UINT64_C(1) << 4)

/* Where one vcpu's tables are; all in the machine area. */
struct x86_tables {
    gva_t gdt;
    gva_t tss;
    gva_t idt;
    struct shim_trap *frame; /* where a trap stub leaves its frame */
};

/*
 * What the vDSO's getcpu(2) reads, by RDPID or as the limit of a segment: node
 * << 12 | CPU, as Linux has it. (gdt): of x86_build_tables.
 */
void x86_set_cpu_number(int vcpu_fd, gva_t gdt, uint32_t number);

/* Build the tables of one vcpu and map them for CPL 0. Returns 0 or -ENOMEM. */
int x86_build_tables(struct vm *vm, struct x86_tables *out);

/*
 * Fill (sregs), read from the vcpu before, with the state of user code: long
 * mode, the VM's page tables, Linux's segments, FS and GS base 0.
 */
void x86_user_sregs(struct kvm_sregs *sregs, const struct vm *vm,
                    const struct x86_tables *t);

/*
 * Set CPUID, XCR0 and the MSRs of system calls; SYSCALL enters at (lstar).
 * Returns 0 or a negative errno, (d) set.
 */
int x86_setup_cpu(int vcpu_fd, const struct vm *vm, gva_t lstar,
                  struct diag *d);

/* Set the system-call entry alone. Returns 0 or a negative errno. */
int x86_set_lstar(int vcpu_fd, gva_t lstar);

/* A bit of CPUID. */
struct x86_feature {
    uint32_t leaf; /* subleaf 0 */
    uint8_t reg;   /* 0 eax .. 3 edx */
    uint8_t bit;
    const char *name;
};

/* What programs are not shown, although KVM may support it: the vcpu cannot
 * run it, or it has no use in a program. Ends with a row without name. */
extern const struct x86_feature x86_hidden[];

bool x86_has_feature(const struct kvm_cpuid2 *cpuid,
                     const struct x86_feature *f);

/* Whether user code may use RDFSBASE and friends. */
bool x86_has_fsgsbase(const struct vm *vm);

/* How many bits a guest-physical address has; APM 3 E.4.7 (8000_0008h). */
unsigned x86_gpa_bits(const struct kvm_cpuid2 *cpuid);

/* Reduce what KVM supports to what a program may be shown. Once a VM. */
void x86_filter_cpuid(struct kvm_cpuid2 *cpuid);

#endif
