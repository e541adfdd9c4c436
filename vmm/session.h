/*
 * session.h: one run: shim, profile and program in, exit status out. Layer 5.
 */
#ifndef VMM_SESSION_H
#define VMM_SESSION_H

#include "vmm/diag.h"
#include "vmm/exit_status.h"
#include "vmm/process.h"
#include "vmm/profile.h"
#include "vmm/shim.h"

/*
 * Find (prog)[0] in PATH, run it, wait for its end.
 * Returns 0, or the negative errno of a failure, (d) set; (*status) is then
 * one of those in exit_status.h.
 */
int session_run(const struct shim *shim, const struct profile *profile,
                struct hooks hooks, struct events events, char *const *prog,
                struct process_end *end, int *status, struct diag *d);

/*
 * Find the shim that was installed with this monitor: beside the executable,
 * or in ../lib/microvm-hook. Writes the path to (out) of (size) bytes.
 * Returns 0 or -ENOENT, (d) set.
 */
int session_find_shim(char *out, size_t size, struct diag *d);

#endif
