/*
 * shmem.h: memory that all processes of a session share. Layer 1.
 *
 * It is that of one file without a name, which a process keeps open: one that
 * gets a new address space maps it again, image.h.
 */
#ifndef VMM_SHMEM_H
#define VMM_SHMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Map (size) bytes of 0, for this process and those that are forked from it.
 * They count when they are written to. To be unmapped by munmap(2). Returns
 * NULL where there is no memory. Not thread-safe: a session's first thread
 * calls it.
 */
void *shmem_map(size_t size);

/* The file's descriptor, the monitor's own; -1: nothing was mapped of it. */
int shmem_fd(void);

/* Whether all that was mapped is the file's. Where the limit of file sizes
 * forbids it, setrlimit(2), memory is shared without a file. */
bool shmem_is_file(void);

#endif
