/*
 * capsule.c: a call's capsule from beginning to end: taken before the call,
 * read and written by hooks, put back after it.
 */
#include "vmm/capsule_internal.h"

#include <errno.h>
#include <stdlib.h>

struct capsule *capsule_create(void)
{
    struct capsule *cap = calloc(1, sizeof(*cap));

    if (cap == NULL || store_init(cap) != 0) {
        free(cap);
        return NULL;
    }
    store_reset(cap);
    cap->args = (struct part){
        .view = (uint8_t *)cap->guest,
        .len = sizeof(cap->guest),
        .elem = sizeof(cap->guest),
        .count = 1,
        .live = true,
    };
    return cap;
}

void capsule_destroy(struct capsule *cap)
{
    if (cap == NULL)
        return;
    store_destroy(cap);
    free(cap);
}

/* --- before the call --- */

static int take_args(struct capsule *cap, const struct datum *arg,
                     const uint64_t guest[SYSCALL_ARGS],
                     uint64_t host[SYSCALL_ARGS])
{
    memcpy(cap->guest, guest, sizeof(cap->guest));
    memcpy(host, cap->guest, sizeof(cap->guest));
    cap->args.field = arg;
    cap->args.host = (uint8_t *)host;
    return take_all(cap);
}

int capsule_take(struct capsule *cap, const struct datum *arg,
                 const uint64_t guest[SYSCALL_ARGS],
                 uint64_t host[SYSCALL_ARGS])
{
    store_reset(cap);
    return take_args(cap, arg, guest, host);
}

int capsule_retake(struct capsule *cap, const struct datum *arg,
                   const uint64_t guest[SYSCALL_ARGS],
                   const uint64_t changed[SYSCALL_ARGS],
                   uint64_t host[SYSCALL_ARGS])
{
    if (arg == cap->args.field &&
        memcmp(guest, changed, sizeof(cap->guest)) == 0)
        return 0;
    /* Everything anew, but from the views: what was captured stays as it is,
     * what hooks wrote stays written, and the rest comes from the guest. */
    return take_args(cap, arg, changed, host);
}

void capsule_seal(struct capsule *cap)
{
    struct part *p;

    cap->sealed = true;
    if (!cap->superseded)
        return;
    for (p = cap->parts; p != NULL; p = p->next)
        if (!p->live)
            p->hidden = true;
}

/* --- after the call --- */

/* Whether the kernel wrote byte (i) of (p). */
static bool is_changed(const struct part *p, uint64_t i)
{
    return p->host[i] != p->view[i] && !part_is_pointer_byte(p, i);
}

/* Write what the kernel changed in (p) to guest memory, and nothing else:
 * other guest threads may write next to it. */
static int put_part(const struct part *p)
{
    uint64_t i = 0, start;
    int rc = 0;

    while (i < p->len) {
        if (p->len - i >= 8 && load_u64(p->host + i) == load_u64(p->view + i)) {
            i += 8;
            continue;
        }
        for (start = i; i < p->len && is_changed(p, i); i++)
            ;
        if (i == start)
            i++;
        else if (gmem_write(p->gva + start, p->host + start, i - start) != 0)
            rc = -EFAULT;
    }
    return rc;
}

/* Show guest memory itself where the call may have written. */
static void uncover_output(struct capsule *cap, const struct part *in)
{
    uint64_t e, bytes;
    unsigned i;
    gva_t gva;

    for (e = 0; e < in->count; e++) {
        for (i = 0; i < in->fields; i++) {
            const struct datum *f = &in->field[i];

            if (!(f->dir & DIR_OUT) || !datum_is_pointer(f->kind) ||
                !part_has_field(cap, in, i, 8))
                continue;
            gva = load_u64(in->view + part_slot(cap, in, e, i));
            if (take_extent(cap, in, e, i, &bytes) == EXTENT_KNOWN &&
                gmem_passable(gva, bytes))
                store_hide(cap, gva, gva + bytes);
        }
    }
}

int capsule_put(struct capsule *cap)
{
    struct part *p;
    int rc = 0;

    if (cap->parts == NULL)
        return 0;
    for (p = cap->parts; p != NULL; p = p->next)
        if (p->live && p->host != p->view && (p->datum->dir & DIR_OUT) &&
            put_part(p) != 0)
            rc = -EFAULT;
    uncover_output(cap, &cap->args);
    for (p = cap->parts; p != NULL; p = p->next)
        if (p->live)
            uncover_output(cap, p);
    return rc;
}

/* --- for hooks and emulated calls --- */

int capsule_read(struct capsule *cap, gva_t addr, void *buf, size_t len)
{
    int rc;

    if (len == 0)
        return 0;
    if (!gmem_in_window(addr, len))
        return -EFAULT;
    if (!cap->sealed && (rc = take_join(cap, addr, addr + len, true)) != 0)
        return rc;
    return store_read(cap, addr, buf, len);
}

ssize_t capsule_read_string(struct capsule *cap, gva_t addr, char *buf,
                            size_t size)
{
    gva_t end = addr + min_u64(size, UINT64_MAX - addr);
    int rc;

    if (!cap->sealed && (rc = take_join(cap, addr, end, true)) != 0)
        return rc;
    return store_read_string(cap, addr, buf, size);
}

int capsule_peek(const struct capsule *cap, gva_t addr, void *buf, size_t len)
{
    if (!gmem_in_window(addr, len))
        return -EFAULT;
    return store_read(cap, addr, buf, len);
}

int capsule_peek_buffer(struct capsule *cap, gva_t addr, void *buf, size_t len)
{
    if (!cap->sealed && len != 0 && gmem_in_window(addr, len)) {
        take_join(cap, addr, addr + len, false);
        cap->err = 0;
    }
    return capsule_peek(cap, addr, buf, len);
}

ssize_t capsule_peek_string(const struct capsule *cap, gva_t addr, char *buf,
                            size_t size)
{
    return store_read_string(cap, addr, buf, size);
}

/* Remember what a hook wrote where nothing is captured: a pointer or a count
 * that it changes next may make it part of the call. */
static int keep_written(struct capsule *cap, gva_t addr, const uint8_t *buf,
                        size_t len)
{
    size_t n;

    for (; len > 0; addr += n, buf += n, len -= n) {
        const struct part *p = store_find(cap, addr, addr + len);
        uint8_t *view;

        if (p != NULL && p->gva <= addr) {
            n = min_u64(len, part_end(p) - addr);
            continue;
        }
        n = p != NULL ? p->gva - addr : len;
        view = store_alloc(cap, n);
        if (view == NULL)
            return -ENOMEM;
        memcpy(view, buf, n);
        if (store_add(cap, NULL, addr, view, n) == NULL)
            return -ENOMEM;
        cap->superseded = true;
    }
    return 0;
}

int capsule_write(struct capsule *cap, gva_t addr, const void *buf, size_t len)
{
    int rc;

    if (len == 0)
        return 0;
    if (!gmem_in_window(addr, len))
        return -EFAULT;
    if (!cap->sealed && (rc = take_join(cap, addr, addr + len, true)) != 0)
        return rc;
    if (gmem_write(addr, buf, len) != 0)
        return -EFAULT;
    if (!cap->sealed && (rc = keep_written(cap, addr, buf, len)) != 0)
        return rc;
    if (store_patch(cap, addr, buf, len) && !cap->sealed)
        return take_all(cap);
    return 0;
}

/* The live part that the host is given for argument (index), or NULL. */
static const struct part *arg_part(const struct capsule *cap, unsigned index,
                                   int *err)
{
    const struct part *p;
    uint64_t host;

    if (index >= cap->args.fields ||
        !datum_is_pointer(cap->args.field[index].kind))
        return NULL;
    host = load_u64(cap->args.host + part_slot(cap, &cap->args, 0, index));
    if (host == GMEM_FAULT_ADDR)
        *err = -EFAULT;
    for (p = cap->parts; p != NULL; p = p->next)
        if (p->live && (uint64_t)p->host == host)
            return p;
    return NULL;
}

void *capsule_arg(struct capsule *cap, unsigned index, size_t *size, int *err)
{
    int rc = 0;
    const struct part *p = arg_part(cap, index, &rc);

    if (p != NULL &&
        (p->datum->kind == DATUM_PATH || p->datum->kind == DATUM_STRING)) {
        if (p->view[p->len - 1] != '\0') {
            rc = -ENAMETOOLONG;
            p = NULL;
        }
    }
    if (size != NULL)
        *size = p != NULL ? p->len : 0;
    if (err != NULL)
        *err = rc;
    return p != NULL ? p->host : NULL;
}
