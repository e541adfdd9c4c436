/*
 * constants.h: constants of the kernel's user interface as JavaScript sees
 * them: O.CREAT, E.ACCES, SIG.TERM. Layer 3.
 *
 * They come from the tables. An object has the name of what stands before the
 * first underscore, its keys are what stands behind it; commands that are not
 * named so are in the object of their call: IOCTL.TIOCGWINSZ.
 */
#ifndef JSENGINE_CONSTANTS_H
#define JSENGINE_CONSTANTS_H

#include <duktape.h>

/* One constant: (object).(key) is (value); (c_name) is its name in C. A
 * constant may come more than once, with the same value. */
typedef void constant_fn(void *ctx, const char *object, const char *key,
                         double value, const char *c_name);

/* Call (fn) for every constant, in the order of the tables. */
void constants_each(constant_fn *fn, void *ctx);

/* Put the objects into the global object. May throw: no memory. */
void constants_put(duk_context *ctx);

#endif
