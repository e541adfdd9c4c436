/*
 * text.h: text that grows as it is written, up to a limit. Layer 0.
 *
 * Writing never fails: what goes beyond the limit, or finds no memory, is left
 * out, and (cut) says so. A text of all zeros is empty, without a limit.
 */
#ifndef VMM_TEXT_H
#define VMM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *at;     /* not terminated */
    size_t size;  /* bytes written */
    size_t room;  /* bytes allocated */
    size_t limit; /* most bytes; 0: none */
    bool cut;     /* something did not fit; nothing is added any more */
};

void text_add(struct text *t, const char *bytes, size_t size);
void text_puts(struct text *t, const char *string);
void text_printf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What the positive errno (err) means, as gVisor says it: "bad address". */
void text_errno(struct text *t, int err);

/* Free the memory; the text is empty then. */
void text_free(struct text *t);

#endif
