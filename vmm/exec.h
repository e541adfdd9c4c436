/*
 * exec.h: from a name to a program that is ready to run: PATH, permissions,
 * #! lines, ELF, first stack. Layer 1. Follows execvp(3), execve(2) and
 * Linux's fs/exec.c, fs/binfmt_script.c.
 *
 * There are two steps, as in Linux: what exec_open refuses, execve(2) reports
 * to its caller, who goes on; what exec_map refuses comes too late for that.
 */
#ifndef VMM_EXEC_H
#define VMM_EXEC_H

#include "vmm/diag.h"
#include "vmm/elf.h"
#include "vmm/stack.h"
#include "vmm/util.h"

#include <limits.h>

struct mm;
struct vm;

/* What execve(2) is told, and what the machine adds. */
struct exec_spec {
    const char *path;  /* AT_EXECFN; execveat: /dev/fd/FD or /dev/fd/FD/NAME */
    const char *file;  /* what to open, as hostproc.h says, where (path) is
                          for others; or NULL */
    char *const *argv; /* NULL-terminated; may be empty */
    char *const *envp; /* NULL-terminated */
    uint64_t stack_limit; /* RLIMIT_STACK, the soft one */
    uint64_t hwcap;       /* as in struct stack_spec, and the rest too */
    uint64_t hwcap2;
    gva_t vdso;
    bool secure;
    bool
        path_closes; /* (path) leads through a descriptor that is close-on-exec:
                        no interpreter would find a script there */
};

struct exec_result {
    gva_t rip;
    gva_t rsp;
    gva_t stack_end; /* exclusive */
    gva_t vdso;      /* what it was told of it; 0: nothing */
    struct elf_loaded elf;
    struct stack_layout stack;
    int file; /* the monitor's descriptor of what runs; of a script that is its
                 interpreter */
};

/* A program that was found good to run; its files are open. */
struct exec_program;

/*
 * Look (prog) up as execvp(3) does: a name with a slash is taken as it is;
 * others are tried in the directories of (path_list), NULL meaning
 * "/bin:/usr/bin", an empty element the working directory. Writes a path for
 * exec_spec into (out), of PATH_MAX bytes.
 * Returns 0 or, with (d) set, -ENOENT; -EACCES where there is only a file that
 * may not be executed; -ENAMETOOLONG; -ELOOP.
 */
int exec_find(const char *prog, const char *path_list, char *out,
              struct diag *d);

/*
 * Open the file, resolve #! lines, read the headers of program and interpreter.
 * (spec) must outlive (out).
 * Returns 0 or, with (d) set, what execve(2) returns: -ENOENT, -ENOTDIR,
 * -EACCES (no regular file, no right to execute, mounted noexec; here also: no
 * right to read), -ELOOP (also: more than 5 #! in a row), -E2BIG, -ENOEXEC,
 * -ELIBBAD, -EIO, -ENOMEM, ...
 */
int exec_open(struct exec_program **out, const struct exec_spec *spec,
              struct diag *d);

/*
 * Map program, interpreter and stack into (mm), which must be empty, set the
 * break, build the stack. Returns 0 or a negative errno, (d) set; (mm) then
 * holds what was mapped until then.
 */
int exec_map(struct mm *mm, const struct exec_program *program,
             struct exec_result *out, struct diag *d);

/* The descriptor for exec_result.file; exec_close does not close it then. */
int exec_take_file(struct exec_program *program);

/* Close and free. (program) may be NULL. */
void exec_close(struct exec_program *program);

/* Of another process, with whose descriptors this one has nothing to do. */
void exec_forget(struct exec_program *program);

/* What a program at (path) in the machine (vm) is to be run with: the limit
 * of the stack is the process's own. */
struct exec_spec exec_spec_for(const struct vm *vm, const char *path,
                               char *const *argv, char *const *envp);

/* All three steps. */
int exec_load(struct mm *mm, const struct exec_spec *spec,
              struct exec_result *out, struct diag *d);

#endif
