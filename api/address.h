/*
 * address.h: where a control socket listens, and connecting to it. Layer 4.
 *
 * HOST:PORT or :PORT or PORT is TCP: without a host 127.0.0.1, IPv6 in
 * brackets, port 0 any free one. For clients, what has a '/' is the path of a
 * Unix socket.
 */
#ifndef API_ADDRESS_H
#define API_ADDRESS_H

#include "vmm/diag.h"

#include <stddef.h>
#include <stdint.h>

#define ADDRESS_TEXT_MAX 80 /* an IPv6 address with scope, brackets, port */

/*
 * Listen at the TCP address (text). (bound) becomes the address as it is, in
 * digits; (*port) its port in host order.
 * Returns a descriptor; -EINVAL (no such address), -EADDRINUSE,
 * -EADDRNOTAVAIL, -EACCES, ..., (d) set.
 */
int address_listen(const char *text, char bound[ADDRESS_TEXT_MAX],
                   uint16_t *port, struct diag *d);

/* Connect to the address (text), TCP or Unix. Returns a descriptor or a
 * negative errno, (d) set. */
int address_connect(const char *text, struct diag *d);

#endif
