/* decode_pointer.c: strings, vectors, buffers and structures behind pointers.
 */
#include "jsengine/decode_internal.h"
#include "jsengine/jsval.h"
#include "vmm/structs.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

void decode_read(const struct decoder *d, gva_t addr, void *buf, size_t size)
{
    int rc = size ? capsule_read(d->call->capsule, addr, buf, size) : 0;

    if (rc < 0)
        jsval_throw_errno(d->ctx, -rc);
}

void decode_push_bytes(const struct decoder *d, gva_t addr, uint64_t size)
{
    void *buf;

    size = min_u64(size, DECODE_BYTES);
    buf = duk_push_fixed_buffer(d->ctx, size);
    decode_read(d, addr, buf, size);
    duk_push_buffer_object(d->ctx, -1, 0, size, DUK_BUFOBJ_UINT8ARRAY);
    duk_remove(d->ctx, -2);
}

/*
 * A string of at most (size) bytes, its NUL included. Longer ones are an error,
 * as for the kernel; where it cuts them off instead (PR_SET_NAME), so many
 * bytes are all it will use.
 */
static void push_string(const struct decoder *d, gva_t addr, size_t size,
                        bool may_be_cut)
{
    size_t room = min_u64(size, PATH_MAX);
    char *buf = duk_push_dynamic_buffer(d->ctx, room);
    ssize_t n = capsule_read_string(d->call->capsule, addr, buf, room);

    if (n == -ENAMETOOLONG && room < size) {
        buf = duk_resize_buffer(d->ctx, -1, size);
        n = capsule_read_string(d->call->capsule, addr, buf, size);
    }
    if (n == -ENAMETOOLONG && may_be_cut) {
        n = (ssize_t)size - 1;
        decode_read(d, addr, buf, (size_t)n);
    }
    if (n < 0)
        jsval_throw_errno(d->ctx, (int)-n);
    jsval_push_text(d->ctx, buf, (size_t)n);
    duk_remove(d->ctx, -2);
}

static void push_strings(const struct decoder *d, gva_t addr)
{
    uint64_t string;

    duk_push_array(d->ctx);
    for (duk_uarridx_t i = 0;; i++, addr += sizeof(string)) {
        decode_read(d, addr, &string, sizeof(string));
        if (!string)
            return;
        /* The kernel's MAX_ARG_STRLEN. */
        push_string(d, string, 32 * 4096, false);
        duk_put_prop_index(d->ctx, -2, i);
    }
}

/* How many elements lie behind pointer field (i), which is not NULL. */
static uint64_t count_of(const struct decoder *d, const struct image *in,
                         unsigned i)
{
    const struct datum *datum = &in->field[i];
    const struct datum *by = &in->field[datum->count_of];
    uint64_t count = 1;
    int32_t at;

    if (datum->count == COUNT_ONE || !image_has(in, datum->count_of))
        return datum->count == COUNT_ONE;
    count = image_value(in, datum->count_of);
    if (datum->count == COUNT_AT) {
        if (!count)
            return 0;
        decode_read(d, count, &at, sizeof(at));
        count = at < 0 ? 0 : (uint64_t)at;
    } else if (by->kind == DATUM_INT && (int64_t)count < 0) {
        return 0; /* the kernel refuses it */
    }
    if (datum->max)
        count = min_u64(count, datum->max);
    if (in->registers && datum->dir == DIR_OUT && datum->count == COUNT_OF)
        count = min_u64(count, d->written);
    return count;
}

static void push_array(const struct decoder *d, const struct datum *datum,
                       gva_t addr, uint64_t count)
{
    const struct struct_desc *type = datum->type;
    uint8_t *bytes;

    count = min_u64(count, DECODE_ELEMENTS);
    bytes = duk_push_fixed_buffer(d->ctx, count * type->size);
    decode_read(d, addr, bytes, count * type->size);
    duk_push_array(d->ctx);
    for (uint64_t i = 0; i < count; i++) {
        decode_push_struct(d, type, bytes + i * type->size, type->size);
        duk_put_prop_index(d->ctx, -2, (duk_uarridx_t)i);
    }
    duk_remove(d->ctx, -2);
}

/* One structure, of which (size) bytes are there. */
static void push_one(const struct decoder *d, const struct struct_desc *type,
                     gva_t addr, uint64_t size)
{
    uint8_t *bytes = duk_push_fixed_buffer(d->ctx, size);

    decode_read(d, addr, bytes, size);
    decode_push_struct(d, type, bytes, size);
    duk_remove(d->ctx, -2);
}

/* The descriptors whose bits are set, of the first (bits). */
static void push_fd_mask(const struct decoder *d, gva_t addr, uint64_t bits)
{
    duk_uarridx_t n = 0;
    uint8_t *bytes;

    bits = min_u64(bits, 8 * DECODE_BYTES);
    /* The kernel takes whole words. */
    bytes = duk_push_fixed_buffer(d->ctx, (bits + 63) / 64 * 8);
    decode_read(d, addr, bytes, (bits + 63) / 64 * 8);
    duk_push_array(d->ctx);
    for (unsigned fd = 0; fd < bits; fd++) {
        if (!(bytes[fd / 8] & 1u << fd % 8))
            continue;
        duk_push_uint(d->ctx, fd);
        duk_put_prop_index(d->ctx, -2, n++);
    }
    duk_remove(d->ctx, -2);
}

/* Bytes of a known type whose number is counted: an address or control data. */
static void push_typed(const struct decoder *d, const struct struct_desc *type,
                       gva_t addr, uint64_t count)
{
    /* Kernel and programs know no longer address. */
    uint64_t most = type == &struct_sockaddr  ? sizeof(struct sockaddr_storage)
                    : type == &struct_cmsghdr ? DECODE_BYTES
                                              : type->size;

    push_one(d, type, addr, min_u64(count, most));
}

static void push_struct(const struct decoder *d, const struct datum *datum,
                        gva_t addr, uint64_t count)
{
    if (datum->count == COUNT_BITS)
        push_fd_mask(d, addr, count);
    else if (datum->size < datum->type->size)
        push_typed(d, datum->type, addr, count);
    else if (datum->count == COUNT_ONE)
        push_one(d, datum->type, addr, datum->type->size);
    else
        push_array(d, datum, addr, count);
}

static void push_buffer(const struct decoder *d, const struct datum *datum,
                        gva_t addr, uint64_t count)
{
    if (datum->type)
        push_typed(d, datum->type, addr, count);
    else
        decode_push_bytes(d, addr,
                          datum->count == COUNT_ONE ? datum->size : count);
}

static void push_pointer(const struct decoder *d, const struct image *in,
                         unsigned i)
{
    const struct datum *datum = &in->field[i];
    gva_t addr = image_value(in, i);

    if (!addr) {
        duk_push_null(d->ctx);
        return;
    }
    switch (datum->kind) {
    case DATUM_PATH:
        push_string(d, addr, PATH_MAX, false);
        break;
    case DATUM_STRING:
        push_string(d, addr, datum->max ? datum->max + 1 : DECODE_BYTES,
                    datum->max != 0);
        break;
    case DATUM_STRV:
        push_strings(d, addr);
        break;
    case DATUM_STRUCT:
        push_struct(d, datum, addr, count_of(d, in, i));
        break;
    default:
        push_buffer(d, datum, addr, count_of(d, in, i));
    }
}

void decode_push_field(const struct decoder *d, const struct image *in,
                       unsigned i)
{
    duk_require_stack(d->ctx, 16);
    if (datum_is_pointer(in->field[i].kind))
        push_pointer(d, in, i);
    else
        decode_push_value(d, &in->field[i], image_value(in, i));
}
