/*
 * procmem.h: /proc/PID/mem of the process itself, proc(5). Layer 2.
 *
 * The kernel's own file shows the monitor as well, so the program never gets a
 * descriptor of that. It gets one of a placeholder: a file that is empty and
 * stays so, opened as the program asked, and harmless wherever it is passed
 * on. Calls that read and write through it are carried out on the kernel's own
 * file, as far as the program's mappings go: rights, partial results and errors
 * are the kernel's. The place in the file is the placeholder's.
 *
 * A new descriptor has a number that the program can use until it has been
 * moved away. So the kernel's file is opened while no other thread has the same
 * descriptors, or never.
 *
 * A child of fork(2) and a program that execve(2) starts find that what they
 * inherited is empty.
 */
#ifndef VMM_PROCMEM_H
#define VMM_PROCMEM_H

#include "vmm/mm.h"
#include "vmm/util.h"

#include <pthread.h>
#include <sys/types.h>
#include <sys/uio.h>

struct procmem {
    int placeholder; /* the monitor's; 0: the program never opened any */
    int memory;      /* the kernel's file, the monitor's; 0: not open */
    dev_t dev;       /* of the placeholder */
    ino_t ino;
    pthread_mutex_t lock; /* for calls that move the place in the file */
};

/* Nothing is open. */
void procmem_init(struct procmem *pm);

/*
 * Others will have the descriptors that the calling thread has alone by now:
 * open the kernel's file before. Where that fails, procmem_open is refused.
 * The caller holds the process's lock here and below.
 */
void procmem_prepare(struct procmem *pm);

/* Have all that a second table of descriptors of the process is to have under
 * the same number. Returns 0 or a negative errno. */
int procmem_share(struct procmem *pm);

/*
 * Open the memory with (flags) of open(2) for the program, for a thread that
 * has its descriptors (alone) or not. Returns a descriptor of the monitor's or
 * a negative errno: -EACCES where it is too late for the kernel's file.
 */
int procmem_open(struct procmem *pm, int flags, bool alone);

/* In the child of a fork, and where another program begins: descriptors that
 * are inherited stand for nothing. */
void procmem_forked(struct procmem *pm);
void procmem_disown(const struct procmem *pm); /* privfd_disown, before that */
void procmem_exec(struct procmem *pm);

/* Whether (fd) stands for the memory and is open for (access): O_RDONLY or
 * O_WRONLY. */
bool procmem_is(const struct procmem *pm, int fd, int access);

/*
 * The place of (fd) in the file, an address: 0 and (*pos), or a negative errno.
 * An address has 63 bits here, of which the highest is the sign; procmem_seek
 * has -EINVAL for others.
 */
int procmem_tell(int fd, int64_t *pos);
int procmem_seek(int fd, int64_t pos);

/*
 * Copy (len) bytes between (pos) in the memory of (mm) and (buf), which is
 * checked or captured; with (writes) to the memory. Returns what read(2) of the
 * file returns: bytes up to the first that is not mapped, or -EIO, -EFAULT.
 */
int64_t procmem_copy(const struct procmem *pm, struct mm *mm, bool writes,
                     const struct iovec *buf, int64_t pos);

/* The same for (n) buffers, as preadv2(2) with (flags) does it; (buf) and (n)
 * are as the program gave them: also what is said of bad ones. */
int64_t procmem_copy_all(const struct procmem *pm, struct mm *mm, bool writes,
                         const struct iovec *buf, uint64_t n, int flags,
                         int64_t pos);

#endif
