/* dtblob.c: what reading profile and shim has in common. */
#include "vmm/dtblob.h"

#include <errno.h>
#include <libfdt.h>

/* dtc writes 17. Below 16 nodes have their paths for names, and libfdt's
 * fdt_check_full (1.6.1) dereferences NULL where one has no slash. */
#define FIRST_VERSION 16

int dtblob_check(const void *blob, size_t size, const char *compatible,
                 const char *path, const char *what, struct diag *d)
{
    int rc = -FDT_ERR_TRUNCATED;

    if (size >= sizeof(fdt32_t) && fdt_magic(blob) != FDT_MAGIC)
        return diag_set(d, 0,
                        "%s is no %s: it does not begin with a device tree",
                        path, what);
    if (size >= sizeof(struct fdt_header))
        rc = fdt_version(blob) < FIRST_VERSION ? -FDT_ERR_BADVERSION
                                               : fdt_check_full(blob, size);
    if (rc == -FDT_ERR_TRUNCATED)
        return diag_set(d, 0, "%s %s is truncated", what, path);
    if (rc < 0)
        return diag_set(d, 0, "%s %s is damaged: %s", what, path,
                        fdt_strerror(rc));
    if (fdt_node_check_compatible(blob, 0, compatible) != 0)
        return diag_set(d, 0,
                        "%s is no %s: its device tree is not compatible "
                        "with \"%s\"",
                        path, what, compatible);
    return 0;
}

int dtblob_number(const void *blob, int offset, const char *name, int bits,
                  uint64_t *out)
{
    int len = 0;
    const void *value = fdt_getprop(blob, offset, name, &len);

    if (!value)
        return -ENOENT;
    if (len != bits / 8)
        return -EINVAL;
    *out = bits == 64 ? fdt64_ld(value) : fdt32_ld(value);
    return 0;
}
