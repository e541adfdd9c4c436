/* trace_value.c: numbers, names of flags, descriptors with what they are. */
#include "vmm/trace_internal.h"

#include "vmm/privfd.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_NAMES 64 /* of one set of flags: no more than bits */

int64_t trace_narrow(const struct datum *f, uint64_t v)
{
    unsigned width = f->width == 0 || f->width > 8 ? 8 : f->width;
    unsigned unused = 64 - 8 * width;

    if (f->kind == DATUM_INT || f->kind == DATUM_OFFSET)
        return (int64_t)(v << unused) >> unused;
    return (int64_t)(v << unused >> unused);
}

/* Of the names that are not taken yet, the one that says most of (v). */
static const struct xlat_entry *largest(const struct xlat *set, uint64_t v)
{
    const struct xlat_entry *best = NULL;

    for (const struct xlat_entry *e = set->entry; e->name; e++)
        if (e->value && (e->value & v) == e->value &&
            (!best || e->value > best->value))
            best = e;
    return best;
}

static const char *name_of(const struct xlat *set, uint64_t v)
{
    for (const struct xlat_entry *e = set->entry; e->name; e++)
        if (e->value == v)
            return e->name;
    return NULL;
}

static void put_enum(struct text *out, const struct xlat *set, uint64_t v)
{
    const char *name = name_of(set, v);

    if (name)
        text_puts(out, name);
    else
        text_printf(out, "0x%" PRIx64, v);
}

/*
 * The names whose values make up (v), in the set's order, and what has no
 * name. Larger values go first: O_SYNC has the bit of O_DSYNC. The bits of the
 * set's choice are one name, even where they are 0: O_RDONLY.
 */
static void put_flags(struct text *out, const struct xlat *set, uint64_t v)
{
    const struct xlat_entry *named[MAX_NAMES], *e;
    const char *separator = "";
    uint64_t rest = v & ~set->choice;
    unsigned n = 0;

    if (set->choice || !v) {
        put_enum(out, set, v & set->choice);
        separator = "|";
    }
    while (n < MAX_NAMES && (e = largest(set, rest))) {
        named[n++] = e;
        rest &= ~e->value;
    }
    for (e = set->entry; e->name; e++) {
        for (unsigned i = 0; i < n; i++) {
            if (named[i] != e)
                continue;
            text_printf(out, "%s%s", separator, e->name);
            separator = "|";
        }
    }
    if (rest)
        text_printf(out, "%s0x%" PRIx64, separator, rest);
}

/* Where the link (name) of the calling thread's /proc leads. */
static bool put_link(struct text *out, const char *name)
{
    char link[64], target[PATH_MAX];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/thread-self/%s", name);
    n = readlink(link, target, sizeof(target));
    if (n <= 0)
        return false;
    text_puts(out, " ");
    text_add(out, target, (size_t)n);
    return true;
}

static void put_fd(struct text *out, int fd)
{
    char name[32];

    text_printf(out, "0x%x", (unsigned)fd);
    snprintf(name, sizeof(name), "fd/%d", fd);
    if (fd < 0 || privfd_owns(fd) ||
        (!put_link(out, name) && fcntl(fd, F_GETFD) < 0))
        text_puts(out, " (bad FD)");
}

static void put_signal(struct text *out, uint64_t v)
{
    const char *name = v < 32 ? sigabbrev_np((int)v) : NULL;

    if (name)
        text_printf(out, "SIG%s", name);
    else
        text_printf(out, "0x%" PRIx64, v);
}

static void put_decimal(struct text *out, const struct datum *f, uint64_t v)
{
    int64_t number = trace_narrow(f, v);

    if (f->kind == DATUM_PID)
        text_printf(out, "%d", (int)number);
    else if (f->kind == DATUM_UINT)
        text_printf(out, "%" PRIu64, (uint64_t)number);
    else
        text_printf(out, "%" PRId64, number);
}

void trace_value(struct text *out, const struct datum *f, uint64_t v,
                 bool in_struct)
{
    unsigned unused = f->width && f->width < 8 ? 64 - 8u * f->width : 0;

    v = v << unused >> unused;
    switch (f->kind) {
    case DATUM_DIRFD:
        if ((int)v == AT_FDCWD) {
            text_puts(out, "AT_FDCWD");
            put_link(out, "cwd");
            break;
        }
        /* fallthrough */
    case DATUM_FD:
        put_fd(out, (int)v);
        break;
    case DATUM_MODE:
        text_printf(out, "%#" PRIo64, v);
        break;
    case DATUM_SIGNO:
        put_signal(out, v);
        break;
    case DATUM_FLAGS:
        put_flags(out, f->names, v);
        break;
    case DATUM_ENUM:
        put_enum(out, f->names, v);
        break;
    case DATUM_INT:
    case DATUM_UINT:
    case DATUM_OFFSET:
    case DATUM_PID:
    case DATUM_UID:
    case DATUM_GID:
        if (in_struct) {
            put_decimal(out, f, v);
            break;
        }
        /* fallthrough */
    default:
        text_printf(out, "0x%" PRIx64, v);
    }
}
