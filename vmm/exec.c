/*
 * exec.c: names to files, files to programs. Each check stands where Linux
 * makes it, so that a file with two faults gets the same errno.
 */
#include "vmm/exec.h"

#include "vmm/hostproc.h"
#include "vmm/mm.h"
#include "vmm/privfd.h"
#include "vmm/vm.h"
#include "vmm/x86.h"

#include <assert.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PATH "/bin:/usr/bin" /* glibc's, of execvp(3) */
#define HEAD_SIZE    256             /* BINPRM_BUF_SIZE: a #! line fits in */
#define FILES_MAX    6               /* looked at before giving up */

struct exec_program {
    const struct exec_spec *spec;
    struct elf_file prog;
    struct elf_file interp;          /* fd -1: none */
    char *const *argv;               /* as #! lines changed it */
    char **spliced;                  /* owned: argv, where one did */
    char head[FILES_MAX][HEAD_SIZE]; /* their words */
};

/* Open (path), relative to (dirfd), which the caller may execute. Returns a
 * descriptor of the monitor, or the negative errno that Linux would give. */
static int open_exec(int dirfd, const char *path)
{
    struct stat st;
    int fd;

    /* Says also that a file system is mounted noexec. */
    if (faccessat(dirfd, path, X_OK, AT_EACCESS) < 0)
        return -errno;
    fd = privfd_openat(dirfd, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fd == -ENXIO ? -EACCES : fd; /* a socket or device */
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        privfd_close(fd);
        return -EACCES;
    }
    return fd;
}

/* Open the interpreter of a program or script. An empty name is the working
 * directory: unlike execve(2)'s, Linux does not check it. */
static int open_interp(const char *path)
{
    return open_exec(AT_FDCWD, path[0] ? path : ".");
}

/* Tell why (path), named by (user) unless NULL, cannot be opened. */
static int open_failed(const char *path, const char *user, int rc,
                       struct diag *d)
{
    struct stat st;

    if (user)
        diag_set(d, rc, "cannot run %.300s: its interpreter %.300s", user,
                 path);
    else
        diag_set(d, rc, "cannot run %.600s", path);
    if (rc != -EACCES || stat(path, &st) < 0)
        return rc;
    if (S_ISDIR(st.st_mode))
        diag_hint(d, "it is a directory");
    else if (!S_ISREG(st.st_mode))
        diag_hint(d, "it is not a regular file");
    else if (!(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
        diag_hint(d, "it is not executable; try chmod +x");
    else if (access(path, R_OK) < 0)
        diag_hint(d, "it must be readable to be loaded");
    return rc;
}

/* Whether the search in PATH goes on after this error, as execvp(3) does. */
static bool search_goes_on(int err)
{
    return err == -ENOENT || err == -ENOTDIR || err == -ESTALE ||
           err == -ENODEV || err == -ETIMEDOUT || err == -EACCES;
}

int exec_find(const char *prog, const char *path_list, char *out,
              struct diag *d)
{
    const char *dir = path_list ? path_list : DEFAULT_PATH;
    bool denied = false;

    if (strlen(prog) >= (strchr(prog, '/') ? PATH_MAX : NAME_MAX + 1))
        return diag_set(d, -ENAMETOOLONG, "cannot run %.40s...", prog);
    if (strchr(prog, '/') || prog[0] == '\0') {
        strcpy(out, prog);
        return prog[0] ? 0 : diag_set(d, -ENOENT, "cannot run \"\"");
    }
    for (;;) {
        size_t len = strcspn(dir, ":");
        int fd;

        if (len + 1 + strlen(prog) < PATH_MAX) {
            snprintf(out, PATH_MAX, "%.*s%s%s", (int)len, dir, len ? "/" : "",
                     prog);
            fd = open_exec(AT_FDCWD, out);
            privfd_close(fd);
            if (fd >= 0)
                return 0;
            if (!search_goes_on(fd))
                return open_failed(out, NULL, fd, d);
            denied |= fd == -EACCES;
        }
        if (dir[len] == '\0')
            break;
        dir += len + 1;
    }
    if (denied)
        return diag_set(d, -EACCES, "cannot run %s from PATH", prog);
    return diag_set(d, -ENOENT, "cannot find %s in PATH", prog);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *skip_blanks(char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    return p;
}

static char *skip_word(char *p, const char *end)
{
    while (p < end && *p != '\0' && !is_blank(*p))
        p++;
    return p;
}

/*
 * Cut a #! line into (name) and (arg), which is NULL where there is none, the
 * way fs/binfmt_script.c does. (head) is the file's first HEAD_SIZE bytes,
 * padded with zero. Returns 0 or -ENOEXEC.
 */
static int parse_script(char *head, char **name, char **arg)
{
    char *behind = head + HEAD_SIZE;
    char *end = memchr(head, '\n', HEAD_SIZE);
    char *word_end;

    *arg = NULL;
    *name = skip_blanks(head + 2, end ? end : behind);
    if (!end) {
        /* A name that may go on behind what was read must not be run; an
         * argument may be cut, the interpreter can read the line itself. */
        if (skip_word(*name, behind) == behind)
            return -ENOEXEC;
        end = behind - 1;
    }
    while (is_blank(end[-1]))
        end--;
    if (*name >= end)
        return -ENOEXEC;
    word_end = skip_word(*name, end);
    *end = '\0';
    if (*word_end != '\0') {
        *arg = skip_blanks(word_end, end);
        *word_end = '\0';
    }
    return 0;
}

/* Replace argv[0] by interpreter, optional argument and the script's path.
 * Returns 0, -ENOMEM. */
static int splice_argv(struct exec_program *p, char *name, char *arg,
                       const char *script)
{
    char *const *rest = p->argv[0] ? p->argv + 1 : p->argv;
    size_t count = 0;
    size_t n = 0;
    char **argv;

    while (rest[count])
        count++;
    argv = calloc(count + 4, sizeof(*argv));
    if (!argv)
        return -ENOMEM;
    argv[n++] = name;
    if (arg)
        argv[n++] = arg;
    argv[n++] = (char *)script;
    memcpy(argv + n, rest, count * sizeof(*argv));
    free(p->spliced);
    p->argv = p->spliced = argv;
    return 0;
}

static struct stack_spec stack_spec(const struct exec_program *p)
{
    return (struct stack_spec){
        .argv = p->argv,
        .envp = p->spec->envp,
        .execfn = p->spec->path,
        .hwcap = p->spec->hwcap,
        .hwcap2 = p->spec->hwcap2,
        .vdso = p->spec->vdso,
        .secure = p->spec->secure,
    };
}

/* Whether arguments and environment fit. Returns 0 or -E2BIG. */
static int check_size(const struct exec_program *p, struct diag *d)
{
    struct stack_spec spec = stack_spec(p);
    int64_t rc = stack_measure(&spec, p->spec->stack_limit, d);

    return rc < 0 ? (int)rc : 0;
}

/* Read the file's first bytes. Returns 1 where it is a script, 0 where not, or
 * a negative errno. */
static int read_head(int fd, char *head)
{
    memset(head, 0, HEAD_SIZE);
    if (pread(fd, head, HEAD_SIZE, 0) < 0)
        return -errno;
    return head[0] == '#' && head[1] == '!';
}

/* Put the interpreter of the script that p->prog is in its place. */
static int enter_script(struct exec_program *p, char *head, struct diag *d)
{
    const char *script = p->prog.name;
    char *name, *arg;
    int rc = parse_script(head, &name, &arg);

    if (rc < 0)
        return diag_set(d, rc, "cannot run %s: broken #! line", script);
    if (p->spec->path_closes)
        return diag_set(d, -ENOENT, "cannot run %s: it closes", script);
    rc = splice_argv(p, name, arg, script);
    if (rc < 0)
        return diag_set(d, rc, "cannot run %s", script);
    rc = check_size(p, d);
    if (rc < 0)
        return rc;
    rc = open_interp(name);
    if (rc < 0)
        return open_failed(name, script, rc, d);
    privfd_close(p->prog.fd);
    p->prog.fd = rc;
    p->prog.name = name;
    return 0;
}

/* Follow #! lines until p->prog is no script. */
static int follow_scripts(struct exec_program *p, struct diag *d)
{
    for (unsigned i = 0; i < FILES_MAX; i++) {
        int rc = read_head(p->prog.fd, p->head[i]);

        if (rc < 0)
            return diag_set(d, rc, "cannot read %s", p->prog.name);
        if (rc == 0)
            return 0;
        rc = enter_script(p, p->head[i], d);
        if (rc < 0)
            return rc;
    }
    return diag_set(d, -ELOOP, "cannot run %s: too many #! in a row",
                    p->spec->path);
}

static int read_interp(struct exec_program *p, struct diag *d)
{
    const char *path = p->prog.interp;
    int rc = open_interp(path);

    if (rc < 0)
        return open_failed(path, p->prog.name, rc, d);
    p->interp = (struct elf_file){.name = path, .fd = rc, .is_interp = true};
    return elf_read(&p->interp, d);
}

static int open_program(struct exec_program *p, struct diag *d)
{
    const char *path = p->spec->path, *file = p->spec->file;
    int dirfd = AT_FDCWD;
    int rc;

    if (file)
        dirfd = hostproc(&file);
    rc = open_exec(dirfd, file ? file : path);
    if (rc < 0)
        return open_failed(path, NULL, rc, d);
    p->prog = (struct elf_file){.name = path, .fd = rc};
    rc = check_size(p, d);
    if (rc == 0)
        rc = follow_scripts(p, d);
    if (rc == 0)
        rc = elf_read(&p->prog, d);
    if (rc == 0 && p->prog.interp)
        rc = read_interp(p, d);
    return rc;
}

int exec_open(struct exec_program **out, const struct exec_spec *spec,
              struct diag *d)
{
    struct exec_program *p = calloc(1, sizeof(*p));
    int rc;

    if (!p)
        return diag_set(d, -ENOMEM, "cannot run %s", spec->path);
    p->spec = spec;
    p->argv = spec->argv;
    p->prog.fd = p->interp.fd = -1;
    rc = open_program(p, d);
    if (rc < 0)
        exec_close(p);
    else
        *out = p;
    return rc;
}

int exec_take_file(struct exec_program *program)
{
    const int file = program->prog.fd;

    program->prog.fd = -1;
    return file;
}

void exec_close(struct exec_program *program)
{
    if (!program)
        return;
    elf_release(&program->prog);
    elf_release(&program->interp);
    privfd_close(program->prog.fd);
    privfd_close(program->interp.fd);
    free(program->spliced);
    free(program);
}

void exec_forget(struct exec_program *program)
{
    if (program)
        program->prog.fd = program->interp.fd = -1;
    exec_close(program);
}

/* Build the stack that ends at (end), grown to what is needed. */
static int map_args(struct mm *mm, const struct exec_program *p,
                    const struct elf_loaded *elf, gva_t end,
                    struct stack_layout *out, struct diag *d)
{
    struct stack_spec spec = stack_spec(p);
    int64_t size = stack_measure(&spec, p->spec->stack_limit, d);
    gva_t low = end - (uint64_t)size;

    if (size < 0)
        return (int)size;
    spec.elf = elf;
    if (mm_fault(mm, low, PF_WRITE | PF_USER) != MM_FAULT_FIXED)
        return diag_set(d, -E2BIG, "cannot run %s: the stack is too small",
                        p->spec->path);
    return stack_build(&spec, end, p->spec->stack_limit, out, d);
}

/*
 * What execve(2) tells the kernel of a program, and that all others: its name,
 * which the kernel cuts to 15 bytes, its arguments and environment, as it
 * changes them. A kernel without CONFIG_CHECKPOINT_RESTORE shows the monitor's.
 */
static void tell_kernel(const char *path, const struct exec_result *program)
{
    const struct stack_layout *stack = &program->stack;
    const uint64_t heap = (uintptr_t)sbrk(0);
    const struct prctl_mm_map map = {
        .start_code = program->elf.start_code,
        .end_code = program->elf.end_code,
        .start_data = program->elf.start_data,
        .end_data = program->elf.end_data,
        .start_brk = heap,
        .brk = heap,
        .start_stack = stack->rsp,
        .arg_start = stack->arg_start,
        .arg_end = stack->arg_end,
        .env_start = stack->env_start,
        .env_end = stack->env_end,
        .exe_fd = UINT32_MAX, /* stays */
    };

    prctl(PR_SET_NAME, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
    prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0);
}

int exec_map(struct mm *mm, const struct exec_program *program,
             struct exec_result *out, struct diag *d)
{
    const char *path = program->spec->path;
    /* First, as in Linux: it says where mmap may place the interpreter. */
    int64_t end = mm_map_stack(mm, program->spec->stack_limit);
    int rc;

    if (end < 0)
        return diag_set(d, (int)end, "cannot run %s: cannot map a stack", path);
    rc = elf_load(mm, &program->prog,
                  program->interp.fd >= 0 ? &program->interp : NULL, &out->elf,
                  d);
    if (rc < 0)
        return rc;
    mm_set_brk(mm, out->elf.brk);
    rc = map_args(mm, program, &out->elf, (gva_t)end, &out->stack, d);
    if (rc < 0)
        return rc;
    if (out->elf.exec_stack) {
        int64_t err =
            mm_mprotect(mm, (gva_t)end - PAGE_SIZE, PAGE_SIZE,
                        PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN);

        if (err < 0)
            return diag_set(d, (int)err,
                            "cannot run %s: cannot make its stack executable",
                            path);
    }
    out->rip = out->elf.start;
    out->rsp = out->stack.rsp;
    out->stack_end = (gva_t)end;
    out->vdso = program->spec->vdso;
    tell_kernel(path, out);
    return 0;
}

struct exec_spec exec_spec_for(const struct vm *vm, const char *path,
                               char *const *argv, char *const *envp)
{
    struct rlimit stack;

    return (struct exec_spec){
        .path = path,
        .argv = argv,
        .envp = envp,
        .stack_limit =
            getrlimit(RLIMIT_STACK, &stack) == 0 ? stack.rlim_cur : 8 * MIB,
        .hwcap = vm->hwcap,
        .hwcap2 = vm->hwcap2,
        .vdso = vm->vdso,
        .secure = getauxval(AT_SECURE) != 0,
    };
}

int exec_load(struct mm *mm, const struct exec_spec *spec,
              struct exec_result *out, struct diag *d)
{
    struct exec_program *program = NULL;
    int rc = exec_open(&program, spec, d);

    if (rc < 0)
        return rc;
    assert(program);
    rc = exec_map(mm, program, out, d);
    if (rc == 0)
        out->file = exec_take_file(program);
    exec_close(program);
    return rc;
}
