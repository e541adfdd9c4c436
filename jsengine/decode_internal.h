/* decode_internal.h: what the files of the decoder share. Layer 3. */
#ifndef JSENGINE_DECODE_INTERNAL_H
#define JSENGINE_DECODE_INTERNAL_H

#include "jsengine/decode.h"

/* How numbers are given. */
enum decode_form {
    FORM_NUMBER,
    FORM_TEXT, /* names of constants, octal modes, exact decimals */
    FORM_HEX,  /* exact, as "0x..." */
    FORMS
};

struct decoder {
    duk_context *ctx;
    const struct syscall_call *call;
    enum decode_form form;
    /* Elements or bytes that the call wrote to where its count leads; known
     * after the call, else UINT64_MAX. */
    uint64_t written;
};

/* Data beside each other: a call's registers, or a structure's bytes. */
struct image {
    const struct datum *field; /* ends with DATUM_NONE, or after six */
    const uint8_t *bytes;
    uint64_t size;
    bool registers; /* each has 8 bytes, whatever its offset says */
};

/* --- decode_value.c: what is seen without following a pointer --- */

/* Whether all (width) bytes of field (i) are there. */
bool image_has(const struct image *in, unsigned i);

/* The value of field (i), which is there: (width) bytes, sign-extended where
 * its kind is signed. */
uint64_t image_value(const struct image *in, unsigned i);

void decode_push_value(const struct decoder *d, const struct datum *datum,
                       uint64_t value);

/* Push a 64-bit number or, as text, in the form that is asked for. */
void decode_push_hex(duk_context *ctx, uint64_t value, unsigned width);

/* --- decode_pointer.c: what lies behind a pointer --- */

/* Push field (i) of (in): a value, or what it points to. */
void decode_push_field(const struct decoder *d, const struct image *in,
                       unsigned i);

/* Read guest memory as the call sees it; throws "bad address". */
void decode_read(const struct decoder *d, gva_t addr, void *buf, size_t size);

/* Push a Uint8Array of (size) bytes at (addr), at most DECODE_BYTES. */
void decode_push_bytes(const struct decoder *d, gva_t addr, uint64_t size);

/* --- decode_struct.c: structures --- */

/* Push the structure (type), of which (size) bytes are at (bytes). */
void decode_push_struct(const struct decoder *d, const struct struct_desc *type,
                        const uint8_t *bytes, uint64_t size);

/* Whether (type) is one value, or one array of values: it then stands for its
 * only member. */
bool decode_is_single(const struct struct_desc *type);

/*
 * Push what is shown in another way than by its fields: addresses of sockets,
 * sets of signals, vectors. Returns whether (type) is one of these.
 */
bool decode_push_special(const struct decoder *d,
                         const struct struct_desc *type, const uint8_t *bytes,
                         uint64_t size);

/* The parts of a field's name: "ts[0].tv_sec" has three. Returns the next one
 * and moves (*path) behind it, where '.', '[' or the end stands. */
const char *decode_next_part(const char **path, size_t *size);

#endif
