/*
 * vfork.h: a parent that waits while its child uses its memory. Layer 2.
 * vfork(2), clone(2) CLONE_VFORK.
 *
 * The child has a copy of the memory, which it must have to be able to run
 * another program in the same process. Before the parent goes on, it takes over
 * what the child wrote: so it sees what it would have seen of shared memory.
 */
#ifndef VMM_VFORK_H
#define VMM_VFORK_H

#include "vmm/call.h"
#include "vmm/process.h"

/* What connects the two: task->vfork_pipe, parent's end first. Returns 0 or a
 * negative errno. */
int vfork_open(struct task *task);
void vfork_close(struct task *task);

/* In the child: its end becomes the process's. Where it shares the parent's
 * descriptors (shares_fds), the parent closes both ends. */
void vfork_inherit(struct task *task, bool shares_fds);

/*
 * In the parent: until the child runs another program, or has ended. Signals
 * wait meanwhile, but for the end of the process. If memory is (shared), as
 * CLONE_VM says, what the child wrote to private memory is taken over, as far
 * as the host lets (pid) be looked at (process_vm_readv(2), /proc/pid/pagemap)
 * and it was not killed. Where the parent has other threads, that is confined
 * to the caller's stack: what they wrote meanwhile must not be undone.
 */
void vfork_wait(struct task *task, pid_t pid, bool shared);

/* In the child, before its memory goes: let the parent take over and go on.
 * Without effect where no parent waits. */
void vfork_release(struct task *task);

#endif
