/*
 * procfs_internal.h: what the program sees in files of /proc. Layer 2; for
 * procfs*.c.
 *
 * All of it is made from the host's own text, of which the parts that are the
 * monitor's are left out or replaced.
 */
#ifndef VMM_PROCFS_INTERNAL_H
#define VMM_PROCFS_INTERNAL_H

#include "vmm/peer.h"

#include <stdio.h>

/* Where a file lies: /proc/PID/(entry) or /proc/PID/task/TID/(entry). */
struct place {
    pid_t pid;
    pid_t tid; /* (pid) where there is none */
    const char *path;
    const char *entry; /* in (path) */
};

/* Write what the program sees to (out). Return 0 or a negative errno. */
typedef int procfs_show(const struct peer *peer, const struct place *place,
                        FILE *out);

procfs_show procfs_cmdline, procfs_environ, procfs_auxv, procfs_maps;
procfs_show procfs_stat, procfs_statm, procfs_status;
procfs_show procfs_smaps_rollup, procfs_wchan;

/* One line of maps or smaps. */
struct map_line {
    gva_t start;
    gva_t end;
    char rights[5]; /* "rwxp" */
    int name;       /* where in the line the name begins, or its end */
};

/* Whether (line) begins a mapping, and (out) what it says. */
bool procfs_map_line(const char *line, struct map_line *out);

/* Whether the mapping is the program's. */
bool procfs_is_mine(const struct peer *peer, const char *line,
                    const struct map_line *m);

/*
 * Walk smaps of the process: (mapping) is called with the first line of each
 * mapping that is the program's, (detail) with each line below it. Returns 0 or
 * a negative errno.
 */
struct smaps_walk {
    void (*mapping)(void *ctx, const char *line, const struct map_line *m);
    void (*detail)(void *ctx, const char *line);
};
int procfs_walk_smaps(const struct peer *peer, const struct smaps_walk *walk,
                      void *ctx);

/* Whether the mapping is the program's first stack. */
bool procfs_is_stack(const struct peer *peer, const struct map_line *m);

#endif
