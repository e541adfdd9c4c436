/* jsval.c: values between C and JavaScript. */
#include "jsengine/jsval.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

void jsval_push_reg(duk_context *ctx, uint64_t value)
{
    duk_push_number(ctx, (double)(int64_t)value);
}

void jsval_push_u64(duk_context *ctx, uint64_t value)
{
    char text[32];

    if (value <= UINT64_C(1) << 53) {
        duk_push_number(ctx, (double)value);
    } else {
        snprintf(text, sizeof(text), "0x%" PRIx64, value);
        duk_push_string(ctx, text);
    }
}

void jsval_put_both(duk_context *ctx, const char *name, const char *alias)
{
    duk_dup_top(ctx);
    duk_put_prop_string(ctx, -3, name);
    duk_push_string(ctx, alias);
    duk_insert(ctx, -2);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_VALUE | DUK_DEFPROP_SET_WRITABLE |
                     DUK_DEFPROP_SET_CONFIGURABLE |
                     DUK_DEFPROP_CLEAR_ENUMERABLE);
}

/* "-?[0-9]+" or "-?0x[0-9a-f]+", blanks around it allowed. */
static bool exact_number(const char *text, uint64_t *out)
{
    bool negative = false;
    const char *digits;
    char *end;
    int base;

    while (isspace((unsigned char)*text))
        text++;
    if (*text == '-' || *text == '+')
        negative = *text++ == '-';
    base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
    digits = base == 16 ? text + 2 : text;
    if (!isxdigit((unsigned char)*digits) ||
        (base == 10 && !isdigit((unsigned char)*digits)))
        return false;
    errno = 0;
    *out = strtoull(digits, &end, base);
    if (errno || (negative && *out > UINT64_C(1) << 63))
        return false;
    while (isspace((unsigned char)*end))
        end++;
    if (negative)
        *out = -*out;
    return *end == '\0';
}

uint64_t jsval_require_u64(duk_context *ctx, duk_idx_t index, const char *what)
{
    double number = duk_get_number(ctx, index);
    uint64_t exact;

    /* What is none reads as NaN. */
    if (number >= 0 && number < TWO_63)
        return (uint64_t)number;
    if (duk_is_null_or_undefined(ctx, index))
        duk_type_error(ctx, "%s is %s", what,
                       duk_is_null(ctx, index) ? "null" : "undefined");
    if (duk_is_string(ctx, index) &&
        exact_number(duk_get_string(ctx, index), &exact))
        return exact;
    /* A copy: the conversion replaces what it converts. */
    duk_dup(ctx, index);
    number = trunc(duk_to_number(ctx, -1));
    duk_pop(ctx);
    if (!(number >= -TWO_63 && number < TWO_64))
        duk_range_error(ctx, "%s is not a number of 64 bits", what);
    return number < 0 ? (uint64_t)(int64_t)number : (uint64_t)number;
}

int64_t jsval_require_range(duk_context *ctx, duk_idx_t index, int64_t min,
                            int64_t max, const char *what)
{
    int64_t value = (int64_t)jsval_require_u64(ctx, index, what);

    if (value < min || value > max)
        duk_range_error(ctx, "%s is not within %ld and %ld", what, (long)min,
                        (long)max);
    return value;
}

/* Length of the well-formed UTF-8 sequence at (s), or 0. Unicode 3.9, D92. */
static unsigned utf8_length(const uint8_t *s, size_t left, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned n = s[0] < 0x80   ? 1
                 : s[0] < 0xc2 ? 0
                 : s[0] < 0xe0 ? 2
                 : s[0] < 0xf0 ? 3
                 : s[0] < 0xf5 ? 4
                               : 0;

    if (n == 0 || n > left)
        return 0;
    *code = n == 1 ? s[0] : s[0] & (0x7fu >> n);
    for (unsigned i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (s[i] & 0x3f);
    }
    if (*code < smallest[n] || *code > 0x10ffff ||
        (*code >= 0xd800 && *code < 0xe000))
        return 0;
    return n;
}

static size_t put_three(uint8_t *out, uint32_t code)
{
    out[0] = (uint8_t)(0xe0 | code >> 12);
    out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
    out[2] = (uint8_t)(0x80 | (code & 0x3f));
    return 3;
}

static bool is_ascii(const char *bytes, size_t size)
{
    uint64_t all = 0, word;
    size_t i = 0;

    for (; i + sizeof(word) <= size; i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        all |= word;
    }
    for (; i < size; i++)
        all |= (uint8_t)bytes[i];
    return (all & UINT64_C(0x8080808080808080)) == 0;
}

/* Duktape keeps strings in CESU-8: surrogates, each in three bytes. */
static void push_cesu8(duk_context *ctx, const char *bytes, size_t size)
{
    const uint8_t *s = (const uint8_t *)bytes;
    uint8_t *out = duk_push_fixed_buffer(ctx, 3 * size + 1);
    size_t at = 0;

    for (size_t i = 0; i < size;) {
        uint32_t code = 0xfffd;
        unsigned n = utf8_length(s + i, size - i, &code);

        if (n == 0) {
            at += put_three(out + at, 0xfffd);
            i++;
        } else if (n == 4) {
            at += put_three(out + at, 0xd800 + ((code - 0x10000) >> 10));
            at += put_three(out + at, 0xdc00 + (code & 0x3ff));
            i += n;
        } else {
            memcpy(out + at, s + i, n);
            at += n;
            i += n;
        }
    }
    duk_push_lstring(ctx, (const char *)out, at);
    duk_remove(ctx, -2);
}

void jsval_push_text(duk_context *ctx, const char *bytes, size_t size)
{
    /* As most are: the same bytes, and no buffer. */
    if (is_ascii(bytes, size))
        duk_push_lstring(ctx, bytes, size);
    else
        push_cesu8(ctx, bytes, size);
}

/* The 16-bit unit in the three CESU-8 bytes at (s), or 0. */
static uint32_t unit_at(const uint8_t *s, size_t left)
{
    if (left < 3 || s[0] != 0xed || (s[1] & 0xa0) != 0xa0)
        return 0;
    return 0xd000u | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
}

const char *jsval_require_utf8(duk_context *ctx, duk_idx_t index, size_t *size)
{
    duk_size_t length;
    const uint8_t *s;
    uint8_t *out;
    size_t at = 0;

    index = duk_require_normalize_index(ctx, index);
    s = (const uint8_t *)duk_to_lstring(ctx, index, &length);
    out = duk_push_fixed_buffer(ctx, length + 1);
    for (size_t i = 0; i < length;) {
        uint32_t high = unit_at(s + i, length - i);
        uint32_t low =
            high ? unit_at(s + i + 3, length - i > 3 ? length - i - 3 : 0) : 0;

        if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
            uint32_t code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);

            out[at++] = (uint8_t)(0xf0 | code >> 18);
            out[at++] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
            out[at++] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
            out[at++] = (uint8_t)(0x80 | (code & 0x3f));
            i += 6;
        } else if (high) {
            at += put_three(out + at, 0xfffd); /* half a pair */
            i += 3;
        } else {
            out[at++] = s[i++];
        }
    }
    out[at] = '\0';
    *size = at;
    return (const char *)out;
}

/* A plain array of numbers, as Array.isArray says. */
static const void *array_bytes(duk_context *ctx, duk_idx_t index, size_t *size)
{
    duk_size_t n = duk_get_length(ctx, index);
    uint8_t *out = duk_push_fixed_buffer(ctx, n + 1);

    for (duk_size_t i = 0; i < n; i++) {
        duk_get_prop_index(ctx, index, (duk_uarridx_t)i);
        out[i] = (uint8_t)duk_to_uint32(ctx, -1);
        duk_pop(ctx);
    }
    *size = n;
    return out;
}

const void *jsval_require_bytes(duk_context *ctx, duk_idx_t index, size_t *size)
{
    duk_size_t n;
    void *data;

    index = duk_require_normalize_index(ctx, index);
    if (duk_is_string(ctx, index))
        return jsval_require_utf8(ctx, index, size);
    if (duk_is_buffer_data(ctx, index)) {
        data = duk_get_buffer_data(ctx, index, &n);
        *size = data ? n : 0;
        return data ? data : "";
    }
    if (duk_is_array(ctx, index))
        return array_bytes(ctx, index, size);
    duk_type_error(ctx, "no bytes: give a string, an array or a buffer");
    return NULL;
}

duk_ret_t jsval_throw_errno(duk_context *ctx, int err)
{
    char text[128];
    const char *message = strerror_r(err, text, sizeof(text));

    /* As the original says it: "bad address". */
    duk_push_error_object(ctx, DUK_ERR_ERROR, "%c%s",
                          tolower((unsigned char)message[0]), message + 1);
    duk_push_int(ctx, err);
    duk_put_prop_literal(ctx, -2, "errno");
    return duk_throw(ctx);
}
