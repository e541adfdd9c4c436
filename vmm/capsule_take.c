/*
 * capsule_take.c: captures what the data of a call describe, from the
 * arguments down.
 *
 * Everything that cannot be given to the host becomes GMEM_FAULT_ADDR; the
 * host kernel then finds the error in Linux's own order of checks.
 */
#include "vmm/capsule_internal.h"

#include <errno.h>
#include <limits.h>
#include <linux/binfmts.h>

/* Structures that lead to structures: sendmmsg reaches 3. A deeper chain can
 * only be a type that contains itself. */
#define DEPTH_MAX 8

/* A vector of strings is an array of structures with one field each. */
static const struct datum strv_field[] = {
    {.name = "string", .kind = DATUM_STRING, .dir = DIR_IN, .width = 8},
    {.kind = DATUM_NONE},
};

static void take_fields(struct capsule *cap, struct part *in, unsigned depth);

static unsigned count_fields(const struct datum *field, unsigned most)
{
    unsigned n = 0;

    while (n < most && field[n].kind != DATUM_NONE)
        n++;
    return n;
}

bool take_has_pointers(const struct datum *field, unsigned n)
{
    unsigned i;

    for (i = 0; i < n; i++)
        if (datum_is_pointer(field[i].kind))
            return true;
    return false;
}

/* Memory is short for one pointer: the call will be told, the host finds
 * nothing there. */
static uint64_t no_memory(struct capsule *cap)
{
    cap->err = -ENOMEM;
    return GMEM_FAULT_ADDR;
}

static uint64_t in_place(gva_t gva, uint64_t bytes)
{
    return gmem_passable(gva, bytes) ? gva : GMEM_FAULT_ADDR;
}

/* --- counts --- */

static bool is_signed(const struct datum *f)
{
    return f->kind == DATUM_INT || f->kind == DATUM_OFFSET;
}

/* The value of field (i) as the kernel takes it: (width) bytes, sign-extended
 * where it is signed. A field that the structure is too short for is 0. */
static uint64_t value_of(const struct capsule *cap, const struct part *in,
                         uint64_t e, unsigned i)
{
    const struct datum *f = &in->field[i];
    unsigned width = f->width == 0 || f->width > 8 ? 8 : f->width;
    unsigned unused = 64 - 8 * width;
    uint64_t v = 0;

    if (!part_has_field(cap, in, i, width))
        return 0;
    memcpy(&v, in->view + part_slot(cap, in, e, i), width);
    if (is_signed(f))
        return (uint64_t)((int64_t)(v << unused) >> unused);
    return v;
}

/* The 32-bit count that field (i) points to, from its captured copy. */
static bool count_at(const struct capsule *cap, const struct part *in,
                     uint64_t e, unsigned i, int32_t *count)
{
    const struct datum *f = &in->field[i];
    uint64_t host;

    if (f->kind != DATUM_STRUCT || f->count != COUNT_ONE || f->size < 4 ||
        !(f->dir & DIR_IN) || !part_has_field(cap, in, i, 8))
        return false;
    host = load_u64(in->host + part_slot(cap, in, e, i));
    if (host == 0 || host == GMEM_FAULT_ADDR)
        return false;
    memcpy(count, (const void *)host, sizeof(*count));
    return true;
}

/* Never 0. */
static uint32_t element_size(const struct datum *f)
{
    if (f->size != 0)
        return f->size;
    return f->type != NULL && f->type->size != 0 ? f->type->size : 1;
}

/* How many elements lie behind pointer field (i); *count for EXTENT_KNOWN. */
static enum extent count_of(const struct capsule *cap, const struct part *in,
                            uint64_t e, unsigned i, uint64_t *count)
{
    const struct datum *f = &in->field[i];
    int32_t at;

    *count = 1;
    if (f->count == COUNT_ONE)
        return EXTENT_KNOWN;
    if (f->count_of >= in->fields)
        return EXTENT_UNKNOWN;
    if (f->count == COUNT_AT) {
        if (!count_at(cap, in, e, f->count_of, &at))
            return EXTENT_UNKNOWN;
        *count = (uint64_t)(int64_t)at;
        return at < 0 ? EXTENT_NEGATIVE : EXTENT_KNOWN;
    }
    *count = value_of(cap, in, e, f->count_of);
    if (is_signed(&in->field[f->count_of]) && (int64_t)*count < 0)
        return EXTENT_NEGATIVE;
    if (f->count == COUNT_BITS)
        *count = (*count / 64 + (*count % 64 != 0)) * 8 / element_size(f);
    return EXTENT_KNOWN;
}

enum extent take_extent(const struct capsule *cap, const struct part *in,
                        uint64_t e, unsigned i, uint64_t *bytes)
{
    const struct datum *f = &in->field[i];
    uint64_t count;
    enum extent known = count_of(cap, in, e, i, &count);

    if (known == EXTENT_KNOWN) {
        if (f->max != 0)
            count = min_u64(count, f->max);
        if (__builtin_mul_overflow(count, (uint64_t)element_size(f), bytes))
            *bytes = UINT64_MAX;
    }
    return known;
}

/* --- capture --- */

/* Whether a pointer in (p) is cut off by its end. What the kernel would make
 * of the half cannot be checked. */
static bool cuts_a_pointer(const struct capsule *cap, const struct part *p)
{
    unsigned i;

    for (i = 0; i < p->fields; i++)
        if (datum_is_pointer(p->field[i].kind) &&
            part_has_field(cap, p, i, 1) && !part_has_field(cap, p, i, 8))
            return true;
    return false;
}

/* Describe the elements of (p), which (f) points to. */
static void set_shape(struct part *p, const struct datum *f)
{
    uint32_t size = element_size(f);

    if (f->kind != DATUM_STRUCT || f->type == NULL)
        return;
    p->field = f->type->field;
    p->fields = count_fields(p->field, UINT_MAX);
    /* Counted in bytes: one structure whose size the caller chooses. */
    p->elem = size < f->type->size ? p->len : size;
    p->count = p->elem == 0 ? 0 : p->len / p->elem;
}

/*
 * Make a part of (bytes) bytes that are captured in (view) already, with all
 * that they lead to. Returns what the host is given.
 */
static uint64_t take_view(struct capsule *cap, const struct datum *f, gva_t gva,
                          uint8_t *view, uint64_t bytes, unsigned depth)
{
    bool is_string = f->kind == DATUM_STRING || f->kind == DATUM_PATH;
    struct part *p = store_add(cap, f, gva, view, bytes);

    if (p == NULL)
        return no_memory(cap);
    if (f->kind == DATUM_STRV) {
        p->field = strv_field;
        p->fields = 1;
        p->elem = 8;
        p->count = bytes / 8;
    } else {
        set_shape(p, f);
    }
    if (cuts_a_pointer(cap, p) || depth >= DEPTH_MAX) {
        p->live = false;
        return GMEM_FAULT_ADDR;
    }
    if (((f->dir & DIR_OUT) && !is_string) ||
        take_has_pointers(p->field, p->fields)) {
        p->host = store_alloc(cap, bytes);
        if (p->host == NULL) {
            p->host = p->view;
            p->live = false;
            return no_memory(cap);
        }
        memcpy(p->host, p->view, bytes);
        take_fields(cap, p, depth + 1);
    }
    return (uint64_t)p->host;
}

static uint64_t take_bytes(struct capsule *cap, const struct datum *f,
                           gva_t gva, uint64_t bytes, unsigned depth)
{
    uint8_t *view;

    /* First, so that no length without memory behind it costs memory. */
    if (bytes != 0 && !gmem_in_window(gva, bytes))
        return GMEM_FAULT_ADDR;
    view = store_alloc(cap, bytes);
    if (view == NULL)
        return no_memory(cap);
    if (store_read(cap, gva, view, bytes) != 0)
        return GMEM_FAULT_ADDR;
    return take_view(cap, f, gva, view, bytes, depth);
}

/* Room for (size) bytes, which begins with the (have) bytes reserved before at
 * (old). */
static void *grow(struct capsule *cap, void *old, size_t have, size_t size)
{
    void *room = store_reserve(cap, size);

    if (room != NULL && room != old && have != 0)
        memcpy(room, old, have);
    return room;
}

/*
 * Of a string that is too long so much is captured that the host kernel sees
 * it too long, and it is terminated there, so that nobody runs behind its end.
 * PATH_MAX counts the NUL (getname() copies no more); a row's max may or may
 * not, so one byte more is captured.
 */
static uint64_t take_string(struct capsule *cap, const struct datum *f,
                            gva_t gva)
{
    size_t limit = PATH_MAX, have = 0, size;
    char *buf = NULL;
    ssize_t n;

    if (f->kind == DATUM_STRING)
        limit = (f->max != 0 ? f->max : MAX_ARG_STRLEN) + 1;
    size = min_u64(limit, PATH_MAX);
    for (;;) {
        buf = grow(cap, buf, have, size + 1);
        if (buf == NULL)
            return no_memory(cap);
        n = store_read_string(cap, gva + have, buf + have, size - have);
        if (n != -ENAMETOOLONG || size == limit)
            break;
        have = size;
        size = min_u64(limit, size * 8);
    }
    if (n == -EFAULT)
        return GMEM_FAULT_ADDR;
    size = n < 0 ? limit : have + (size_t)n + 1;
    buf[size] = '\0';
    store_commit(cap, size + 1);
    return take_view(cap, f, gva, (uint8_t *)buf, size, 0);
}

static uint64_t take_strv(struct capsule *cap, const struct datum *f, gva_t gva,
                          unsigned depth)
{
    size_t have = 0, size = 0;
    uint8_t *view = NULL;

    do {
        if (have == size) {
            size = size == 0 ? 4 * KIB : 2 * size;
            view = grow(cap, view, have, size);
            if (view == NULL)
                return no_memory(cap);
        }
        if (!gmem_in_window(gva, have + 8) ||
            store_read(cap, gva + have, view + have, 8) != 0)
            return GMEM_FAULT_ADDR;
        have += 8;
    } while (load_u64(view + have - 8) != 0);
    store_commit(cap, have);
    return take_view(cap, f, gva, view, have, depth);
}

/* What the host is given for pointer field (i) of element (e). */
static uint64_t take_pointer(struct capsule *cap, struct part *in, uint64_t e,
                             unsigned i, unsigned depth)
{
    const struct datum *f = &in->field[i];
    gva_t gva = load_u64(in->view + part_slot(cap, in, e, i));
    bool pointers, captured;
    uint64_t bytes, host;
    enum extent extent;

    if (gva == 0)
        return 0;
    if (cap->err != 0)
        return GMEM_FAULT_ADDR;
    if (f->kind == DATUM_STRING || f->kind == DATUM_PATH)
        return take_string(cap, f, gva);
    if (f->kind == DATUM_STRV)
        return take_strv(cap, f, gva, depth);

    pointers = f->kind == DATUM_STRUCT && f->type != NULL &&
               take_has_pointers(f->type->field,
                                 count_fields(f->type->field, UINT_MAX));
    captured = f->kind == DATUM_STRUCT && ((f->dir & DIR_IN) || pointers);
    extent = take_extent(cap, in, e, i, &bytes);
    if (extent == EXTENT_NEGATIVE && !pointers)
        return in_place(gva, 1); /* for the host to refuse the count */
    if (extent != EXTENT_KNOWN)
        return GMEM_FAULT_ADDR;
    if (captured)
        return take_bytes(cap, f, gva, bytes, depth);

    host = in_place(gva, bytes);
    /* What the call reads and somebody has seen already must not change. */
    if (host != GMEM_FAULT_ADDR && (f->dir & DIR_IN) &&
        store_find(cap, gva, gva + bytes) != NULL)
        return take_bytes(cap, f, gva, bytes, depth);
    return host;
}

/* The pointers of (in), in two rounds: counts behind pointers first. */
static void take_fields(struct capsule *cap, struct part *in, unsigned depth)
{
    bool later = false;
    unsigned i, round;
    uint64_t e;

    for (round = 0; round == 0 || (round == 1 && later); round++) {
        for (e = 0; e < in->count; e++) {
            for (i = 0; i < in->fields; i++) {
                if (!datum_is_pointer(in->field[i].kind) ||
                    !part_has_field(cap, in, i, 8))
                    continue;
                if ((in->field[i].count == COUNT_AT) != (round == 1)) {
                    later = true;
                    continue;
                }
                store_u64(in->host + part_slot(cap, in, e, i),
                          take_pointer(cap, in, e, i, depth));
            }
        }
    }
}

int take_all(struct capsule *cap)
{
    struct part *p;

    cap->err = 0;
    for (p = cap->parts; p != NULL; p = p->next) {
        p->live = false;
        cap->superseded = true;
    }
    cap->args.fields = count_fields(cap->args.field, SYSCALL_ARGS);
    take_fields(cap, &cap->args, 0);
    return cap->err;
}

/* --- joining --- */

static int join_fields(struct capsule *cap, struct part *in, gva_t from,
                       gva_t to, bool must)
{
    uint64_t e, host, bytes;
    uint8_t *slot;
    unsigned i;

    for (e = 0; e < in->count; e++) {
        for (i = 0; i < in->fields; i++) {
            const struct datum *f = &in->field[i];

            if (f->kind != DATUM_BUF || !(f->dir & DIR_IN) ||
                !part_has_field(cap, in, i, 8))
                continue;
            slot = in->host + part_slot(cap, in, e, i);
            host = load_u64(slot);
            if (host == 0 ||
                host != load_u64(in->view + part_slot(cap, in, e, i)) ||
                take_extent(cap, in, e, i, &bytes) != EXTENT_KNOWN ||
                host >= to || host + bytes <= from)
                continue;
            cap->err = 0;
            host = take_bytes(cap, f, host, bytes, 0);
            if (cap->err != 0)
                return cap->err;
            if (must || host != GMEM_FAULT_ADDR)
                store_u64(slot, host);
        }
    }
    return 0;
}

int take_join(struct capsule *cap, gva_t from, gva_t to, bool must)
{
    int rc = join_fields(cap, &cap->args, from, to, must);
    struct part *p;

    for (p = cap->parts; p != NULL && rc == 0; p = p->next)
        if (p->live)
            rc = join_fields(cap, p, from, to, must);
    return rc;
}
