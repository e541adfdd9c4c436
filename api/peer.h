/*
 * peer.h: who is at the other end of a Unix socket. Layer 4.
 */
#ifndef API_PEER_H
#define API_PEER_H

#include <stdbool.h>

/*
 * Whether the process that made the connection (fd) may control this session:
 * it is of the same user or root, and does not run this executable: programs
 * under a monitor, of this session or another, do. Where that cannot be found
 * out, it may not. Of an own process the kernel tells exactly; what such a
 * process passes on to another is not known.
 */
bool peer_may_control(int fd);

#endif
