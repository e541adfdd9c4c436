/* acc_memory.c: accessors to the calling task's memory. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

#include <errno.h>

#define COUNT_MAX (16 * MIB)

/* The call that the running hook is about; scripts at start have none. */
static struct capsule *require_capsule(duk_context *ctx)
{
    struct engine *e = engine_of(ctx);

    if (!e->call)
        duk_error(ctx, DUK_ERR_ERROR, "only hooks have memory to look at");
    return e->call->capsule;
}

duk_ret_t acc_read_bytes(duk_context *ctx)
{
    struct capsule *capsule = require_capsule(ctx);
    gva_t addr = jsval_require_u64(ctx, 0, "addr");
    size_t count = (size_t)jsval_require_range(ctx, 1, 0, COUNT_MAX, "count");
    void *out = duk_push_fixed_buffer(ctx, count);

    int rc = count ? capsule_read(capsule, addr, out, count) : 0;

    if (rc < 0)
        return jsval_throw_errno(ctx, -rc);
    duk_push_buffer_object(ctx, -1, 0, count, DUK_BUFOBJ_UINT8ARRAY);
    return 1;
}

duk_ret_t acc_read_string(duk_context *ctx)
{
    struct capsule *capsule = require_capsule(ctx);
    gva_t addr = jsval_require_u64(ctx, 0, "addr");
    size_t count = (size_t)jsval_require_range(ctx, 1, 0, COUNT_MAX, "count");
    char *text = duk_push_fixed_buffer(ctx, count + 1);
    ssize_t n =
        count ? capsule_read_string(capsule, addr, text, count) : -ENAMETOOLONG;

    if (n < 0)
        return jsval_throw_errno(ctx, (int)-n);
    jsval_push_text(ctx, text, (size_t)n);
    return 1;
}

static duk_ret_t write_all(duk_context *ctx, const void *bytes, size_t size)
{
    gva_t addr = jsval_require_u64(ctx, 0, "addr");

    int rc = size ? capsule_write(require_capsule(ctx), addr, bytes, size) : 0;

    if (rc < 0)
        return jsval_throw_errno(ctx, -rc);
    duk_push_number(ctx, (double)size);
    return 1;
}

duk_ret_t acc_write_bytes(duk_context *ctx)
{
    size_t size;
    const void *bytes = jsval_require_bytes(ctx, 1, &size);

    return write_all(ctx, bytes, size);
}

duk_ret_t acc_write_string(duk_context *ctx)
{
    size_t size;
    const char *text = jsval_require_utf8(ctx, 1, &size);

    return write_all(ctx, text, size);
}
