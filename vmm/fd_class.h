/*
 * fd_class.h: what kind of file a descriptor is of, because the same number of
 * an ioctl means something else for each. Layer 2. ioctl_list(2).
 */
#ifndef VMM_FD_CLASS_H
#define VMM_FD_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#define FD_CLASS_FILE   (1u << 0) /* regular files and directories */
#define FD_CLASS_TTY    (1u << 1) /* terminals and their masters */
#define FD_CLASS_SOCKET (1u << 2)
#define FD_CLASS_PIPE   (1u << 3)
#define FD_CLASS_BLOCK  (1u << 4)
#define FD_CLASS_RANDOM (1u << 5) /* random(4) */
#define FD_CLASS_ANON   (1u << 6) /* inotify, eventfd, timerfd, epoll... */
#define FD_CLASS_OTHER  (1u << 7) /* devices that have no class here */

/* Whether (fd) is open, and not only as a path (O_PATH). */
bool fd_is_open(int fd);

/*
 * Whether (fd) is of one of (classes). Returns 0, -EBADF, or what Linux answers
 * to an ioctl that the file does not know: -ENOTTY, or -EINVAL (random(4)).
 */
int fd_class_check(int fd, uint16_t classes);

#endif
