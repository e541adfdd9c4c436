/*
 * hostroot.h: the root directory that the monitor started in, whatever root the
 * program has chosen since. Layer 0. chroot(2).
 *
 * The monitor's own files are found there, those of /proc above all.
 */
#ifndef VMM_HOSTROOT_H
#define VMM_HOSTROOT_H

#include <sys/types.h>

/*
 * (fd), which stays open, is that directory. Before that it is whatever the
 * kernel takes for the root.
 */
void hostroot_set(int fd);

/*
 * For openat(2) and its like: returns the descriptor to start at for (*path),
 * which is absolute, and makes (*path) what is to be given with it.
 */
int hostroot(const char **path);

/* As readlink(2), of an absolute path there. */
ssize_t hostroot_readlink(const char *path, char *target, size_t size);

#endif
