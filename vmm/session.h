/*
 * session.h: one run: shim, profile and program in, exit status out. Layer 5.
 */
#ifndef VMM_SESSION_H
#define VMM_SESSION_H

#include "vmm/diag.h"
#include "vmm/hook.h"
#include "vmm/profile.h"
#include "vmm/shim.h"

/* Exit statuses of the monitor itself, as env(1) and timeout(1) use them. */
#define EXIT_MONITOR    125
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND  127

/* How the program ended. */
struct session_end {
    int status; /* exit status */
    int signal; /* or the signal that killed it; 0: none */
};

/*
 * Find (prog)[0] in PATH, run it, wait for its end.
 * Returns 0, or the negative errno of a failure, (d) set; (*status) is then
 * one of the statuses above.
 */
int session_run(const struct shim *shim, const struct profile *profile,
                struct hooks hooks, char *const *prog, struct session_end *end,
                int *status, struct diag *d);

/*
 * Find the shim that was installed with this monitor: beside the executable,
 * or in ../lib/microvm-hook. Writes the path to (out) of (size) bytes.
 * Returns 0 or -ENOENT, (d) set.
 */
int session_find_shim(char *out, size_t size, struct diag *d);

/* Die as the program died, so that the parent sees it. Does not return. */
void session_die(int sig) __attribute__((noreturn));

#endif
