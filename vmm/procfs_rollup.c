/*
 * procfs_rollup.c: /proc/PID/smaps_rollup, the sums of what smaps says of the
 * program's mappings. Layer 2.
 *
 * Pss_Anon, Pss_File and Pss_Shmem cannot be had from smaps: they are left out,
 * as kernels before 5.3 leave them out.
 */
#include "vmm/procfs_internal.h"

#include <inttypes.h>
#include <string.h>

/* Of a mapping and not of memory; Linux, fs/proc/task_mmu.c. */
static const char *const not_summed[] = {
    "Size:",        "KernelPageSize:", "MMUPageSize:",
    "THPeligible:", "ProtectionKey:",  "VmFlags:"};

#define MAX_SUMS 40

struct rollup {
    gva_t start, end;
    size_t count;
    struct {
        char label[32]; /* with the colon */
        uint64_t kib;
    } sum[MAX_SUMS]; /* in the order of smaps */
};

static bool is_summed(const char *label)
{
    for (size_t i = 0; i < ARRAY_SIZE(not_summed); i++)
        if (strcmp(label, not_summed[i]) == 0)
            return false;
    return true;
}

static void add_line(void *ctx, const char *line)
{
    struct rollup *r = ctx;
    char label[sizeof(r->sum[0].label)];
    uint64_t kib;
    size_t i = 0;

    if (sscanf(line, "%31s %" SCNu64 " kB", label, &kib) != 2 ||
        !is_summed(label))
        return;
    while (i < r->count && strcmp(r->sum[i].label, label) != 0)
        i++;
    if (i == MAX_SUMS)
        return;
    if (i == r->count)
        strcpy(r->sum[r->count++].label, label);
    r->sum[i].kib += kib;
}

static void add_mapping(void *ctx, const char *line, const struct map_line *m)
{
    struct rollup *r = ctx;

    (void)line;
    if (!r->end)
        r->start = m->start;
    r->end = m->end;
}

static void print_rollup(const struct rollup *r, FILE *out)
{
    char where[80];

    snprintf(where, sizeof(where),
             "%08" PRIx64 "-%08" PRIx64 " ---p 00000000 00:00 0", r->start,
             r->end);
    fprintf(out, "%-73s[rollup]\n", where);
    for (size_t i = 0; i < r->count; i++)
        fprintf(out, "%-16s%8" PRIu64 " kB\n", r->sum[i].label, r->sum[i].kib);
}

int procfs_smaps_rollup(const struct peer *peer, const struct place *place,
                        FILE *out)
{
    static const struct smaps_walk walk = {add_mapping, add_line};
    struct rollup rollup = {0};
    int rc = procfs_walk_smaps(peer, &walk, &rollup);

    (void)place;
    if (rc == 0)
        print_rollup(&rollup, out);
    return rc;
}
