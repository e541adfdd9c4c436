/* trace_value.c: numbers, names of flags, descriptors with what they are. */
#include "vmm/trace_internal.h"

#include "vmm/hostproc.h"
#include "vmm/privfd.h"
#include "vmm/xlat_text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAMES_SIZE 2048 /* all flags of a set at once */

int64_t trace_narrow(const struct datum *f, uint64_t v)
{
    unsigned width = f->width == 0 || f->width > 8 ? 8 : f->width;
    unsigned unused = 64 - 8 * width;

    if (f->kind == DATUM_INT || f->kind == DATUM_OFFSET)
        return (int64_t)(v << unused) >> unused;
    return (int64_t)(v << unused >> unused);
}

static void put_names(struct text *out, const struct xlat *set, uint64_t v,
                      void (*names)(char *out, size_t size,
                                    const struct xlat *set, uint64_t value))
{
    char buffer[NAMES_SIZE];

    names(buffer, sizeof(buffer), set, v);
    text_puts(out, buffer);
}

/* Where the link (name) of the calling thread's /proc leads. */
static bool put_link(struct text *out, const char *name)
{
    char link[64], target[PATH_MAX];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/thread-self/%s", name);
    n = hostproc_readlink(link, target, sizeof(target));
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
        put_names(out, f->names, v, xlat_flags_text);
        break;
    case DATUM_ENUM:
        put_names(out, f->names, v, xlat_enum_text);
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
