/*
 * peer.h: who is at the other end of a control connection. Layer 4.
 */
#ifndef API_PEER_H
#define API_PEER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether the process that made the connection (fd) may control this session:
 * it is of the same user or root, and does not run this executable: programs
 * under a monitor, of this session or another, do. Where that cannot be found
 * out, it may not. Of an own process the kernel tells exactly; what such a
 * process passes on to another is not known.
 */
bool peer_may_control(int fd);

/*
 * The same for a TCP connection, which has no user: it is of another machine,
 * or another user's whose processes cannot be seen, or some process of this
 * machine has it open and none that runs this executable does. Looks through
 * what all processes have open.
 */
bool peer_may_control_tcp(int fd);

/* Whether (pid) runs this executable, or it cannot be found out. */
bool peer_runs_this(pid_t pid);

#endif
