/*
 * maps.h: what the kernel tells of mappings and their pages: a line of
 * /proc/PID/maps, a word of /proc/PID/pagemap. Layer 0. proc(5).
 */
#ifndef VMM_MAPS_H
#define VMM_MAPS_H

#include "vmm/util.h"

struct map_info {
    gva_t start, end;
    int prot, flags; /* PROT_*; MAP_SHARED or MAP_PRIVATE */
    uint64_t offset, inode;
    unsigned major, minor;
    char *path; /* file; "[heap]", "[stack]", "[vdso]", "[vvar]"; or "" */
};

/* (path) points into (line), which is cut at its end. Returns false where it
 * is no such line. */
bool maps_parse(char *line, struct map_info *out);

/* Linux, Documentation/admin-guide/mm/pagemap.rst */
#define PM_PRESENT   (UINT64_C(1) << 63)
#define PM_SWAPPED   (UINT64_C(1) << 62)
#define PM_FILE      (UINT64_C(1) << 61) /* or shared anonymous */
#define PM_EXCLUSIVE (UINT64_C(1) << 56)

#endif
