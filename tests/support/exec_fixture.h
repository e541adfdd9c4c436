/*
 * exec_fixture.h: files in a directory of the test's own, and programs loaded
 * from them as the host would. For the tests of exec.c; state is global because
 * there is one pair of windows.
 */
#ifndef EXEC_FIXTURE_H
#define EXEC_FIXTURE_H

#include "tests/support/elf_build.h"
#include "tests/support/fake_mm.h"
#include "vmm/exec.h"

extern struct mm mm;
extern const char *dir; /* of the test's files, removed after it */
extern char *const usual_argv[];
extern char *const no_envp[];

/* Group and test fixtures. A test that leaves a descriptor open fails. */
int make_dir(void **state);
int remove_dir(void **state);
int set_up(void **state);
int tear_down(void **state);

/* Write a file; its path is good until the next call but one. (text) and (elf)
 * make it executable. */
const char *file(const char *name, const void *bytes, size_t size,
                 unsigned mode);
const char *text(const char *name, const char *content);
const char *elf(const char *name, const struct elf_build *b);

/* A static program, for what is not about ELF. */
const char *program(const char *name);

uint64_t stack_limit(void);
struct exec_spec spec_of(const char *path, char *const *argv);
int load(const struct exec_spec *spec, struct exec_result *out, struct diag *d);

/* The file of the program that was loaded last, (fd), is (path), and the
 * monitor's. */
void assert_is_file(int fd, const char *path);

/* Load the file and let the host do the same: same errno, or same arguments.
 * Returns the errno. */
int load_as_natively(const char *path, char *const *argv);

#define CHECK(path_, rc_)                                                      \
    assert_int_equal(load_as_natively((path_), usual_argv), (rc_))

#define EXEC_TEST(f_)                                                          \
    {                                                                          \
#f_, f_, set_up, tear_down, NULL                                       \
    }

#endif
