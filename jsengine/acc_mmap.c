/* acc_mmap.c: accessors to the mappings of the calling process. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"
#include "vmm/inspect.h"

#include <string.h>
#include <sys/mman.h>

duk_ret_t acc_anon_mmap(duk_context *ctx)
{
    uint64_t length = jsval_require_u64(ctx, 0, "length");
    int64_t addr = inspect_map(engine_task(ctx), length);

    if (addr < 0)
        return jsval_throw_errno(ctx, (int)-addr);
    duk_push_number(ctx, (double)addr);
    return 1;
}

duk_ret_t acc_munmap(duk_context *ctx)
{
    uint64_t addr = jsval_require_u64(ctx, 0, "addr");
    uint64_t length = jsval_require_u64(ctx, 1, "length");
    int64_t rc = inspect_unmap(engine_task(ctx), addr, length);

    if (rc < 0)
        return jsval_throw_errno(ctx, (int)-rc);
    duk_push_null(ctx);
    return 1;
}

static void push_map(duk_context *ctx, const struct map_info *map)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"Start", (double)map->start},   {"End", (double)map->end},
        {"Offset", (double)map->offset}, {"DevMajor", map->major},
        {"DevMinor", map->minor},        {"Inode", (double)map->inode},
    };
    const struct {
        const char *name;
        bool value;
    } booleans[] = {
        {"Readable", map->prot & PROT_READ},
        {"Writeable", map->prot & PROT_WRITE},
        {"Executable", map->prot & PROT_EXEC},
        {"Private", !(map->flags & MAP_SHARED)},
    };

    duk_push_object(ctx);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        duk_push_number(ctx, numbers[i].value);
        duk_put_prop_string(ctx, -2, numbers[i].name);
    }
    for (size_t i = 0; i < ARRAY_SIZE(booleans); i++) {
        duk_push_boolean(ctx, booleans[i].value);
        duk_put_prop_string(ctx, -2, booleans[i].name);
    }
    jsval_push_text(ctx, map->path, strlen(map->path));
    duk_put_prop_literal(ctx, -2, "Path");
}

static duk_ret_t push_list(duk_context *ctx, void *udata)
{
    const struct map_list *list = udata;

    duk_push_array(ctx);
    for (size_t i = 0; i < list->count; i++) {
        push_map(ctx, &list->v[i]);
        duk_put_prop_index(ctx, -2, (duk_uarridx_t)i);
    }
    return 1;
}

/* As with strings: pushed by a protected call, freed, then the error goes on.
 */
duk_ret_t acc_get_mmaps(duk_context *ctx)
{
    struct map_list list;
    int rc = inspect_maps(engine_task(ctx), &list);

    if (rc < 0)
        return jsval_throw_errno(ctx, -rc);
    rc = duk_safe_call(ctx, push_list, &list, 0, 1);
    map_list_free(&list);
    return rc == DUK_EXEC_SUCCESS ? 1 : duk_throw(ctx);
}
