/*
 * stack.h: the first stack of a program: strings, argv, envp, auxiliary
 * vector, as Linux's create_elf_tables() lays them out. Layer 1.
 */
#ifndef VMM_STACK_H
#define VMM_STACK_H

#include "vmm/diag.h"
#include "vmm/elf.h"
#include "vmm/util.h"

struct stack_spec {
    char *const *argv;  /* NULL-terminated */
    char *const *envp;  /* NULL-terminated */
    const char *execfn; /* AT_EXECFN: the path given to execve */
    const struct elf_loaded *elf;
    uint64_t hwcap;  /* AT_HWCAP: CPUID.1:EDX as the guest sees it */
    uint64_t hwcap2; /* AT_HWCAP2 */
    gva_t vdso;      /* AT_SYSINFO_EHDR; 0: left out */
    bool secure;     /* AT_SECURE */
};

/* Where the parts lie, for /proc/self/{cmdline,environ,auxv} and hooks. */
struct stack_layout {
    gva_t rsp; /* 16-byte aligned, at argc */
    gva_t arg_start, arg_end;
    gva_t env_start, env_end;
    gva_t auxv;
    uint32_t auxv_size; /* bytes, AT_NULL included */
};

/*
 * How many bytes below the stack's end stack_build may write; of (spec) only
 * argv, envp and execfn are looked at.
 * Returns that or, with (d) set, -E2BIG: strings and the pointers to them
 * exceed a quarter of (stack_limit), at least 128 KiB and at most 6 MiB, or a
 * string exceeds 128 KiB with its NUL (execve(2), "Limits on size of arguments
 * and environment").
 */
int64_t stack_measure(const struct stack_spec *spec, uint64_t stack_limit,
                      struct diag *d);

/*
 * Build the stack that ends at (stack_end), page-aligned, in guest memory. The
 * 16 bytes of AT_RANDOM are from getrandom(2). An empty argv becomes one empty
 * string, as Linux does it.
 * Returns 0; -E2BIG as stack_measure; -ENOMEM; -EFAULT where the stack is not
 * mapped. (d) set.
 */
int stack_build(const struct stack_spec *spec, gva_t stack_end,
                uint64_t stack_limit, struct stack_layout *out, struct diag *d);

#endif
