/*
 * trace.c: follows the pointers of a call's arguments and tells what is there.
 * It knows kinds, directions and counts, but no call by its name.
 */
#include "vmm/trace.h"

#include "vmm/structs.h"
#include "vmm/trace_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX    8         /* as the capsule's */
#define ELEMENTS_MAX 64        /* of one array */
#define TEXT_MAX     (8 * KIB) /* of one argument, beside its bulk data */
#define STRUCT_MAX   512       /* bytes; no structure is larger */
#define SOCKADDR_MAX 128       /* sockaddr_storage */

struct printer {
    struct text *out;
    struct capsule *cap;
    bool after;    /* the call */
    size_t blob;   /* bulk bytes that the argument may still show */
    uint64_t gave; /* bytes or elements that the call has written */
    unsigned depth;
};

/* The arguments, or a structure in memory: what pointers and counts are in. */
struct record {
    const struct datum *field;
    const uint8_t *bytes;
    size_t size;
    bool args;
};

static void put_fields(struct printer *p, const struct record *in);

/* --- fields --- */

static size_t slot(const struct record *in, unsigned i)
{
    return in->args ? 8 * i : in->field[i].offset;
}

/* Whether field (i) is there as a whole: a structure may end before. */
static bool has(const struct record *in, unsigned i)
{
    return slot(in, i) + in->field[i].width <= in->size;
}

static uint64_t value(const struct record *in, unsigned i)
{
    uint64_t v = 0;

    memcpy(&v, in->bytes + slot(in, i), in->field[i].width);
    return v;
}

/* How many elements lie behind (f). False where that cannot be told, or is a
 * number below 0. */
static bool count(const struct printer *p, const struct record *in,
                  const struct datum *f, uint64_t *n)
{
    const struct datum *by = &in->field[f->count_of];
    int32_t at;

    *n = 1;
    if (f->count == COUNT_ONE)
        return true;
    if (!has(in, f->count_of))
        return false;
    *n = value(in, f->count_of);
    if (f->count == COUNT_AT) {
        if (capsule_peek(p->cap, *n, &at, sizeof(at)) < 0)
            return false;
        *n = (uint64_t)(int64_t)at;
        return at >= 0;
    }
    *n = (uint64_t)trace_narrow(by, *n);
    if (by->kind == DATUM_INT && (int64_t)*n < 0)
        return false;
    if (f->count == COUNT_BITS)
        *n = *n / 64 + (*n % 64 != 0);
    return true;
}

/* Whether the call writes behind (f), and whether it reads bulk bytes there. */
static bool writes(const struct datum *f, unsigned depth)
{
    if (!datum_is_pointer(f->kind) || depth > DEPTH_MAX)
        return false;
    if ((f->dir & DIR_OUT) || !f->type)
        return f->dir & DIR_OUT;
    for (const struct datum *in = f->type->field; in->kind; in++)
        if (writes(in, depth + 1))
            return true;
    return false;
}

static bool reads_bulk(const struct datum *f, unsigned depth)
{
    if (f->kind == DATUM_BUF)
        return !(f->dir & DIR_OUT);
    if (f->kind != DATUM_STRUCT || !f->type || depth > DEPTH_MAX)
        return false;
    for (const struct datum *in = f->type->field; in->kind; in++)
        if (reads_bulk(in, depth + 1))
            return true;
    return false;
}

/* --- what pointers lead to --- */

static void put_address(struct printer *p, gva_t addr)
{
    text_printf(p->out, "0x%" PRIx64, addr);
}

static void put_unreadable(struct printer *p, const char *what, int rc)
{
    text_printf(p->out, " (error decoding %s: ", what);
    text_errno(p->out, -rc);
    text_puts(p->out, ")");
}

/* The first (shown) bytes of (size). */
static void put_blob(struct printer *p, gva_t addr, uint64_t size)
{
    size_t shown = min_u64(size, p->blob);
    char *bytes = malloc(shown + 1);
    int rc = bytes ? capsule_peek_buffer(p->cap, addr, bytes, shown) : -ENOMEM;

    put_address(p, addr);
    if (rc < 0) {
        put_unreadable(p, "buffer", rc);
    } else {
        text_puts(p->out, " ");
        trace_quote(p->out, bytes, shown);
        if (shown < size)
            text_puts(p->out, "...");
        p->blob -= shown;
    }
    free(bytes);
}

/* A single number that the call has written: a futex word, for example. */
static void put_word(struct printer *p, gva_t addr, size_t size)
{
    uint64_t v = 0;
    int rc = capsule_peek(p->cap, addr, &v, size);

    put_address(p, addr);
    if (rc < 0)
        put_unreadable(p, "value", rc);
    else
        text_printf(p->out, " [0x%" PRIx64 "]", v);
}

static void put_buffer(struct printer *p, const struct record *in,
                       const struct datum *f, gva_t addr)
{
    bool out = f->dir & DIR_OUT;
    uint64_t size;

    if (out != p->after) {
        put_address(p, addr);
        if (!out) /* it was told before the call */
            text_puts(p->out, " ...");
        return;
    }
    if (!count(p, in, f, &size)) {
        put_address(p, addr);
        return;
    }
    if (f->count == COUNT_ONE && f->size <= 8) {
        put_word(p, addr, f->size);
        return;
    }
    size *= f->size;
    if (out) {
        size = min_u64(size, p->gave);
        p->gave -= size;
    }
    if (size != 0 || !in->args)
        put_blob(p, addr, size);
}

static bool is_scalar(const struct struct_desc *type)
{
    return type != &struct_sigset && type->field[0].kind &&
           !type->field[1].kind && strcmp(type->field[0].name, "value") == 0;
}

/* One element. Its own length says how much of its buffers was written, where
 * there are several messages. */
static void put_struct(struct printer *p, const struct struct_desc *type,
                       const uint8_t *bytes, size_t size)
{
    const struct record in = {type->field, bytes, size, false};
    uint64_t gave = p->gave;

    if (trace_special(p->out, type, bytes, size))
        return;
    if (is_scalar(type)) {
        if (has(&in, 0))
            trace_value(p->out, &type->field[0], value(&in, 0), true);
        return;
    }
    for (unsigned i = 0; p->after && type == &struct_mmsghdr_out; i++) {
        if (strcmp(type->field[i].name, "msg_len") == 0) {
            p->gave = value(&in, i);
            break;
        }
    }
    put_fields(p, &in);
    if (type == &struct_mmsghdr_out)
        p->gave = gave;
}

/* (n) elements of (size) bytes, or one of that size where it is (single). */
static void put_structs(struct printer *p, const struct struct_desc *type,
                        gva_t addr, uint64_t n, size_t size, bool single)
{
    bool brackets = !single || is_scalar(type);
    uint8_t bytes[STRUCT_MAX];
    uint64_t i;

    put_address(p, addr);
    if (size > sizeof(bytes) ||
        (!type->field[0].kind && type != &struct_utsname))
        return;
    text_puts(p->out, brackets ? " [" : " ");
    for (i = 0; i < n && i < ELEMENTS_MAX && !p->out->cut; i++) {
        int rc = capsule_peek(p->cap, addr + i * size, bytes, size);

        text_puts(p->out, i ? ", " : "");
        if (rc < 0) {
            text_puts(p->out, "(");
            text_errno(p->out, -rc);
            text_puts(p->out, ")");
            break;
        }
        put_struct(p, type, bytes, size);
    }
    if (i == ELEMENTS_MAX && i < n)
        text_puts(p->out, ", ...");
    text_puts(p->out, brackets ? "]" : "");
}

static void put_structure(struct printer *p, const struct record *in,
                          const struct datum *f, gva_t addr)
{
    uint64_t n, most;
    size_t size;

    if ((!(f->dir & DIR_IN) && !p->after) || !f->type || !count(p, in, f, &n)) {
        put_address(p, addr);
        return;
    }
    size = f->size ? f->size : f->type->size;
    if (f->count != COUNT_ONE && size < f->type->size) {
        /* One structure whose size the caller chooses. */
        most = f->type == &struct_sockaddr ? SOCKADDR_MAX : f->type->size;
        put_structs(p, f->type, addr, 1, min_u64(n * size, most), true);
        return;
    }
    if (f->count == COUNT_OF && p->after && !(f->dir & DIR_IN))
        n = min_u64(n, p->gave);
    put_structs(p, f->type, addr, n, size, f->count == COUNT_ONE);
}

static void put_path(struct printer *p, gva_t addr)
{
    char path[PATH_MAX];
    ssize_t n = capsule_peek_string(p->cap, addr, path, sizeof(path));

    put_address(p, addr);
    if (n < 0) {
        put_unreadable(p, "path", (int)n);
        return;
    }
    text_puts(p->out, " ");
    text_add(p->out, path, (size_t)n);
}

/* Returns a negative errno where nothing was told. */
static int put_string(struct printer *p, gva_t addr)
{
    size_t most = p->blob + 1;
    char *string = malloc(most);
    ssize_t n =
        string ? capsule_peek_string(p->cap, addr, string, most) : -ENOMEM;
    bool longer = n == -ENAMETOOLONG;

    if (longer)
        n = (ssize_t)p->blob;
    if (n >= 0) {
        trace_quote(p->out, string, (size_t)n);
        text_puts(p->out, longer ? "..." : "");
    }
    free(string);
    return n < 0 ? (int)n : 0;
}

static void put_vector(struct printer *p, gva_t addr)
{
    const char *separator = "";
    uint64_t at;
    int rc;

    put_address(p, addr);
    text_puts(p->out, " [");
    for (;; addr += 8) {
        rc = capsule_peek(p->cap, addr, &at, sizeof(at));
        if (p->out->cut || (rc == 0 && !at))
            break;
        text_puts(p->out, separator);
        if (rc == 0)
            rc = put_string(p, at);
        if (rc < 0) {
            text_puts(p->out, "(");
            text_errno(p->out, -rc);
            text_puts(p->out, ")");
            break;
        }
        separator = ", ";
    }
    text_puts(p->out, "]");
}

static void put_pointer(struct printer *p, const struct record *in, unsigned i)
{
    const struct datum *f = &in->field[i];
    gva_t addr = value(in, i);
    int rc;

    if (addr == 0 && (f->kind != DATUM_BUF || f->type)) {
        text_puts(p->out, f->kind == DATUM_PATH || f->kind == DATUM_STRING
                              ? "<null>"
                              : "null");
        return;
    }
    switch (f->kind) {
    case DATUM_PATH:
        put_path(p, addr);
        break;
    case DATUM_STRING:
        put_address(p, addr);
        text_puts(p->out, " ");
        rc = put_string(p, addr);
        if (rc < 0)
            put_unreadable(p, "string", rc);
        break;
    case DATUM_STRV:
        put_vector(p, addr);
        break;
    case DATUM_BUF:
        if (!f->type) {
            put_buffer(p, in, f, addr);
            break;
        }
        /* fallthrough */
    default:
        put_structure(p, in, f, addr);
    }
}

static void put_fields(struct printer *p, const struct record *in)
{
    const char *separator = "";

    text_puts(p->out, "{");
    p->depth++;
    for (unsigned i = 0; in->field[i].kind && p->depth <= DEPTH_MAX; i++) {
        const struct datum *f = &in->field[i];

        if (!has(in, i))
            continue;
        text_printf(p->out, "%s%s: ", separator, f->name);
        separator = ", ";
        if (datum_is_pointer(f->kind))
            put_pointer(p, in, i);
        else
            trace_value(p->out, f, value(in, i), true);
    }
    p->depth--;
    text_puts(p->out, "}");
}

/* --- arguments --- */

/* The argument that chose the meaning of the others: its own name, and bits of
 * it that did not count. */
static bool put_selector(struct printer *p, const struct syscall_call *call,
                         const struct syscall_variant *v, unsigned i)
{
    const struct syscall_desc *row = call->row;
    uint64_t rest;

    if (!v || i != (row->select2 ? row->select2 : row->select) ||
        (row->select2 && v->mask))
        return false;
    text_puts(p->out, v->name);
    rest = v->mask ? (uint64_t)trace_narrow(&call->row->arg[i], call->orig[i]) &
                         ~v->mask
                   : 0;
    if (rest)
        text_printf(p->out, "|0x%" PRIx64, rest);
    return true;
}

static void put_argument(struct printer *p, const struct record *in, unsigned i)
{
    if (datum_is_pointer(in->field[i].kind))
        put_pointer(p, in, i);
    else
        trace_value(p->out, &in->field[i], value(in, i), false);
}

static struct printer begin(struct trace *t, const struct syscall_call *call,
                            size_t blob)
{
    t->text.limit = t->text.size + TEXT_MAX + 4 * blob;
    return (struct printer){.out = &t->text,
                            .cap = call->capsule,
                            .blob = blob,
                            .gave = UINT64_MAX};
}

static void end(struct trace *t)
{
    if (t->text.cut) {
        t->text.cut = false;
        t->text.limit = 0;
        text_puts(&t->text, "...");
    }
    t->end[t->count++] = t->text.size;
}

static struct record arguments(const struct trace *t,
                               const struct syscall_call *call)
{
    return (struct record){t->arg, (const uint8_t *)call->orig,
                           sizeof(call->orig), true};
}

void trace_enter(struct trace *t, const struct syscall_call *call, size_t blob)
{
    const struct datum *arg = call->row ? call->arg : NULL;
    const struct syscall_variant *v = NULL;
    struct record in;

    t->arg = arg;
    in = arguments(t, call);
    if (call->row && call->row->variants)
        v = syscall_variant(call->row, call->orig);
    for (unsigned i = 0; i < SYSCALL_ARGS && (!arg || arg[i].kind); i++) {
        struct printer p = begin(t, call, blob);

        if (!arg)
            put_address(&p, call->orig[i]);
        else if (!put_selector(&p, call, v, i))
            put_argument(&p, &in, i);
        end(t);
    }
}

void trace_leave(struct trace *t, const struct syscall_call *call, size_t blob)
{
    bool failed = call->again || (call->ret < 0 && call->ret >= -4095);
    const struct record in = arguments(t, call);
    struct trace now = {.arg = t->arg};

    if (failed || !t->arg)
        return;
    capsule_seal(call->capsule);
    for (unsigned i = 0; i < t->count; i++) {
        struct printer p = begin(&now, call, blob);
        size_t size;
        const char *text = trace_arg(t, i, &size);

        p.after = true;
        if (call->row->ret == RET_COUNT)
            p.gave = (uint64_t)call->ret;
        if (writes(&t->arg[i], 0))
            put_argument(&p, &in, i);
        else if (reads_bulk(&t->arg[i], 0))
            text_puts(&now.text, "...");
        else
            text_add(&now.text, text, size);
        end(&now);
    }
    trace_free(t);
    *t = now;
}

const char *trace_arg(const struct trace *t, unsigned i, size_t *size)
{
    size_t start = i ? t->end[i - 1] : 0;

    *size = t->end[i] - start;
    return t->text.at + start;
}

void trace_free(struct trace *t)
{
    text_free(&t->text);
    *t = (struct trace){0};
}
