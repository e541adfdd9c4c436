/*
 * inspect.h: what the monitor knows of a task's process, for whoever asks:
 * descriptors, mappings, ids, signals. Layer 2. Everything is as the program
 * sees it: nothing of the monitor's own is told.
 */
#ifndef VMM_INSPECT_H
#define VMM_INSPECT_H

#include "vmm/call.h"
#include "vmm/maps.h"

#include <limits.h>

struct fd_info {
    int fd;
    char name[PATH_MAX]; /* absolute path, or as "pipe:[123]" */
    unsigned mode;       /* st_mode */
    int flags;           /* F_GETFL */
    uint64_t links;
};

/* Returns 0 or a negative errno: -EBADF where the program has no such one. */
int inspect_fd(int fd, struct fd_info *out);

/* Write the program's descriptors to (out), at most (max), ascending. Returns
 * how many there are, or a negative errno. */
ssize_t inspect_fds(int *out, size_t max);

struct map_list {
    struct map_info *v;
    size_t count;
};

/*
 * The mappings of the task's process, ascending. Ranges and rights are the
 * monitor's, what is mapped there the host kernel's. Free with map_list_free.
 * Returns 0, -ENOMEM, or what opening /proc/self/maps says.
 */
int inspect_maps(struct task *task, struct map_list *out);
void map_list_free(struct map_list *list);

/* Ids of the calling process. */
struct pid_info {
    pid_t pid, sid, pgid;
    pid_t foreground; /* of the controlling terminal; 0: there is none */
    uid_t uid;        /* effective ones */
    gid_t gid;
};
void inspect_pid(struct pid_info *out);

/* Write the process groups of session (sid) to (out), at most (max), each once,
 * ascending. Returns how many were written, or a negative errno. */
ssize_t inspect_groups(pid_t sid, pid_t *out, size_t max);

/*
 * The thread group of (tid), one of this session: (*pid), and its threads in
 * (out), at most (max), ascending. Returns how many there are, or -ESRCH.
 */
ssize_t inspect_threads(struct task *task, pid_t tid, pid_t *pid, pid_t *out,
                        size_t max);

/* A task's signal mask. */
struct mask_info {
    uint64_t blocked; /* at the call: of one that waits with another mask, that
                         one, once it was interrupted */
    uint64_t saved;   /* then: what it is when the call has ended; else 0 */
};

/* (call) is the one that a hook is about, or NULL. */
void inspect_mask(struct task *task, const struct syscall_call *call,
                  struct mask_info *out);

/* The disposition of (sig), 1 to 64. Returns whether it was ever set to other
 * than the default. */
struct signal_action;
bool inspect_action(struct task *task, int sig, struct signal_action *out);

/* In the process of (task), as mmap(2) and munmap(2), without hooks. */
int64_t inspect_map(struct task *task, uint64_t len);
int64_t inspect_unmap(struct task *task, gva_t addr, uint64_t len);

#endif
