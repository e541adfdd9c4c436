/* acc_task.c: accessors to the calling process, and print. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/*
 * The list is C memory, pushing may throw: so it is pushed by a protected
 * call, freed, and only then the error goes on.
 */
static duk_ret_t push_list(duk_context *ctx, void *udata)
{
    const struct strvec *list = udata;

    duk_push_array(ctx);
    for (size_t i = 0; i < list->count; i++) {
        jsval_push_text(ctx, list->str[i], strlen(list->str[i]));
        duk_put_prop_index(ctx, -2, (duk_uarridx_t)i);
    }
    return 1;
}

static duk_ret_t push_strings(duk_context *ctx,
                              int (*read)(struct task *, struct strvec *))
{
    struct strvec list;
    int rc = read(engine_task(ctx), &list);

    if (rc < 0)
        return jsval_throw_errno(ctx, -rc);
    rc = duk_safe_call(ctx, push_list, &list, 0, 1);
    strvec_free(&list);
    return rc == DUK_EXEC_SUCCESS ? 1 : duk_throw(ctx);
}

duk_ret_t acc_get_argv(duk_context *ctx)
{
    return push_strings(ctx, task_read_argv);
}

duk_ret_t acc_get_envs(duk_context *ctx)
{
    return push_strings(ctx, task_read_envs);
}

duk_ret_t acc_print(duk_context *ctx)
{
    duk_idx_t count = duk_get_top(ctx);
    const char *text;
    size_t size, done = 0;

    duk_push_literal(ctx, " ");
    for (duk_idx_t i = 0; i < count; i++) {
        duk_dup(ctx, i);
        if (!duk_is_string(ctx, -1)) {
            duk_json_encode(ctx, -1);
            duk_to_string(ctx, -1); /* "undefined" where JSON has nothing */
        }
    }
    duk_join(ctx, count);
    text = jsval_require_utf8(ctx, -1, &size);
    while (done < size) {
        ssize_t n =
            write(engine_of(ctx)->config.print_fd, text + done, size - done);

        if (n < 0 && errno != EINTR)
            break; /* as with any tool whose reader went away */
        done += n > 0 ? (size_t)n : 0;
    }
    duk_push_null(ctx);
    return 1;
}
