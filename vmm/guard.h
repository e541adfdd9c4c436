/*
 * guard.h: the program is kept from the session's own TCP port: with the
 * host's network it would be its control socket, too. Layer 2.
 */
#ifndef VMM_GUARD_H
#define VMM_GUARD_H

#include "vmm/call.h"

#include <sys/socket.h>

/*
 * From now on no call of the program reaches (port), in host byte order, at an
 * address of this machine. 0: nothing is guarded. Before the program runs; the
 * children of fork inherit it.
 */
void guard_port(uint16_t port);

/* Whether (address), IPv4 or IPv6, is one of this machine, or that cannot be
 * found out. The port does not matter. */
bool guard_is_local(const struct sockaddr *address);

/*
 * Whether the address that (call) is made to is the guarded one: connect,
 * sendto, sendmsg, sendmmsg. Decided on the captured address, which is the one
 * that the host kernel gets. The answer is then ECONNREFUSED, as where nobody
 * listens.
 */
bool guard_refuses(const struct syscall_call *call);

#endif
