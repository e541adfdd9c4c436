/* shim.c: take a shim file apart. */
#include "vmm/shim.h"

#include "vmm/dtblob.h"
#include "vmm/readfile.h"

#include "guest-shim/shim_abi.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (SHIM_IMAGE_MAX + MIB)

/* Entry points, by property name. */
static const struct {
    const char *name;
    size_t member;
} entries[] = {
    {"syscall-cpl0", offsetof(struct shim, syscall_cpl0)},
    {"syscall-cpl3", offsetof(struct shim, syscall_cpl3)},
    {"syscall-answering", offsetof(struct shim, syscall_answering)},
    {"answer", offsetof(struct shim, answer)},
    {"answer-undo", offsetof(struct shim, answer_undo)},
    {"set", offsetof(struct shim, set)},
    {"set-undo", offsetof(struct shim, set_undo)},
    {"brk", offsetof(struct shim, brk)},
    {"brk-undo", offsetof(struct shim, brk_undo)},
    {"seek", offsetof(struct shim, seek)},
    {"seek-undo", offsetof(struct shim, seek_undo)},
    {"pid", offsetof(struct shim, pid)},
    {"pid-undo", offsetof(struct shim, pid_undo)},
    {"tid", offsetof(struct shim, tid)},
    {"tid-undo", offsetof(struct shim, tid_undo)},
    {"forward", offsetof(struct shim, forward)},
    {"syscall-compat", offsetof(struct shim, syscall_compat)},
    {"probe", offsetof(struct shim, probe)},
    {"probe-syscall", offsetof(struct shim, probe_syscall)},
    {"bench", offsetof(struct shim, bench)},
    {"traps", offsetof(struct shim, traps)},
    {"trap-stride", offsetof(struct shim, trap_stride)},
};

static int read_cell(const void *blob, int node, const char *name,
                     const char *path, uint64_t *out, struct diag *d)
{
    int rc = dtblob_number(blob, node, name, 32, out);

    if (rc == -ENOENT)
        return diag_set(d, 0, "shim %s is damaged: it lacks \"%s\"", path,
                        name);
    if (rc < 0)
        return diag_set(d, 0, "shim %s is damaged: \"%s\" is not one cell",
                        path, name);
    return 0;
}

static int check_version(const void *blob, const char *path, struct diag *d)
{
    uint64_t version;
    int rc = read_cell(blob, 0, "abi-version", path, &version, d);

    if (rc < 0 || version == SHIM_ABI_VERSION)
        return rc;
    diag_set(d, 0, "shim %s has ABI version %u, this monitor knows %d", path,
             (unsigned)version, SHIM_ABI_VERSION);
    diag_hint(d, "build and install both anew, or name the shim.bin that was "
                 "built with this monitor by --kernel");
    return -EINVAL;
}

static int read_entries(struct shim *s, const void *blob, struct diag *d)
{
    int node = fdt_path_offset(blob, "/entries");
    uint64_t traps_end;

    if (node < 0)
        return diag_set(d, 0, "shim %s is damaged: it has no /entries",
                        s->path);
    for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
        uint32_t *member = (uint32_t *)(void *)((char *)s + entries[i].member);
        uint64_t value;
        int rc = read_cell(blob, node, entries[i].name, s->path, &value, d);

        if (rc < 0)
            return rc;
        if (value >= s->image_size)
            return diag_set(d, 0,
                            "shim %s is damaged: \"%s\" lies outside "
                            "the image",
                            s->path, entries[i].name);
        *member = (uint32_t)value;
    }
    traps_end = s->traps + (uint64_t)s->trap_stride * SHIM_VECTORS;
    if (s->trap_stride == 0 || traps_end > s->image_size)
        return diag_set(d, 0,
                        "shim %s is damaged: its trap stubs end outside "
                        "the image",
                        s->path);
    return 0;
}

int shim_parse(struct shim *out, const void *file, size_t size,
               const char *path, struct diag *d)
{
    struct shim s = {.path = path};
    uint64_t offset = 0, image_size = 0;
    int rc = dtblob_check(file, size, "microvm-hook,shim", path, "shim", d);

    if (rc == 0)
        rc = check_version(file, path, d);
    if (rc == 0)
        rc = read_cell(file, 0, "image-offset", path, &offset, d);
    if (rc == 0)
        rc = read_cell(file, 0, "image-size", path, &image_size, d);
    if (rc < 0)
        return rc;
    if (!IS_ALIGNED(offset, PAGE_SIZE) || offset < fdt_totalsize(file))
        return diag_set(d, 0,
                        "shim %s is damaged: image-offset is %u; it must be "
                        "a page multiple behind the device tree",
                        path, (unsigned)offset);
    if (image_size == 0 || image_size > SHIM_IMAGE_MAX)
        return diag_set(d, 0,
                        "shim %s is damaged: image-size is %u; it must be "
                        "1 to %u",
                        path, (unsigned)image_size, (unsigned)SHIM_IMAGE_MAX);
    if (!range_within(offset, image_size, 0, size))
        return diag_set(d, 0, "shim %s is truncated: %zu of %" PRIu64 " bytes",
                        path, size, offset + image_size);
    s.image_size = (uint32_t)image_size;
    rc = read_entries(&s, file, d);
    if (rc < 0)
        return rc;
    s.image = malloc(image_size);
    if (!s.image)
        return diag_set(d, -ENOMEM, "cannot load shim %s", path);
    memcpy(s.image, (const uint8_t *)file + offset, image_size);
    *out = s;
    return 0;
}

int shim_load(struct shim *out, const char *path, struct diag *d)
{
    void *bytes;
    size_t size;
    int rc = readfile(path, "shim", FILE_MAX, &bytes, &size, d);

    if (rc < 0)
        return rc;
    rc = shim_parse(out, bytes, size, path, d);
    free(bytes);
    return rc;
}

void shim_free(struct shim *shim)
{
    free(shim->image);
    shim->image = NULL;
}
