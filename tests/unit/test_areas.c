/* test_areas.c: the sorted set of address ranges. */
#include "vmm/areas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define PAGES 256 /* of the model that random operations are compared with */

static int setup(void **state)
{
    *state = calloc(1, sizeof(struct areas));
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    areas_clear(*state);
    free(*state);
    return 0;
}

static void add(struct areas *set, gva_t start, gva_t end, uint32_t prot,
                uint32_t flags)
{
    assert_int_equal(areas_reserve(set), 0);
    areas_add(set, (struct area){start, end, prot, flags});
}

static void removed(struct areas *set, gva_t start, gva_t end)
{
    assert_int_equal(areas_reserve(set), 0);
    areas_remove(set, start, end);
}

static void equal_neighbours_become_one_area(void **state)
{
    struct areas *set = *state;

    add(set, 0x1000, 0x2000, PROT_READ, 0);
    add(set, 0x3000, 0x4000, PROT_READ, 0);
    add(set, 0x2000, 0x3000, PROT_READ, 0);
    assert_int_equal(set->count, 1);
    assert_int_equal(set->v[0].start, 0x1000);
    assert_int_equal(set->v[0].end, 0x4000);
}

static void neighbours_that_differ_stay_apart(void **state)
{
    struct areas *set = *state;

    add(set, 0x1000, 0x2000, PROT_READ, 0);
    add(set, 0x2000, 0x3000, PROT_READ | PROT_WRITE, 0);
    add(set, 0x3000, 0x4000, PROT_READ | PROT_WRITE, AREA_FILE);
    assert_int_equal(set->count, 3);
}

static void a_hole_splits_an_area_in_two(void **state)
{
    struct areas *set = *state;

    add(set, 0x1000, 0x9000, PROT_READ, AREA_SHARED);
    removed(set, 0x3000, 0x5000);
    assert_int_equal(set->count, 2);
    assert_int_equal(set->v[0].end, 0x3000);
    assert_int_equal(set->v[1].start, 0x5000);
    assert_int_equal(set->v[1].end, 0x9000);
    assert_int_equal(set->v[1].flags, AREA_SHARED);
    assert_null(areas_at(set, 0x3000));
    assert_null(areas_at(set, 0x4fff));
    assert_non_null(areas_at(set, 0x5000));
}

static void removal_over_several_areas_trims_both_ends(void **state)
{
    struct areas *set = *state;

    add(set, 0x1000, 0x3000, PROT_READ, 0);
    add(set, 0x4000, 0x5000, PROT_WRITE, 0);
    add(set, 0x6000, 0x8000, PROT_EXEC, 0);
    removed(set, 0x2000, 0x7000);
    assert_int_equal(set->count, 2);
    assert_int_equal(set->v[0].end, 0x2000);
    assert_int_equal(set->v[1].start, 0x7000);
}

static void the_highest_gap_that_fits_is_found(void **state)
{
    struct areas *set = *state;

    add(set, 0x10000, 0x20000, PROT_READ, 0);
    add(set, 0x22000, 0x30000, PROT_READ, 0);
    assert_int_equal(areas_find_gap(set, 0x1000, 0x40000, 0x1000, 0x1000),
                     0x3f000);
    assert_int_equal(areas_find_gap(set, 0x1000, 0x30000, 0x1000, 0x1000),
                     0x21000);
    assert_int_equal(areas_find_gap(set, 0x1000, 0x30000, 0x3000, 0x1000),
                     0xd000);
    assert_int_equal(areas_find_gap(set, 0x10000, 0x30000, 0x3000, 0x1000), 0);
}

static void a_gap_is_aligned_downwards(void **state)
{
    struct areas *set = *state;

    add(set, 0x3f000, 0x40000, PROT_READ, 0);
    assert_int_equal(areas_find_gap(set, 0, 0x40000, 0x2000, 0x10000), 0x30000);
}

static void a_gap_begins_below_an_area_that_straddles_the_top(void **state)
{
    struct areas *set = *state;

    add(set, 0x8000, 0x20000, PROT_READ, 0);
    assert_int_equal(areas_find_gap(set, 0x1000, 0x10000, 0x1000, 0x1000),
                     0x7000);
}

static void only_ranges_with_rights_count_as_accessible(void **state)
{
    struct areas *set = *state;

    add(set, 0x1000, 0x3000, PROT_READ, 0);
    add(set, 0x3000, 0x8000, 0, 0);
    add(set, 0x8000, 0x9000, PROT_WRITE, 0);
    assert_int_equal(areas_accessible(set, 0, 0x10000), 0x3000);
    assert_int_equal(areas_accessible(set, 0x2000, 0x8000), 0x1000);
}

/* Page by page, what the set must say. */
static void check_against(const struct areas *set, const uint8_t *model)
{
    for (size_t i = 0; i + 1 < set->count; i++) {
        assert_true(set->v[i].start < set->v[i].end);
        assert_true(set->v[i].end <= set->v[i + 1].start);
    }
    for (unsigned page = 0; page < PAGES; page++) {
        const struct area *a = areas_at(set, page * PAGE_SIZE + 5);

        assert_int_equal(a ? a->prot + 1 : 0, model[page]);
    }
}

static void random_changes_agree_with_a_page_by_page_model(void **state)
{
    struct areas *set = *state;
    uint8_t model[PAGES] = {0};

    srand(7);
    for (int round = 0; round < 20000; round++) {
        unsigned start = (unsigned)rand() % PAGES;
        unsigned len = 1 + (unsigned)rand() % 20;
        unsigned prot = (unsigned)rand() % 4;

        if (start + len > PAGES)
            len = PAGES - start;
        removed(set, start * PAGE_SIZE, (start + len) * PAGE_SIZE);
        memset(model + start, 0, len);
        if (prot) {
            add(set, start * PAGE_SIZE, (start + len) * PAGE_SIZE, prot - 1, 0);
            memset(model + start, (int)prot, len);
        }
        if (round % 50 == 0)
            check_against(set, model);
    }
    check_against(set, model);
}

int main(void)
{
#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(equal_neighbours_become_one_area),
        TEST(neighbours_that_differ_stay_apart),
        TEST(a_hole_splits_an_area_in_two),
        TEST(removal_over_several_areas_trims_both_ends),
        TEST(the_highest_gap_that_fits_is_found),
        TEST(a_gap_is_aligned_downwards),
        TEST(a_gap_begins_below_an_area_that_straddles_the_top),
        TEST(only_ranges_with_rights_count_as_accessible),
        TEST(random_changes_agree_with_a_page_by_page_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
