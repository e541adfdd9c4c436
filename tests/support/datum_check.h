/*
 * datum_check.h: what every datum must fulfil, be it an argument of a row or of
 * a variant, or a field. Fails the running test with the datum's name.
 */
#ifndef TESTS_SUPPORT_DATUM_CHECK_H
#define TESTS_SUPPORT_DATUM_CHECK_H

#include "vmm/structs.h"
#include "vmm/syscall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define require(cond_, ...)                                                    \
    do {                                                                       \
        if (!(cond_))                                                          \
            fail_msg(__VA_ARGS__);                                             \
    } while (0)

static inline unsigned count_data(const struct datum *all, unsigned max)
{
    unsigned n = 0;

    while (n < max && all[n].kind != DATUM_NONE)
        n++;
    return n;
}

static inline bool is_integer(const struct datum *d)
{
    return d->kind == DATUM_INT || d->kind == DATUM_UINT;
}

static inline void check_count(const char *where, const struct datum *all,
                               unsigned n, const struct datum *d)
{
    const struct datum *by = &all[d->count_of];

    if (d->count == COUNT_ONE) {
        require(d->count_of == 0, "%s %s: counted by nobody", where, d->name);
        return;
    }
    require(d->count_of < n && by != d, "%s %s: no such sibling", where,
            d->name);
    if (d->count == COUNT_AT)
        require(by->kind == DATUM_STRUCT && by->count == COUNT_ONE &&
                    by->size == 4 && (by->dir & DIR_IN),
                "%s %s: %s is no pointer to a 32-bit count", where, d->name,
                by->name);
    else
        require(is_integer(by), "%s %s: %s does not count", where, d->name,
                by->name);
    if (d->count == COUNT_BITS)
        require(d->size && 8 % d->size == 0, "%s %s: no whole words", where,
                d->name);
}

static inline void check_pointer(const char *where, const struct datum *all,
                                 unsigned n, const struct datum *d)
{
    require(d->width == 8, "%s %s: width", where, d->name);
    require(d->dir != 0, "%s %s: no direction", where, d->name);
    require(d->size != 0, "%s %s: no size", where, d->name);
    require(d->names == NULL, "%s %s: names of a pointer", where, d->name);
    if (d->kind == DATUM_BUF)
        require((d->type == NULL || d->dir == DIR_OUT) &&
                    (d->count == COUNT_ONE || d->size == 1),
                "%s %s: a buffer has bytes", where, d->name);
    if (d->kind == DATUM_STRUCT)
        require(d->type != NULL &&
                    (d->size == d->type->size ||
                     (d->size == 1 && d->count == COUNT_OF) ||
                     (d->size < d->type->size && d->count == COUNT_ONE &&
                      d->dir == DIR_IN)),
                "%s %s: size %u is not its type's", where, d->name, d->size);
    if (d->kind == DATUM_STRING || d->kind == DATUM_PATH ||
        d->kind == DATUM_STRV)
        require(d->dir == DIR_IN && d->count == COUNT_ONE,
                "%s %s: a string is only read", where, d->name);
    else
        require(d->max == 0 || d->count != COUNT_ONE,
                "%s %s: a limit without count", where, d->name);
    check_count(where, all, n, d);
}

static inline bool has_flag(const struct datum *d, uint32_t flag)
{
    const struct xlat_entry *e =
        d->kind == DATUM_FLAGS ? d->names->entry : NULL;

    while (e && e->name != NULL && e->value != flag)
        e++;
    return e && e->name != NULL;
}

static inline void check_link(const char *where, const struct datum *all,
                              unsigned n, const struct datum *d)
{
    bool by_flag = d->link == LINK_UNLESS || d->link == LINK_IF;

    require(d->kind == DATUM_PATH || d->link == 0, "%s %s: no path", where,
            d->name);
    require(by_flag || (d->flag == 0 && d->flag_of == 0),
            "%s %s: a flag of no use", where, d->name);
    require(!by_flag || (d->flag_of < n && has_flag(&all[d->flag_of], d->flag)),
            "%s %s: no such flag", where, d->name);
}

static inline void check_value(const char *where, const struct datum *d)
{
    bool named = d->kind == DATUM_FLAGS || d->kind == DATUM_ENUM;

    require(d->width == 1 || d->width == 2 || d->width == 4 || d->width == 8,
            "%s %s: width %u", where, d->name, d->width);
    require((d->names != NULL) == named, "%s %s: names", where, d->name);
    require(d->dir == 0 && d->size == 0 && d->max == 0 && d->type == NULL &&
                d->count == COUNT_ONE,
            "%s %s: a value that points", where, d->name);
}

static inline void check_data(const char *where, const struct datum *all,
                              unsigned n)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        require(all[i].kind < DATUM_KINDS && all[i].name != NULL &&
                    all[i].name[0] != '\0',
                "%s: datum %u", where, i);
        check_link(where, all, n, &all[i]);
        if (datum_is_pointer(all[i].kind))
            check_pointer(where, all, n, &all[i]);
        else
            check_value(where, &all[i]);
    }
}

static inline void check_refusal(const char *name, unsigned err,
                                 const char *why)
{
    require(err != 0 && errno_name((int)err) != NULL, "%s: no errno", name);
    require(why != NULL && strlen(why) > 10, "%s: no reason", name);
}

#endif
