/* acc_memory.c: accessors to the calling task's memory. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"
#include "vmm/gmem.h"

#include <errno.h>
#include <limits.h>

#define COUNT_MAX (16 * MIB)

/*
 * What the running hook's call uses; where there is no call, at an event of a
 * task, its memory. Scripts at start have neither.
 */

static int read_memory(duk_context *ctx, gva_t addr, void *out, size_t size)
{
    const struct engine *e = engine_of(ctx);

    engine_task(ctx);
    if (size == 0)
        return 0;
    return e->call ? capsule_read(e->call->capsule, addr, out, size)
                   : gmem_read(out, addr, size);
}

static ssize_t read_text(duk_context *ctx, gva_t addr, char *out, size_t size)
{
    const struct engine *e = engine_of(ctx);

    engine_task(ctx);
    if (size == 0)
        return -ENAMETOOLONG;
    return e->call ? capsule_read_string(e->call->capsule, addr, out, size)
                   : gmem_read_string(out, addr, size);
}

static int write_memory(duk_context *ctx, gva_t addr, const void *bytes,
                        size_t size)
{
    const struct engine *e = engine_of(ctx);

    engine_task(ctx);
    if (size == 0)
        return 0;
    return e->call ? capsule_write(e->call->capsule, addr, bytes, size)
                   : gmem_write(addr, bytes, size);
}

duk_ret_t acc_read_bytes(duk_context *ctx)
{
    gva_t addr = jsval_require_u64(ctx, 0, "addr");
    size_t count = (size_t)jsval_require_range(ctx, 1, 0, COUNT_MAX, "count");
    void *out = duk_push_fixed_buffer(ctx, count);

    int rc = read_memory(ctx, addr, out, count);

    if (rc < 0)
        return jsval_throw_errno(ctx, -rc);
    duk_push_buffer_object(ctx, -1, 0, count, DUK_BUFOBJ_UINT8ARRAY);
    return 1;
}

duk_ret_t acc_read_string(duk_context *ctx)
{
    gva_t addr = jsval_require_u64(ctx, 0, "addr");
    size_t count = (size_t)jsval_require_range(ctx, 1, 0, COUNT_MAX, "count");
    char small[PATH_MAX];
    char *text =
        count <= sizeof(small) ? small : duk_push_fixed_buffer(ctx, count);
    ssize_t n = read_text(ctx, addr, text, count);

    if (n < 0)
        return jsval_throw_errno(ctx, (int)-n);
    jsval_push_text(ctx, text, (size_t)n);
    return 1;
}

static duk_ret_t write_all(duk_context *ctx, const void *bytes, size_t size)
{
    gva_t addr = jsval_require_u64(ctx, 0, "addr");

    int rc = write_memory(ctx, addr, bytes, size);

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
