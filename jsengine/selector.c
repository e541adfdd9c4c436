/* selector.c: which calls a hook is for, and its options, as scripts say it. */
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define DEPTH_MAX 8 /* of lists in lists */

enum phase selector_phase(const char *name)
{
    unsigned phase = 0;

    while (phase < PHASES && strcmp(phase_names[phase], name) != 0)
        phase++;
    return phase;
}

static void add_call(struct call_set *set, uint64_t sysno)
{
    set->word[sysno / 64] |= UINT64_C(1) << sysno % 64;
}

/* Add the calls of a class; "all" are those that Linux has. */
static bool add_class(struct call_set *set, const char *name)
{
    uint32_t groups = strcmp(name, "all") == 0 ? UINT32_MAX : 0;

    for (unsigned i = 0; i < GROUP_COUNT; i++)
        if (strcmp(name, syscall_group_name(i)) == 0)
            groups = 1u << i;
    for (unsigned n = 0; n < SYSCALL_MAX; n++) {
        const struct syscall_desc *row = syscall_row(n);

        if (row && (groups == UINT32_MAX || row->groups & groups))
            add_call(set, n);
    }
    return groups != 0;
}

/* "openat", "%file", or "file" where no call has that name. */
static bool add_name(struct call_set *set, const char *name)
{
    int number = syscall_number(name);

    if (number < 0)
        return add_class(set, name + (*name == '%'));
    add_call(set, (uint64_t)number);
    return true;
}

static void add_value(duk_context *ctx, duk_idx_t index, struct call_set *set,
                      unsigned depth)
{
    duk_size_t count;

    if (duk_is_string(ctx, index)) {
        const char *name = duk_get_string(ctx, index);

        if (add_name(set, name))
            return;
        if (isalpha((unsigned char)*name) || *name == '%')
            duk_range_error(ctx, "no system call or class is named %s", name);
    }
    if (!duk_is_array(ctx, index)) {
        add_call(set, (uint64_t)jsval_require_range(
                          ctx, index, 0, HOOK_SYSNO_MAX - 1, "sysno"));
        return;
    }
    if (depth == DEPTH_MAX)
        duk_range_error(ctx, "lists of calls are too deep");
    count = duk_get_length(ctx, index);
    for (duk_size_t i = 0; i < count; i++) {
        duk_get_prop_index(ctx, index, (duk_uarridx_t)i);
        add_value(ctx, duk_get_top_index(ctx), set, depth + 1);
        duk_pop(ctx);
    }
}

void selector_read(duk_context *ctx, duk_idx_t index, struct call_set *out)
{
    static const struct call_set none;

    *out = none;
    duk_require_stack(ctx, 2 * DEPTH_MAX);
    add_value(ctx, duk_require_normalize_index(ctx, index), out, 0);
    if (memcmp(out, &none, sizeof(none)) == 0)
        duk_range_error(ctx, "no call is named");
}

enum hook_policy selector_policy(duk_context *ctx, duk_idx_t index)
{
    const char *name = duk_get_string_default(ctx, index, "");

    if (strcmp(name, "open") != 0 && strcmp(name, "closed") != 0)
        duk_type_error(ctx, "policy must be \"open\" or \"closed\"");
    return *name == 'o' ? HOOK_FAIL_OPEN : HOOK_FAIL_CLOSED;
}

/* --- options: each reads the value at the top of the stack --- */

static void read_text(duk_context *ctx, char *out, size_t size,
                      const char *what)
{
    size_t length;
    const char *text;

    if (!duk_is_string(ctx, -1))
        duk_type_error(ctx, "%s must be text", what);
    text = jsval_require_utf8(ctx, -1, &length);
    if (length == 0 || length >= size)
        duk_range_error(ctx, "%s must have 1 to %d bytes", what, (int)size - 1);
    memcpy(out, text, length + 1);
    duk_pop(ctx);
}

static void read_comm(duk_context *ctx, struct hook_options *o)
{
    read_text(ctx, o->filter.comm, sizeof(o->filter.comm), "comm");
}

static void read_path(duk_context *ctx, struct hook_options *o)
{
    read_text(ctx, o->filter.path, sizeof(o->filter.path), "path");
}

static void read_fd(duk_context *ctx, struct hook_options *o)
{
    o->filter.has_fd = true;
    o->filter.fd = (int)jsval_require_range(ctx, -1, INT_MIN, INT_MAX, "fd");
}

/* {arg: 2, bits: 0x40, value: 0x40}; without a value all bits are set. */
static void read_mask(duk_context *ctx, struct hook_options *o)
{
    struct hook_filter *f = &o->filter;

    if (!duk_is_object(ctx, -1))
        duk_type_error(ctx, "mask must be an object");
    duk_get_prop_literal(ctx, -1, "arg");
    f->mask_arg =
        (uint8_t)jsval_require_range(ctx, -1, 0, SYSCALL_ARGS - 1, "mask.arg");
    duk_get_prop_literal(ctx, -2, "bits");
    f->bits = jsval_require_u64(ctx, -1, "mask.bits");
    duk_get_prop_literal(ctx, -3, "value");
    f->value = duk_is_undefined(ctx, -1)
                   ? f->bits
                   : jsval_require_u64(ctx, -1, "mask.value");
    f->has_mask = true;
    duk_pop_3(ctx);
}

static void read_nth(duk_context *ctx, struct hook_options *o)
{
    o->filter.nth = (uint64_t)jsval_require_range(ctx, -1, 1, INT64_MAX, "nth");
}

static void read_every(duk_context *ctx, struct hook_options *o)
{
    o->filter.every =
        (uint64_t)jsval_require_range(ctx, -1, 1, INT64_MAX, "every");
}

static void read_chance(duk_context *ctx, struct hook_options *o)
{
    double chance = duk_get_number_default(ctx, -1, -1);

    if (!(chance >= 0 && chance <= 1))
        duk_range_error(ctx, "chance must be a number from 0 to 1");
    o->filter.has_chance = true;
    o->filter.chance = chance;
}

static void read_seed(duk_context *ctx, struct hook_options *o)
{
    /* The generator's state is never 0. */
    o->filter.random = jsval_require_u64(ctx, -1, "seed") * 2 + 1;
}

static void read_policy(duk_context *ctx, struct hook_options *o)
{
    o->policy = selector_policy(ctx, -1);
}

static void read_timeout(duk_context *ctx, struct hook_options *o)
{
    o->timeout_ms =
        (uint32_t)jsval_require_range(ctx, -1, 1, 3600000, "timeout");
}

static const struct {
    const char *name;
    void (*read)(duk_context *ctx, struct hook_options *o);
    bool for_calls; /* an event has no arguments */
} options[] = {
    {"comm", read_comm, false},     {"path", read_path, true},
    {"fd", read_fd, true},          {"mask", read_mask, true},
    {"nth", read_nth, false},       {"every", read_every, false},
    {"chance", read_chance, false}, {"seed", read_seed, false},
    {"policy", read_policy, false}, {"timeout", read_timeout, false},
};

void selector_options(duk_context *ctx, duk_idx_t index, enum phase phase,
                      struct hook_options *out)
{
    if (!duk_is_object(ctx, index) || duk_is_function(ctx, index))
        duk_type_error(ctx, "options must be an object");
    duk_enum(ctx, index, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (duk_next(ctx, -1, 1)) {
        const char *name = duk_get_string(ctx, -2);
        size_t i = 0;

        while (i < ARRAY_SIZE(options) && strcmp(options[i].name, name) != 0)
            i++;
        if (i == ARRAY_SIZE(options))
            duk_type_error(ctx, "unknown option %s", name);
        if (options[i].for_calls && phase >= PHASE_EVENT)
            duk_type_error(ctx, "option %s is for calls", name);
        options[i].read(ctx, out);
        duk_pop_2(ctx);
    }
    duk_pop(ctx);
    if (out->filter.has_chance && !out->filter.random) {
        if (getrandom(&out->filter.random, sizeof(out->filter.random), 0) < 0)
            duk_error(ctx, DUK_ERR_ERROR, "no random seed to be had");
        out->filter.random |= 1;
    }
}
