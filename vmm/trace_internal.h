/* trace_internal.h: what the files of the decoder share. Layer 2. */
#ifndef VMM_TRACE_INTERNAL_H
#define VMM_TRACE_INTERNAL_H

#include "vmm/trace.h"

/* --- trace_value.c: what is seen without following a pointer --- */

/*
 * The value (v) of (f). Numbers are hexadecimal as an argument and decimal in
 * a structure, unless their kind says otherwise; (v) may have more bytes than
 * the kind's width.
 */
void trace_value(struct text *out, const struct datum *f, uint64_t v,
                 bool in_struct);

/* Sign-extended where (f) is signed, else cut, to the width of (f). */
int64_t trace_narrow(const struct datum *f, uint64_t v);

/* --- trace_bytes.c: bytes that are more than numbers --- */

/* "In quotes", as Go's %q writes it; (size) bytes, UTF-8 or not. */
void trace_quote(struct text *out, const char *bytes, size_t size);

/*
 * The forms that a list of fields does not show: addresses of sockets, sets of
 * signals, names of the system. Returns false where (type) has no such form.
 */
bool trace_special(struct text *out, const struct struct_desc *type,
                   const uint8_t *bytes, size_t size);

#endif
