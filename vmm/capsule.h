/*
 * capsule.h: the one copy of what a system call's pointers point to. Layer 2.
 *
 * Strings, structures and vectors are copied out of guest memory once, before
 * the hooks; hooks, checks and the host kernel all use that copy, so that no
 * guest thread can change it between check and use (TOCTOU). Bulk buffers
 * (DATUM_BUF) and plain structures that are only written (DIR_OUT, no pointers
 * inside) stay in guest memory, range-checked, and are passed in place, unless
 * a hook touches a buffer that the call reads: then that joins the capsule.
 *
 * A pointer that leads nowhere is not an error of the capsule: the host gets
 * GMEM_FAULT_ADDR in its place and reports EFAULT in Linux's own order of
 * checks. The same holds for a string without end (the host sees PATH_MAX
 * bytes without NUL: ENAMETOOLONG) and for counts above the row's (max) (the
 * count is passed on as it is, so that the host refuses it).
 */
#ifndef VMM_CAPSULE_H
#define VMM_CAPSULE_H

#include "vmm/syscall.h"
#include "vmm/util.h"

#include <sys/types.h>

/* Most bytes that one call's capsule holds; beyond it the pointer is passed as
 * GMEM_FAULT_ADDR and the call's result becomes -ENOMEM. */
#define CAPSULE_MAX (64 * MIB)

struct capsule;

/* One a task, reused for every call. NULL where memory is short. */
struct capsule *capsule_create(void);
void capsule_destroy(struct capsule *cap);

/*
 * Capture what (arg), an array of SYSCALL_ARGS data, describes behind the
 * values (guest), and fill (host) with what the host kernel is to be given:
 * values narrowed to nothing (as is), pointers to copies, in-place pointers,
 * or GMEM_FAULT_ADDR. NULL stays NULL.
 *
 * Forgets what the capsule held before. Returns 0, or -ENOMEM.
 */
int capsule_take(struct capsule *cap, const struct datum *arg,
                 const uint64_t guest[SYSCALL_ARGS],
                 uint64_t host[SYSCALL_ARGS]);

/*
 * After hooks changed argument values from (guest) to (changed): capture anew
 * the pointers among them whose value changed or whose count did, and update
 * (host). What was captured behind unchanged pointers stays as it is, with
 * what hooks wrote into it.
 */
int capsule_retake(struct capsule *cap, const struct datum *arg,
                   const uint64_t guest[SYSCALL_ARGS],
                   const uint64_t changed[SYSCALL_ARGS],
                   uint64_t host[SYSCALL_ARGS]);

/*
 * After the call: write what the kernel changed in captured DIR_OUT parts back
 * to guest memory; embedded pointers keep the guest's own values. Returns 0 or
 * -EFAULT (the guest unmapped it meanwhile).
 */
int capsule_put(struct capsule *cap);

/*
 * Read or write (len) bytes at the guest address (addr) as the call sees them:
 * captured ranges come from the capsule, everything else from guest memory.
 * Writes go to both. While (joinable) and not yet executed, a touched DIR_IN
 * buffer joins the capsule first; (host) pointers are updated.
 * Returns 0 or -EFAULT.
 */
int capsule_read(struct capsule *cap, gva_t addr, void *buf, size_t len);
int capsule_write(struct capsule *cap, gva_t addr, const void *buf, size_t len);

/* As gmem_read_string, over captured ranges too. */
ssize_t capsule_read_string(struct capsule *cap, gva_t addr, char *buf,
                            size_t size);

/* The host's call runs or ran: buffers no longer join. */
void capsule_seal(struct capsule *cap);

/*
 * The captured copy behind argument (index): host pointer and size in bytes.
 * NULL where the argument is NULL, not captured (in place), or unreadable; the
 * last is told apart by (*err) = -EFAULT or -ENAMETOOLONG. For emulated calls:
 * strings are NUL-terminated; structures hold the guest's bytes, embedded
 * pointers replaced by what the host may use.
 */
void *capsule_arg(struct capsule *cap, unsigned index, size_t *size, int *err);

#endif
