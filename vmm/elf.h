/*
 * elf.h: read the headers of a program, map it and its interpreter into the
 * guest. Layer 1. Follows Linux's fs/binfmt_elf.c, errnos included.
 *
 * Linux gives up the old program between the two steps. What elf_read refuses
 * execve(2) reports to its caller; what elf_load refuses is too late for that
 * and kills the process there with SIGSEGV.
 */
#ifndef VMM_ELF_H
#define VMM_ELF_H

#include "vmm/diag.h"
#include "vmm/util.h"

#include <elf.h>

struct mm;

/* An opened program or interpreter, and the one copy of its headers that
 * everything is made from, whatever happens to the file meanwhile. */
struct elf_file {
    /* Set by the caller, who also closes (fd). */
    const char *name; /* for messages */
    int fd;
    bool is_interp;
    /* Filled by elf_read. */
    uint16_t type; /* ET_EXEC or ET_DYN; unchecked in an interpreter */
    uint16_t phnum;
    uint64_t entry;   /* as in the file */
    uint64_t phoff;   /* where the program headers are in the file */
    Elf64_Phdr *phdr; /* owned; segments are checked by elf_load */
    char *interp;     /* owned: the path in PT_INTERP, or NULL */
    bool exec_stack;  /* PT_GNU_STACK asks for an executable stack */
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
    gva_t start_code;  /* of the program's segments, proc_pid_stat(5) */
    gva_t end_code;
    gva_t start_data;
    gva_t end_data;
    bool exec_stack;
};

/*
 * Read and check the headers of the file behind (file->fd).
 * Returns 0 or, with (d) set and nothing to release:
 *   -ENOEXEC  not an x86-64 program: bad magic, type or machine, program
 *             headers of another size, none, more than 64 KiB of them, or
 *             unreadable; PT_INTERP that is no path
 *   -ELIBBAD  the same in an interpreter; PT_INTERP is not looked at there
 *   -EIO      shorter than its header (interpreter) or its PT_INTERP
 *   -EINVAL   PT_INTERP lies at a negative offset
 *   -ENOMEM
 */
int elf_read(struct elf_file *file, struct diag *d);

/* Free what elf_read allocated. */
void elf_release(struct elf_file *file);

/*
 * Map the program and, unless NULL, its interpreter into (mm), in which
 * nothing but a stack may be mapped. Only what (mm) does not have decides
 * where: an ET_EXEC goes to its own addresses, an ET_DYN program to where
 * mm_choose_image_base() says, an interpreter to where mmap puts it.
 * Returns 0 or, with (d) set and (mm) holding what was mapped until then:
 *   -EINVAL   no or empty segments, one that is larger in the file than in
 *             memory, that wraps or leaves the user's half, whose offset does
 *             not fit its address; a start outside the user's half
 *   -EPERM    below the low window, where Linux has vm.mmap_min_addr
 *   -ENOMEM   outside the windows, or no room
 *   -EEXIST   on top of the stack or the program
 *   -EFAULT   the file ends before data that must be cleared
 *   -ELIBBAD  the interpreter is not an ET_EXEC or ET_DYN
 *   or what mmap(2) says of the file
 */
int elf_load(struct mm *mm, const struct elf_file *prog,
             const struct elf_file *interp, struct elf_loaded *out,
             struct diag *d);

#endif
