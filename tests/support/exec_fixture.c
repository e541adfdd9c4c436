/* exec_fixture.c: see exec_fixture.h. */
#include "tests/support/exec_fixture.h"

#include "tests/support/tree.h"
#include "vmm/gmem.h"
#include "vmm/privfd.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <cmocka.h>

struct mm mm;
static char template[] = "/tmp/exec_fixture.XXXXXX";
const char *dir = template;

char *const usual_argv[] = {(char *)"zero", (char *)"one", NULL};
char *const no_envp[] = {NULL};

uint64_t stack_limit(void)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_STACK, &limit), 0);
    return limit.rlim_cur;
}

const char *file(const char *name, const void *bytes, size_t size,
                 unsigned mode)
{
    static char paths[2][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 2];

    write_file(dir, name, bytes, size, mode, path);
    return path;
}

const char *text(const char *name, const char *content)
{
    return file(name, content, strlen(content), 0755);
}

const char *elf(const char *name, const struct elf_build *b)
{
    return file(name, b->bytes, b->size, 0755);
}

const char *program(const char *name)
{
    struct elf_build b;

    elf_build(&b, ET_EXEC, 0x400000);
    return elf(name, &b);
}

int make_dir(void **state)
{
    (void)state;
    return mkdtemp(template) ? 0 : -1;
}

int remove_dir(void **state)
{
    (void)state;
    return tree_remove(dir);
}

int set_up(void **state)
{
    (void)state;
    fake_mm_create(&mm);
    return 0;
}

/* Of the program that was loaded last. */
static int loaded_file = -1;

static void forget_file(void)
{
    privfd_close(loaded_file);
    loaded_file = -1;
}

int tear_down(void **state)
{
    (void)state;
    fake_mm_destroy(&mm);
    forget_file();
    return privfd_next(0) < 0 ? 0 : -1; /* nothing is left open */
}

struct exec_spec spec_of(const char *path, char *const *argv)
{
    return (struct exec_spec){.path = path,
                              .argv = argv,
                              .envp = no_envp,
                              .stack_limit = stack_limit()};
}

int load(const struct exec_spec *spec, struct exec_result *out, struct diag *d)
{
    int rc;

    gmem_init(NULL); /* cmocka's own handlers stand in for each test */
    memset(d, 0, sizeof(*d));
    forget_file();
    out->file = -1;
    rc = exec_load(&mm, spec, out, d);
    loaded_file = out->file;
    return rc;
}

int load_as_natively(const char *path, char *const *argv)
{
    const struct exec_spec spec = spec_of(path, argv);
    struct native_args native, ours;
    struct exec_result r;
    struct diag d;
    int rc = load(&spec, &r, &d);

    assert_int_equal(rc, native_execve(path, argv, no_envp, &native));
    if (rc < 0) {
        assert_int_equal(d.code, rc);
        assert_non_null(strstr(d.text, strerror(-rc)));
    } else {
        ours.size = r.stack.arg_end - r.stack.arg_start;
        assert_int_equal(ours.size, native.size);
        assert_int_equal(gmem_read(ours.bytes, r.stack.arg_start, ours.size),
                         0);
        assert_memory_equal(ours.bytes, native.bytes, ours.size);
    }
    fake_mm_destroy(&mm);
    fake_mm_create(&mm);
    return rc;
}

void assert_is_file(int fd, const char *path)
{
    struct stat opened, named;

    assert_true(privfd_owns(fd));
    assert_int_equal(fstat(fd, &opened), 0);
    assert_int_equal(stat(path, &named), 0);
    assert_int_equal(opened.st_ino, named.st_ino);
}
