/* xlat_text.c: flags and enumerations as the names that C gives them. */
#include "vmm/xlat_text.h"

#include <inttypes.h>
#include <stdio.h>

#define MAX_NAMES 64 /* of one value: no more than bits */

void xlat_enum_text(char *out, size_t size, const struct xlat *set,
                    uint64_t value)
{
    for (const struct xlat_entry *e = set->entry; e->name; e++) {
        if (e->value == value) {
            snprintf(out, size, "%s", e->name);
            return;
        }
    }
    snprintf(out, size, "0x%" PRIx64, value);
}

/* The entry that says most of (value): O_SYNC has the bit of O_DSYNC. */
static const struct xlat_entry *largest(const struct xlat *set, uint64_t value)
{
    const struct xlat_entry *best = NULL;

    for (const struct xlat_entry *e = set->entry; e->name; e++)
        if (e->value && (e->value & value) == e->value &&
            (!best || e->value > best->value))
            best = e;
    return best;
}

static bool is_among(const struct xlat_entry *const *named, unsigned n,
                     const struct xlat_entry *e)
{
    for (unsigned i = 0; i < n; i++)
        if (named[i] == e)
            return true;
    return false;
}

/* Returns where the next one goes; the last byte stays for the NUL. */
static size_t append(char *out, size_t size, size_t at, const char *text)
{
    int n = snprintf(out + at, size - at, "%s%s", at ? "|" : "", text);

    return at + (size_t)n < size ? at + (size_t)n : size - 1;
}

void xlat_flags_text(char *out, size_t size, const struct xlat *set,
                     uint64_t value)
{
    const struct xlat_entry *named[MAX_NAMES], *e;
    uint64_t rest = value & ~set->choice;
    unsigned n = 0;
    size_t at = 0;
    char part[64];

    out[0] = '\0';
    /* A choice has a name even where it is 0: O_RDONLY. */
    if (set->choice || !value) {
        xlat_enum_text(part, sizeof(part), set, value & set->choice);
        at = append(out, size, at, part);
    }
    for (; n < MAX_NAMES && (e = largest(set, rest)); n++) {
        named[n] = e;
        rest &= ~e->value;
    }
    for (e = set->entry; e->name; e++)
        if (is_among(named, n, e))
            at = append(out, size, at, e->name);
    if (rest) {
        snprintf(part, sizeof(part), "0x%" PRIx64, rest);
        append(out, size, at, part);
    }
}
