/* test_pagetable.c: the page-table editor, walked as a CPU would. */
#include "vmm/pagetable.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define POOL_PAGES 64

/* Table pages: GPA = HVA, as in the machine area. */
struct pool {
    uint8_t *base;
    unsigned used;
    unsigned limit;
    struct pagetable pt;
};

static gpa_t pool_alloc(void *ctx)
{
    struct pool *pool = ctx;

    if (pool->used == pool->limit)
        return 0;
    return (gpa_t)(uintptr_t)(pool->base + PAGE_SIZE * pool->used++);
}

static int setup(void **state)
{
    struct pool *pool = calloc(1, sizeof(*pool));

    if (!pool)
        return -1;
    pool->base = aligned_alloc(PAGE_SIZE, POOL_PAGES * PAGE_SIZE);
    memset(pool->base, 0, POOL_PAGES * PAGE_SIZE);
    pool->limit = POOL_PAGES;
    *state = pool;
    return pt_init(&pool->pt,
                   (struct pt_pages){.alloc = pool_alloc, .ctx = pool});
}

static int teardown(void **state)
{
    struct pool *pool = *state;

    free(pool->base);
    free(pool);
    return 0;
}

static uint64_t entry_of(struct pool *pool, gva_t gva)
{
    uint64_t size = 0;

    return pt_lookup(&pool->pt, gva, &size);
}

static void a_mapped_page_has_accessed_and_dirty_preset(void **state)
{
    struct pool *pool = *state;

    assert_int_equal(pt_map(&pool->pt, 0x400000, 0x400000, PAGE_SIZE,
                            PTE_U | PTE_W | PTE_NX, false),
                     0);
    assert_int_equal(entry_of(pool, 0x400000),
                     0x400000 | PTE_P | PTE_U | PTE_W | PTE_A | PTE_D | PTE_NX);
    assert_int_equal(entry_of(pool, 0x401000), 0);
    assert_int_equal(entry_of(pool, 0x3ff000), 0);
}

static void addresses_of_guest_and_machine_may_differ(void **state)
{
    struct pool *pool = *state;

    assert_int_equal(pt_map(&pool->pt, 0x7ffff7fc1000, 0xf7c000000,
                            2 * PAGE_SIZE, PTE_U, false),
                     0);
    assert_int_equal(entry_of(pool, 0x7ffff7fc2000) & PTE_ADDR, 0xf7c001000);
}

static void unmapping_leaves_the_neighbours(void **state)
{
    struct pool *pool = *state;

    pt_map(&pool->pt, 0x1ff000, 0x1ff000, 3 * PAGE_SIZE, PTE_U, false);
    assert_int_equal(pt_unmap(&pool->pt, 0x200000, PAGE_SIZE), 0);
    assert_int_not_equal(entry_of(pool, 0x1ff000), 0);
    assert_int_equal(entry_of(pool, 0x200000), 0);
    assert_int_not_equal(entry_of(pool, 0x201000), 0);
}

static void unmapping_what_was_never_mapped_makes_no_tables(void **state)
{
    struct pool *pool = *state;
    uint64_t tables = pool->pt.tables;

    assert_int_equal(pt_unmap(&pool->pt, 0, UINT64_C(1) << 46), 0);
    assert_int_equal(pool->pt.tables, tables);
}

static void aligned_pieces_get_one_large_entry(void **state)
{
    struct pool *pool = *state;
    uint64_t size = 0;

    assert_int_equal(pt_map(&pool->pt, 0x1ff000, 0x1ff000,
                            HUGE_PAGE_SIZE + 2 * PAGE_SIZE, PTE_U | PTE_W,
                            true),
                     0);
    assert_int_not_equal(pt_lookup(&pool->pt, 0x1ff000, &size), 0);
    assert_int_equal(size, PAGE_SIZE);
    assert_int_not_equal(pt_lookup(&pool->pt, 0x212345, &size), 0);
    assert_int_equal(size, HUGE_PAGE_SIZE);
    assert_int_not_equal(pt_lookup(&pool->pt, 0x400000, &size), 0);
    assert_int_equal(size, PAGE_SIZE);
}

static void changing_part_of_a_large_entry_splits_it(void **state)
{
    struct pool *pool = *state;
    uint64_t size = 0, entry;

    pt_map(&pool->pt, 0x200000, 0x200000, HUGE_PAGE_SIZE, PTE_U | PTE_W, true);
    assert_int_equal(pt_protect(&pool->pt, 0x203000, PAGE_SIZE, PTE_U | PTE_NX),
                     0);
    entry = pt_lookup(&pool->pt, 0x203000, &size);
    assert_int_equal(size, PAGE_SIZE);
    assert_int_equal(entry & (PTE_W | PTE_NX), PTE_NX);
    entry = pt_lookup(&pool->pt, 0x204000, &size);
    assert_int_equal(size, PAGE_SIZE);
    assert_int_equal(entry, 0x204000 | PTE_P | PTE_U | PTE_W | PTE_A | PTE_D);
}

static void a_split_region_never_becomes_large_again(void **state)
{
    struct pool *pool = *state;
    uint64_t size = 0, tables;

    pt_map(&pool->pt, 0x200000, 0x200000, HUGE_PAGE_SIZE, PTE_U | PTE_W, true);
    pt_unmap(&pool->pt, 0x203000, PAGE_SIZE);
    tables = pool->pt.tables;
    pt_unmap(&pool->pt, 0x200000, HUGE_PAGE_SIZE);
    pt_map(&pool->pt, 0x200000, 0x200000, HUGE_PAGE_SIZE, PTE_U | PTE_W, true);
    assert_int_not_equal(pt_lookup(&pool->pt, 0x200000, &size), 0);
    assert_int_equal(size, PAGE_SIZE);
    assert_int_equal(pool->pt.tables, tables);
}

static void tables_stay_where_they_are(void **state)
{
    struct pool *pool = *state;
    uint64_t tables;

    pt_map(&pool->pt, 0x10000000, 0x10000000, PAGE_SIZE, PTE_U, false);
    tables = pool->pt.tables;
    for (int i = 0; i < 100; i++) {
        pt_unmap(&pool->pt, 0x10000000, PAGE_SIZE);
        pt_map(&pool->pt, 0x10000000, 0x10000000, PAGE_SIZE, PTE_U, false);
    }
    assert_int_equal(pool->pt.tables, tables);
}

static void rights_of_absent_pages_stay_absent(void **state)
{
    struct pool *pool = *state;

    pt_map(&pool->pt, 0x200000, 0x200000, PAGE_SIZE, PTE_U, false);
    assert_int_equal(
        pt_protect(&pool->pt, 0x200000, 8 * PAGE_SIZE, PTE_U | PTE_W), 0);
    assert_int_not_equal(entry_of(pool, 0x200000) & PTE_W, 0);
    assert_int_equal(entry_of(pool, 0x201000), 0);
}

static void without_pages_for_tables_mapping_is_enomem(void **state)
{
    struct pool *pool = *state;

    pool->limit = pool->used;
    assert_int_equal(
        pt_map(&pool->pt, 0x200000, 0x200000, PAGE_SIZE, PTE_U, false),
        -ENOMEM);
}

static void without_a_page_a_large_entry_is_not_split(void **state)
{
    struct pool *pool = *state;
    uint64_t size = 0;

    pt_map(&pool->pt, 0x200000, 0x200000, HUGE_PAGE_SIZE, PTE_U, true);
    pool->limit = pool->used;
    assert_int_equal(pt_unmap(&pool->pt, 0x200000, PAGE_SIZE), -ENOMEM);
    assert_int_not_equal(pt_lookup(&pool->pt, 0x200000, &size), 0);
    assert_int_equal(size, HUGE_PAGE_SIZE);
}

int main(void)
{
#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_mapped_page_has_accessed_and_dirty_preset),
        TEST(addresses_of_guest_and_machine_may_differ),
        TEST(unmapping_leaves_the_neighbours),
        TEST(unmapping_what_was_never_mapped_makes_no_tables),
        TEST(aligned_pieces_get_one_large_entry),
        TEST(changing_part_of_a_large_entry_splits_it),
        TEST(a_split_region_never_becomes_large_again),
        TEST(tables_stay_where_they_are),
        TEST(rights_of_absent_pages_stay_absent),
        TEST(without_pages_for_tables_mapping_is_enomem),
        TEST(without_a_page_a_large_entry_is_not_split),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
