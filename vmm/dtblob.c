/* dtblob.c: what reading profile and shim has in common. */
#include "vmm/dtblob.h"

#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* dtc writes 17. Below 16 nodes have their paths for names, and libfdt's
 * fdt_check_full (1.6.1) dereferences NULL where one has no slash. */
#define FIRST_VERSION 16

int dtblob_read_file(const char *path, const char *what, size_t max,
                     void **bytes, size_t *size, struct diag *d)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *buf;
    ssize_t n;
    int rc = 0;

    if (fd < 0)
        return diag_set(d, -errno, "cannot open %s %s", what, path);
    buf = malloc(max + 1);
    if (!buf) {
        close(fd);
        return diag_set(d, -ENOMEM, "cannot read %s %s", what, path);
    }
    /* Until the end, not by its size: it may be a pipe. */
    *size = 0;
    do {
        n = read(fd, buf + *size, max + 1 - *size);
        if (n > 0)
            *size += (size_t)n;
    } while (n > 0 && *size <= max);
    if (n < 0)
        rc = diag_set(d, -errno, "cannot read %s %s", what, path);
    else if (*size > max)
        rc = diag_set(d, -EFBIG, "%s %s is larger than %zu bytes", what, path,
                      max);
    close(fd);
    if (rc < 0) {
        free(buf);
        return rc;
    }
    *bytes = buf;
    return 0;
}

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
