/*
 * source.h: find a function in the text of its script: Duktape keeps no source
 * (gWisord 1.1, "Self-description"). A scanner, no parser: it knows strings,
 * comments, regular expressions and brackets of ECMAScript 5.1 and expects a
 * script that compiled. Layer 3.
 */
#ifndef JSENGINE_SOURCE_H
#define JSENGINE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* What is known of the function that is looked for. */
struct source_key {
    const char *name; /* as the function's own `name`; "" for anonymous ones */
    size_t name_size; /* bytes */
    unsigned params;  /* as its `length` */
    /* Lines with code of its own, from 1; both lie inside it. Equal where only
     * one is known; then a function nested there may be taken for it. */
    unsigned first_line, last_line;
};

/* A part of the script; not terminated. */
struct source_span {
    const char *text;
    size_t size; /* bytes */
};

struct source_function {
    struct source_span text;  /* from `function` to its closing brace */
    struct source_span name;  /* the entry point; size 0 where it has none */
    struct source_span inner; /* between its parentheses */
    unsigned params;
    unsigned first_line, last_line; /* from 1; of `function`, of the brace */
};

/*
 * Find the innermost function with the keyword `function` that fits (key) in
 * (script) of (size) bytes; of several beside each other on the same line, the
 * first. (out) points into (script).
 * Returns false if there is none: a getter, a method, another script's, or
 * brackets nested deeper than 256.
 */
bool source_find(const char *script, size_t size, const struct source_key *key,
                 struct source_function *out);

/* The name of parameter (index), from 0, or a span of size 0 behind the last.
 */
struct source_span source_param(const struct source_function *function,
                                unsigned index);

#endif
