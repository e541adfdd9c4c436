/*
 * modern.h: what in a line of a script is newer than the language that
 * Duktape speaks, so that a syntax error can say so. Layer 3; pure.
 */
#ifndef JSENGINE_MODERN_H
#define JSENGINE_MODERN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The first construct of (line), of (size) bytes, that ECMAScript 5.1 does not
 * have, as in "an arrow function"; NULL where none is recognized. Text and
 * comments that begin and end in the line do not count.
 */
const char *modern_construct(const char *line, size_t size);

/*
 * Write a hint about the error (message) at (place), "FILE:LINE", of (source)
 * to (out): which construct stands in that line, and what to do about it.
 * Returns false, and writes nothing, where the error is of another kind, or
 * nothing newer is recognized in its line.
 */
bool modern_hint(char *out, size_t out_size, const char *source, size_t size,
                 const char *place, const char *message);

#endif
