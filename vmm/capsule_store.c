/*
 * capsule_store.c: the memory of a capsule, its parts, and guest memory seen
 * through them.
 */
#include "vmm/capsule_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define CHUNK_SIZE (64 * KIB)
#define ALIGNMENT  16

/* --- memory --- */

static struct chunk *new_chunk(size_t size)
{
    struct chunk *c = malloc(sizeof(*c) + size);

    if (c != NULL) {
        c->next = NULL;
        c->size = size;
        c->used = 0;
    }
    return c;
}

int store_init(struct capsule *cap)
{
    if (getrandom(&cap->random, sizeof(cap->random), 0) !=
            sizeof(cap->random) ||
        cap->random == 0)
        cap->random = (uintptr_t)cap; /* at least what ASLR gives */
    cap->first = cap->last = new_chunk(CHUNK_SIZE);
    return cap->first != NULL ? 0 : -ENOMEM;
}

static void free_chunks(struct chunk *c)
{
    struct chunk *next;

    for (; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
}

void store_destroy(struct capsule *cap)
{
    free_chunks(cap->first);
}

void store_reset(struct capsule *cap)
{
    free_chunks(cap->first->next);
    cap->first->next = NULL;
    cap->first->used = 0;
    cap->last = cap->first;
    cap->bytes = 0;
    cap->parts = NULL;
    cap->tail = &cap->parts;
    cap->root = NULL;
    cap->sealed = false;
    cap->superseded = false;
    cap->err = 0;
}

void *store_reserve(struct capsule *cap, size_t size)
{
    struct chunk *c = cap->last;

    if (size > CAPSULE_MAX || cap->bytes > CAPSULE_MAX - size)
        return NULL;
    if (size > c->size - c->used) {
        c = new_chunk(max_u64(CHUNK_SIZE, size));
        if (c == NULL)
            return NULL;
        cap->last->next = c;
        cap->last = c;
    }
    return c->data + c->used;
}

void store_commit(struct capsule *cap, size_t size)
{
    struct chunk *c = cap->last;

    /* Never 0: different captures have different addresses. */
    size = ALIGN_UP(max_u64(size, 1), ALIGNMENT);
    size = min_u64(size, c->size - c->used);
    c->used += size;
    cap->bytes += size;
}

void *store_alloc(struct capsule *cap, size_t size)
{
    void *p = store_reserve(cap, max_u64(size, 1));

    if (p != NULL)
        store_commit(cap, size);
    return p;
}

/* --- parts and their index --- */

bool part_is_pointer_byte(const struct part *p, uint64_t at)
{
    uint64_t off;
    unsigned i;

    if (p->fields == 0)
        return false;
    off = at % p->elem;
    for (i = 0; i < p->fields; i++)
        if (datum_is_pointer(p->field[i].kind) && off >= p->field[i].offset &&
            off - p->field[i].offset < 8)
            return true;
    return false;
}

static uint64_t next_random(struct capsule *cap)
{
    /* xorshift64. Seeded from the kernel: a guest that could foresee the
     * priorities could choose addresses that make the tree a long list. */
    cap->random ^= cap->random << 13;
    cap->random ^= cap->random >> 7;
    cap->random ^= cap->random << 17;
    return cap->random;
}

static void update(struct part *n)
{
    n->max_end = part_end(n);
    if (n->left != NULL)
        n->max_end = max_u64(n->max_end, n->left->max_end);
    if (n->right != NULL)
        n->max_end = max_u64(n->max_end, n->right->max_end);
}

/* Split (n) into what starts at or below (key) and what starts above it. */
static void split(struct part *n, gva_t key, struct part **low,
                  struct part **high)
{
    if (n == NULL) {
        *low = *high = NULL;
    } else if (n->gva <= key) {
        split(n->right, key, &n->right, high);
        update(n);
        *low = n;
    } else {
        split(n->left, key, low, &n->left);
        update(n);
        *high = n;
    }
}

static struct part *insert(struct part *root, struct part *p)
{
    if (root == NULL || p->priority > root->priority) {
        split(root, p->gva, &p->left, &p->right);
        update(p);
        return p;
    }
    if (p->gva < root->gva)
        root->left = insert(root->left, p);
    else
        root->right = insert(root->right, p);
    update(root);
    return root;
}

/* In order of start, the first part that overlaps [from, to). */
static struct part *first_overlap(struct part *n, gva_t from, gva_t to)
{
    struct part *found;

    if (n == NULL || n->max_end <= from)
        return NULL;
    found = first_overlap(n->left, from, to);
    if (found != NULL || n->gva >= to)
        return found;
    if (part_end(n) > from && !n->hidden)
        return n;
    return first_overlap(n->right, from, to);
}

struct part *store_find(const struct capsule *cap, gva_t from, gva_t to)
{
    return first_overlap(cap->root, from, to);
}

static void hide(struct part *n, gva_t from, gva_t to)
{
    if (n == NULL || n->max_end <= from)
        return;
    hide(n->left, from, to);
    if (n->gva >= to)
        return;
    if (part_end(n) > from)
        n->hidden = true;
    hide(n->right, from, to);
}

void store_hide(struct capsule *cap, gva_t from, gva_t to)
{
    hide(cap->root, from, to);
}

struct part *store_add(struct capsule *cap, const struct datum *datum,
                       gva_t gva, uint8_t *view, uint64_t len)
{
    struct part *p = store_alloc(cap, sizeof(*p));

    if (p == NULL)
        return NULL;
    *p = (struct part){
        .gva = gva,
        .len = len,
        .view = view,
        .host = view,
        .datum = datum,
        .live = datum != NULL,
        .priority = next_random(cap),
    };
    *cap->tail = p;
    cap->tail = &p->next;
    cap->root = insert(cap->root, p);
    return p;
}

/* --- guest memory, seen through the parts --- */

int store_read(const struct capsule *cap, gva_t gva, void *buf, size_t len)
{
    uint8_t *to = buf;
    size_t n;

    for (; len > 0; gva += n, to += n, len -= n) {
        const struct part *p = store_find(cap, gva, gva + len);

        if (p != NULL && p->gva <= gva) {
            n = min_u64(len, part_end(p) - gva);
            memcpy(to, p->view + (gva - p->gva), n);
        } else {
            n = p != NULL ? p->gva - gva : len;
            if (gmem_read(to, gva, n) != 0)
                return -EFAULT;
        }
    }
    return 0;
}

/* As gmem_read_string, from bytes of our own. */
static ssize_t copy_string(char *buf, const uint8_t *from, size_t size)
{
    const char *end = memccpy(buf, from, '\0', size);

    return end != NULL ? end - buf - 1 : -ENAMETOOLONG;
}

ssize_t store_read_string(const struct capsule *cap, gva_t gva, char *buf,
                          size_t size)
{
    size_t done, n;
    ssize_t rc;

    for (done = 0; done < size; done += n, gva += n) {
        gva_t limit = gva + (size - done);
        const struct part *p;

        if (limit < gva)
            limit = UINT64_MAX;
        p = store_find(cap, gva, limit);
        if (p != NULL && p->gva <= gva) {
            n = min_u64(size - done, part_end(p) - gva);
            rc = copy_string(buf + done, p->view + (gva - p->gva), n);
        } else {
            n = p != NULL ? p->gva - gva : size - done;
            rc = gmem_read_string(buf + done, gva, n);
        }
        if (rc != -ENAMETOOLONG)
            return rc < 0 ? rc : (ssize_t)done + rc;
    }
    return -ENAMETOOLONG;
}

static void patch_host(struct part *p, uint64_t at, const uint8_t *from,
                       uint64_t len)
{
    uint64_t k;

    for (k = 0; k < len; k++)
        if (!part_is_pointer_byte(p, at + k))
            p->host[at + k] = from[k];
}

static bool patch(struct part *n, gva_t gva, const uint8_t *buf, size_t len)
{
    bool depends = false;
    gva_t from, to;

    if (n == NULL || n->max_end <= gva)
        return false;
    depends |= patch(n->left, gva, buf, len);
    if (n->gva >= gva + len)
        return depends;
    if (part_end(n) > gva && !n->hidden) {
        from = max_u64(n->gva, gva);
        to = min_u64(part_end(n), gva + len);
        memcpy(n->view + (from - n->gva), buf + (from - gva), to - from);
        if (n->host != n->view)
            patch_host(n, from - n->gva, buf + (from - gva), to - from);
        depends |= n->live && n->datum->kind != DATUM_BUF;
    }
    depends |= patch(n->right, gva, buf, len);
    return depends;
}

bool store_patch(struct capsule *cap, gva_t gva, const void *buf, size_t len)
{
    return patch(cap->root, gva, buf, len);
}
