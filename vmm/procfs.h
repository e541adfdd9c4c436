/*
 * procfs.h: files of /proc that describe the process they are read by. The
 * process is the monitor's; the program is to see itself. Layer 2.
 *
 * The decision is made on the opened file, not on the path: links, mounts and
 * descriptors of directories lead to the same answer. proc(5).
 */
#ifndef VMM_PROCFS_H
#define VMM_PROCFS_H

#include "vmm/util.h"

struct process;

/*
 * (fd) was just opened with (flags) for the program. If it is a file of /proc
 * about the monitor itself, it is closed and either replaced by one with what
 * describes the program, or refused.
 * Returns the descriptor for the program, or a negative errno.
 */
int procfs_replace(const struct process *process, int fd, int flags);

/*
 * The path that the program means by (path): "/proc/self/exe" and its like lead
 * to the monitor's image, and stand for the program's own. This is courtesy,
 * not protection: the image is an ordinary file.
 * Returns (path) or the program's own, both owned by others.
 */
const char *procfs_program_path(const struct process *process,
                                const char *path);

/*
 * (target) of (*len) bytes was just read from a symbolic link. If that is the
 * monitor's own image, read through a link of /proc that the path (dirfd,
 * path) names, it becomes the program's; at most (size) bytes.
 */
void procfs_fix_link(const struct process *process, int dirfd, const char *path,
                     char *target, size_t size, int64_t *len);

#endif
