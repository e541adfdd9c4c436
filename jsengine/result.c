/*
 * result.c: what a hook returned: changed arguments, or an answer. gWisord 1.4
 * and 1.5.
 */
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ERRNO    4095
#define MAX_DELAY_MS (3600 * 1000)

/* The key at the top as an argument index: "2", "+1", "01". -1: not one. */
static long index_of_key(duk_context *ctx)
{
    const char *key = duk_get_string(ctx, -1);
    const char *digits = key + (*key == '+' || *key == '-');
    char *end;
    long n;

    if (!*digits || strspn(digits, "0123456789") != strlen(digits))
        return -1;
    n = strtol(key, &end, 10);
    if (n < 0 || n >= SYSCALL_ARGS)
        duk_range_error(ctx, "invalid index %s: a call has arguments 0 to %d",
                        key, SYSCALL_ARGS - 1);
    return n;
}

static void read_args(duk_context *ctx, duk_idx_t value,
                      struct hook_result *out)
{
    duk_enum(ctx, value, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (duk_next(ctx, -1, 0)) {
        long i = index_of_key(ctx);

        if (i < 0) {
            duk_pop(ctx);
            continue;
        }
        duk_get_prop(ctx, value); /* takes the key */
        out->args[i] = jsval_require_u64(ctx, -1, "an argument");
        out->set[i] = true;
        duk_pop(ctx);
    }
    duk_pop(ctx);
}

/*
 * Whether (name) is the object's own; inherited ones do not count. Asking for
 * the property's description makes an object: only where it may be inherited.
 */
static bool has_own(duk_context *ctx, duk_idx_t value, const char *name)
{
    bool own = duk_has_prop_string(ctx, value, name);
    bool inherited;

    if (!own)
        return false;
    duk_get_prototype(ctx, value);
    inherited = duk_is_object(ctx, -1) && duk_has_prop_string(ctx, -1, name);
    duk_pop(ctx);
    if (!inherited)
        return true;
    duk_push_string(ctx, name);
    duk_get_prop_desc(ctx, value, 0);
    own = !duk_is_undefined(ctx, -1);
    duk_pop(ctx);
    return own;
}

int result_errno(duk_context *ctx, duk_idx_t index)
{
    const char *name = duk_get_string_default(ctx, index, "");

    for (int err = 1; *name == 'E' && err <= MAX_ERRNO; err++)
        if (errno_name(err) && strcmp(errno_name(err), name) == 0)
            return err;
    return (int)jsval_require_range(ctx, index, 0, MAX_ERRNO, "errno");
}

/* {delay: MS}: the call waits first, or what comes after it. */
static void read_delay(duk_context *ctx, duk_idx_t value,
                       struct hook_result *out)
{
    if (!has_own(ctx, value, "delay"))
        return;
    duk_get_prop_literal(ctx, value, "delay");
    out->delay_ns =
        (uint64_t)jsval_require_range(ctx, -1, 0, MAX_DELAY_MS, "delay") *
        1000000u;
    duk_pop(ctx);
}

static void read_answer(duk_context *ctx, duk_idx_t value, enum phase phase,
                        struct hook_result *out)
{
    bool has_ret = has_own(ctx, value, "ret");
    bool has_errno = has_own(ctx, value, "errno");
    int err = 0;

    if (!has_ret || (!has_errno && phase == PHASE_BEFORE))
        return;
    if (has_errno) {
        duk_get_prop_string(ctx, value, "errno");
        err = result_errno(ctx, -1);
        duk_pop(ctx);
    }
    duk_get_prop_string(ctx, value, "ret");
    out->ret = (int64_t)jsval_require_u64(ctx, -1, "ret");
    duk_pop(ctx);
    if (err)
        out->ret = -err;
    out->answered = true;
}

void result_read(duk_context *ctx, enum phase phase, struct hook_result *out)
{
    duk_idx_t value = duk_get_top_index(ctx);

    *out = (struct hook_result){0};
    /* Strings too: "abc" would be three arguments in the original. */
    if (!duk_is_object(ctx, value))
        return;
    read_args(ctx, value, out);
    read_delay(ctx, value, out);
    read_answer(ctx, value, phase, out);
}
