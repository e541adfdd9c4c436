/* jsontext.c: JSON strings from bytes that scripts and programs chose. */
#include "api/jsontext.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT 0xfffd

/* The character at (at), surrogates too; (*used) bytes. RFC 3629. */
static uint32_t decode(const uint8_t *at, size_t left, size_t *used)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = at[0] < 0x80             ? 1
               : (at[0] & 0xe0) == 0xc0 ? 2
               : (at[0] & 0xf0) == 0xe0 ? 3
               : (at[0] & 0xf8) == 0xf0 ? 4
                                        : 0;
    uint32_t c = at[0];

    *used = 1;
    if (n == 1)
        return c;
    if (n == 0 || n > left)
        return REPLACEMENT;
    c &= 0x7fu >> n;
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        c = c << 6 | (at[i] & 0x3f);
    }
    if (c < least[n] || c > 0x10ffff)
        return REPLACEMENT;
    *used = n;
    return c;
}

/* The same, pairs of surrogates joined. */
static uint32_t decode_joined(const uint8_t *at, size_t left, size_t *used)
{
    uint32_t high = decode(at, left, used), low;
    size_t more;

    if (high < 0xd800 || high > 0xdfff)
        return high;
    if (high < 0xdc00 && *used < left) {
        low = decode(at + *used, left - *used, &more);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *used += more;
            return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return REPLACEMENT;
}

static size_t encode(uint8_t *out, uint32_t c)
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
    out[0] = (uint8_t)(lead[n] | c);
    return n;
}

json_t *jsontext(const char *bytes, size_t size)
{
    json_t *text = json_stringn(bytes, size);
    size_t to = 0, used;
    uint8_t *clean;

    if (text)
        return text;
    clean = malloc(3 * size + 1); /* a bad byte becomes three */
    if (!clean)
        return NULL;
    for (size_t at = 0; at < size; at += used)
        to += encode(clean + to, decode_joined((const uint8_t *)bytes + at,
                                               size - at, &used));
    text = json_stringn((const char *)clean, to);
    free(clean);
    return text;
}

json_t *jsontext_of(const char *text)
{
    return text ? jsontext(text, strlen(text)) : json_null();
}
