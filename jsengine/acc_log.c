/* acc_log.c: logJson. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

#include <string.h>

/* The text at the top of the stack becomes the value that it is as JSON. */
static duk_ret_t decode(duk_context *ctx, void *udata)
{
    (void)udata;
    duk_json_decode(ctx, -1);
    return 1;
}

/*
 * Where the text at the top is that of a JSON object, bring it into one form,
 * without the member that will be added. Returns whether it is.
 */
static bool normalise(duk_context *ctx)
{
    duk_dup_top(ctx);
    if (duk_safe_call(ctx, decode, NULL, 1, 1) != DUK_EXEC_SUCCESS ||
        !duk_is_object(ctx, -1) || duk_is_array(ctx, -1)) {
        duk_pop(ctx);
        return false;
    }
    duk_del_prop_literal(ctx, -1, "LogPrefix");
    duk_json_encode(ctx, -1);
    return true;
}

duk_ret_t acc_log_json(duk_context *ctx)
{
    const struct engine *e = engine_of(ctx);
    const struct task *task = engine_task(ctx);
    const char *text;
    bool is_object;
    size_t size;

    if (!duk_is_string(ctx, 0)) {
        duk_json_encode(ctx, 0);
        duk_to_string(ctx, 0); /* "undefined" where JSON has nothing */
    }
    is_object = normalise(ctx);
    text = jsval_require_utf8(ctx, -1, &size);
    if (e->config.log)
        e->config.log(e->config.log_ctx, task, text, size, is_object);
    duk_push_null(ctx);
    return 1;
}
