/*
 * elf_fixture.h: a built ELF file, loaded into a fake address space. For the
 * tests of the loader; state is global because there is one pair of windows.
 */
#ifndef ELF_FIXTURE_H
#define ELF_FIXTURE_H

#include "tests/support/elf_build.h"
#include "tests/support/fake_mm.h"
#include "vmm/elf.h"

#define FIXED_BASE UINT64_C(0x400000)

extern struct mm mm;
extern struct elf_build b;
extern const char *path; /* of the file that was written last */
extern char *const argv[];
extern char *const envp[];

/* Group and test fixtures. */
int set_up_dir(void **state);
int remove_dir(void **state);
int set_up(void **state);
int tear_down(void **state);

/* Build a program of (type), at FIXED_BASE if it is ET_EXEC, else at 0. */
void build(uint16_t type);

/* Write what was built and open it. */
struct elf_file open_built(void);

/* What became of a file: where it was refused, and how. */
struct outcome {
    int read;
    int load;
    struct elf_loaded loaded;
    struct diag diag;
};

/* Write what was built, read it and load it without interpreter. */
struct outcome load_built(void);

/* Whether all (len) bytes at (addr), at most a page, are (value). */
bool all_bytes(gva_t addr, size_t len, uint8_t value);

#define ELF_TEST(f_)                                                           \
    {                                                                          \
#f_, f_, set_up, tear_down, NULL                                       \
    }

#endif
