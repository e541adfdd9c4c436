/*
 * fuzz_elf.c: any bytes as a program and as an interpreter, read and loaded
 * into a fake address space. What is refused must be told with a cause, and
 * nothing may be mapped outside the windows (fake_mm refuses that).
 */
#include "tests/support/fake_mm.h"
#include "vmm/elf.h"
#include "vmm/gmem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A result is 0 or a negative errno, and only the latter has a cause. */
static void check(int rc, const struct diag *d)
{
    if (rc > 0 || rc < -4095 || d->code != rc || (rc < 0) != (d->text[0] != 0))
        abort();
}

/* The file itself, read as program or interpreter. */
static bool read_file(struct elf_file *file, int fd, bool is_interp)
{
    struct diag d = {.code = 0};
    int rc;

    *file =
        (struct elf_file){.name = "input", .fd = fd, .is_interp = is_interp};
    rc = elf_read(file, &d);
    check(rc, &d);
    if (rc < 0 && (file->phdr || file->interp))
        abort();
    if (rc == 0 && file->interp && strlen(file->interp) >= 4096)
        abort();
    return rc == 0;
}

static void load(const struct elf_file *prog, const struct elf_file *interp)
{
    struct diag d = {.code = 0};
    struct elf_loaded loaded;
    struct mm mm;
    int rc;

    fake_mm_create(&mm);
    if (mm_map_stack(&mm, 8 * MIB) < 0)
        abort();
    rc = elf_load(&mm, prog, interp, &loaded, &d);
    check(rc, &d);
    if (rc == 0 && loaded.start >> 47)
        abort();
    fake_mm_destroy(&mm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    struct elf_file prog, interp;
    bool have_prog, have_interp;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    gmem_init(NULL);
    have_prog = read_file(&prog, fd, false);
    have_interp = read_file(&interp, fd, true);
    if (have_prog)
        load(&prog, NULL);
    if (have_prog && have_interp)
        load(&prog, &interp);
    elf_release(&prog);
    elf_release(&interp);
    close(fd);
    return 0;
}
