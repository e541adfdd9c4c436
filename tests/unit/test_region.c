/* test_region.c: the allocator under the JavaScript heap. */
#include "jsengine/region.h"

#include "vmm/util.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void the_region_joins_what_is_freed(void **state)
{
    struct region *r = region_create(MIB);
    void *blocks[500];
    size_t count = 0, used;

    (void)state;
    assert_non_null(r);
    used = region_used(r);
    while (count < ARRAY_SIZE(blocks) &&
           (blocks[count] = region_alloc(r, 1 + count * 7 % 5000)) != NULL) {
        memset(blocks[count], (int)count, 1 + count * 7 % 5000);
        count++;
    }
    for (size_t i = 0; i < count; i += 2)
        region_free(r, blocks[i]);
    for (size_t i = 1; i < count; i += 2) {
        size_t size = 1 + i * 7 % 5000;

        for (size_t k = 0; k < size; k += 97)
            assert_int_equal(((uint8_t *)blocks[i])[k], (uint8_t)i);
        region_free(r, blocks[i]);
    }
    assert_int_equal(region_used(r), used);
    /* In one piece again. */
    blocks[0] = region_alloc(r, MIB - 4096);
    assert_non_null(blocks[0]);
    assert_null(region_alloc(r, 8192));
    region_destroy(r);
}

static void the_region_keeps_contents_when_it_moves_them(void **state)
{
    struct region *r = region_create(MIB);
    uint8_t *a = region_alloc(r, 100), *wall = region_alloc(r, 100);

    (void)state;
    for (int i = 0; i < 100; i++)
        a[i] = (uint8_t)i;
    assert_non_null(wall);
    a = region_realloc(r, a, 5000);
    assert_non_null(a);
    for (int i = 0; i < 100; i++)
        assert_int_equal(a[i], i);
    assert_int_equal((uintptr_t)a % 16, 0);
    a = region_realloc(r, a, 50);
    for (int i = 0; i < 50; i++)
        assert_int_equal(a[i], i);
    assert_null(region_realloc(r, a, 2 * MIB));
    assert_null(region_realloc(r, a, SIZE_MAX));
    assert_int_equal(a[49], 49);
    region_destroy(r);
}

static void random_use_never_mixes_blocks(void **state)
{
    enum { SLOTS = 64, ROUNDS = 20000 };
    struct region *r = region_create(256 * KIB);
    struct {
        uint8_t *at;
        size_t size;
    } slot[SLOTS] = {{0}};
    uint32_t seed = 1;
    size_t refused = 0, used = region_used(r);

    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned n = (seed = seed * 1664525 + 1013904223) >> 26;
        size_t size = (seed = seed * 1664525 + 1013904223) >> 18;
        uint8_t *moved = region_realloc(r, slot[n].at, size);

        if (size && !moved) {
            refused++; /* full: what was there is still there */
            continue;
        }
        for (size_t k = 0; k < size && k < slot[n].size; k++)
            assert_int_equal(moved[k], n);
        if (size)
            memset(moved, (int)n, size);
        slot[n].at = moved;
        slot[n].size = size;
    }
    assert_true(refused > 0);
    for (unsigned n = 0; n < SLOTS; n++) {
        for (size_t k = 0; k < slot[n].size; k++)
            assert_int_equal(slot[n].at[k], n);
        region_free(r, slot[n].at);
    }
    assert_int_equal(region_used(r), used);
    region_destroy(r);
}

static void a_region_too_small_for_itself_is_refused(void **state)
{
    (void)state;
    assert_null(region_create(0));
    assert_null(region_create(100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_region_joins_what_is_freed),
        cmocka_unit_test(the_region_keeps_contents_when_it_moves_them),
        cmocka_unit_test(random_use_never_mixes_blocks),
        cmocka_unit_test(a_region_too_small_for_itself_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
