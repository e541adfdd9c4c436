/*
 * test_stack.c: the first stack, read back as a C library reads it, and held
 * against the one that the host's kernel built for this process.
 */
#include "vmm/stack.h"

#include "tests/support/fake_mm.h"
#include "vmm/gmem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>
#include <cmocka.h>

#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#define AT_RSEQ_ALIGN        28
#endif

#define LIMIT     (8 * MIB)
#define WORDS_MAX 8192

static struct mm mm;
static gva_t end;

static const struct elf_loaded elf = {
    .start = 0x1000,
    .entry = 0x2000,
    .phdr = 0x3040,
    .phnum = 9,
    .interp_base = 0x4000,
};
static char *const argv[] = {(char *)"prog", (char *)"", (char *)"-x", NULL};
static char *const envp[] = {(char *)"A=1", (char *)"PATH=/bin", NULL};

static int set_up(void **state)
{
    (void)state;
    fake_mm_create(&mm);
    end = (gva_t)mm_map_stack(&mm, LIMIT);
    return mm_fault(&mm, end - LIMIT, 0) == MM_FAULT_FIXED ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    fake_mm_destroy(&mm);
    return 0;
}

static struct stack_spec usual(void)
{
    return (struct stack_spec){.argv = argv,
                               .envp = envp,
                               .execfn = "/bin/prog",
                               .elf = &elf,
                               .hwcap = 0x178bfbff,
                               .hwcap2 = 2,
                               .vdso = 0x7000,
                               .secure = true};
}

/* What a program finds at its first instruction. */
struct view {
    uint64_t words[WORDS_MAX];
    uint64_t argc;
    const uint64_t *argv;
    const uint64_t *envp;
    uint64_t envc;
    const uint64_t *auxv;
};

static void parse(struct view *v, gva_t rsp)
{
    size_t size = min_u64(sizeof(v->words), end - rsp);

    assert_int_equal(rsp % 16, 0);
    assert_int_equal(gmem_read(v->words, rsp, size), 0);
    v->argc = v->words[0];
    v->argv = v->words + 1;
    assert_true(v->argc + 2 < WORDS_MAX);
    assert_int_equal(v->argv[v->argc], 0);
    v->envp = v->argv + v->argc + 1;
    for (v->envc = 0; v->envp[v->envc]; v->envc++)
        assert_true(v->envp + v->envc < v->words + WORDS_MAX);
    v->auxv = v->envp + v->envc + 1;
}

static struct view *build(const struct stack_spec *spec, struct stack_layout *l)
{
    static struct view v;
    struct diag d = {.code = 0};

    gmem_init(NULL); /* cmocka's own handlers stand in for each test */
    assert_int_equal(stack_build(spec, end, LIMIT, l, &d), 0);
    parse(&v, l->rsp);
    return &v;
}

static const char *string_at(gva_t addr)
{
    static char buf[4096];

    assert_true(gmem_read_string(buf, addr, sizeof(buf)) >= 0);
    return buf;
}

/* The value of (type), which must be there once; *found says whether. */
static uint64_t aux(const struct view *v, uint64_t type, bool *found)
{
    uint64_t value = 0;
    unsigned n = 0;

    for (const uint64_t *a = v->auxv; a[0] != AT_NULL; a += 2) {
        if (a[0] != type)
            continue;
        value = a[1];
        n++;
    }
    assert_in_range(n, found ? 0 : 1, 1);
    if (found)
        *found = n == 1;
    return value;
}

static void arguments_and_environment_are_where_the_pointers_say(void **state)
{
    const struct stack_spec spec = usual();
    struct stack_layout l;
    const struct view *v = build(&spec, &l);

    (void)state;
    assert_int_equal(v->argc, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_string_equal(string_at(v->argv[i]), argv[i]);
    assert_int_equal(v->envc, 2);
    for (unsigned i = 0; i < 2; i++)
        assert_string_equal(string_at(v->envp[i]), envp[i]);
}

static void strings_lie_in_linux_order_below_eight_zero_bytes(void **state)
{
    static const char strings[] = "prog\0\0-x\0"
                                  "A=1\0PATH=/bin\0"
                                  "/bin/prog\0"
                                  "\0\0\0\0\0\0\0";
    const struct stack_spec spec = usual();
    struct stack_layout l;
    const struct view *v = build(&spec, &l);
    char found[sizeof(strings)];

    (void)state;
    assert_int_equal(gmem_read(found, end - sizeof(found), sizeof(found)), 0);
    assert_memory_equal(found, strings, sizeof(found));
    assert_int_equal(l.arg_start, end - sizeof(found));
    assert_int_equal(l.arg_start, v->argv[0]);
    assert_int_equal(l.arg_end, l.arg_start + 9);
    assert_int_equal(l.env_start, l.arg_end);
    assert_int_equal(l.env_start, v->envp[0]);
    assert_int_equal(l.env_end, l.env_start + 14);
    assert_int_equal(aux(v, AT_EXECFN, NULL), l.env_end);
}

static void the_auxiliary_vector_says_what_was_asked(void **state)
{
    const struct stack_spec spec = usual();
    struct stack_layout l;
    const struct view *v = build(&spec, &l);

    (void)state;
    assert_int_equal(aux(v, AT_SYSINFO_EHDR, NULL), 0x7000);
    assert_int_equal(aux(v, AT_HWCAP, NULL), 0x178bfbff);
    assert_int_equal(aux(v, AT_HWCAP2, NULL), 2);
    assert_int_equal(aux(v, AT_PAGESZ, NULL), 4096);
    assert_int_equal(aux(v, AT_CLKTCK, NULL), getauxval(AT_CLKTCK));
    assert_int_equal(aux(v, AT_PHDR, NULL), elf.phdr);
    assert_int_equal(aux(v, AT_PHENT, NULL), sizeof(Elf64_Phdr));
    assert_int_equal(aux(v, AT_PHNUM, NULL), elf.phnum);
    assert_int_equal(aux(v, AT_BASE, NULL), elf.interp_base);
    assert_int_equal(aux(v, AT_FLAGS, NULL), 0);
    assert_int_equal(aux(v, AT_ENTRY, NULL), elf.entry);
    assert_int_equal(aux(v, AT_UID, NULL), getuid());
    assert_int_equal(aux(v, AT_EUID, NULL), geteuid());
    assert_int_equal(aux(v, AT_GID, NULL), getgid());
    assert_int_equal(aux(v, AT_EGID, NULL), getegid());
    assert_int_equal(aux(v, AT_SECURE, NULL), 1);
    assert_string_equal(string_at(aux(v, AT_EXECFN, NULL)), "/bin/prog");
    assert_string_equal(string_at(aux(v, AT_PLATFORM, NULL)), "x86_64");
}

static void the_auxiliary_vector_is_where_the_layout_says(void **state)
{
    const struct stack_spec spec = usual();
    struct stack_layout l;
    const struct view *v = build(&spec, &l);
    size_t words = l.auxv_size / sizeof(uint64_t);

    (void)state;
    assert_int_equal(l.auxv, l.rsp + (uint64_t)((const uint8_t *)v->auxv -
                                                (const uint8_t *)v->words));
    assert_int_equal(v->auxv[words - 2], AT_NULL);
    assert_int_equal(v->auxv[words - 1], 0);
    assert_int_not_equal(v->auxv[words - 4], AT_NULL);
}

static void entries_are_the_hosts_in_the_hosts_order(void **state)
{
    const struct stack_spec spec = usual();
    struct stack_layout l;
    const uint64_t *ours = build(&spec, &l)->auxv;
    FILE *host = fopen("/proc/self/auxv", "re");
    uint64_t entry[2];

    (void)state;
    assert_non_null(host);
    while (fread(entry, sizeof(entry), 1, host) == 1) {
        if (entry[0] == AT_RSEQ_FEATURE_SIZE || entry[0] == AT_RSEQ_ALIGN)
            continue; /* not offered */
        if (entry[0] == AT_SYSINFO_EHDR && ours[0] != AT_SYSINFO_EHDR)
            continue;
        assert_int_equal(ours[0], entry[0]);
        ours += 2;
        if (entry[0] == AT_NULL)
            break;
    }
    assert_int_equal(entry[0], AT_NULL);
    fclose(host);
}

static void without_a_vdso_its_entry_is_left_out(void **state)
{
    struct stack_spec spec = usual();
    struct stack_layout l;
    bool found;

    (void)state;
    spec.vdso = 0;
    aux(build(&spec, &l), AT_SYSINFO_EHDR, &found);
    assert_false(found);
}

static void random_bytes_differ_from_stack_to_stack(void **state)
{
    const struct stack_spec spec = usual();
    uint8_t first[16], second[16];
    struct stack_layout l;

    (void)state;
    assert_int_equal(
        gmem_read(first, aux(build(&spec, &l), AT_RANDOM, NULL), sizeof(first)),
        0);
    assert_int_equal(gmem_read(second, aux(build(&spec, &l), AT_RANDOM, NULL),
                               sizeof(second)),
                     0);
    assert_memory_not_equal(first, second, sizeof(first));
}

static void no_arguments_become_one_empty_argument(void **state)
{
    static char *const none[] = {NULL};
    struct stack_spec spec = usual();
    struct stack_layout l;
    const struct view *v;

    (void)state;
    spec.argv = spec.envp = none;
    v = build(&spec, &l);
    assert_int_equal(v->argc, 1);
    assert_string_equal(string_at(v->argv[0]), "");
    assert_int_equal(v->envc, 0);
    assert_int_equal(l.env_start, l.env_end);
}

static void rsp_is_aligned_whatever_the_number_of_arguments(void **state)
{
    char *many[20] = {NULL};

    (void)state;
    for (unsigned n = 0; n < ARRAY_SIZE(many) - 1; n++) {
        struct stack_spec spec = usual();
        struct stack_layout l;

        spec.argv = many;
        many[n] = (char *)"abc";
        assert_int_equal(build(&spec, &l)->argc, n + 1);
    }
}

/* A vector of (n) strings of (len) characters. */
static char **strings(size_t n, size_t len)
{
    char *s = malloc(len + 1);
    char **vec = calloc(n + 1, sizeof(*vec));

    assert_true(s && vec);
    memset(s, 'x', len);
    s[len] = '\0';
    for (size_t i = 0; i < n; i++)
        vec[i] = s;
    return vec;
}

static void free_strings(char **vec)
{
    free(vec[0]);
    free(vec);
}

/* What stack_measure says of (n) arguments of (len) characters each. */
static int64_t measure(size_t n, size_t len, uint64_t limit)
{
    static char *const none[] = {NULL};
    char **vec = strings(n, len);
    const struct stack_spec spec = {.argv = vec, .envp = none, .execfn = "x"};
    struct diag d = {.code = 0};
    int64_t rc = stack_measure(&spec, limit, &d);

    assert_int_equal(rc < 0, d.code < 0);
    free_strings(vec);
    return rc;
}

static void strings_may_fill_a_quarter_of_the_stack_limit(void **state)
{
    /* A pointer, the characters, and the NUL of each, and "x". */
    const size_t n = 64;
    const uint64_t limit = 4 * MIB;
    const size_t len = limit / 4 / n - 8 - 1;

    (void)state;
    assert_true(measure(n, len - 1, limit) > 0);
    assert_int_equal(measure(n, len, limit), -E2BIG);
}

static void at_least_128_kib_of_strings_are_allowed(void **state)
{
    (void)state;
    assert_true(measure(16, 8 * KIB - 8 - 2, 0) > 0);
    assert_int_equal(measure(16, 8 * KIB - 8 - 1, 0), -E2BIG);
}

static void at_most_6_mib_of_strings_are_allowed(void **state)
{
    (void)state;
    assert_true(measure(96, 64 * KIB - 8 - 2, UINT64_MAX) > 0);
    assert_int_equal(measure(96, 64 * KIB - 8 - 1, UINT64_MAX), -E2BIG);
}

static void a_string_of_128_kib_is_e2big(void **state)
{
    (void)state;
    assert_true(measure(1, 128 * KIB - 1, 8 * MIB) > 0);
    assert_int_equal(measure(1, 128 * KIB, 8 * MIB), -E2BIG);
}

static void pointers_alone_can_be_too_many(void **state)
{
    (void)state;
    assert_int_equal(measure(16 * KIB, 0, 0), -E2BIG);
}

static void what_fits_is_built_within_what_was_measured(void **state)
{
    char **vec = strings(60, 30000);
    struct stack_spec spec = usual();
    struct stack_layout l;
    int64_t size;

    (void)state;
    spec.argv = vec;
    size = stack_measure(&spec, LIMIT, NULL);
    assert_true(size > 60 * 30000);
    assert_int_equal(build(&spec, &l)->argc, 60);
    assert_true(l.rsp >= end - (uint64_t)size);
    free_strings(vec);
}

static void too_much_is_e2big_and_names_the_program(void **state)
{
    char **vec = strings(100, 100000);
    struct stack_spec spec = usual();
    struct diag d = {.code = 0};
    struct stack_layout l;

    (void)state;
    spec.envp = vec;
    assert_int_equal(stack_build(&spec, end, LIMIT, &l, &d), -E2BIG);
    assert_int_equal(d.code, -E2BIG);
    assert_non_null(strstr(d.text, "/bin/prog"));
    free_strings(vec);
}

static void a_stack_that_is_not_mapped_is_efault(void **state)
{
    const struct stack_spec spec = usual();
    struct diag d = {.code = 0};
    struct stack_layout l;

    (void)state;
    gmem_init(NULL);
    assert_int_equal(stack_build(&spec, end - GIB, LIMIT, &l, &d), -EFAULT);
    assert_int_equal(d.code, -EFAULT);
}

#define TEST(f_)                                                               \
    {                                                                          \
#f_, f_, set_up, tear_down, NULL                                       \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arguments_and_environment_are_where_the_pointers_say),
        TEST(strings_lie_in_linux_order_below_eight_zero_bytes),
        TEST(the_auxiliary_vector_says_what_was_asked),
        TEST(the_auxiliary_vector_is_where_the_layout_says),
        TEST(entries_are_the_hosts_in_the_hosts_order),
        TEST(without_a_vdso_its_entry_is_left_out),
        TEST(random_bytes_differ_from_stack_to_stack),
        TEST(no_arguments_become_one_empty_argument),
        TEST(rsp_is_aligned_whatever_the_number_of_arguments),
        TEST(strings_may_fill_a_quarter_of_the_stack_limit),
        TEST(at_least_128_kib_of_strings_are_allowed),
        TEST(at_most_6_mib_of_strings_are_allowed),
        TEST(a_string_of_128_kib_is_e2big),
        TEST(pointers_alone_can_be_too_many),
        TEST(what_fits_is_built_within_what_was_measured),
        TEST(too_much_is_e2big_and_names_the_program),
        TEST(a_stack_that_is_not_mapped_is_efault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
