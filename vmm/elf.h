/*
 * elf.h: load a program and its interpreter into the guest. Layer 1.
 * Follows execve(2) and what Linux's fs/binfmt_elf.c does, errnos included.
 */
#ifndef VMM_ELF_H
#define VMM_ELF_H

#include "vmm/diag.h"
#include "vmm/util.h"

struct mm;

#define ELF_INTERP_MAX 4096 /* PATH_MAX, NUL included, as Linux */

/* What the program headers of one file say; all of it checked. */
struct elf_image {
    bool dyn;          /* ET_DYN: may be placed anywhere */
    uint64_t entry;    /* as in the file */
    uint64_t phoff;    /* file offset of the program headers */
    uint16_t phnum;
    uint64_t phdr_vaddr; /* where the file's headers are mapped, or 0 */
    uint64_t vaddr_min;  /* page-aligned extent of all PT_LOAD */
    uint64_t vaddr_max;
    uint64_t align;    /* largest p_align of a PT_LOAD; a power of two */
    bool exec_stack;   /* PT_GNU_STACK asks for an executable stack */
    char interp[ELF_INTERP_MAX]; /* "" if there is no PT_INTERP */
};

/* Where a program was put: what the first registers and the auxiliary vector
 * are made from. */
struct elf_loaded {
    gva_t start;       /* first instruction: the interpreter's, if any */
    gva_t entry;       /* AT_ENTRY: the program's own */
    gva_t phdr;        /* AT_PHDR */
    uint16_t phnum;    /* AT_PHNUM */
    gva_t interp_base; /* AT_BASE; 0 without interpreter */
    gva_t brk;         /* end of the program's bss */
    bool exec_stack;
};

/*
 * Read and check the headers of the file behind (fd).
 * Returns 0; -ENOEXEC for what is not an x86-64 Linux program (too short, bad
 * magic, 32-bit, other machine, no PT_LOAD, segments that overlap the wrong
 * way, wrap or leave the user's half); -ELIBBAD where (is_interp) and the
 * interpreter is broken; -EINVAL, -EIO, -ENOMEM as Linux for its own cases.
 */
int elf_read(int fd, bool is_interp, struct elf_image *out, struct diag *d);

/*
 * Load the program behind (fd) and the interpreter it names into (mm), which
 * must be empty. Returns 0 or a negative errno, (d) set.
 */
int elf_load(struct mm *mm, int fd, struct elf_loaded *out, struct diag *d);

#endif
