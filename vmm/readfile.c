/* readfile.c: read a whole small file. */
#include "vmm/readfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int readfile(const char *path, const char *what, size_t max, void **bytes,
             size_t *size, struct diag *d)
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
