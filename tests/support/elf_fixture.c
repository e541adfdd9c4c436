/* elf_fixture.c: see elf_fixture.h. */
#include "tests/support/elf_fixture.h"

#include "vmm/gmem.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

struct mm mm;
struct elf_build b;
char *const argv[] = {(char *)"program", NULL};
char *const envp[] = {NULL};

static char dir[] = "/tmp/elf_fixture.XXXXXX";
static char written[PATH_MAX];
const char *path = written;

int set_up_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

int set_up(void **state)
{
    (void)state;
    fake_mm_create(&mm);
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    fake_mm_destroy(&mm);
    return 0;
}

void build(uint16_t type)
{
    elf_build(&b, type, type == ET_EXEC ? FIXED_BASE : 0);
}

struct elf_file open_built(void)
{
    struct elf_file file = {.name = "program"};

    /* Here, because cmocka puts its own handlers in place for each test. */
    gmem_init(NULL);
    write_file(dir, "program", b.bytes, b.size, 0755, written);
    file.fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file.fd >= 0);
    return file;
}

struct outcome load_built(void)
{
    struct elf_file file = open_built();
    struct outcome o = {.load = 0};

    o.read = elf_read(&file, &o.diag);
    if (o.read == 0) {
        o.load = elf_load(&mm, &file, NULL, &o.loaded, &o.diag);
        elf_release(&file);
    }
    assert_null(file.phdr);
    assert_null(file.interp);
    close(file.fd);
    return o;
}

bool all_bytes(gva_t addr, size_t len, uint8_t value)
{
    uint8_t buf[PAGE_SIZE];

    assert_true(len <= sizeof(buf));
    assert_int_equal(gmem_read(buf, addr, len), 0);
    for (size_t i = 0; i < len; i++)
        if (buf[i] != value)
            return false;
    return true;
}
