/*
 * hostproc.h: the /proc that the monitor started with, whatever root directory
 * the program has chosen since. Layer 0. chroot(2).
 *
 * It is no more than /proc, as a program may follow what leads to a descriptor
 * of the monitor in the middle of a path: who can do that sees a /proc anyway.
 */
#ifndef VMM_HOSTPROC_H
#define VMM_HOSTPROC_H

#include <sys/types.h>

/*
 * (fd), which stays open, is that directory. Before that it is what "/proc"
 * leads to.
 */
void hostproc_set(int fd);

/*
 * For openat(2) and its like: returns the descriptor to start at for (*path),
 * and makes (*path) what is to be given with it. What does not lie in /proc is
 * found as the program finds it.
 */
int hostproc(const char **path);

/* As readlink(2), of such a path. */
ssize_t hostproc_readlink(const char *path, char *target, size_t size);

#endif
