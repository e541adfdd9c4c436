/* diag.c: the recorded reason of a failure. */
#include "vmm/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int diag_set(struct diag *d, int code, const char *fmt, ...)
{
    int rc = code ? code : -EINVAL;
    va_list ap;
    int n;

    if (!d || d->code)
        return rc;
    d->code = rc;
    va_start(ap, fmt);
    n = vsnprintf(d->text, sizeof(d->text), fmt, ap);
    va_end(ap);
    if (code && n >= 0 && (size_t)n < sizeof(d->text))
        snprintf(d->text + n, sizeof(d->text) - (size_t)n, ": %s",
                 strerror(-code));
    return rc;
}

void diag_hint(struct diag *d, const char *fmt, ...)
{
    va_list ap;

    if (!d || d->hint[0])
        return;
    va_start(ap, fmt);
    vsnprintf(d->hint, sizeof(d->hint), fmt, ap);
    va_end(ap);
}

void diag_print(const struct diag *d)
{
    if (d->hint[0])
        fprintf(stderr, "microvm-hook: %s (%s)\n", d->text, d->hint);
    else
        fprintf(stderr, "microvm-hook: %s\n", d->text);
}
