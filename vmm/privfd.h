/*
 * privfd.h: the monitor's own descriptors, kept where the guest's do not grow
 * and known by number, so that dispatch can deny them. Layer 1.
 *
 * The numbers are those of a table of descriptors. Where threads, or processes
 * that share their memory, do not share their descriptors, there are several
 * tables (struct privfds), and each thread says which one is its own.
 */
#ifndef VMM_PRIVFD_H
#define VMM_PRIVFD_H

#include <stdbool.h>
#include <stdint.h>

struct privfds;

/* The calling thread's table: that of the first process, until it says so. */
struct privfds *privfd_table(void);
void privfd_use(struct privfds *table);

/* A copy of the calling thread's, for who is to have copies of the descriptors;
 * nobody uses it yet. NULL: no memory. */
struct privfds *privfd_copy(void);

/*
 * Who uses a table, a task or (PRIVFD_LEAD) a process whose leader does, is
 * counted. privfd_put: whether nobody does any more; then the caller forgets
 * what it knows of it, and privfd_free.
 */
enum privfd_use { PRIVFD_TASK, PRIVFD_LEAD };

struct privfds *privfd_get(struct privfds *table, enum privfd_use use);
bool privfd_put(struct privfds *table, enum privfd_use use);
unsigned privfd_tasks(const struct privfds *table);
void privfd_free(struct privfds *table);

/* In a child after fork(2): the users of the calling thread's are its parent's.
 */
void privfd_forked(void);

/*
 * The calling thread's table is, from now on, also that of children of fork(2)
 * that share the descriptors. Such a child calls privfd_disown for what its
 * parent made for itself alone. The caller has privfd_hold. Returns 0 or
 * -ENOMEM.
 */
int privfd_share(void);
bool privfd_is_shared(void);

/* Whether no other task or process has the calling thread's. */
bool privfd_is_alone(void);

void privfd_disown(int fd);

/*
 * The process has copies of the descriptors now, of those that were (from)'s if
 * the table is a copy, too; else NULL. It closes what others made for
 * themselves.
 */
void privfd_unshare(const struct privfds *from);

/*
 * Move (fd) to a high number, close-on-exec, and remember it as the monitor's.
 * (fd) is closed, or keeps its number where no other is free. Returns the
 * number; -1 stays -1; a negative errno if (fd) cannot be the monitor's (then
 * it is closed as well).
 */
int privfd_adopt(int fd);

/*
 * As dup(2), of a descriptor of the program's: the duplicate is the monitor's
 * from its first moment, close-on-exec, and needs no number that the program's
 * limit has left free, if the limit may be raised. Returns the number; -EBADF
 * if (fd) is not open; -EMFILE.
 *
 * To close the duplicate of a file releases the record locks of the process on
 * that file (fcntl(2)).
 */
int privfd_dup(int fd);

/*
 * As ioctl(2), openat(2), memfd_create(2), socketpair(2) of stream sockets:
 * what they make is adopted. privfd_open: (path) is found as hostproc.h says.
 * They do not need a number that the program's limit has left
 * free, if the limit may be raised. Return the descriptor, or 0, or a negative
 * errno.
 */
int privfd_ioctl(int fd, unsigned long request, unsigned long arg);
int privfd_openat(int dirfd, const char *path, int flags);
int privfd_open(const char *path, int flags);
int privfd_memfd(const char *name, unsigned flags);
int privfd_socketpair(int ends[2]);

/* For apart.h: as privfd_open, of what is not adopted. */
int privfd_open_apart(const char *path, int flags);

/* Around fork(2) and the like: nobody has the limit raised or changes marks. */
void privfd_hold(void);
void privfd_release(void);

/*
 * Close a descriptor of the monitor, that is the process's own, and forget it.
 * privfd_drop: the same in a table that nobody else uses yet, whoever has
 * privfd_hold.
 */
void privfd_close(int fd);
void privfd_drop(int fd);

/* Close what is the program's. */
void privfd_close_others(void);

/* Whether (fd) is the monitor's. Lock-free; safe in a signal handler. */
bool privfd_owns(int fd);

/* The lowest number from (fd) on that is the monitor's, or -1. */
int privfd_next(int fd);

/*
 * For who reads another process's table: where that has the address of its
 * marks; and the word of these in which a set bit (*mask) says that (fd) is the
 * monitor's, or NULL for numbers that never are.
 */
const void *privfd_marks(const struct privfds *table);
const void *privfd_word(const void *marks, int fd, uint64_t *mask);

/* Of the same marks the word (64 bits) that is not 0 while somebody has
 * descriptors that are not marked yet. Who is killed then leaves it so. */
const void *privfd_changes(const void *marks);

#endif
