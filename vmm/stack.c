/*
 * stack.c: builds the first stack, from its end downwards:
 *
 *   8 bytes of 0, execfn, environment strings, argument strings,
 *   "x86_64", 16 random bytes, padding,
 *   auxiliary vector, envp, argv, argc <- rsp
 */
#include "vmm/stack.h"

#include "vmm/gmem.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

#define STRING_MAX  (32 * PAGE_SIZE) /* MAX_ARG_STRLEN, NUL included */
#define STRINGS_MIN (128 * KIB)      /* ARG_MAX: allowed whatever the limit */
#define STRINGS_MAX (6 * MIB)        /* three quarters of the usual stack */

#define PLATFORM     "x86_64"
#define RANDOM_BYTES 16
#define AUXV_MAX     24 /* entries */

/* Everything that is not a string or a pointer to one: auxiliary vector,
 * argc, two NULLs, platform, random bytes, alignment. */
#define FIXED_PART (AUXV_MAX * sizeof(Elf64_auxv_t) + 256)

static char *const no_args[] = {(char *)"", NULL};

/* The argument vector that the program is shown. */
static char *const *shown_argv(const struct stack_spec *spec)
{
    return spec->argv[0] ? spec->argv : no_args;
}

static size_t count(char *const *vec)
{
    size_t n = 0;

    while (vec[n])
        n++;
    return n;
}

/* Bytes of the strings in (vec) with their NULs; UINT64_MAX if one is too
 * long. */
static uint64_t string_bytes(char *const *vec)
{
    uint64_t sum = 0;

    for (; *vec; vec++) {
        size_t len = strnlen(*vec, STRING_MAX) + 1;

        if (len > STRING_MAX)
            return UINT64_MAX;
        sum += len;
    }
    return sum;
}

int64_t stack_measure(const struct stack_spec *spec, uint64_t stack_limit,
                      struct diag *d)
{
    char *const name[] = {(char *)spec->execfn, NULL};
    char *const *const vecs[] = {shown_argv(spec), spec->envp, name};
    uint64_t limit =
        max_u64(STRINGS_MIN, min_u64(STRINGS_MAX, stack_limit / 4));
    uint64_t pointers =
        (count(vecs[0]) + count(vecs[1])) * (uint64_t)sizeof(gva_t);
    uint64_t sum = pointers;

    if (pointers >= limit)
        return diag_set(d, -E2BIG, "cannot run %s", spec->execfn);
    for (unsigned i = 0; i < ARRAY_SIZE(vecs); i++) {
        uint64_t bytes = string_bytes(vecs[i]);

        if (bytes > limit - sum)
            return diag_set(d, -E2BIG, "cannot run %s", spec->execfn);
        sum += bytes;
    }
    return (int64_t)(sum + FIXED_PART);
}

/* A stack that is being filled downwards. The first error stays. */
struct pile {
    gva_t top;
    int err;
};

/* Put bytes on top; returns where they are. */
static gva_t push(struct pile *pile, const void *bytes, size_t len)
{
    pile->top -= len;
    if (pile->err == 0)
        pile->err = gmem_write(pile->top, bytes, len);
    return pile->top;
}

static gva_t push_string(struct pile *pile, const char *s)
{
    return push(pile, s, strlen(s) + 1);
}

/* Put the strings of (vec) there, the first one lowest, and their addresses
 * into (table), which gets a NULL behind them. */
static void push_strings(struct pile *pile, char *const *vec, size_t n,
                         gva_t *table)
{
    table[n] = 0;
    while (n-- > 0)
        table[n] = push_string(pile, vec[n]);
}

/* Fill the auxiliary vector in Linux's order; returns the number of entries,
 * AT_NULL included. */
static size_t fill_auxv(const struct stack_spec *spec, gva_t random,
                        gva_t execfn, gva_t platform, Elf64_auxv_t *out)
{
    const struct elf_loaded *elf = spec->elf;
    const Elf64_auxv_t all[] = {
        {AT_SYSINFO_EHDR, {spec->vdso}},
        {AT_MINSIGSTKSZ, {getauxval(AT_MINSIGSTKSZ)}},
        {AT_HWCAP, {spec->hwcap}},
        {AT_PAGESZ, {PAGE_SIZE}},
        {AT_CLKTCK, {(uint64_t)sysconf(_SC_CLK_TCK)}},
        {AT_PHDR, {elf->phdr}},
        {AT_PHENT, {sizeof(Elf64_Phdr)}},
        {AT_PHNUM, {elf->phnum}},
        {AT_BASE, {elf->interp_base}},
        {AT_FLAGS, {0}},
        {AT_ENTRY, {elf->entry}},
        {AT_UID, {getuid()}},
        {AT_EUID, {geteuid()}},
        {AT_GID, {getgid()}},
        {AT_EGID, {getegid()}},
        {AT_SECURE, {spec->secure}},
        {AT_RANDOM, {random}},
        {AT_HWCAP2, {spec->hwcap2}},
        {AT_EXECFN, {execfn}},
        {AT_PLATFORM, {platform}},
        /* AT_RSEQ_FEATURE_SIZE, AT_RSEQ_ALIGN: restartable sequences are not
         * offered. */
        {AT_NULL, {0}},
    };
    size_t n = 0;

    static_assert(ARRAY_SIZE(all) <= AUXV_MAX, "FIXED_PART");
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        uint64_t type = all[i].a_type;

        /* These are absent, not zero, where there is nothing to tell. */
        if ((type == AT_SYSINFO_EHDR || type == AT_MINSIGSTKSZ) &&
            all[i].a_un.a_val == 0)
            continue;
        out[n++] = all[i];
    }
    return n;
}

/* Put everything into guest memory. (table) has room for argc, two vectors of
 * (argc) and (envc) pointers with their NULLs, and the auxiliary vector. */
static int fill(const struct stack_spec *spec, gva_t stack_end, size_t argc,
                size_t envc, gva_t *table, struct stack_layout *out)
{
    struct pile pile = {.top = stack_end - sizeof(uint64_t)};
    gva_t *argv = table + 1;
    gva_t *envp = argv + argc + 1;
    Elf64_auxv_t *auxv = (Elf64_auxv_t *)(envp + envc + 1);
    uint8_t random_bytes[RANDOM_BYTES];
    gva_t execfn, platform, random;
    size_t entries, size;

    if (getrandom(random_bytes, sizeof(random_bytes), 0) != RANDOM_BYTES)
        return -EIO;
    execfn = push_string(&pile, spec->execfn);
    out->env_end = pile.top;
    push_strings(&pile, spec->envp, envc, envp);
    out->env_start = out->arg_end = pile.top;
    push_strings(&pile, shown_argv(spec), argc, argv);
    out->arg_start = pile.top;

    pile.top = ALIGN_DOWN(pile.top, 16);
    platform = push_string(&pile, PLATFORM);
    random = push(&pile, random_bytes, sizeof(random_bytes));

    table[0] = argc;
    entries = fill_auxv(spec, random, execfn, platform, auxv);
    size = (size_t)((uint8_t *)(auxv + entries) - (uint8_t *)table);
    pile.top = ALIGN_DOWN(pile.top - size, 16) + size;
    out->rsp = push(&pile, table, size);
    out->auxv = out->rsp + (uint64_t)((uint8_t *)auxv - (uint8_t *)table);
    out->auxv_size = (uint32_t)(entries * sizeof(*auxv));
    return pile.err;
}

int stack_build(const struct stack_spec *spec, gva_t stack_end,
                uint64_t stack_limit, struct stack_layout *out, struct diag *d)
{
    int64_t size = stack_measure(spec, stack_limit, d);
    size_t argc = count(shown_argv(spec));
    size_t envc = count(spec->envp);
    gva_t *table;
    int rc;

    if (size < 0)
        return (int)size;
    table = malloc((argc + envc + 3) * sizeof(*table) +
                   AUXV_MAX * sizeof(Elf64_auxv_t));
    if (!table)
        return diag_set(d, -ENOMEM, "cannot run %s", spec->execfn);
    rc = fill(spec, stack_end, argc, envc, table, out);
    free(table);
    if (rc < 0)
        return diag_set(
            d, rc, "cannot run %s: cannot write its stack of %" PRId64 " bytes",
            spec->execfn, size);
    return 0;
}
