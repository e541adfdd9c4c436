/* acc_hooks.c: accessors that register hooks. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

/* A number, or a name of the system-call table. */
static unsigned require_sysno(duk_context *ctx, duk_idx_t index)
{
    if (duk_is_string(ctx, index)) {
        int number = syscall_number(duk_get_string(ctx, index));

        if (number >= 0)
            return (unsigned)number;
    }
    return (unsigned)jsval_require_range(ctx, index, 0, HOOK_SYSNO_MAX - 1,
                                         "sysno");
}

static duk_ret_t add_hook(duk_context *ctx, enum phase phase)
{
    unsigned sysno = require_sysno(ctx, 0);

    if (!duk_is_function(ctx, 1))
        return duk_type_error(ctx, "hook is not a function");
    duk_dup(ctx, 1);
    hookset_put(engine_of(ctx), sysno, phase);
    duk_push_null(ctx);
    return 1;
}

duk_ret_t acc_add_hook_before(duk_context *ctx)
{
    return add_hook(ctx, PHASE_BEFORE);
}

duk_ret_t acc_add_hook_after(duk_context *ctx)
{
    return add_hook(ctx, PHASE_AFTER);
}
