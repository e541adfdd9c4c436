/*
 * profile.c: machine profiles, read and written. What a profile may say is one
 * table; reading, checking and dumping are loops over it.
 */
#include "vmm/profile.h"

#include "vmm/dtblob.h"
#include "vmm/layout.h"
#include "vmm/readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Builds whose windows end earlier (vmm/layout.h) cut this off. */
#define LOW_SIZE_MAX (LOW_MAX_END - LOW_BASE)
#define PROFILE_MAX  (64 * KIB)
#define COMPATIBLE   "microvm-hook,machine"

extern const uint8_t profile_blob[], profile_blob_end[];

enum property_type { TYPE_U64, TYPE_U32, TYPE_FLAG, TYPE_WORD };

/* The words of a TYPE_WORD property; a value is its index. */
static const char *const entry_words[] = {"auto", "cpl0", "cpl3", NULL};
static const char *const vdso_words[] = {"off", "auto", NULL};
static const char *const policy_words[] = {"open", "closed", NULL};

static const struct property {
    const char *node;
    const char *name;
    enum property_type type;
    size_t offset, size;         /* of the member in struct profile */
    uint64_t min, max, multiple; /* numbers */
    const char *const *words;
} properties[] = {
#define MEMBER(m_)                                                             \
    offsetof(struct profile, m_), sizeof(((struct profile *)0)->m_)
    /* clang-format off */
    {"memory", "low-size", TYPE_U64, MEMBER(low_size),
        0, LOW_SIZE_MAX, PAGE_SIZE, NULL},
    {"memory", "arena-size", TYPE_U64, MEMBER(arena_size),
        GIB, ARENA_MAX_SIZE, GIB, NULL},
    {"memory", "limit", TYPE_U64, MEMBER(memory_limit), 0, UINT64_MAX, 1, NULL},
    {"memory", "slot-size", TYPE_U64, MEMBER(slot_size),
        2 * MIB, GIB, 2 * MIB, NULL},
    {"memory", "huge-pages", TYPE_FLAG, MEMBER(huge_pages), 0, 0, 0, NULL},
    {"memory", "randomize", TYPE_FLAG, MEMBER(randomize), 0, 0, 0, NULL},
    {"modes", "syscall-entry", TYPE_WORD, MEMBER(entry), 0, 0, 0, entry_words},
    {"modes", "vdso", TYPE_WORD, MEMBER(vdso), 0, 0, 0, vdso_words},
    {"hooks", "timeout-ms", TYPE_U32, MEMBER(hook_timeout_ms),
        1, 3600000, 1, NULL},
    {"hooks", "heap-size", TYPE_U64, MEMBER(hook_heap_size),
        MIB, 4 * GIB, 1, NULL},
    {"hooks", "on-error", TYPE_WORD, MEMBER(hook_on_error),
        0, 0, 0, policy_words},
    /* clang-format on */
};

static const char *const nodes[] = {"memory", "modes", "hooks"};

static const struct profile defaults = {
    .low_size = LOW_SIZE_MAX,
    .arena_size = ARENA_MAX_SIZE,
    .slot_size = 16 * MIB,
    .vdso = true,
    .hook_timeout_ms = 1000,
    .hook_heap_size = 64 * MIB,
};

static void set_member(struct profile *p, const struct property *prop,
                       uint64_t value)
{
    char *member = (char *)p + prop->offset;
    uint32_t word = (uint32_t)value;
    bool flag = value != 0;

    if (prop->size == sizeof(bool))
        memcpy(member, &flag, sizeof(flag));
    else if (prop->size == sizeof(word))
        memcpy(member, &word, sizeof(word));
    else
        memcpy(member, &value, sizeof(value));
}

static uint64_t get_member(const struct profile *p, const struct property *prop)
{
    const char *member = (const char *)p + prop->offset;
    uint64_t value = 0;

    memcpy(&value, member, prop->size);
    return value;
}

struct number_text {
    char s[24];
};

/* In the notation of the source: sizes are written in hexadecimal there. */
static struct number_text number_text(const struct property *prop,
                                      uint64_t value)
{
    struct number_text t;

    if (prop->type == TYPE_U64)
        snprintf(t.s, sizeof(t.s), "0x%" PRIx64, value);
    else
        snprintf(t.s, sizeof(t.s), "%" PRIu64, value);
    return t;
}

static int refuse_number(const struct property *prop, uint64_t value,
                         const char *what, struct diag *d)
{
    return diag_set(
        d, 0, "profile %s: /%s/%s is %s; allowed is %s to %s%s%s", what,
        prop->node, prop->name, number_text(prop, value).s,
        number_text(prop, prop->min).s, number_text(prop, prop->max).s,
        prop->multiple > 1 ? " in steps of " : "",
        prop->multiple > 1 ? number_text(prop, prop->multiple).s : "");
}

static int read_number(struct profile *p, const struct property *prop,
                       const void *blob, int node, const char *what,
                       struct diag *d)
{
    int bits = prop->type == TYPE_U64 ? 64 : 32;
    uint64_t value;

    if (dtblob_number(blob, node, prop->name, bits, &value) < 0)
        return diag_set(d, 0, "profile %s: /%s/%s is not a %d-bit number", what,
                        prop->node, prop->name, bits);
    if (value < prop->min || value > prop->max || value % prop->multiple != 0)
        return refuse_number(prop, value, what, d);
    set_member(p, prop, value);
    return 0;
}

static int read_word(struct profile *p, const struct property *prop,
                     const void *blob, int node, const char *what,
                     struct diag *d)
{
    int len;
    const char *value = fdt_getprop(blob, node, prop->name, &len);

    for (unsigned i = 0; prop->words[i]; i++) {
        if (len == (int)strlen(prop->words[i]) + 1 &&
            memcmp(value, prop->words[i], (size_t)len) == 0) {
            set_member(p, prop, i);
            return 0;
        }
    }
    diag_set(d, 0, "profile %s: /%s/%s has a value that is not known", what,
             prop->node, prop->name);
    diag_hint(d, "use \"%s\" or \"%s\"%s%s%s", prop->words[0], prop->words[1],
              prop->words[2] ? " or \"" : "",
              prop->words[2] ? prop->words[2] : "", prop->words[2] ? "\"" : "");
    return -EINVAL;
}

static int read_property(struct profile *p, const struct property *prop,
                         const void *blob, int node, const char *what,
                         struct diag *d)
{
    int len;

    switch (prop->type) {
    case TYPE_FLAG:
        if (fdt_getprop(blob, node, prop->name, &len) && len != 0)
            return diag_set(d, 0,
                            "profile %s: /%s/%s is a flag and takes no "
                            "value",
                            what, prop->node, prop->name);
        set_member(p, prop, 1);
        return 0;
    case TYPE_WORD:
        return read_word(p, prop, blob, node, what, d);
    default:
        return read_number(p, prop, blob, node, what, d);
    }
}

static int read_node(struct profile *p, const void *blob, int node,
                     const char *node_name, const char *what, struct diag *d)
{
    int offset;

    fdt_for_each_property_offset(offset, blob, node)
    {
        const char *name = NULL;
        size_t i = 0;
        int rc;

        if (!fdt_getprop_by_offset(blob, offset, &name, NULL) || !name)
            return diag_set(d, 0, "profile %s is damaged", what);
        while (i < ARRAY_SIZE(properties) &&
               (strcmp(properties[i].node, node_name) != 0 ||
                strcmp(properties[i].name, name) != 0))
            i++;
        if (i == ARRAY_SIZE(properties))
            return diag_set(d, 0, "profile %s: unknown property /%s/%s", what,
                            node_name, name);
        rc = read_property(p, &properties[i], blob, node, what, d);
        if (rc < 0)
            return rc;
    }
    if (fdt_first_subnode(blob, node) >= 0)
        return diag_set(d, 0, "profile %s: /%s has a node inside", what,
                        node_name);
    return 0;
}

static int read_root(const void *blob, const char *what, struct diag *d)
{
    uint64_t version;
    int offset;

    if (dtblob_number(blob, 0, "version", 32, &version) < 0)
        return diag_set(d, 0, "profile %s has no version", what);
    if (version != PROFILE_VERSION)
        return diag_set(d, 0,
                        "profile %s has version %u, this monitor knows "
                        "%d",
                        what, (unsigned)version, PROFILE_VERSION);
    fdt_for_each_property_offset(offset, blob, 0)
    {
        const char *name = NULL;

        if (!fdt_getprop_by_offset(blob, offset, &name, NULL) || !name)
            return diag_set(d, 0, "profile %s is damaged", what);
        if (strcmp(name, "compatible") != 0 && strcmp(name, "version") != 0)
            return diag_set(d, 0, "profile %s: unknown property /%s", what,
                            name);
    }
    return 0;
}

int profile_parse(struct profile *out, const void *blob, size_t size,
                  const char *what, struct diag *d)
{
    struct profile p = defaults;
    int rc = dtblob_check(blob, size, COMPATIBLE, what, "profile", d);
    int node;

    if (rc == 0)
        rc = read_root(blob, what, d);
    if (rc < 0)
        return rc;
    fdt_for_each_subnode(node, blob, 0)
    {
        const char *name = fdt_get_name(blob, node, NULL);
        size_t i = 0;

        while (name && i < ARRAY_SIZE(nodes) && strcmp(nodes[i], name) != 0)
            i++;
        if (!name || i == ARRAY_SIZE(nodes))
            return diag_set(d, 0, "profile %s: unknown node /%s", what,
                            name ? name : "?");
        rc = read_node(&p, blob, node, name, what, d);
        if (rc < 0)
            return rc;
    }
    if (p.slot_size & (p.slot_size - 1))
        return diag_set(d, 0,
                        "profile %s: /memory/slot-size is 0x%" PRIx64
                        "; it must be a power of two",
                        what, p.slot_size);
    *out = p;
    return 0;
}

int profile_load(struct profile *out, const char *path, struct diag *d)
{
    void *blob;
    size_t size;
    int rc = readfile(path, "profile", PROFILE_MAX, &blob, &size, d);

    if (rc < 0)
        return rc;
    rc = profile_parse(out, blob, size, path, d);
    if (rc < 0 && size >= 4 && fdt_magic(blob) != FDT_MAGIC)
        diag_hint(d, "a source is compiled with: dtc -O dtb -o FILE.dtb %s",
                  path);
    free(blob);
    return rc;
}

int profile_default(struct profile *out, struct diag *d)
{
    return profile_parse(out, profile_blob,
                         (size_t)(profile_blob_end - profile_blob), "built in",
                         d);
}

static int write_property(void *blob, const struct profile *p,
                          const struct property *prop)
{
    uint64_t value = get_member(p, prop);

    switch (prop->type) {
    case TYPE_U64:
        return fdt_property_u64(blob, prop->name, value);
    case TYPE_U32:
        return fdt_property_u32(blob, prop->name, (uint32_t)value);
    case TYPE_WORD:
        return fdt_property_string(blob, prop->name, prop->words[value]);
    default:
        return value ? fdt_property(blob, prop->name, NULL, 0) : 0;
    }
}

/* The whole tree, written front to back. */
static int write_tree(void *blob, int size, const struct profile *p)
{
    int rc = fdt_create(blob, size);

    rc = rc ? rc : fdt_finish_reservemap(blob);
    rc = rc ? rc : fdt_begin_node(blob, "");
    rc = rc ? rc : fdt_property_string(blob, "compatible", COMPATIBLE);
    rc = rc ? rc : fdt_property_u32(blob, "version", PROFILE_VERSION);
    for (size_t n = 0; n < ARRAY_SIZE(nodes); n++) {
        rc = rc ? rc : fdt_begin_node(blob, nodes[n]);
        for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
            if (strcmp(properties[i].node, nodes[n]) == 0)
                rc = rc ? rc : write_property(blob, p, &properties[i]);
        rc = rc ? rc : fdt_end_node(blob);
    }
    rc = rc ? rc : fdt_end_node(blob);
    return rc ? rc : fdt_finish(blob);
}

static int write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0)
            return -errno;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

int profile_dump(const struct profile *p, const char *path, struct diag *d)
{
    _Alignas(8) uint8_t blob[4096];
    int rc = write_tree(blob, sizeof(blob), p);
    int fd;

    if (rc < 0)
        return diag_set(d, 0, "cannot describe the machine: %s",
                        fdt_strerror(rc));
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return diag_set(d, -errno, "cannot write the profile to %s", path);
    rc = write_all(fd, blob, fdt_totalsize(blob));
    if (close(fd) < 0 && rc == 0)
        rc = -errno;
    return rc < 0 ? diag_set(d, rc, "cannot write the profile to %s", path) : 0;
}
