/* test_capsule_table.c: every row and variant of the system-call table, with
 * the values that a hostile program would try. */
#include "tests/unit/capsule_fixture.h"

#include <stdio.h>

/* Memory of the monitor: readable and writable, but not the guest's. */
#define SECRET      (TEST_ARENA_END + GUARD_SIZE + 64 * MIB)
#define SECRET_WORD UINT64_C(0x5ec7e75ec7e75ec7)

static uint64_t random_state = 1;

static uint64_t next_random(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1;
    return random_state >> 33;
}

static uint64_t hostile_value(void)
{
    static const uint64_t values[] = {
        0,
        1,
        2,
        8,
        16,
        1025,
        UINT64_MAX,
        UINT64_MAX - 7,
        INT32_MAX,
        UINT32_MAX,
        UINT64_C(1) << 32,
        UINT64_C(1) << 63,
        SECRET,
        SECRET - 8,
        GMEM_FAULT_ADDR,
        LOW_BASE - 1,
        LOW_BASE,
        ARENA_BASE - 1,
        MACHINE_BASE,
        TEST_ARENA_END - 1,
        TEST_ARENA_END,
        TEST_ARENA_END + GUARD_SIZE,
        MEM,
        MEM + 64,
        MEM + 128,
        MEM + 3 * PAGE_SIZE - 4,
        END - 1,
        END - 8,
        END - 64,
        END,
    };

    return values[next_random() % ARRAY_SIZE(values)];
}

/* One half hostile values, so that nested pointers and counts are hostile too;
 * one half small numbers. */
static void fill_guest_memory(void)
{
    gva_t at;

    for (at = MEM; at < END; at += 8)
        put_u64(at, next_random() % 2 ? hostile_value() : next_random() % 256);
}

static void assert_secret_is_kept(const struct capsule *cap, const char *name)
{
    const struct part *p;
    uint64_t i;

    for (i = 0; i < PAGE_SIZE; i += 8)
        if (get_u64(guest(SECRET + i)) != SECRET_WORD)
            fail_msg("%s: monitor memory was written", name);
    for (p = cap->parts; p != NULL; p = p->next)
        for (i = 0; i + 8 <= min_u64(p->len, 256); i += 8)
            if (get_u64(p->view + i) == SECRET_WORD)
                fail_msg("%s: monitor memory was captured", name);
}

static void try_hostile_values(struct fixture *f, const struct datum *arg,
                               const char *name)
{
    unsigned i, round;
    const char *wrong;

    for (round = 0; round < 64; round++) {
        for (i = 0; i < SYSCALL_ARGS; i++)
            f->guest[i] = hostile_value();
        if (round == 0)
            memset(f->guest, 0, sizeof(f->guest));
        capsule_take(f->cap, arg, f->guest, f->host);
        wrong = capsule_unsound(f->cap);
        if (wrong != NULL)
            fail_msg("%s: %s", name, wrong);
        assert_secret_is_kept(f->cap, name);
        /* A hook looks everywhere. */
        if (round % 4 == 0) {
            char buf[64];

            capsule_read(f->cap, MEM, buf, sizeof(buf));
            capsule_write(f->cap, MEM + 64, buf, sizeof(buf));
            wrong = capsule_unsound(f->cap);
            if (wrong != NULL)
                fail_msg("%s: after a hook: %s", name, wrong);
        }
        capsule_seal(f->cap);
        capsule_put(f->cap);
        assert_secret_is_kept(f->cap, name);
        if (round % 16 == 15)
            fill_guest_memory();
    }
}

static void no_row_lets_a_hostile_value_through(void **state)
{
    struct fixture *f = *state;
    const struct syscall_variant *v;
    char name[128];
    unsigned sysno, rows = 0;
    uint64_t i;

    assert_ptr_equal(mmap(guest(SECRET), PAGE_SIZE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
                          0),
                     guest(SECRET));
    for (i = 0; i < PAGE_SIZE; i += 8)
        put_u64(SECRET + i, SECRET_WORD);
    fill_guest_memory();
    for (sysno = 0; sysno < SYSCALL_MAX; sysno++) {
        const struct syscall_desc *row = &syscall_table[sysno];

        if (row->name == NULL)
            continue;
        rows++;
        try_hostile_values(f, row->arg, row->name);
        for (v = row->variants; v != NULL && v->name != NULL; v++) {
            snprintf(name, sizeof(name), "%s %s", row->name, v->name);
            try_hostile_values(f, v->arg, name);
        }
    }
    munmap(guest(SECRET), PAGE_SIZE);
    assert_in_range(rows, 300, SYSCALL_MAX);
}

/* --- what the capsule relies on --- */

static void check_fields(const struct datum *field, unsigned most,
                         const struct struct_desc *in, const char *name,
                         unsigned depth);

/* Each pointer is replaced on its own. */
static void check_overlap(const struct datum *field, unsigned n, unsigned i,
                          const char *name)
{
    unsigned j;

    for (j = 0; j < n; j++)
        if (j != i && datum_is_pointer(field[j].kind) &&
            field[j].offset < field[i].offset + 8 &&
            field[i].offset < field[j].offset + 8)
            fail_msg("%s: %s and %s overlap", name, field[i].name,
                     field[j].name);
}

static void check_datum(const struct datum *field, unsigned n, unsigned i,
                        const struct struct_desc *in, const char *name,
                        unsigned depth)
{
    const struct datum *f = &field[i];
    const struct datum *at = &field[f->count_of];

    if (!datum_is_pointer(f->kind))
        return;
    if (in != NULL && f->offset + 8u > in->size)
        fail_msg("%s: %s lies behind its structure", name, f->name);
    if (in != NULL)
        check_overlap(field, n, i, name);
    if (f->kind != DATUM_BUF && f->kind != DATUM_STRUCT && f->dir != DIR_IN)
        fail_msg("%s: %s is written", name, f->name);
    if (f->dir == 0)
        fail_msg("%s: %s has no direction", name, f->name);
    if (f->count != COUNT_ONE && (f->count_of >= n || f->count_of == i))
        fail_msg("%s: nothing counts %s", name, f->name);
    if (f->count == COUNT_AT &&
        (at->kind != DATUM_STRUCT || at->count != COUNT_ONE || at->size != 4 ||
         !(at->dir & DIR_IN)))
        fail_msg("%s: %s is not counted by a captured 32-bit count", name,
                 f->name);
    if ((f->count == COUNT_OF || f->count == COUNT_BITS) &&
        datum_is_pointer(at->kind))
        fail_msg("%s: %s is counted by a pointer", name, f->name);
    if (f->kind == DATUM_STRUCT && f->type != NULL)
        check_fields(f->type->field, 64, f->type, f->type->name, depth + 1);
}

static void check_fields(const struct datum *field, unsigned most,
                         const struct struct_desc *in, const char *name,
                         unsigned depth)
{
    unsigned n = 0, i;

    if (depth > 6)
        fail_msg("%s: structures in structures without end", name);
    while (n < most && field[n].kind != DATUM_NONE)
        n++;
    for (i = 0; i < n; i++)
        check_datum(field, n, i, in, name, depth);
}

static void every_row_is_of_the_form_that_the_capsule_relies_on(void **state)
{
    const struct syscall_variant *v;
    unsigned sysno;

    (void)state;
    for (sysno = 0; sysno < SYSCALL_MAX; sysno++) {
        const struct syscall_desc *row = &syscall_table[sysno];

        if (row->name == NULL)
            continue;
        check_fields(row->arg, SYSCALL_ARGS, NULL, row->name, 0);
        for (v = row->variants; v != NULL && v->name != NULL; v++)
            check_fields(v->arg, SYSCALL_ARGS, NULL, v->name, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_is_of_the_form_that_the_capsule_relies_on),
        TEST(no_row_lets_a_hostile_value_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
