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

static size_t with_u32(const char *node, const char *name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

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
    assert_int_equal(p.arena_size, UINT64_C(0x286000000000));
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
    assert_int_equal(p.slot_size, 16 * MIB);
    assert_int_equal(p.hook_heap_size, 64 * MIB);
}

static void the_built_in_profile_spells_out_the_defaults(void **state)
{
    struct profile p, q;
    struct diag d = {0};

    (void)state;
    memset(&p, 0, sizeof(p));
    memset(&q, 0, sizeof(q));
    assert_int_equal(profile_default(&p, &d), 0);
    assert_int_equal(
        profile_parse(&q, blob,
                      build("microvm-hook,machine", 1, NULL, NULL, NULL, -1),
                      "x.dtb", &d),
        0);
    /* Flags are switched on by being there. */
    q.huge_pages = q.randomize = true;
    assert_memory_equal(&p, &q, sizeof(p));
}

/* A profile in which nothing has its default. */
static struct profile unusual(void)
{
    struct profile p;

    memset(&p, 0, sizeof(p));
    p.low_size = 0x10000;
    p.arena_size = 3 * GIB;
    p.memory_limit = 12345678;
    p.slot_size = 4 * MIB;
    p.randomize = true;
    p.entry = ENTRY_CPL3;
    p.hook_timeout_ms = 77;
    p.hook_heap_size = 5 * MIB;
    p.hook_on_error = HOOK_FAIL_CLOSED;
    return p;
}

static void a_written_profile_reads_back_the_same(void **state)
{
    char path[] = "/tmp/test_profile.XXXXXX";
    int fd = mkstemp(path);
    struct profile p = unusual(), q;
    struct diag d = {0};

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    memset(&q, 0, sizeof(q));
    assert_int_equal(profile_dump(&p, path, &d), 0);
    assert_int_equal(profile_load(&q, path, &d), 0);
    unlink(path);
    assert_memory_equal(&p, &q, sizeof(p));
}

static void dtc_reads_a_written_profile(void **state)
{
    static const char *const lines[] = {
        "compatible = \"microvm-hook,machine\";",
        "version = <0x01>;",
        "low-size = <0x00 0x10000>;",
        "arena-size = <0x00 0xc0000000>;",
        "limit = <0x00 0xbc614e>;",
        "slot-size = <0x00 0x400000>;",
        "randomize;",
        "syscall-entry = \"cpl3\";",
        "vdso = \"off\";",
        "timeout-ms = <0x4d>;",
        "heap-size = <0x00 0x500000>;",
        "on-error = \"closed\";",
    };
    char path[] = "/tmp/test_profile.XXXXXX", command[128], text[4096];
    int fd = mkstemp(path);
    struct profile p = unusual();
    struct diag d = {0};
    FILE *dtc;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(profile_dump(&p, path, &d), 0);
    snprintf(command, sizeof(command), "dtc -q -I dtb -O dts %s", path);
    dtc = popen(command, "r");
    assert_non_null(dtc);
    text[fread(text, 1, sizeof(text) - 1, dtc)] = '\0';
    assert_int_equal(pclose(dtc), 0);
    unlink(path);
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        if (!strstr(text, lines[i]))
            fail_msg("not there: %s", lines[i]);
    assert_null(strstr(text, "huge-pages"));
}

static void a_profile_may_come_through_a_pipe(void **state)
{
    struct profile p;
    struct diag d = {0};
    char path[32];
    int ends[2];
    size_t size = with_u64("memory", "limit", 4096);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], blob, size), size);
    close(ends[1]);
    snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
    assert_int_equal(profile_load(&p, path, &d), 0);
    assert_int_equal(p.memory_limit, 4096);
    close(ends[0]);
}

static void a_source_in_place_of_a_blob_is_told_how_to_compile(void **state)
{
    char path[] = "/tmp/test_profile.XXXXXX";
    int fd = mkstemp(path);
    struct profile p;
    struct diag d = {0};

    (void)state;
    assert_int_equal(write(fd, "/dts-v1/;\n/ { };\n", 17), 17);
    close(fd);
    assert_int_equal(profile_load(&p, path, &d), -EINVAL);
    unlink(path);
    assert_non_null(strstr(d.text, "is no profile"));
    assert_non_null(strstr(d.hint, "dtc -O dtb"));
    assert_non_null(strstr(d.hint, path));
}

static void a_file_that_is_too_large_or_none_is_refused(void **state)
{
    struct profile p;
    struct diag d = {0};

    (void)state;
    assert_int_equal(profile_load(&p, "/dev/zero", &d), -EFBIG);
    assert_non_null(strstr(d.text, "65536 bytes"));
    d = (struct diag){0};
    assert_int_equal(profile_load(&p, "/", &d), -EISDIR);
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
    assert_refused(with_u64("memory", "arena-size", GIB + 1),
                   "in steps of 0x40000000");
    assert_refused(with_u64("memory", "arena-size", 1ULL << 60),
                   "is 0x1000000000000000; allowed is 0x40000000 to "
                   "0x286000000000");
    assert_refused(with_u64("memory", "low-size", 5), "/memory/low-size");
    assert_refused(with_u64("memory", "low-size", 128 * TIB),
                   "to 0x553fffff0000");
    assert_refused(with_u64("memory", "slot-size", 2 * GIB), "to 0x40000000");
    assert_refused(with_u64("memory", "slot-size", 6 * MIB), "power of two");
    assert_refused(with_u64("hooks", "heap-size", 1), "/hooks/heap-size");
    assert_refused(with_u64("hooks", "heap-size", 4 * GIB + 1),
                   "to 0x100000000");
    assert_refused(with_u32("hooks", "timeout-ms", 0), "1 to 3600000");
    assert_refused(with_u32("hooks", "timeout-ms", 3600001), "is 3600001");
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
        cmocka_unit_test(the_built_in_profile_spells_out_the_defaults),
        cmocka_unit_test(dtc_reads_a_written_profile),
        cmocka_unit_test(a_profile_may_come_through_a_pipe),
        cmocka_unit_test(a_source_in_place_of_a_blob_is_told_how_to_compile),
        cmocka_unit_test(a_file_that_is_too_large_or_none_is_refused),
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
