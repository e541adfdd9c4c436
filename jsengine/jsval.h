/*
 * jsval.h: values between C and JavaScript: 64-bit numbers, text, bytes.
 * Layer 3. All may throw.
 *
 * A number goes to JavaScript as a double: exact up to 2^53; above that the
 * nearest double. Back it may come as a number or, exactly, as a string of
 * decimal or 0x digits.
 */
#ifndef JSENGINE_JSVAL_H
#define JSENGINE_JSVAL_H

#include <duktape.h>
#include <stdint.h>
#include <sys/types.h>

/* Push a register value, read as signed (gWisord 1.3). */
void jsval_push_reg(duk_context *ctx, uint64_t value);

/* Push an unsigned number: exact, above 2^53 as a string "0x...", which
 * jsval_require_u64 takes back. */
void jsval_push_u64(duk_context *ctx, uint64_t value);

/* Pop the value at the top and make it two properties of the object below; of
 * the two lists and JSON show (name). */
void jsval_put_both(duk_context *ctx, const char *name, const char *alias);

/*
 * The value at (index) as 64 bits: numbers are truncated towards zero and
 * taken modulo 2^64 within -2^63 .. 2^64; strings of digits exactly; booleans
 * as 0 and 1. Throws TypeError for null and undefined, RangeError for what is
 * no such number. (what) names it in the message.
 */
uint64_t jsval_require_u64(duk_context *ctx, duk_idx_t index, const char *what);

/* The same, from (min) to (max), as a signed number. */
int64_t jsval_require_range(duk_context *ctx, duk_idx_t index, int64_t min,
                            int64_t max, const char *what);

/* Push guest text: UTF-8; what is not becomes U+FFFD. */
void jsval_push_text(duk_context *ctx, const char *bytes, size_t size);

/* Replace the value at (index) by its string, and return that as UTF-8 in a
 * buffer pushed on the stack. */
const char *jsval_require_utf8(duk_context *ctx, duk_idx_t index, size_t *size);

/*
 * The bytes of the value at (index): ArrayBuffer, typed array, DataView, plain
 * array (elements modulo 256), or string (its UTF-8). Others throw TypeError.
 * May push on the stack; valid while that stays.
 */
const void *jsval_require_bytes(duk_context *ctx, duk_idx_t index,
                                size_t *size);

/* Throw an Error with the host's text for (err), a positive errno. */
duk_ret_t jsval_throw_errno(duk_context *ctx, int err);

#endif
