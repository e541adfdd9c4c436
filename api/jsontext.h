/*
 * jsontext.h: JSON strings from bytes that scripts and programs chose. Layer 4.
 */
#ifndef API_JSONTEXT_H
#define API_JSONTEXT_H

#include <jansson.h>

/*
 * A JSON string of (size) bytes. They should be UTF-8; surrogate pairs, which
 * JavaScript's strings may be encoded in, are joined, and what is left over
 * becomes U+FFFD. Returns NULL where there is no memory.
 */
json_t *jsontext(const char *bytes, size_t size);

/* The same of a terminated string; JSON's null for NULL. */
json_t *jsontext_of(const char *text);

#endif
