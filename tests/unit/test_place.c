/* test_place.c: for which addresses of the monitor there is room for programs.
 */
#include "vmm/layout.h"
#include "vmm/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Behind both windows of this build. */
#define ABOVE (ARENA_END + TIB / 4)

static void the_usual_place_is_good(void **state)
{
    uint64_t low_end = LOW_END;

    (void)state;
    assert_true(place_fits(ABOVE, ABOVE, &low_end));
    assert_true(low_end == LOW_END);
    if (LOW_END == LOW_MAX_END) {
        /* The first and the last place of 28 random bits. */
        assert_true(place_fits(0x555555554000, 0x7ffff7fc3000, &low_end));
        assert_true(place_fits(0x565555553000, 0x7efbf7fc3000, &low_end));
        assert_true(low_end == LOW_END);
    }
}

static void an_executable_in_a_window_does_not_fit(void **state)
{
    uint64_t low_end = LOW_END;

    (void)state;
    assert_false(place_fits(LOW_BASE, ABOVE, &low_end));
    assert_false(place_fits(LOW_END - PAGE_SIZE, ABOVE, &low_end));
    assert_false(place_fits(LOW_END + GUARD_SIZE - PAGE_SIZE, ABOVE, &low_end));
    assert_false(place_fits(ARENA_BASE - GIB, ABOVE, &low_end));
    assert_false(place_fits(ARENA_BASE + GIB, ABOVE, &low_end));
    assert_false(place_fits(ABOVE - TIB / 4 - 1, ABOVE, &low_end));
}

static void libraries_in_the_arena_do_not_fit(void **state)
{
    uint64_t low_end = LOW_END;

    (void)state;
    assert_false(place_fits(ABOVE, ARENA_BASE, &low_end));
    assert_false(place_fits(ABOVE, ARENA_BASE + GIB, &low_end));
    assert_false(place_fits(ABOVE, ABOVE - TIB / 4 + GIB, &low_end));
    assert_false(place_fits(ABOVE, 0, &low_end)); /* linked statically */
}

static void libraries_in_the_low_window_cut_it(void **state)
{
    /* All below, and all above. */
    const uint64_t linkers[] = {0x151ad65c5000, 0x2aaaaaaab000};
    uint64_t low_end;

    (void)state;
    if (LOW_END != LOW_MAX_END)
        skip(); /* there is the arena of a sanitizer's build */
    for (size_t i = 0; i < 2; i++) {
        low_end = LOW_END;
        assert_true(place_fits(0x555555554000, linkers[i], &low_end));
        assert_true(low_end + 64 * GIB <= linkers[i]);
        assert_true(low_end + 65 * GIB > linkers[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_place_is_good),
        cmocka_unit_test(an_executable_in_a_window_does_not_fit),
        cmocka_unit_test(libraries_in_the_arena_do_not_fit),
        cmocka_unit_test(libraries_in_the_low_window_cut_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
