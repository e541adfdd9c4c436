/* decode_value.c: numbers, and the names that numbers have. */
#include "jsengine/decode_internal.h"
#include "vmm/xlat_text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t slot(const struct image *in, unsigned i)
{
    return in->registers ? 8 * i : in->field[i].offset;
}

bool image_has(const struct image *in, unsigned i)
{
    return slot(in, i) + in->field[i].width <= in->size;
}

static bool is_signed(const struct datum *datum)
{
    switch (datum->kind) {
    case DATUM_INT:
    case DATUM_OFFSET:
    case DATUM_FD:
    case DATUM_DIRFD:
    case DATUM_PID:
    case DATUM_SIGNO:
    case DATUM_ENUM:
        return true;
    default:
        return false;
    }
}

uint64_t image_value(const struct image *in, unsigned i)
{
    const struct datum *datum = &in->field[i];
    unsigned unused = 64 - 8u * datum->width;
    uint64_t value = 0;

    memcpy(&value, in->bytes + slot(in, i), datum->width);
    if (is_signed(datum))
        return (uint64_t)((int64_t)(value << unused) >> unused);
    return value;
}

void decode_push_hex(duk_context *ctx, uint64_t value, unsigned width)
{
    unsigned unused = 64 - 8 * width;

    duk_push_sprintf(ctx, "0x%" PRIx64, value << unused >> unused);
}

static void push_decimal(duk_context *ctx, const struct datum *datum,
                         uint64_t value)
{
    char text[32];

    snprintf(text, sizeof(text), is_signed(datum) ? "%" PRId64 : "%" PRIu64,
             value);
    duk_push_string(ctx, text);
}

static void push_signal(duk_context *ctx, uint64_t value)
{
    const char *name = value < 32 ? sigabbrev_np((int)value) : NULL;

    if (name)
        duk_push_sprintf(ctx, "SIG%s", name);
    else
        duk_push_sprintf(ctx, "%d", (int)value);
}

static void push_text(duk_context *ctx, const struct datum *datum,
                      uint64_t value)
{
    char text[1024];

    switch (datum->kind) {
    case DATUM_FLAGS:
        xlat_flags_text(text, sizeof(text), datum->names, value);
        break;
    case DATUM_ENUM:
        if (datum->width < 8) /* the sets hold them unsigned */
            value = (uint32_t)value;
        xlat_enum_text(text, sizeof(text), datum->names, value);
        break;
    case DATUM_MODE:
        snprintf(text, sizeof(text), "0%" PRIo64, value);
        break;
    case DATUM_SIGNO:
        push_signal(ctx, value);
        return;
    case DATUM_DIRFD:
        if ((int)value == AT_FDCWD) {
            duk_push_literal(ctx, "AT_FDCWD");
            return;
        }
        push_decimal(ctx, datum, value);
        return;
    case DATUM_HEX:
    case DATUM_GVA:
    case DATUM_DEV:
        decode_push_hex(ctx, value, 8);
        return;
    default:
        push_decimal(ctx, datum, value);
        return;
    }
    duk_push_string(ctx, text);
}

void decode_push_value(const struct decoder *d, const struct datum *datum,
                       uint64_t value)
{
    if (d->form == FORM_TEXT)
        push_text(d->ctx, datum, value);
    else if (d->form == FORM_HEX)
        decode_push_hex(d->ctx, value, datum->width);
    else
        /* 64 bits are signed whatever they mean, as in arg0 to arg5. */
        duk_push_number(d->ctx, (double)(int64_t)value);
}
