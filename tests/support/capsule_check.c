/* capsule_check.c: looks at every pointer of a capsule's host images. */
#include "tests/support/capsule_check.h"

#include "vmm/capsule_internal.h"

static bool owned(const struct capsule *cap, const uint8_t *p, uint64_t len)
{
    const struct chunk *c;

    for (c = cap->first; c != NULL; c = c->next)
        if (p >= c->data && p <= c->data + c->used &&
            len <= (uint64_t)(c->data + c->used - p))
            return true;
    return false;
}

static const struct part *part_at(const struct capsule *cap, uint64_t host)
{
    const struct part *p;

    for (p = cap->parts; p != NULL; p = p->next)
        if (p->live && (uint64_t)p->host == host)
            return p;
    return NULL;
}

static const char *check_string(const struct capsule *cap, const struct part *p)
{
    if (p->len == 0 || !owned(cap, p->host, p->len + 1))
        return "a string without room for its end";
    if (p->host[p->len - 1] != '\0' && p->host[p->len] != '\0')
        return "a string without end";
    return NULL;
}

static const char *check_pointer(const struct capsule *cap,
                                 const struct part *in, uint64_t e, unsigned i)
{
    const struct datum *f = &in->field[i];
    uint64_t host = load_u64(in->host + part_slot(cap, in, e, i));
    enum extent extent = EXTENT_UNKNOWN;
    const struct part *p;
    uint64_t bytes = 0;

    if (host == 0 || host == GMEM_FAULT_ADDR)
        return NULL;
    if (f->kind == DATUM_BUF || f->kind == DATUM_STRUCT)
        extent = take_extent(cap, in, e, i, &bytes);
    p = part_at(cap, host);
    if (p == NULL) {
        if (f->kind != DATUM_BUF && f->kind != DATUM_STRUCT)
            return "a string or vector in place";
        if (extent == EXTENT_UNKNOWN)
            return "a pointer without known size in place";
        if (!gmem_passable(host, extent == EXTENT_KNOWN ? bytes : 1))
            return "a pointer to memory that is not the guest's";
        return NULL;
    }
    if (f->kind == DATUM_PATH || f->kind == DATUM_STRING)
        return check_string(cap, p);
    if (f->kind == DATUM_STRV)
        return p->len >= 8 && load_u64(p->host + p->len - 8) == 0
                   ? NULL
                   : "a vector without end";
    if (extent != EXTENT_KNOWN || bytes != p->len)
        return "a copy of another size than the call's";
    return NULL;
}

static const char *check_part(const struct capsule *cap, const struct part *in)
{
    const char *wrong = NULL;
    uint64_t e;
    unsigned i;

    for (e = 0; e < in->count && wrong == NULL; e++)
        for (i = 0; i < in->fields && wrong == NULL; i++)
            if (datum_is_pointer(in->field[i].kind) &&
                part_has_field(cap, in, i, 8))
                wrong = check_pointer(cap, in, e, i);
    return wrong;
}

const char *capsule_unsound(const struct capsule *cap)
{
    const char *wrong = check_part(cap, &cap->args);
    const struct part *p;

    for (p = cap->parts; p != NULL && wrong == NULL; p = p->next) {
        if (!p->live)
            continue;
        if (p->len != 0 && !gmem_in_window(p->gva, p->len))
            return "a part captured from outside the windows";
        if (!owned(cap, p->view, p->len) || !owned(cap, p->host, p->len))
            return "an image outside the capsule's memory";
        wrong = check_part(cap, p);
    }
    return wrong;
}
