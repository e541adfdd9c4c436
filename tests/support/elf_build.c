/* elf_build.c: see elf_build.h. */
#include "tests/support/elf_build.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define INTERP_OFFSET 0x400

void elf_build(struct elf_build *b, uint16_t type, uint64_t base)
{
    static const uint8_t code[] = {
        0xb8, 60,  0, 0, 0, /* mov $60, %eax: exit */
        0xbf, 42,  0, 0, 0, /* mov $42, %edi */
        0x0f, 0x05          /* syscall */
    };

    memset(b->bytes, 0xa5, sizeof(b->bytes));
    memset(b->bytes, 0, sizeof(b->eh) + sizeof(b->ph));
    memcpy(b->bytes + ELF_BUILD_CODE, code, sizeof(code));
    b->size = sizeof(b->bytes);
    b->eh = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                    EV_CURRENT},
        .e_type = type,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = base + ELF_BUILD_CODE,
        .e_phoff = sizeof(Elf64_Ehdr),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_phentsize = sizeof(Elf64_Phdr),
    };
    elf_build_add(b, (Elf64_Phdr){.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_X,
                                  .p_vaddr = base,
                                  .p_filesz = 0x300,
                                  .p_memsz = 0x300,
                                  .p_align = 0x1000});
    elf_build_add(b, (Elf64_Phdr){.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_W,
                                  .p_offset = ELF_BUILD_DATA,
                                  .p_vaddr = base + 0x1000,
                                  .p_filesz = 0x100,
                                  .p_memsz = 0x2000,
                                  .p_align = 0x1000});
}

Elf64_Phdr *elf_build_add(struct elf_build *b, Elf64_Phdr ph)
{
    assert_in_range(b->eh.e_phnum, 0, ELF_BUILD_PHDR - 1);
    b->ph[b->eh.e_phnum] = ph;
    return &b->ph[b->eh.e_phnum++];
}

void elf_build_interp(struct elf_build *b, const void *path, size_t len)
{
    memcpy(b->bytes + INTERP_OFFSET, path, len);
    elf_build_add(b, (Elf64_Phdr){.p_type = PT_INTERP,
                                  .p_flags = PF_R,
                                  .p_offset = INTERP_OFFSET,
                                  .p_filesz = len,
                                  .p_memsz = len});
}

void write_file(const char *dir, const char *name, const void *bytes,
                size_t size, unsigned mode, char *path)
{
    int fd;

    snprintf(path, PATH_MAX, "%s/%s", dir, name);
    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static _Noreturn void exec_traced(const char *path, char *const *argv,
                                  char *const *envp)
{
    /* A new program stops with SIGTRAP before its first instruction. */
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
        _exit(255);
    execve(path, argv, envp);
    _exit(errno);
}

static void read_args(pid_t pid, struct native_args *args)
{
    char name[40];
    FILE *file;

    snprintf(name, sizeof(name), "/proc/%d/cmdline", pid);
    file = fopen(name, "re");
    assert_non_null(file);
    args->size = fread(args->bytes, 1, sizeof(args->bytes), file);
    fclose(file);
}

int native_execve(const char *path, char *const *argv, char *const *envp,
                  struct native_args *args)
{
    pid_t pid = fork();
    int status;
    int sig;

    assert_true(pid >= 0);
    if (pid == 0)
        exec_traced(path, argv, envp);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status)) {
        assert_int_not_equal(WEXITSTATUS(status), 255);
        return -WEXITSTATUS(status);
    }
    if (!WIFSTOPPED(status))
        return NATIVE_SIGSEGV;
    sig = WSTOPSIG(status);
    if (args)
        read_args(pid, args);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return sig == SIGTRAP ? NATIVE_RUNS : NATIVE_SIGSEGV;
}
