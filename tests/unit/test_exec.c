/*
 * test_exec.c: names to files and files to programs; #! lines are in
 * test_exec_script.c. What the host's own execve says about the same file is
 * what ours has to say.
 */
#include "tests/support/exec_fixture.h"

#include "vmm/gmem.h"
#include "vmm/privfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define RW (PROT_READ | PROT_WRITE)

/* A program whose interpreter is (path). */
static const char *dynamic(const char *name, const char *path)
{
    struct elf_build b;

    elf_build(&b, ET_DYN, 0);
    elf_build_interp(&b, path, strlen(path) + 1);
    return elf(name, &b);
}

/* --- PATH --- */

static void a_name_with_a_slash_is_taken_as_it_is(void **state)
{
    char out[PATH_MAX];

    (void)state;
    assert_int_equal(exec_find("./missing", "/bin", out, NULL), 0);
    assert_string_equal(out, "./missing");
}

static void a_name_is_looked_up_in_the_directories_of_path(void **state)
{
    char expected[PATH_MAX], list[PATH_MAX], out[PATH_MAX];

    (void)state;
    snprintf(expected, sizeof(expected), "%s", program("found"));
    snprintf(list, sizeof(list), "/missing:/etc/passwd:%s:/bin", dir);
    assert_int_equal(exec_find("found", list, out, NULL), 0);
    assert_string_equal(out, expected);
    assert_int_equal(exec_find("sh", list, out, NULL), 0);
    assert_string_equal(out, "/bin/sh");
}

static void an_empty_element_is_the_working_directory(void **state)
{
    const char *const lists[] = {"", ":/missing", "/missing:", "/a::/b"};
    char out[PATH_MAX];

    (void)state;
    program("here");
    assert_int_equal(chdir(dir), 0);
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        assert_int_equal(exec_find("here", lists[i], out, NULL), 0);
        assert_string_equal(out, "here");
    }
    assert_int_equal(exec_find("here", "/a:/b", out, NULL), -ENOENT);
    assert_int_equal(chdir("/"), 0);
}

static void without_path_the_usual_directories_are_searched(void **state)
{
    char out[PATH_MAX];

    (void)state;
    assert_int_equal(exec_find("sh", NULL, out, NULL), 0);
    assert_string_equal(out, "/bin/sh");
}

static void a_file_without_right_is_passed_over_but_remembered(void **state)
{
    char list[PATH_MAX], out[PATH_MAX];
    struct diag d = {.code = 0};

    (void)state;
    file("sh", "", 0, 0644);
    snprintf(list, sizeof(list), "%s:/bin", dir);
    assert_int_equal(exec_find("sh", list, out, NULL), 0);
    assert_string_equal(out, "/bin/sh");
    snprintf(list, sizeof(list), "%s:/missing", dir);
    assert_int_equal(exec_find("sh", list, out, &d), -EACCES);
    assert_non_null(strstr(d.text, "sh"));
}

static void a_directory_of_that_name_is_no_program(void **state)
{
    char out[PATH_MAX];

    (void)state;
    assert_int_equal(exec_find("bin", "/usr", out, NULL), -EACCES);
}

static void what_is_nowhere_is_enoent_and_named(void **state)
{
    char out[PATH_MAX];
    struct diag d = {.code = 0};

    (void)state;
    assert_int_equal(exec_find("no-such-program", "/bin", out, &d), -ENOENT);
    assert_non_null(strstr(d.text, "no-such-program"));
    assert_int_equal(exec_find("", "/bin", out, NULL), -ENOENT);
}

static void a_name_that_is_too_long_is_enametoolong(void **state)
{
    char name[PATH_MAX + 1], out[PATH_MAX];

    (void)state;
    memset(name, 'n', sizeof(name));
    name[NAME_MAX + 1] = '\0';
    assert_int_equal(exec_find(name, "/bin", out, NULL), -ENAMETOOLONG);
    name[NAME_MAX] = '\0';
    assert_int_equal(exec_find(name, "/bin", out, NULL), -ENOENT);
    name[NAME_MAX] = '/';
    name[NAME_MAX + 1] = 'n';
    name[PATH_MAX] = '\0';
    assert_int_equal(exec_find(name, "/bin", out, NULL), -ENAMETOOLONG);
}

static void an_element_that_is_too_long_is_passed_over(void **state)
{
    char list[2 * PATH_MAX], out[PATH_MAX];

    (void)state;
    memset(list, 'x', sizeof(list));
    strcpy(list + PATH_MAX, ":/bin");
    assert_int_equal(exec_find("sh", list, out, NULL), 0);
    assert_string_equal(out, "/bin/sh");
}

/* --- files --- */

static void files_that_cannot_be_run_get_the_hosts_errno(void **state)
{
    char path[PATH_MAX];

    (void)state;
    CHECK("", -ENOENT);
    CHECK("/no/such/file", -ENOENT);
    CHECK("/etc/passwd/file", -ENOTDIR);
    CHECK("/tmp", -EACCES);
    CHECK("/dev/null", -EACCES);
    CHECK(file("no-x", "#!/bin/sh\n", 10, 0644), -EACCES);
    CHECK(text("empty", ""), -ENOEXEC);
    CHECK(text("one-byte", "#"), -ENOEXEC);
    CHECK(text("text", "echo hello\n"), -ENOEXEC);
    CHECK(program("good"), 0);

    snprintf(path, sizeof(path), "%s/fifo", dir);
    assert_int_equal(mkfifo(path, 0755), 0);
    CHECK(path, -EACCES);
    snprintf(path, sizeof(path), "%s/loop", dir);
    assert_int_equal(symlink("loop", path), 0);
    CHECK(path, -ELOOP);
    memset(path, 'x', sizeof(path));
    path[0] = '/';
    path[PATH_MAX - 1] = '\0';
    CHECK(path, -ENAMETOOLONG);
}

/* In a mount namespace of its own; 77 where that is not allowed. */
static int check_noexec_mount(const char *prog)
{
    const struct exec_spec spec = spec_of(prog, usual_argv);
    struct exec_program *p;

    if (unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(dir, dir, NULL, MS_BIND, NULL) < 0 ||
        mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_NOEXEC, NULL) < 0)
        return 77;
    if (native_execve(prog, usual_argv, no_envp, NULL) != -EACCES)
        return 1;
    return exec_open(&p, &spec, NULL) == -EACCES ? 0 : 2;
}

static void a_file_on_a_noexec_mount_is_eacces(void **state)
{
    const char *prog = program("noexec");
    pid_t pid = fork();
    int status;

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(check_noexec_mount(prog));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void interpreters_that_cannot_be_run_get_the_hosts_errno(void **state)
{
    (void)state;
    CHECK(dynamic("p", "/no/such/interpreter"), -ENOENT);
    CHECK(dynamic("p", "/tmp"), -EACCES);
    CHECK(dynamic("p", "/etc/passwd"), -EACCES);
    CHECK(dynamic("p", "\0"), -ENOEXEC);
    CHECK(dynamic("p", "/etc/passwd/x"), -ENOTDIR);
    CHECK(dynamic("p", file("ld", "", 0, 0755)), -EIO);
    CHECK(dynamic("p", file("ld", "\177ELF", 4, 0755)), -EIO);
    CHECK(dynamic("p", text("ld", "#!/bin/sh\n# A script, longer than an "
                                  "ELF header, which is 64 bytes.\n")),
          -ELIBBAD);
    CHECK(dynamic("p", program("ld")), 0);
}

static void the_message_names_program_interpreter_and_cause(void **state)
{
    const struct exec_spec spec =
        spec_of(dynamic("p", "/no/such/interpreter"), usual_argv);
    struct exec_result r;
    struct diag d;

    (void)state;
    assert_int_equal(load(&spec, &r, &d), -ENOENT);
    assert_non_null(strstr(d.text, spec.path));
    assert_non_null(strstr(d.text, "/no/such/interpreter"));
    assert_non_null(strstr(d.text, "No such file"));
}

/* --- size of arguments --- */

static void too_many_arguments_are_e2big_where_they_are_natively(void **state)
{
    const char *prog = program("big");
    uint64_t quarter = min_u64(stack_limit() / 4, 6 * MIB);
    const uint64_t len = 100000;
    size_t fit = (size_t)(quarter / (len + 8));
    char *string = malloc(len);
    char **argv = calloc(fit + 2, sizeof(*argv));

    (void)state;
    assert_true(string && argv && fit > 0);
    memset(string, 'x', len - 1);
    string[len - 1] = '\0';
    for (size_t i = 0; i < fit; i++)
        argv[i] = string;
    assert_int_equal(native_execve(prog, argv, no_envp, NULL), 0);
    {
        const struct exec_spec spec = spec_of(prog, argv);
        struct exec_result r;
        struct diag d;

        assert_int_equal(load(&spec, &r, &d), 0);
        assert_int_equal(r.stack.arg_end - r.stack.arg_start, fit * len);
    }
    fake_mm_destroy(&mm);
    fake_mm_create(&mm);
    argv[fit] = string;
    assert_int_equal(load_as_natively(prog, argv), -E2BIG);
    free(string);
    free(argv);
}

static void near_128_kib_of_arguments_fit_below_any_stack_limit(void **state)
{
    char *string = calloc(1, 120 * KIB);
    char *argv[] = {string, NULL};
    struct exec_spec spec = spec_of(program("big"), argv);
    struct exec_result r;
    struct diag d;

    (void)state;
    assert_non_null(string);
    memset(string, 'x', 120 * KIB - 1);
    spec.stack_limit = 0;
    assert_int_equal(load(&spec, &r, &d), 0);
    assert_int_equal(r.stack.arg_end - r.stack.arg_start, 120 * KIB);
    free(string);
}

/* --- programs as the linker makes them --- */

/* Whether (len) bytes at (addr) are those of the file at (offset), or zero for
 * (fd) -1. */
static bool same(gva_t addr, uint64_t len, int fd, uint64_t offset)
{
    uint8_t ours[4096], theirs[4096] = {0};

    for (uint64_t n; len > 0; addr += n, offset += n, len -= n) {
        n = min_u64(len, sizeof(ours));
        assert_int_equal(gmem_read(ours, addr, n), 0);
        if (fd >= 0)
            assert_int_equal(pread(fd, theirs, n, (off_t)offset), n);
        if (memcmp(ours, theirs, n) != 0)
            return false;
    }
    return true;
}

static int prot_of(const Elf64_Phdr *ph)
{
    return (ph->p_flags & PF_R ? PROT_READ : 0) |
           (ph->p_flags & PF_W ? PROT_WRITE : 0) |
           (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/* That the file (path) lies at (bias) in memory. */
static void check_image(const char *path, uint64_t bias)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf64_Ehdr eh;

    assert_int_equal(pread(fd, &eh, sizeof(eh), 0), sizeof(eh));
    for (unsigned i = 0; i < eh.e_phnum; i++) {
        Elf64_Phdr ph;
        gva_t at;

        assert_int_equal(
            pread(fd, &ph, sizeof(ph), (off_t)(eh.e_phoff + i * sizeof(ph))),
            sizeof(ph));
        at = bias + ph.p_vaddr;
        if (ph.p_type != PT_LOAD)
            continue;
        assert_int_equal(fake_mm_prot(at), prot_of(&ph));
        assert_true(same(at, ph.p_filesz, fd, ph.p_offset));
        assert_true(same(at + ph.p_filesz, ph.p_memsz - ph.p_filesz, -1, 0));
    }
    close(fd);
}

/* Load (path) and check its image. */
static struct exec_result load_real(const char *path)
{
    const struct exec_spec spec = spec_of(path, usual_argv);
    struct exec_result r;
    struct diag d;
    Elf64_Ehdr eh;
    uint64_t bias;
    int fd;

    assert_int_equal(load(&spec, &r, &d), 0);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(pread(fd, &eh, sizeof(eh), 0), sizeof(eh));
    bias = r.elf.entry - eh.e_entry;
    assert_int_equal(bias, eh.e_type == ET_EXEC ? 0 : mm.image);
    check_image(path, bias);
    assert_int_equal(r.elf.phnum, eh.e_phnum);
    assert_true(
        same(r.elf.phdr, eh.e_phnum * sizeof(Elf64_Phdr), fd, eh.e_phoff));
    close(fd);
    assert_int_equal(r.rip, r.elf.start);
    assert_int_equal(r.rsp, r.stack.rsp);
    assert_int_equal(mm.brk, ALIGN_UP(r.elf.brk, PAGE_SIZE));
    assert_int_equal(fake_mm_prot(mm.brk), -1);
    assert_int_equal(fake_mm_prot(mm.brk - 1), RW);
    assert_int_equal(fake_mm_prot(r.rsp), RW);
    assert_int_equal(r.stack_end, mm.stack_end);
    return r;
}

static void a_dynamic_program_and_its_interpreter_are_loaded(void **state)
{
    const char *const paths[] = {TINY_DIR "/tiny-pie", TINY_DIR "/tiny-no-pie"};

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        struct exec_result r = load_real(paths[i]);
        uint64_t entry;
        int fd = open("/lib64/ld-linux-x86-64.so.2", O_RDONLY | O_CLOEXEC);

        assert_is_file(r.file, paths[i]);
        assert_int_not_equal(r.elf.interp_base, 0);
        check_image("/lib64/ld-linux-x86-64.so.2", r.elf.interp_base);
        assert_int_equal(
            pread(fd, &entry, sizeof(entry), offsetof(Elf64_Ehdr, e_entry)),
            sizeof(entry));
        close(fd);
        assert_int_equal(r.rip, r.elf.interp_base + entry);
        tear_down(state);
        set_up(state);
    }
}

static void a_static_program_is_loaded_without_interpreter(void **state)
{
    const char *const paths[] = {TINY_DIR "/tiny-static",
                                 TINY_DIR "/tiny-static-pie"};

    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        struct exec_result r = load_real(paths[i]);

        assert_int_equal(r.elf.interp_base, 0);
        assert_int_equal(r.rip, r.elf.entry);
        tear_down(state);
        set_up(state);
    }
}

/* In a child: put the loaded program in this one's place, as the vcpu would. */
static _Noreturn void become(const struct exec_result *r, int out)
{
    if (dup2(out, STDOUT_FILENO) < 0)
        _exit(99);
    __asm__ volatile("mov %0, %%rsp\n\t"
                     "xor %%edx, %%edx\n\t" /* no function to call at exit */
                     "xor %%ebp, %%ebp\n\t"
                     "jmp *%1"
                     :
                     : "a"(r->rsp), "c"(r->rip)
                     : "memory");
    __builtin_unreachable();
}

/* What the program writes when it is loaded and run; its status in (status). */
static void run_loaded(const char *path, char *output, size_t size, int *status)
{
    struct exec_spec spec = spec_of(path, usual_argv);
    struct exec_result r;
    struct diag d;
    int ends[2];
    ssize_t n;
    pid_t pid;

    spec.hwcap = getauxval(AT_HWCAP);
    spec.hwcap2 = getauxval(AT_HWCAP2);
    spec.vdso = getauxval(AT_SYSINFO_EHDR);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (load(&spec, &r, &d) < 0)
            _exit(98);
        become(&r, ends[1]);
    }
    close(ends[1]);
    n = read(ends[0], output, size - 1);
    assert_true(n >= 0);
    output[n] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, status, 0), pid);
}

static void a_loaded_program_runs_on_its_first_stack(void **state)
{
    const char *const paths[] = {TINY_DIR "/tiny-pie", TINY_DIR "/tiny-no-pie",
                                 TINY_DIR "/tiny-static",
                                 TINY_DIR "/tiny-static-pie"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        char output[100];
        int status;

        run_loaded(paths[i], output, sizeof(output), &status);
        assert_int_equal(status, 0);
        assert_string_equal(output, "zero 3\n");
    }
}

static void an_executable_stack_is_given_where_it_is_asked_for(void **state)
{
    struct elf_build b;
    struct exec_spec spec;
    struct exec_result r;
    struct diag d;

    (void)state;
    elf_build(&b, ET_DYN, 0);
    elf_build_add(&b, (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = 7});
    spec = spec_of(elf("exec-stack", &b), usual_argv);
    assert_int_equal(load(&spec, &r, &d), 0);
    assert_int_equal(fake_mm_prot(r.stack_end - 1), RW | PROT_EXEC);
    assert_int_equal(fake_mm_prot(mm.stack_start), RW | PROT_EXEC);
}

static void opening_changes_nothing_and_can_be_given_up(void **state)
{
    const struct exec_spec spec = spec_of(TINY_DIR "/tiny-pie", usual_argv);
    struct exec_program *p;

    (void)state;
    assert_int_equal(exec_open(&p, &spec, NULL), 0);
    assert_int_equal(fake_mm_pages(), 0);
    assert_true(privfd_next(0) >= 0); /* the guest cannot touch the files */
    exec_close(p);
    exec_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXEC_TEST(a_name_with_a_slash_is_taken_as_it_is),
        EXEC_TEST(a_name_is_looked_up_in_the_directories_of_path),
        EXEC_TEST(an_empty_element_is_the_working_directory),
        EXEC_TEST(without_path_the_usual_directories_are_searched),
        EXEC_TEST(a_file_without_right_is_passed_over_but_remembered),
        EXEC_TEST(a_directory_of_that_name_is_no_program),
        EXEC_TEST(what_is_nowhere_is_enoent_and_named),
        EXEC_TEST(a_name_that_is_too_long_is_enametoolong),
        EXEC_TEST(an_element_that_is_too_long_is_passed_over),
        EXEC_TEST(files_that_cannot_be_run_get_the_hosts_errno),
        EXEC_TEST(a_file_on_a_noexec_mount_is_eacces),
        EXEC_TEST(interpreters_that_cannot_be_run_get_the_hosts_errno),
        EXEC_TEST(the_message_names_program_interpreter_and_cause),
        EXEC_TEST(too_many_arguments_are_e2big_where_they_are_natively),
        EXEC_TEST(near_128_kib_of_arguments_fit_below_any_stack_limit),
        EXEC_TEST(a_dynamic_program_and_its_interpreter_are_loaded),
        EXEC_TEST(a_static_program_is_loaded_without_interpreter),
        EXEC_TEST(a_loaded_program_runs_on_its_first_stack),
        EXEC_TEST(an_executable_stack_is_given_where_it_is_asked_for),
        EXEC_TEST(opening_changes_nothing_and_can_be_given_up),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
