/*
 * seek.h: lseek(2) that the shim answers, and which is made later. Layer 2.
 *
 * Where a file description is one process's alone, nobody but that process sees
 * the place in it, and only by a call. So of a regular file that a process with
 * one thread has opened, the shim notes where it is to be (struct shim_answers)
 * and goes on; the next call begins with what was noted. A description that may
 * become another's is no longer one of these.
 */
#ifndef VMM_SEEK_H
#define VMM_SEEK_H

#include <stdbool.h>
#include <stdint.h>

struct process;
struct task;

/*
 * Whether (fd) is a regular file, with a name, of a file system on which any
 * place can be set: so none of /proc, no device, nor one of the monitor's.
 */
bool seek_is_plain(int fd);

/* (fd), such a file, was just opened for (task), the caller's, and may be one
 * of these. */
void seek_opened(struct task *task, int fd);

/* Before each call, (sysno) with (args), of a process that has such files,
 * which (process->seekable) tells. */
void seek_before(struct process *process, uint64_t sysno,
                 const uint64_t args[6]);

#endif
