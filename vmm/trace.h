/*
 * trace.h: the arguments of a call as text, in gVisor's strace format, made
 * from the call's row. Layer 2.
 *
 * Memory is read through the call's capsule: what is told is what the kernel
 * is given, whatever other threads of the program do meanwhile. What cannot be
 * read is told inside the text.
 */
#ifndef VMM_TRACE_H
#define VMM_TRACE_H

#include "vmm/call.h"
#include "vmm/diag.h"
#include "vmm/event.h"
#include "vmm/text.h"

/* Most bytes of bulk data that one argument shows, unless told otherwise. */
#define TRACE_BLOB_SIZE 1024

/* The texts of a call's arguments, one behind the other. */
struct trace {
    struct text text;
    unsigned count;
    size_t end[SYSCALL_ARGS]; /* of each */
    const struct datum *arg;  /* what describes them; NULL: unknown call */
};

/* Text (i) and its size. */
const char *trace_arg(const struct trace *t, unsigned i, size_t *size);

/*
 * Before the call: its arguments as the program set them (call->orig,
 * call->arg). (*t) is empty and is to be freed.
 */
void trace_enter(struct trace *t, const struct syscall_call *call, size_t blob);

/*
 * After it: where the call succeeded, what it wrote is filled in and bytes that
 * it read are "..."; everything else stays as trace_enter told it.
 */
void trace_leave(struct trace *t, const struct syscall_call *call, size_t blob);

void trace_free(struct trace *t);

/*
 * Mark in (traced) the calls of (list): names and %groups, separated by commas,
 * or "all". Returns 0; -EINVAL, (d) set, for a word that is neither.
 */
int trace_select(uint8_t traced[EVENT_SYSNO_MAX], const char *list,
                 struct diag *d);

#endif
