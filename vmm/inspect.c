/* inspect.c: what the monitor knows of a task's process. */
#include "vmm/inspect.h"

#include "vmm/gmem.h"
#include "vmm/hostproc.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"
#include "vmm/session_shared.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- descriptors --- */

int inspect_fd(int fd, struct fd_info *out)
{
    int mark = privfd_owns(fd) ? -1 : fcntl(fd, F_GETFD);
    char link[64];
    struct stat st;
    ssize_t n;

    if (mark < 0 || fstat(fd, &st) < 0)
        return -EBADF;
    *out = (struct fd_info){
        .fd = fd,
        .mode = st.st_mode,
        .flags = fcntl(fd, F_GETFL) | (mark & FD_CLOEXEC ? O_CLOEXEC : 0),
        .links = st.st_nlink,
    };
    snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
    n = hostproc_readlink(link, out->name, sizeof(out->name) - 1);
    out->name[n < 0 ? 0 : n] = '\0';
    return 0;
}

static int ascending(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

ssize_t inspect_fds(int *out, size_t max)
{
    size_t n = 0;
    int *all, count = privread_numbers("/proc/thread-self/fd", &all);

    if (count < 0)
        return count;
    for (int i = 0; i < count; i++) {
        if (privfd_owns(all[i]))
            continue;
        if (n < max)
            out[n] = all[i];
        n++;
    }
    free(all);
    if (max)
        qsort(out, min_u64(n, max), sizeof(*out), ascending);
    return (ssize_t)n;
}

/* --- mappings --- */

/* What one walk over the monitor's map and the host's text needs. */
struct walk {
    struct map_list *out;
    size_t capacity;
    const struct map_info *host; /* the host's mappings, ascending */
    size_t host_count, at;
    gva_t heap_start, heap_end, stack_end;
};

void map_list_free(struct map_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->v[i].path);
    free(list->v);
    *list = (struct map_list){0};
}

static int append(struct map_list *list, size_t *capacity,
                  const struct map_info *map)
{
    char *path = strdup(map->path);

    if (list->count == *capacity) {
        size_t more = *capacity ? 2 * *capacity : 64;
        struct map_info *v = realloc(list->v, more * sizeof(*v));

        if (!v) {
            free(path);
            return -ENOMEM;
        }
        list->v = v;
        *capacity = more;
    }
    if (!path)
        return -ENOMEM;
    list->v[list->count] = *map;
    list->v[list->count++].path = path;
    return 0;
}

/* The host's mappings that the program can see: in the windows, and the vDSO.
 */
static int read_host(const struct task *task, struct map_list *out)
{
    FILE *file = privread_text("/proc/self/maps");
    bool vdso = task->process->vm && task->process->vm->vdso;
    size_t capacity = 0, size = 0;
    struct map_info map;
    char *line = NULL;
    int rc = 0;

    if (!file)
        return -errno;
    while (rc == 0 && getline(&line, &size, file) > 0)
        if (maps_parse(line, &map) &&
            (gmem_in_window(map.start, map.end - map.start) ||
             (vdso && (strncmp(map.path, "[vvar", 5) == 0 ||
                       strcmp(map.path, "[vdso]") == 0))))
            rc = append(out, &capacity, &map);
    free(line);
    fclose(file);
    return rc;
}

/* What the program calls memory without a file. */
static const char *label_of(const struct walk *w, gva_t start, gva_t end)
{
    if (start < w->stack_end && w->stack_end <= end)
        return "[stack]";
    if (start < w->heap_end && w->heap_start < end)
        return "[heap]";
    return "";
}

/* For mm_for_each: one area, cut at the host's mappings below it. */
static int add_area(void *ctx, const struct mm_area *area)
{
    struct walk *w = ctx;
    int rc = 0;

    while (w->at < w->host_count && w->host[w->at].end <= area->start)
        w->at++;
    for (size_t i = w->at;
         rc == 0 && i < w->host_count && w->host[i].start < area->end; i++) {
        const struct map_info *host = &w->host[i];
        struct map_info map = *host;

        map.start = max_u64(host->start, area->start);
        map.end = min_u64(host->end, area->end);
        if (host->inode)
            map.offset += map.start - host->start;
        map.prot = area->prot;
        map.flags = area->flags;
        if (!*map.path)
            map.path = (char *)(uintptr_t)label_of(w, map.start, map.end);
        rc = append(w->out, &w->capacity, &map);
    }
    return rc;
}

int inspect_maps(struct task *task, struct map_list *out)
{
    struct process *p = task->process;
    struct map_list host = {0};
    struct walk w = {.out = out, .stack_end = p->program.stack_end};
    int rc;

    *out = (struct map_list){0};
    rc = read_host(task, &host);
    w.host = host.v;
    w.host_count = host.count;
    mm_heap(p->mm, &w.heap_start, &w.heap_end);
    if (rc == 0)
        rc = mm_for_each(p->mm, add_area, &w);
    /* The vDSO is no area of the program's, and lies above all of them. */
    for (size_t i = 0; rc == 0 && i < host.count; i++)
        if (!gmem_in_window(host.v[i].start, 1))
            rc = append(out, &w.capacity, &host.v[i]);
    map_list_free(&host);
    if (rc < 0)
        map_list_free(out);
    return rc;
}

int64_t inspect_map(struct task *task, uint64_t len)
{
    return mm_mmap(task->process->mm, 0, len, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int64_t inspect_unmap(struct task *task, gva_t addr, uint64_t len)
{
    return mm_munmap(task->process->mm, addr, len);
}

/* --- ids --- */

/* The numbers behind the name in /proc/(pid)/stat: parent, group, session,
 * terminal, its foreground group. proc(5) */
static bool read_stat(pid_t pid, int *pgid, int *sid, int *foreground)
{
    char path[64], text[512];
    const char *end;
    size_t n;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    file = privread_text(path);
    if (!file)
        return false;
    n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = '\0';
    end = strrchr(text, ')');
    return end &&
           sscanf(end + 1, " %*c %*d %d %d %*d %d", pgid, sid, foreground) == 3;
}

void inspect_pid(struct pid_info *out)
{
    int pgid, sid, foreground;

    *out = (struct pid_info){
        .pid = getpid(),
        .sid = getsid(0),
        .pgid = getpgrp(),
        .uid = geteuid(),
        .gid = getegid(),
    };
    if (read_stat(getpid(), &pgid, &sid, &foreground) && foreground > 0)
        out->foreground = foreground;
}

static bool contains(const pid_t *v, size_t n, pid_t pid)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] == pid)
            return true;
    return false;
}

ssize_t inspect_groups(pid_t of, pid_t *out, size_t max)
{
    size_t n = 0;
    int *pid, count = privread_numbers("/proc", &pid);

    if (count < 0)
        return count;
    for (int i = 0; i < count && n < max; i++) {
        int pgid, sid, foreground;

        if (read_stat(pid[i], &pgid, &sid, &foreground) && sid == of &&
            !contains(out, n, pgid))
            out[n++] = pgid;
    }
    free(pid);
    qsort(out, n, sizeof(*out), ascending);
    return (ssize_t)n;
}

ssize_t inspect_threads(struct task *task, pid_t tid, pid_t *pid, pid_t *out,
                        size_t max)
{
    struct session_shared *shared = task->process->shared;

    size_t n;

    *pid = shared ? session_find(shared, tid) : 0;
    if (!*pid)
        return -ESRCH;
    n = session_list(shared, *pid, out, max);
    if (n == 0 && max)
        out[0] = tid; /* just forked */
    return (ssize_t)max_u64(n, 1);
}

/* --- signals --- */

/* Where a call that waits with another signal mask finds it. */
static gva_t other_mask(const struct syscall_call *call)
{
    const int index = signal_mask_arg(call->sysno);
    gva_t pair[2] = {0};

    if (index < 0)
        return 0;
    if (call->sysno != SYS_pselect6)
        return call->args[index];
    return capsule_read(call->capsule, call->args[index], pair, sizeof(pair)) <
                   0
               ? 0
               : pair[0];
}

void inspect_mask(struct task *task, const struct syscall_call *call,
                  struct mask_info *out)
{
    gva_t at = call && call->ret == -EINTR ? other_mask(call) : 0;
    uint64_t mask;

    *out = (struct mask_info){.blocked = task->signals.mask};
    /* The handler is entered with that mask; behind it the program's own
     * holds. rt_sigsuspend(2) */
    if (at && capsule_read(call->capsule, at, &mask, sizeof(mask)) == 0)
        *out = (struct mask_info){.blocked = mask, .saved = task->signals.mask};
}

bool inspect_action(struct task *task, int sig, struct signal_action *out)
{
    signal_set_action(task, sig, NULL, out);
    return out->handler || out->flags || out->mask;
}
