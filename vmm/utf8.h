/* utf8.h: telling UTF-8 from other bytes. Layer 0. */
#ifndef VMM_UTF8_H
#define VMM_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of the character at (s), of which (size) > 0 are there: 1 to 4; 0
 * where none begins there (no shortest form, a surrogate, beyond U+10FFFF, cut
 * off). RFC 3629, table of well-formed sequences.
 */
static inline size_t utf8_length(const char *s, size_t size)
{
    const uint8_t *b = (const uint8_t *)s;
    size_t n = b[0] < 0x80   ? 1
               : b[0] < 0xc2 ? 0
               : b[0] < 0xe0 ? 2
               : b[0] < 0xf0 ? 3
               : b[0] < 0xf5 ? 4
                             : 0;

    if (n > size)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
        (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
        return 0;
    return n;
}

#endif
