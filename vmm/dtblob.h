/*
 * dtblob.h: what reading the two kinds of device tree (profile, shim) has in
 * common. Layer 1.
 */
#ifndef VMM_DTBLOB_H
#define VMM_DTBLOB_H

#include "vmm/diag.h"
#include "vmm/util.h"

/*
 * The root's "compatible" must be (compatible). (blob) must be a whole device
 * tree within (size) bytes. Returns 0 or -EINVAL, (d) set.
 */
int dtblob_check(const void *blob, size_t size, const char *compatible,
                 const char *path, const char *what, struct diag *d);

/*
 * The unsigned number in property (name) of node (offset): one cell, or two
 * where (bits) is 64. Returns 0; -ENOENT where there is no such property;
 * -EINVAL where its length is another.
 */
int dtblob_number(const void *blob, int offset, const char *name, int bits,
                  uint64_t *out);

#endif
