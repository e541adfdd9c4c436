/*
 * manual.h: documents made from the tables: accessors.md for people,
 * microvm-hook.d.ts for editors. Layer 3; for the program of manual.c.
 */
#ifndef JSENGINE_MANUAL_H
#define JSENGINE_MANUAL_H

#include <stdio.h>

void manual_accessors(FILE *out);
void manual_types(FILE *out);

struct manual_constant {
    const char *object, *key, *c_name;
    double value;
};

/* All constants, each once, by object and key. The list is to be freed; its
 * texts stay. */
struct manual_constant *manual_constants(size_t *count);

#endif
