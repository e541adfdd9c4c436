/*
 * rundir.h: the directory in which a user's running sessions are found: a
 * socket PID.sock and a description PID.json each. Layer 4.
 *
 * A session lives as long as its description is locked (flock(2)). All its
 * processes have the descriptor, so the kernel ends that with the last of them,
 * before anybody can wait for it; who listens at the socket may end later, and
 * where he was killed ended before: then the session is not found any more.
 *
 * It is $XDG_RUNTIME_DIR/microvm-hook, else /run/user/UID/microvm-hook, else
 * /tmp/microvm-hook-UID: the first whose parent is there. It must be the
 * user's own and no one else's (mode 0700), so the sockets are, too.
 */
#ifndef API_RUNDIR_H
#define API_RUNDIR_H

#include "vmm/diag.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct rundir {
    int fd;
    char path[PATH_MAX];
};

/*
 * Open the directory, and where (create) is set make it if it is missing.
 * Returns 0; -ENOENT, where (create) is not set, without a word; -EPERM: it is
 * another user's or open to others; or another negative errno, (d) set.
 */
int rundir_open(struct rundir *r, bool create, struct diag *d);
void rundir_close(struct rundir *r);

/*
 * Listen at PID.sock, mode 0600; what a dead session left there is replaced.
 * Write (json), of (size) bytes, to PID.json. Returns a descriptor; (*life) is
 * another, close-on-exec: the session lives while it, or a copy, is open.
 * -EADDRINUSE: a session with this number lives (in another PID namespace);
 * or another negative errno, (d) set.
 */
int rundir_listen(const struct rundir *r, pid_t pid, const char *json,
                  size_t size, int *life, struct diag *d);

/*
 * Remove the entry of session (pid) if its description is the file of (entry):
 * (life), or what rundir_entry gave; not that of a later session with the same
 * number.
 */
void rundir_remove(const struct rundir *r, pid_t pid, int entry);

/* A descriptor of the description, close-on-exec, by which no session lives; or
 * a negative errno. */
int rundir_entry(const struct rundir *r, pid_t pid);

/* Connect to a session. Returns a descriptor or a negative errno. */
int rundir_connect(const struct rundir *r, pid_t pid);

/*
 * The numbers of the running sessions, ascending; (*pids) is to be freed.
 * Entries of sessions that died are removed. Returns how many, or a negative
 * errno.
 */
ssize_t rundir_list(const struct rundir *r, pid_t **pids);

/* The description of a session, to be freed; NULL where there is none. */
char *rundir_read(const struct rundir *r, pid_t pid, size_t *size);

#endif
