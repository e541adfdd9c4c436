/* acc_hooks.c: accessors that register hooks, and what hooks answer. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

static duk_ret_t add_unique(duk_context *ctx, enum phase phase)
{
    struct hook hook = hookset_default(engine_of(ctx), phase);

    hook.unique = true;
    selector_read(ctx, 0, &hook.calls);
    if (!duk_is_function(ctx, 1))
        return duk_type_error(ctx, "hook is not a function");
    duk_dup(ctx, 1);
    hookset_add(ctx, &hook);
    duk_push_null(ctx);
    return 1;
}

duk_ret_t acc_add_hook_before(duk_context *ctx)
{
    return add_unique(ctx, PHASE_BEFORE);
}

duk_ret_t acc_add_hook_after(duk_context *ctx)
{
    return add_unique(ctx, PHASE_AFTER);
}

/* on(event, [calls,] [options,] hook): the hook is the last one, and what is
 * between follows from whether the event has calls. */
duk_ret_t acc_on(duk_context *ctx)
{
    const char *name = duk_get_string_default(ctx, 0, "");
    enum phase phase = selector_phase(name);
    duk_idx_t last = duk_get_top_index(ctx), next = 1;
    struct hook hook;

    if (phase == PHASES)
        return duk_range_error(ctx, "there is no event %s",
                               duk_safe_to_string(ctx, 0));
    hook = hookset_default(engine_of(ctx), phase);
    if (!duk_is_function(ctx, last))
        return duk_type_error(ctx, "hook is not a function");
    if (phase < PHASE_EVENT && next < last)
        selector_read(ctx, next++, &hook.calls);
    else if (phase < PHASE_EVENT)
        return duk_type_error(ctx, "no call is named");
    if (next < last)
        selector_options(ctx, next++, phase, &hook.options);
    if (next != last)
        return duk_type_error(ctx, "too many arguments");
    duk_push_uint(ctx, hookset_add(ctx, &hook));
    return 1;
}

duk_ret_t acc_off(duk_context *ctx)
{
    uint32_t id = (uint32_t)jsval_require_range(ctx, 0, 0, UINT32_MAX, "hook");

    duk_push_boolean(ctx, hookset_remove(ctx, id));
    return 1;
}

static void push_failure(duk_context *ctx, int err)
{
    duk_push_object(ctx);
    duk_push_int(ctx, -1);
    duk_put_prop_literal(ctx, -2, "ret");
    duk_push_int(ctx, err);
    duk_put_prop_literal(ctx, -2, "errno");
}

duk_ret_t acc_fail(duk_context *ctx)
{
    push_failure(ctx, result_errno(ctx, 0));
    return 1;
}

/* The hook of inject: it returns what it was made with. */
static duk_ret_t injected(duk_context *ctx)
{
    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, -1, DUK_HIDDEN_SYMBOL("answer"));
    return 1;
}

/* Take the member (name) of the object at 1 out of it, onto the stack. */
static bool take_member(duk_context *ctx, const char *name)
{
    bool there = duk_get_prop_string(ctx, 1, name);

    duk_del_prop_string(ctx, 1, name);
    if (!there)
        duk_pop(ctx);
    return there;
}

/* inject(calls, {errno | ret, delay, and options as of on}). */
duk_ret_t acc_inject(duk_context *ctx)
{
    struct hook hook = hookset_default(engine_of(ctx), PHASE_BEFORE);
    duk_idx_t answer;
    bool any = false;

    selector_read(ctx, 0, &hook.calls);
    if (!duk_is_object(ctx, 1))
        return duk_type_error(ctx, "options must be an object");
    /* A copy: it is taken apart. */
    duk_push_object(ctx);
    duk_enum(ctx, 1, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (duk_next(ctx, -1, 1))
        duk_put_prop(ctx, -4);
    duk_pop(ctx);
    duk_replace(ctx, 1);

    duk_push_c_function(ctx, injected, 0);
    duk_push_object(ctx);
    answer = duk_get_top_index(ctx);
    if (take_member(ctx, "errno")) {
        int err = result_errno(ctx, -1);

        duk_pop_2(ctx);
        push_failure(ctx, err);
        any = true;
    } else if (take_member(ctx, "ret")) {
        duk_put_prop_literal(ctx, answer, "ret");
        duk_push_int(ctx, 0);
        duk_put_prop_literal(ctx, answer, "errno");
        any = true;
    }
    if (take_member(ctx, "delay")) {
        duk_put_prop_literal(ctx, answer, "delay");
        any = true;
    }
    if (!any)
        return duk_type_error(ctx, "nothing to inject: errno, ret or delay");
    selector_options(ctx, 1, PHASE_BEFORE, &hook.options);
    duk_put_prop_literal(ctx, -2, DUK_HIDDEN_SYMBOL("answer"));
    duk_push_uint(ctx, hookset_add(ctx, &hook));
    return 1;
}
