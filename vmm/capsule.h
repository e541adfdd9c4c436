/*
 * capsule.h: the one copy of what a system call's pointers point to. Layer 2.
 *
 * Strings, structures and vectors are copied out of guest memory once, before
 * the hooks; hooks, checks and the host kernel all use that copy, so that no
 * guest thread can change it between check and use (TOCTOU). Bulk buffers
 * (DATUM_BUF) and plain structures that are only written (DIR_OUT, no pointers
 * inside) stay in guest memory, range-checked, and are passed in place, unless
 * a hook touches a buffer that the call reads: then that joins the capsule.
 * Structures that are only written but hold pointers (the pointers are read)
 * are captured as if they were DIR_INOUT.
 *
 * A pointer that leads nowhere is not an error of the capsule: the host gets
 * GMEM_FAULT_ADDR in its place and reports EFAULT in Linux's own order of
 * checks. The same holds for a string without end (the host sees PATH_MAX
 * bytes without NUL: ENAMETOOLONG) and for counts above the row's (max): the
 * count is passed on as it is, so that the host refuses it, with a pointer to
 * (max) captured elements. So (max) must be what the kernel itself enforces
 * before it reads; where the kernel has no limit, the row must have none.
 *
 * A signed count below 0 captures nothing: the host gets the guest's pointer,
 * checked for one byte, or where pointers lie behind it GMEM_FAULT_ADDR, and
 * refuses the count.
 *
 * A structure whose size the caller chooses (clone3, openat2) is described as
 * elements of 1 byte, counted by the size argument, with a (type): fields that
 * it is too short for do not exist.
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

/* One a task, reused for every call, used by that task's thread only. NULL
 * where memory is short. */
struct capsule *capsule_create(void);
void capsule_destroy(struct capsule *cap);

/*
 * Capture what (arg), an array of SYSCALL_ARGS data, describes behind the
 * values (guest), and fill (host) with what the host kernel is to be given:
 * values narrowed to nothing (as is), pointers to copies, in-place pointers,
 * or GMEM_FAULT_ADDR. NULL stays NULL.
 *
 * Keeps (arg) and (host) until the next take: later calls update (host).
 * Forgets what the capsule held before. Returns 0, or -ENOMEM.
 */
int capsule_take(struct capsule *cap, const struct datum *arg,
                 const uint64_t guest[SYSCALL_ARGS],
                 uint64_t host[SYSCALL_ARGS]);

/*
 * After hooks changed argument values from (guest) to (changed): capture anew
 * what they lead to now, and fill (host). Not after capsule_seal. (arg) may be
 * another variant's. What was captured or written by a hook before is captured
 * from there, not from guest memory, wherever the ranges overlap: so nothing
 * that a hook saw or wrote can have changed.
 */
int capsule_retake(struct capsule *cap, const struct datum *arg,
                   const uint64_t guest[SYSCALL_ARGS],
                   const uint64_t changed[SYSCALL_ARGS],
                   uint64_t host[SYSCALL_ARGS]);

/* The host's call runs or ran: buffers no longer join. */
void capsule_seal(struct capsule *cap);

/*
 * After the call: write what the kernel changed in captured DIR_OUT parts back
 * to guest memory, and only the bytes that it changed; embedded pointers keep
 * the guest's own values. From here on what the call may have written is read
 * from guest memory. Returns 0 or -EFAULT (the guest cannot write there).
 */
int capsule_put(struct capsule *cap);

/*
 * Read or write (len) bytes at the guest address (addr) as the call sees them:
 * captured ranges come from the capsule, with embedded pointers as the guest
 * has them; everything else comes from guest memory. Writes go to both, and a
 * written pointer, count or string is captured anew. Before capsule_seal a
 * touched DIR_IN buffer joins the capsule first, as a whole; a buffer that is
 * not readable as a whole becomes GMEM_FAULT_ADDR, so that it cannot be passed
 * unseen.
 * Returns 0; -EFAULT; -ENOMEM (the buffer or what is written does not fit into
 * the capsule; after a failed join it is passed in place).
 */
int capsule_read(struct capsule *cap, gva_t addr, void *buf, size_t len);
int capsule_write(struct capsule *cap, gva_t addr, const void *buf, size_t len);

/* As gmem_read_string, over captured ranges too; also -ENOMEM as above. */
ssize_t capsule_read_string(struct capsule *cap, gva_t addr, char *buf,
                            size_t size);

/*
 * The same for whoever only looks: the call goes on as if nobody had. Buffers
 * that are in place are read there: with peek_buffer they join first where they
 * can, so that the call uses what was seen.
 */
int capsule_peek(const struct capsule *cap, gva_t addr, void *buf, size_t len);
int capsule_peek_buffer(struct capsule *cap, gva_t addr, void *buf, size_t len);
ssize_t capsule_peek_string(const struct capsule *cap, gva_t addr, char *buf,
                            size_t size);

/*
 * The captured copy behind argument (index): host pointer and size in bytes
 * (strings: with the NUL). NULL where the argument is NULL, not captured (in
 * place), or unreadable; the last is told apart by (*err) = -EFAULT or
 * -ENAMETOOLONG, else 0; (size) and (err) may be NULL. For emulated calls:
 * strings are NUL-terminated; structures hold the guest's bytes, embedded
 * pointers replaced by what the host may use (GMEM_FAULT_ADDR where nothing).
 * DATUM_STRV gives the vector of host pointers with the NULL at its end; a
 * string in it of MAX_ARG_STRLEN bytes or more is one that was too long.
 */
void *capsule_arg(struct capsule *cap, unsigned index, size_t *size, int *err);

/*
 * Whether a descriptor for which (match) holds is named in what was captured:
 * in a field of a structure, or sent along by SCM_RIGHTS. What is only waited
 * for (pollfd) does not count.
 */
bool capsule_names_fd(const struct capsule *cap, bool (*match)(int fd));

/*
 * Whether a socket address for which (match) holds is what the host is given:
 * of bind, connect, sendto, or in a message of sendmsg, sendmmsg. (size) is in
 * bytes, as the program says it.
 */
bool capsule_names_address(const struct capsule *cap,
                           bool (*match)(const void *address, size_t size));

#endif
