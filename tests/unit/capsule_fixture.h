/* capsule_fixture.h: guest memory without a VM, and a capsule over it. */
#ifndef TESTS_UNIT_CAPSULE_FIXTURE_H
#define TESTS_UNIT_CAPSULE_FIXTURE_H

#include "tests/support/capsule_check.h"
#include "vmm/capsule_internal.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define TEST_ARENA_END (ARENA_BASE + GIB)
#define PAGES          64
#define MEM            (ARENA_BASE + 64 * MIB)
#define END            (MEM + PAGES * PAGE_SIZE) /* a page without rights */
#define OUTSIDE        UINT64_C(0x700000001000)

struct fixture {
    struct capsule *cap;
    uint64_t guest[SYSCALL_ARGS];
    uint64_t host[SYSCALL_ARGS];
};

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    gmem_set_windows(LOW_END, TEST_ARENA_END);
    if (mmap((void *)MEM, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
             0) != (void *)MEM ||
        mmap((void *)END, PAGE_SIZE, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
             0) != (void *)END)
        return -1;
    f->cap = capsule_create();
    *state = f;
    return f->cap == NULL ? -1 : 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    capsule_destroy(f->cap);
    free(f);
    return munmap((void *)MEM, (PAGES + 1) * PAGE_SIZE);
}

/* Take the call whose arguments are (arg) with these values. */
static inline int take(struct fixture *f, const struct datum *arg, uint64_t a,
                       uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    const uint64_t values[SYSCALL_ARGS] = {a, b, c, d, e, 0};
    const char *wrong;
    int rc;

    memcpy(f->guest, values, sizeof(values));
    memset(f->host, 0xee, sizeof(f->host));
    rc = capsule_take(f->cap, arg, f->guest, f->host);
    wrong = capsule_unsound(f->cap);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    return rc;
}

/* Change argument (i) as a hook does. */
static inline int change(struct fixture *f, const struct datum *arg, unsigned i,
                         uint64_t value)
{
    uint64_t changed[SYSCALL_ARGS];
    const char *wrong;
    int rc;

    memcpy(changed, f->guest, sizeof(changed));
    changed[i] = value;
    rc = capsule_retake(f->cap, arg, f->guest, changed, f->host);
    memcpy(f->guest, changed, sizeof(changed));
    wrong = capsule_unsound(f->cap);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    return rc;
}

static inline void *guest(gva_t addr)
{
    return (void *)addr;
}

static inline void *host_ptr(const struct fixture *f, unsigned i)
{
    return (void *)f->host[i];
}

static inline void put_string(gva_t addr, const char *text)
{
    memcpy(guest(addr), text, strlen(text) + 1);
}

static inline void put_u64(gva_t addr, uint64_t v)
{
    memcpy(guest(addr), &v, sizeof(v));
}

static inline uint64_t get_u64(const void *at)
{
    return load_u64(at);
}

/* cmocka puts its own handlers for SIGSEGV and SIGBUS in place before each test
 * and each fixture: install ours in the test, and give it its fixture. */
static inline void with_handlers(void **state)
{
    void (*test)(void **) = *state;
    void *fixture = NULL;

    gmem_init(NULL);
    assert_int_equal(fixture_setup(&fixture), 0);
    test(&fixture);
    assert_int_equal(fixture_teardown(&fixture), 0);
}

static inline int unmap_leftovers(void **state)
{
    (void)state;
    munmap((void *)MEM, (PAGES + 1) * PAGE_SIZE);
    return 0;
}

#define TEST(f_)                                                               \
    {                                                                          \
#f_, with_handlers, NULL, unmap_leftovers, (f_)                        \
    }

#endif
