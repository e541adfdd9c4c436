/* logconnect.h: the connection to whoever reads the log. Layer 4. */
#ifndef API_LOGCONNECT_H
#define API_LOGCONNECT_H

#include "vmm/diag.h"

/*
 * Connect to (address), HOST:PORT or [HOST]:PORT, by TCP. (*out) becomes a
 * descriptor that does not block and is closed by exec.
 * Returns 0, or a negative errno, (d) set: the address is malformed, the host
 * is unknown, nobody accepts within 10 s.
 */
int logconnect(const char *address, int *out, struct diag *d);

#endif
