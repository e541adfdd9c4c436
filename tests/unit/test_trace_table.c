/* test_trace_table.c: every call of the table can be told of, whatever is in
 * registers and memory. */
#include "tests/unit/trace_fixture.h"
#include "vmm/structs.h"

#define ROUNDS 60

static uint64_t seed = 88172645463325252u;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* What makes a difference: small numbers, edges, addresses of all kinds. */
static uint64_t next_value(void)
{
    static const uint64_t edges[] = {0,          END - 1,    END - 8,
                                     END,        OUTSIDE,    UINT64_MAX,
                                     INT32_MAX,  UINT32_MAX, UINT64_C(1) << 63,
                                     ARENA_BASE, LOW_BASE,   MEM};

    switch (next() % 4) {
    case 0:
        return edges[next() % ARRAY_SIZE(edges)];
    case 1:
        return next() % 200;
    case 2:
        return MEM + next() % (PAGES * PAGE_SIZE);
    default:
        return next();
    }
}

/* Memory of values like that, so that pointers lead on. */
static void fill(void)
{
    for (gva_t at = MEM; at < END; at += 8)
        put_u64(at, next() % 2 ? next_value() : next() % 40);
}

static void try_call(struct fixture *f, uint64_t sysno, uint64_t args[])
{
    static const int64_t results[] = {0, 1, 100, INT64_MAX, INT64_MIN, -4095};
    unsigned count = 0;

    trace_before(f, sysno, args);
    while (call.arg && count < SYSCALL_ARGS && call.arg[count].kind)
        count++;
    assert_int_equal(texts.count, call.arg ? count : SYSCALL_ARGS);
    after(f, results[next() % ARRAY_SIZE(results)]);
    assert_int_equal(texts.count, call.arg ? count : SYSCALL_ARGS);
    for (unsigned i = 0; i < texts.count; i++)
        assert_in_range(told_size(i), 0, 8 * KIB + 4 * blob + 3);
}

static void every_row_and_variant_can_be_told(void **state)
{
    const struct syscall_variant none = {.name = NULL};
    uint64_t args[SYSCALL_ARGS];

    for (unsigned round = 0; round < ROUNDS; round++) {
        fill();
        for (uint64_t sysno = 0; sysno < SYSCALL_MAX + 2; sysno++) {
            const struct syscall_desc *row = syscall_row(sysno);
            const struct syscall_variant *v =
                row && row->variants ? row->variants : &none;

            do {
                for (unsigned i = 0; i < SYSCALL_ARGS; i++)
                    args[i] = next_value();
                if (v->name) {
                    args[row->select] = row->select2 ? v->key >> 32 : v->key;
                    if (row->select2)
                        args[row->select2] = (uint32_t)v->key;
                }
                try_call(*state, sysno, args);
            } while (v->name && (++v)->name);
        }
    }
}

/* The decoder copies one structure at a time. */
static void no_structure_is_too_large(void **state)
{
    (void)state;
    for (unsigned i = 0; struct_list[i]; i++)
        assert_in_range(struct_list[i]->size, 1, 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_row_and_variant_can_be_told),
        cmocka_unit_test(no_structure_is_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
