/*
 * gmem.h: the only way from a guest address to bytes. Layer 1.
 *
 * Inside the windows GVA = HVA, so "translation" is a check. The copies go
 * through a routine whose faults are caught: a page that is not mapped, not
 * readable, or whose file was truncated gives -EFAULT, whatever another guest
 * thread does meanwhile. That needs SIGSEGV and SIGBUS unblocked in the thread
 * that copies: the kernel kills a process that faults while they are blocked.
 * A thread that has to block one of them lets the kernel copy, which is slower:
 * gmem_without_faults.
 */
#ifndef VMM_GMEM_H
#define VMM_GMEM_H

#include "vmm/layout.h"
#include "vmm/util.h"

#include <signal.h>
#include <sys/types.h>

/* An address at which every host system call answers EFAULT. It stands in for
 * a guest pointer that must not reach the host; the host kernel then reports
 * the error that comes first, in Linux's own order. */
#define GMEM_FAULT_ADDR UINT64_C(0xffffffffff5ff000)

/*
 * Install the handlers for SIGSEGV and SIGBUS that catch faults of the copies
 * below, and pass every other one on to (chain); where that is NULL, to the
 * default action. Once a process. The handlers run on the thread's alternate
 * signal stack where it has one, and with all signals blocked: (chain) copies
 * nothing.
 */
void gmem_init(void (*chain)(int sig, siginfo_t *info, void *ucontext));

/* From now on the calling thread has SIGSEGV or SIGBUS blocked; or (without)
 * false, none of them any more. A new thread has not. */
void gmem_without_faults(bool without);

/*
 * The windows are [LOW_BASE, low_end) and [ARENA_BASE, arena_end); the profile
 * gives the ends. Until this is called they are as large as layout.h allows.
 * Call it before there is a second thread.
 */
void gmem_set_windows(uint64_t low_end, uint64_t arena_end);

/* Whether [addr, addr + len) lies in one window. len 0 asks about addr. */
bool gmem_in_window(gva_t addr, uint64_t len);

/*
 * Whether a buffer of (len) bytes at (addr) may be passed to the host in
 * place: it starts in a window, does not wrap, and ends in the window or in
 * the guard behind it.
 */
bool gmem_passable(gva_t addr, uint64_t len);

/* Copy (len) bytes out of or into guest memory. Returns 0 or -EFAULT; after a
 * fault part of the bytes may have been copied, as with the kernel's own. A
 * range that leaves the windows gives -EFAULT before anything is copied. */
int gmem_read(void *dst, gva_t src, size_t len);
int gmem_write(gva_t dst, const void *src, size_t len);

/*
 * Copy a string of at most (size) bytes, NUL included.
 * Returns its length without the NUL; -EFAULT; -ENAMETOOLONG where no NUL is
 * within (size) bytes ((dst) then holds (size) bytes, not terminated).
 */
ssize_t gmem_read_string(char *dst, gva_t src, size_t size);

/*
 * Atomically: where the aligned word at (addr) is (*expected), store (desired);
 * (*expected) becomes what was there. Returns 0 or -EFAULT, which is also the
 * answer to a thread without faults.
 */
int gmem_compare_exchange(gva_t addr, uint32_t *expected, uint32_t desired);

#endif
