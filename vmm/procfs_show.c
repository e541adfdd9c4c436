/* procfs_show.c: /proc/PID/cmdline, environ, auxv, maps, smaps. */
#include "vmm/procfs_internal.h"

#include "vmm/gmem.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Copy the program's memory [start, end) to (out). */
static int show_memory(const struct peer *peer, gva_t start, gva_t end,
                       FILE *out)
{
    char buf[4096];

    while (start < end) {
        size_t n = min_u64(sizeof(buf), end - start);

        if (peer_read(peer, buf, start, n) < 0)
            return -EFAULT;
        fwrite(buf, 1, n, out);
        start += n;
    }
    return 0;
}

int procfs_cmdline(const struct peer *peer, const struct place *place,
                   FILE *out)
{
    const struct stack_layout *l = &peer->process->program.stack;

    (void)place;
    return show_memory(peer, l->arg_start, l->arg_end, out);
}

int procfs_environ(const struct peer *peer, const struct place *place,
                   FILE *out)
{
    const struct stack_layout *l = &peer->process->program.stack;

    (void)place;
    return show_memory(peer, l->env_start, l->env_end, out);
}

int procfs_auxv(const struct peer *peer, const struct place *place, FILE *out)
{
    const struct stack_layout *l = &peer->process->program.stack;

    (void)place;
    return show_memory(peer, l->auxv, l->auxv + l->auxv_size, out);
}

/* As the kernel tells who may not know it. */
int procfs_wchan(const struct peer *peer, const struct place *place, FILE *out)
{
    (void)peer;
    (void)place;
    fputc('0', out);
    return 0;
}

bool procfs_map_line(const char *line, struct map_line *out)
{
    out->name = 0;
    /* Most lines of smaps are none: what they begin with tells it sooner. */
    return strchr("0123456789abcdef", line[0]) &&
           sscanf(line, "%lx-%lx %4s %*s %*s %*s%n", &out->start, &out->end,
                  out->rights, &out->name) == 3 &&
           out->name > 0;
}

/* The host's vDSO is the program's where it was told of it. */
bool procfs_is_mine(const struct peer *peer, const char *line,
                    const struct map_line *m)
{
    return gmem_in_window(m->start, m->end - m->start) ||
           (peer->process->program.vdso && (strstr(line + m->name, "[vdso]") ||
                                            strstr(line + m->name, "[vvar")));
}

bool procfs_is_stack(const struct peer *peer, const struct map_line *m)
{
    gva_t end = peer->process->program.stack_end;

    return m->start < end && end <= m->end;
}

/* Name the program's heap and stack, which to the host are like any memory. */
static const char *label_of(const struct peer *peer, const struct map_line *m)
{
    gva_t start, end;

    if (procfs_is_stack(peer, m))
        return "[stack]";
    peer_heap(peer, &start, &end);
    if (end > start && m->start < end && start < m->end)
        return "[heap]";
    return NULL;
}

int procfs_walk_smaps(const struct peer *peer, const struct smaps_walk *walk,
                      void *ctx)
{
    char path[64], *line = NULL;
    size_t size = 0;
    bool mine = false;
    FILE *host;

    snprintf(path, sizeof(path), "/proc/%d/smaps", peer->pid);
    host = privread_text(path);
    if (!host)
        return -errno;
    while (getline(&line, &size, host) > 0) {
        struct map_line map;

        if (procfs_map_line(line, &map)) {
            mine = procfs_is_mine(peer, line, &map);
            if (mine)
                walk->mapping(ctx, line, &map);
        } else if (mine) {
            walk->detail(ctx, line);
        }
    }
    free(line);
    fclose(host);
    return 0;
}

/* Offset, device, inode and path are the host kernel's own. */
int procfs_maps(const struct peer *peer, const struct place *place, FILE *out)
{
    FILE *host = privread_text(place->path);
    char *line = NULL;
    size_t size = 0;
    bool keep = false;

    if (!host)
        return -errno;
    while (getline(&line, &size, host) > 0) {
        struct map_line m;
        const char *label;

        if (procfs_map_line(line, &m)) {
            keep = procfs_is_mine(peer, line, &m);
            label = keep && !strpbrk(line + m.name, "/[(") ? label_of(peer, &m)
                                                           : NULL;
            if (label) {
                fprintf(out, "%-73.*s%s\n", m.name, line, label);
                continue;
            }
        }
        if (keep)
            fputs(line, out);
    }
    free(line);
    fclose(host);
    return 0;
}
