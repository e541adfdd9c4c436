/* test_profile.c: machine profiles: what is read, what is refused and why. */
#include "vmm/profile.h"

#include <errno.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static uint8_t blob[4096];

/* A profile with one property in one node; (len) < 0: no property. */
static size_t build(const char *compatible, uint32_t version, const char *node,
                    const char *name, const void *value, int len)
{
    fdt_create(blob, sizeof(blob));
    fdt_finish_reservemap(blob);
    fdt_begin_node(blob, "");
    fdt_property_string(blob, "compatible", compatible);
    fdt_property_u32(blob, "version", version);
    if (node) {
        fdt_begin_node(blob, node);
        if (len >= 0)
            fdt_property(blob, name, value, len);
        fdt_end_node(blob);
    }
    fdt_end_node(blob);
    fdt_finish(blob);
    return fdt_totalsize(blob);
}

static size_t with_u64(const char *node, const char *name, uint64_t value)
{
    fdt64_t cell = cpu_to_fdt64(value);

    return build("microvm-hook,machine", 1, node, name, &cell, sizeof(cell));
}

static void assert_refused(size_t size, const char *text)
{
    struct profile p;
    struct diag d = {0};

    assert_int_equal(profile_parse(&p, blob, size, "x.dtb", &d), -EINVAL);
    if (!strstr(d.text, text) || !strstr(d.text, "x.dtb"))
        fail_msg("\"%s\" does not say \"%s\"", d.text, text);
}

static void the_built_in_profile_is_good(void **state)
{
    struct profile p;
    struct diag d = {0};

    (void)state;
    assert_int_equal(profile_default(&p, &d), 0);
    assert_true(p.huge_pages);
    assert_true(p.randomize);
    assert_true(p.vdso);
    assert_int_equal(p.entry, ENTRY_AUTO);
    assert_int_equal(p.hook_timeout_ms, 1000);
    assert_int_equal(p.hook_on_error, HOOK_FAIL_OPEN);
    assert_int_equal(p.arena_size, UINT64_C(0x7000000000));
}

static void what_is_left_out_has_its_default(void **state)
{
    struct profile p;
    struct diag d = {0};

    (void)state;
    assert_int_equal(
        profile_parse(&p, blob,
                      build("microvm-hook,machine", 1, NULL, NULL, NULL, -1),
                      "x.dtb", &d),
        0);
    assert_false(p.huge_pages);
    assert_false(p.randomize);
    assert_true(p.vdso);
    assert_int_equal(p.slot_size, 256 * MIB);
    assert_int_equal(p.hook_heap_size, 64 * MIB);
}

static void a_written_profile_reads_back_the_same(void **state)
{
    char path[] = "/tmp/test_profile.XXXXXX";
    int fd = mkstemp(path);
    struct profile p, q;
    struct diag d = {0};

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    memset(&p, 0, sizeof(p));
    memset(&q, 0, sizeof(q));
    p.low_size = 0x10000;
    p.arena_size = 3 * GIB;
    p.memory_limit = 12345678;
    p.slot_size = 4 * MIB;
    p.randomize = true;
    p.entry = ENTRY_CPL3;
    p.hook_timeout_ms = 77;
    p.hook_heap_size = 5 * MIB;
    p.hook_on_error = HOOK_FAIL_CLOSED;
    assert_int_equal(profile_dump(&p, path, &d), 0);
    assert_int_equal(profile_load(&q, path, &d), 0);
    unlink(path);
    assert_memory_equal(&p, &q, sizeof(p));
}

static void a_full_disk_is_told(void **state)
{
    struct profile p;
    struct diag d = {0};

    (void)state;
    assert_int_equal(profile_default(&p, &d), 0);
    assert_int_equal(profile_dump(&p, "/dev/full", &d), -ENOSPC);
    assert_non_null(strstr(d.text, "/dev/full"));
}

static void numbers_out_of_range_are_named_with_the_range(void **state)
{
    (void)state;
    assert_refused(with_u64("memory", "arena-size", 1), "/memory/arena-size");
    assert_refused(with_u64("memory", "arena-size", GIB + 1), "multiples of");
    assert_refused(with_u64("memory", "arena-size", 1ULL << 60), "to 0x70");
    assert_refused(with_u64("memory", "low-size", 5), "/memory/low-size");
    assert_refused(with_u64("memory", "slot-size", 6 * MIB), "power of two");
    assert_refused(with_u64("hooks", "heap-size", 1), "/hooks/heap-size");
}

static void a_property_of_another_length_is_refused(void **state)
{
    (void)state;
    assert_refused(
        build("microvm-hook,machine", 1, "memory", "limit", "abcd", 4),
        "not a 64-bit number");
    assert_refused(with_u64("hooks", "timeout-ms", 5), "not a 32-bit number");
    assert_refused(with_u64("memory", "huge-pages", 5), "takes no value");
}

static void an_unknown_word_is_refused_with_the_known_ones(void **state)
{
    struct profile p;
    struct diag d = {0};
    size_t size =
        build("microvm-hook,machine", 1, "modes", "syscall-entry", "cpl1", 5);

    (void)state;
    assert_int_equal(profile_parse(&p, blob, size, "x.dtb", &d), -EINVAL);
    assert_non_null(strstr(d.text, "/modes/syscall-entry"));
    assert_non_null(strstr(d.hint, "\"auto\" or \"cpl0\" or \"cpl3\""));
    /* A word without its NUL is no word. */
    assert_refused(build("microvm-hook,machine", 1, "modes", "vdso", "auto", 4),
                   "vdso");
}

static void what_is_not_known_is_not_passed_over(void **state)
{
    (void)state;
    assert_refused(with_u64("memory", "limits", 5), "/memory/limits");
    assert_refused(with_u64("memroy", "limit", 5), "/memroy");
    assert_refused(with_u64("hooks", "limit", 5), "/hooks/limit");
}

static void blobs_of_another_kind_are_refused(void **state)
{
    (void)state;
    assert_refused(build("other,thing", 1, NULL, NULL, NULL, -1),
                   "is no profile");
    assert_refused(build("microvm-hook,machine", 2, NULL, NULL, NULL, -1),
                   "version 2");
    memset(blob, 'x', sizeof(blob));
    assert_refused(sizeof(blob), "is no profile");
}

static void a_profile_cut_anywhere_is_refused(void **state)
{
    size_t size = with_u64("memory", "limit", 4096);

    (void)state;
    for (size_t n = 0; n < size; n++) {
        /* A copy of its own size, so that a sanitizer sees reads behind it. */
        uint8_t *cut = malloc(n ? n : 1);
        struct profile p;
        struct diag d = {0};

        memcpy(cut, blob, n);
        assert_int_equal(profile_parse(&p, cut, n, "x.dtb", &d), -EINVAL);
        assert_true(d.text[0] != '\0');
        free(cut);
    }
}

static void a_missing_file_is_told_by_name(void **state)
{
    struct profile p;
    struct diag d = {0};

    (void)state;
    assert_int_equal(profile_load(&p, "/nonexistent.dtb", &d), -ENOENT);
    assert_non_null(strstr(d.text, "/nonexistent.dtb"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_profile_is_good),
        cmocka_unit_test(what_is_left_out_has_its_default),
        cmocka_unit_test(a_written_profile_reads_back_the_same),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(numbers_out_of_range_are_named_with_the_range),
        cmocka_unit_test(a_property_of_another_length_is_refused),
        cmocka_unit_test(an_unknown_word_is_refused_with_the_known_ones),
        cmocka_unit_test(what_is_not_known_is_not_passed_over),
        cmocka_unit_test(blobs_of_another_kind_are_refused),
        cmocka_unit_test(a_profile_cut_anywhere_is_refused),
        cmocka_unit_test(a_missing_file_is_told_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
