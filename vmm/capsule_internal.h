/*
 * capsule_internal.h: how a capsule is built; for capsule*.c and their tests.
 * Layer 2.
 *
 * A capsule is a set of parts. A part is one captured range of guest memory in
 * up to two images:
 *
 *   view  the guest's bytes. What hooks read and write, and what later captures
 *         of the same addresses are made from, so that no address is ever seen
 *         with two values. Embedded pointers have the guest's own values.
 *   host  what the host kernel is given. The same memory as view, unless the
 *         kernel may write there (then view is what capsule_put compares with)
 *         or pointers inside had to be replaced.
 *
 * The call's six arguments are a part as well: their view is the guest's
 * registers, their host image is what the caller passes to the host kernel.
 */
#ifndef VMM_CAPSULE_INTERNAL_H
#define VMM_CAPSULE_INTERNAL_H

#include "vmm/capsule.h"
#include "vmm/gmem.h"

#include <string.h>

struct part {
    gva_t gva;
    uint64_t len; /* bytes of each image */
    uint8_t *view;
    uint8_t *host;

    /* What it is; NULL: bytes that a hook wrote beside everything captured. */
    const struct datum *datum;
    /* Structures: (count) elements of (elem) bytes with these fields each. */
    const struct datum *field;
    unsigned fields;
    uint64_t elem;
    uint64_t count;

    bool live;   /* the host is given it; else it is only a view */
    bool hidden; /* no longer how guest memory is seen */

    struct part *next; /* all parts of the capsule, oldest first */

    /* Index by guest address: a treap, its nodes augmented with the largest
     * end below them. Parts may overlap; their views then agree. */
    struct part *left;
    struct part *right;
    gva_t max_end;
    uint64_t priority;
};

struct chunk {
    struct chunk *next;
    size_t size;
    size_t used;
    _Alignas(16) uint8_t data[];
};

struct capsule {
    /* Memory: bump allocation in chunks, so that pointers stay valid. The
     * first chunk is kept from call to call. */
    struct chunk *first;
    struct chunk *last;
    size_t bytes; /* in use, all chunks */

    uint64_t guest[SYSCALL_ARGS]; /* args.view */
    struct part args;             /* not in list and index */
    struct part *parts;
    struct part **tail;
    struct part *root;
    uint64_t random; /* state of the generator of priorities, secret */

    bool sealed;
    bool superseded; /* some part is not live */
    int err;         /* -ENOMEM: memory was too short for some pointer */
};

static inline gva_t part_end(const struct part *p)
{
    return p->gva + p->len;
}

/* Where field (i) of element (e) is in an image of (p). */
static inline uint64_t part_slot(const struct capsule *cap,
                                 const struct part *p, uint64_t e, unsigned i)
{
    return p == &cap->args ? 8 * i : e * p->elem + p->field[i].offset;
}

/* Whether (size) bytes of field (i) lie inside the element: a structure whose
 * size the caller chooses (clone3) may end before them. */
static inline bool part_has_field(const struct capsule *cap,
                                  const struct part *p, unsigned i,
                                  unsigned size)
{
    return p == &cap->args || (uint64_t)p->field[i].offset + size <= p->elem;
}

static inline uint64_t load_u64(const uint8_t *at)
{
    uint64_t v;

    memcpy(&v, at, sizeof(v));
    return v;
}

static inline void store_u64(uint8_t *at, uint64_t v)
{
    memcpy(at, &v, sizeof(v));
}

/* --- capsule_store.c: memory and parts --- */

/* The first chunk of an empty capsule. Returns 0 or -ENOMEM. */
int store_init(struct capsule *cap);
void store_destroy(struct capsule *cap);
/* Forget everything. */
void store_reset(struct capsule *cap);

/* Room for (size) bytes, 16-byte aligned, until the next reserve or alloc;
 * NULL beyond CAPSULE_MAX or where memory is short. */
void *store_reserve(struct capsule *cap, size_t size);
/* Keep the first (size) bytes of what was reserved last. */
void store_commit(struct capsule *cap, size_t size);
void *store_alloc(struct capsule *cap, size_t size);

/* Whether byte (at) of the images of (p) belongs to a pointer. */
bool part_is_pointer_byte(const struct part *p, uint64_t at);

/* Add a part whose images are both (view). NULL where memory is short. */
struct part *store_add(struct capsule *cap, const struct datum *datum,
                       gva_t gva, uint8_t *view, uint64_t len);

/* The part that covers (from); else the one with the lowest start in [from,
 * to); else NULL. */
struct part *store_find(const struct capsule *cap, gva_t from, gva_t to);

/* Hide every part that overlaps [from, to). */
void store_hide(struct capsule *cap, gva_t from, gva_t to);

/* Guest memory as the call sees it: views, and guest memory between them. The
 * range must be in a window. Returns 0 or -EFAULT. */
int store_read(const struct capsule *cap, gva_t gva, void *buf, size_t len);
/* As gmem_read_string. */
ssize_t store_read_string(const struct capsule *cap, gva_t gva, char *buf,
                          size_t size);

/* Write bytes into every view that overlaps, and into host images except
 * where they hold replaced pointers. Returns whether that changed something
 * on which other captures may depend: a structure or a string. */
bool store_patch(struct capsule *cap, gva_t gva, const void *buf, size_t len);

/* --- capsule_take.c: capture --- */

/* How many bytes lie behind a pointer. */
enum extent {
    EXTENT_KNOWN,
    EXTENT_NEGATIVE, /* a signed count below 0; the host will refuse it */
    EXTENT_UNKNOWN   /* the count cannot be read */
};

/* Of pointer field (i) of element (e), a DATUM_BUF or DATUM_STRUCT. (*bytes)
 * is set for EXTENT_KNOWN: at most the row's max; UINT64_MAX on overflow. */
enum extent take_extent(const struct capsule *cap, const struct part *in,
                        uint64_t e, unsigned i, uint64_t *bytes);

/* Capture all that the arguments point to, and fill in cap->args.host.
 * Earlier parts are no longer live, but their views are what is captured. */
int take_all(struct capsule *cap);

/* Capture the buffers that the call reads in place and that overlap [from,
 * to). Returns 0, or -ENOMEM: they stay in place. One that is not readable as a
 * whole becomes GMEM_FAULT_ADDR where it (must) join, else stays in place. */
int take_join(struct capsule *cap, gva_t from, gva_t to, bool must);

/* True where a pointer is among the (n) fields. */
bool take_has_pointers(const struct datum *field, unsigned n);

#endif
