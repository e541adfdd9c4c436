/*
 * procfs.h: files of /proc that describe the process they are read by. The
 * process is the monitor's; the program is to see itself, and other programs
 * of its session. Layer 2.
 *
 * What may be opened is decided on the opened file, not on the path: links,
 * mounts and descriptors of directories lead to the same answer. proc(5).
 */
#ifndef VMM_PROCFS_H
#define VMM_PROCFS_H

#include "vmm/peer.h"
#include "vmm/util.h"

#include <limits.h>

/*
 * (fd) was just opened with (flags) for (task), the caller's. If it is a file
 * of /proc about a monitor, it is closed and either replaced by one with what
 * describes the program, as it is at this moment, or refused. So are the memory
 * and the I/O ports of the host.
 * Returns the descriptor for the program, or a negative errno: -EACCES, -EPERM,
 * -ENOENT for what stands for the monitor's own, or what making the file gave.
 */
int procfs_replace(struct task *task, int fd, int flags);

/*
 * What procfs_replace would do with the file of (fd), which may be opened as a
 * path (O_PATH), and which stays open. Returns 0: the program may have it; 1:
 * (*made), which is the monitor's, stands for it; or why it is refused.
 */
int procfs_judge(struct task *task, int fd, int flags, int *made);

/* Where (dirfd, path) is a link, (path) becomes what that says. Returns 0 or a
 * negative errno. */
int procfs_follow(int dirfd, char path[PATH_MAX]);

/*
 * Whether (dirfd, path) names, without a link at its end, a descriptor of a
 * monitor of the session in a directory /proc/PID/fd or fdinfo, or a thread
 * that is none of its program's.
 */
bool procfs_hides(struct process *process, int dirfd, const char *path);

/*
 * Links of /proc that the kernel does not follow by their text (openat2(2),
 * RESOLVE_NO_MAGICLINKS). "/proc/PID/exe" leads to the monitor's image, and is
 * to lead to the program's file.
 */
enum procfs_link {
    PROCFS_NO_LINK,
    PROCFS_LINK,
    PROCFS_OWN_PROGRAM,
    PROCFS_OTHERS_PROGRAM /* of another process of the session */
};

/*
 * Find such a link, at the end of (dirfd, path). (link) becomes what leads to
 * the same: the link's path in the monitor's /proc, hostproc.h, which the
 * program cannot make lead elsewhere; of the own program a link there to the
 * monitor's descriptor of that; of another's the name of its file, which can
 * lead anywhere.
 * Returns enum procfs_link; -ENOENT: it leads to a descriptor of a monitor;
 * -ENAMETOOLONG, -ELOOP.
 */
int procfs_find_link(struct process *process, int dirfd, const char *path,
                     char link[PATH_MAX]);

/* Whether (path) may by its name be the link to a program. */
bool procfs_may_be_program(const char *path);

/* Whether the entry named (number) is a monitor's and not its program's. */
typedef bool procfs_hidden(const struct peer *peer, int number);

/* Where (fd) is a directory of /proc that lists descriptors or threads of a
 * process of the session, (peer) becomes that, and the result tells what of it
 * does not exist for programs; else NULL. */
procfs_hidden *procfs_listing(struct process *process, int fd,
                              struct peer *peer);

/*
 * Where (fd) is the directory of the threads or of the descriptors of a process
 * of the session: what stat(2) counts of them, links and since Linux 6.2 size,
 * is that of the program's.
 */
void procfs_fix_counts(struct process *process, int fd, uint64_t *links,
                       uint64_t *size);

/*
 * (target) of (*len) bytes was just read from the symbolic link (dirfd, path).
 * If that is the one to a program, it becomes what the kernel says of that
 * file, at most (size) bytes; (*len) may become a negative errno.
 */
void procfs_fix_link(struct process *process, int dirfd, const char *path,
                     char *target, size_t size, int64_t *len);

#endif
