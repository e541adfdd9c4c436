/*
 * peer.h: what the monitor of another process of the session knows of its
 * program. Layer 2.
 *
 * The processes of a session are forks of one monitor, which never runs another
 * image: each has its struct process at the same address. So one can read the
 * other's, as far as the host lets it trace that (process_vm_readv(2)); a
 * secret of the session tells it from a stranger.
 */
#ifndef VMM_PEER_H
#define VMM_PEER_H

#include "vmm/process.h"
#include "vmm/util.h"

#include <sys/types.h>

struct peer {
    pid_t pid;
    pid_t tid; /* whose descriptors are asked for: (pid)'s, unless changed */
    const struct process *process; /* the caller's own, or (copy) */
    const struct process *at;      /* where the other has it */
    struct process copy;           /* pointers in it are the other's */
};

/* What a task does with signals, a bit a signal, as in proc_pid_status(5). */
struct peer_signals {
    uint64_t blocked;
    uint64_t ignored;
    uint64_t caught;
};

/* Whether process (pid) is (self), or another one of its session that can be
 * read; then (out) is set. */
bool peer_find(struct peer *out, struct process *self, pid_t pid);

/*
 * Whether process (pid), which peer_find does not find, has descriptors all the
 * same of which nothing tells whose they are: it has no memory any more, as it
 * is about to end, or not yet, image.h.
 */
bool peer_is_between(pid_t pid);

/* Copy the program's memory. Returns 0 or -EFAULT. */
int peer_read(const struct peer *peer, void *dst, gva_t src, size_t len);

/* The heap: [*start, *end); 0 where that cannot be read. */
void peer_heap(const struct peer *peer, gva_t *start, gva_t *end);

/* Of task (tid); false where there is none (any more). */
bool peer_signals(const struct peer *peer, pid_t tid, struct peer_signals *out);

/*
 * Whether (tid) is a thread of the program, and how many it has. The host's
 * kernel may count one more, which works for KVM. The first thread counts as
 * long as there are others, as in Linux.
 */
bool peer_has_thread(const struct peer *peer, pid_t tid);
unsigned peer_threads(const struct peer *peer);

/* Whether descriptor (fd) of the thread (tid) is that monitor's own, or it
 * cannot be told any more. */
bool peer_owns_fd(const struct peer *peer, int fd);

#endif
