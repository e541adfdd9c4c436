/* test_shim.c: the shim file: truncated, foreign, future, damaged. */
#include "vmm/shim.h"

#include "guest-shim/shim_abi.h"

#include <errno.h>
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE_OFFSET 4096
#define IMAGE_SIZE   1024
#define FILE_SIZE    (IMAGE_OFFSET + IMAGE_SIZE)

static uint8_t file[FILE_SIZE];

/* What a test changes of a good shim. */
struct variant {
    const char *compatible;
    uint32_t abi, offset, size, stride, traps, probe;
    const char *without; /* an entry that is left out */
};

static const struct variant good = {
    .compatible = "microvm-hook,shim",
    .abi = SHIM_ABI_VERSION,
    .offset = IMAGE_OFFSET,
    .size = IMAGE_SIZE,
    .stride = 16,
    .traps = 512,
    .probe = 64,
};

static void entry(const struct variant *v, const char *name, uint32_t value)
{
    if (!v->without || strcmp(v->without, name) != 0)
        fdt_property_u32(file, name, value);
}

static void build(const struct variant *v)
{
    memset(file, 0x90, sizeof(file));
    fdt_create(file, IMAGE_OFFSET);
    fdt_finish_reservemap(file);
    fdt_begin_node(file, "");
    fdt_property_string(file, "compatible", v->compatible);
    entry(v, "abi-version", v->abi);
    entry(v, "image-offset", v->offset);
    entry(v, "image-size", v->size);
    fdt_begin_node(file, "entries");
    entry(v, "syscall-cpl0", 0);
    entry(v, "syscall-cpl3", 16);
    entry(v, "syscall-answering", 20);
    entry(v, "answer", 21);
    entry(v, "answer-undo", 21);
    entry(v, "set", 22);
    entry(v, "set-undo", 22);
    entry(v, "brk", 23);
    entry(v, "brk-undo", 24);
    entry(v, "seek", 25);
    entry(v, "seek-undo", 26);
    entry(v, "pid", 27);
    entry(v, "pid-undo", 28);
    entry(v, "tid", 29);
    entry(v, "tid-undo", 30);
    entry(v, "forward", 31);
    entry(v, "syscall-compat", 32);
    entry(v, "probe", v->probe);
    entry(v, "probe-syscall", 96);
    entry(v, "bench", 128);
    entry(v, "traps", v->traps);
    entry(v, "trap-stride", v->stride);
    fdt_end_node(file);
    fdt_end_node(file);
    fdt_finish(file);
}

static void assert_refused(size_t size, const char *text)
{
    struct shim shim;
    struct diag d = {0};

    assert_int_equal(shim_parse(&shim, file, size, "s.bin", &d), -EINVAL);
    if (!strstr(d.text, text) || !strstr(d.text, "s.bin"))
        fail_msg("\"%s\" does not say \"%s\"", d.text, text);
}

static void a_good_shim_is_taken_apart(void **state)
{
    struct shim shim;
    struct diag d = {0};

    (void)state;
    build(&good);
    assert_int_equal(shim_parse(&shim, file, sizeof(file), "s.bin", &d), 0);
    assert_int_equal(shim.image_size, IMAGE_SIZE);
    assert_int_equal(shim.syscall_cpl3, 16);
    assert_int_equal(shim.traps, 512);
    assert_int_equal(shim.trap_stride, 16);
    assert_int_equal(shim.image[0], 0x90);
    shim_free(&shim);
}

/* Each part stands before where it is undone, and the monitor looks for them
 * from behind. */
static void check_order(const struct shim *s)
{
    const uint32_t parts[] = {
        s->syscall_answering, s->answer, s->answer_undo, s->set,
        s->set_undo,          s->brk,    s->brk_undo,    s->seek,
        s->seek_undo,         s->pid,    s->pid_undo,    s->tid,
        s->tid_undo,          s->forward};

    for (size_t i = 1; i < ARRAY_SIZE(parts); i++)
        assert_true(parts[i - 1] < parts[i]);
}

static void the_shim_of_this_build_is_good(void **state)
{
    struct shim shim;
    struct diag d = {0};

    (void)state;
    assert_int_equal(shim_load(&shim, SHIM_BIN, &d), 0);
    assert_true(shim.traps + SHIM_VECTORS * shim.trap_stride <=
                shim.image_size);
    /* Both entries begin with OUT imm8, AL. */
    assert_int_equal(shim.image[shim.syscall_cpl0], 0xe6);
    assert_int_equal(shim.image[shim.syscall_cpl0 + 1], SHIM_PORT_SYSCALL);
    assert_int_equal(shim.image[shim.syscall_cpl3], 0xe6);
    assert_int_equal(shim.image[shim.forward], 0xe6);
    check_order(&shim);
    shim_free(&shim);
}

/* Seeds of an older version would be refused for that, and lead nowhere. */
static void seeds_of_the_fuzz_target_are_of_this_version(void **state)
{
    static const struct {
        const char *path, *why; /* why it is refused, if it is */
    } seeds[] = {
        {SHIM_CORPUS "/good.bin", NULL},
        {SHIM_CORPUS "/cut.bin", "truncated"},
        {SHIM_CORPUS "/foreign.bin", "is no shim"},
        {SHIM_CORPUS "/future.bin", "ABI version"},
        {SHIM_CORPUS "/no-entries.bin", "no /entries"},
        {SHIM_CORPUS "/offset-odd.bin", "image-offset"},
        {SHIM_CORPUS "/probe-outside.bin", "\"probe\" lies outside"},
        {SHIM_CORPUS "/size-huge.bin", "image-size"},
        {SHIM_CORPUS "/stride-wraps.bin", "\"trap-stride\" lies outside"},
        {SHIM_CORPUS "/wide-cell.bin", "not one cell"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(seeds); i++) {
        struct shim shim;
        struct diag d = {0};
        int rc = shim_load(&shim, seeds[i].path, &d);

        assert_int_equal(rc == 0, !seeds[i].why);
        if (rc == 0)
            shim_free(&shim);
        else
            assert_non_null(strstr(d.text, seeds[i].why));
    }
}

static void a_shim_cut_anywhere_is_refused(void **state)
{
    (void)state;
    build(&good);
    for (size_t n = 0; n < sizeof(file); n++) {
        uint8_t *cut = malloc(n ? n : 1);
        struct shim shim;
        struct diag d = {0};

        memcpy(cut, file, n);
        assert_int_equal(shim_parse(&shim, cut, n, "s.bin", &d), -EINVAL);
        assert_non_null(strstr(d.text, "truncated"));
        free(cut);
    }
    assert_refused(sizeof(file) - 1, "truncated");
}

static void a_foreign_file_is_told_from_a_damaged_one(void **state)
{
    struct variant v = good;

    (void)state;
    v.compatible = "microvm-hook,machine";
    build(&v);
    assert_refused(sizeof(file), "is no shim");
    memset(file, 0x7f, sizeof(file));
    assert_refused(sizeof(file), "is no shim");
}

static void a_future_shim_is_told_by_its_version(void **state)
{
    struct variant v = good;
    struct shim shim;
    struct diag d = {0};

    (void)state;
    v.abi = SHIM_ABI_VERSION + 1;
    build(&v);
    assert_int_equal(shim_parse(&shim, file, sizeof(file), "s.bin", &d),
                     -EINVAL);
    assert_non_null(strstr(d.text, "ABI version 6, this monitor knows 5"));
    assert_non_null(strstr(d.hint, "built with this monitor"));
}

static void every_entry_must_be_there(void **state)
{
    static const char *const names[] = {
        "abi-version",  "image-offset",   "image-size", "syscall-cpl0",
        "syscall-cpl3", "syscall-compat", "probe",      "probe-syscall",
        "bench",        "traps",          "trap-stride"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct variant v = good;

        v.without = names[i];
        build(&v);
        assert_refused(sizeof(file), names[i]);
    }
}

static void entries_outside_the_image_are_refused(void **state)
{
    static const char *const names[] = {"syscall-cpl0",   "syscall-cpl3",
                                        "syscall-compat", "probe",
                                        "probe-syscall",  "bench"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        int node;

        build(&good);
        node = fdt_path_offset(file, "/entries");
        fdt_setprop_inplace_u32(file, node, names[i], IMAGE_SIZE);
        assert_refused(sizeof(file), names[i]);
    }
}

static void trap_stubs_outside_the_image_are_refused(void **state)
{
    struct variant v = good;
    struct shim shim;

    (void)state;
    v.traps = IMAGE_SIZE - 32 * 16;
    build(&v);
    assert_int_equal(shim_parse(&shim, file, sizeof(file), "s.bin", NULL), 0);
    shim_free(&shim);
    v.traps++;
    build(&v);
    assert_refused(sizeof(file), "trap stubs");
    v = good;
    v.stride = 0;
    build(&v);
    assert_refused(sizeof(file), "trap stubs");
    v.stride = 0x08000001; /* 32 times this is 32 in 32 bits */
    build(&v);
    assert_refused(sizeof(file), "trap");
}

static void an_image_at_an_impossible_place_is_refused(void **state)
{
    static const uint32_t offsets[] = {0, 100, IMAGE_OFFSET + 1};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
        struct variant v = good;

        v.offset = offsets[i];
        build(&v);
        assert_refused(sizeof(file), "image-offset");
    }
}

static void an_image_over_the_device_tree_is_refused(void **state)
{
    (void)state;
    build(&good);
    /* The tree claims the first page of the image too. */
    assert_int_equal(fdt_open_into(file, file, IMAGE_OFFSET + 512), 0);
    assert_refused(sizeof(file), "image-offset is 4096");
}

static void an_image_of_impossible_size_is_refused(void **state)
{
    struct variant v = good;

    (void)state;
    v.size = 0;
    build(&v);
    assert_refused(sizeof(file), "image-size is 0");
    v.size = UINT32_MAX;
    build(&v);
    assert_refused(sizeof(file), "image-size is 4294967295");
    v = good;
    v.offset = 0xfffff000;
    build(&v);
    assert_refused(sizeof(file), "truncated: 5120 of 4294964224");
}

static void a_cell_of_another_size_is_refused(void **state)
{
    (void)state;
    build(&good);
    assert_int_equal(fdt_open_into(file, file, IMAGE_OFFSET), 0);
    assert_int_equal(fdt_setprop_u64(file, 0, "image-size", IMAGE_SIZE), 0);
    assert_refused(sizeof(file), "\"image-size\" is not one cell");
}

static void a_missing_shim_is_told_by_name(void **state)
{
    struct shim shim;
    struct diag d = {0};

    (void)state;
    assert_int_equal(shim_load(&shim, "/nonexistent.bin", &d), -ENOENT);
    assert_non_null(strstr(d.text, "/nonexistent.bin"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_shim_is_taken_apart),
        cmocka_unit_test(the_shim_of_this_build_is_good),
        cmocka_unit_test(seeds_of_the_fuzz_target_are_of_this_version),
        cmocka_unit_test(a_shim_cut_anywhere_is_refused),
        cmocka_unit_test(a_foreign_file_is_told_from_a_damaged_one),
        cmocka_unit_test(a_future_shim_is_told_by_its_version),
        cmocka_unit_test(every_entry_must_be_there),
        cmocka_unit_test(entries_outside_the_image_are_refused),
        cmocka_unit_test(trap_stubs_outside_the_image_are_refused),
        cmocka_unit_test(an_image_at_an_impossible_place_is_refused),
        cmocka_unit_test(an_image_over_the_device_tree_is_refused),
        cmocka_unit_test(an_image_of_impossible_size_is_refused),
        cmocka_unit_test(a_cell_of_another_size_is_refused),
        cmocka_unit_test(a_missing_shim_is_told_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
