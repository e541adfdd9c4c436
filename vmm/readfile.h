/*
 * readfile.h: read a whole small file that the user named. Layer 0.
 */
#ifndef VMM_READFILE_H
#define VMM_READFILE_H

#include "vmm/diag.h"

#include <stddef.h>

/*
 * Read the file (path), a pipe too, at most (max) bytes, into memory that the
 * caller frees; (*size) is set. (what) names its kind in messages: "shim".
 * Returns 0 or a negative errno (-EFBIG: it is larger), (d) set.
 */
int readfile(const char *path, const char *what, size_t max, void **bytes,
             size_t *size, struct diag *d);

#endif
