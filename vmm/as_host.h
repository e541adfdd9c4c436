/*
 * as_host.h: a system call by the host's kernel. Layer 2.
 */
#ifndef VMM_AS_HOST_H
#define VMM_AS_HOST_H

#include <stdint.h>

struct syscall_call;

/*
 * Make the call with the checked arguments. A path that leads to a process's
 * program by a link of /proc, procfs.h, leads there. Returns what host_call
 * does; -ENOENT for a path that leads to a descriptor of a monitor by a link,
 * of calls that change something there.
 */
int64_t as_host(struct syscall_call *call);

/* Argument (i), a path, and the descriptor that it is relative to; NULL: it
 * cannot be read. */
const char *as_host_path(const struct syscall_call *call, unsigned i,
                         int *dirfd);

#endif
