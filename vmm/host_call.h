/*
 * host_call.h: enter the host kernel for the guest. Layer 2.
 */
#ifndef VMM_HOST_CALL_H
#define VMM_HOST_CALL_H

#include <stdbool.h>
#include <stdint.h>

/* What host_call answers when a signal arrived before the kernel was entered:
 * nothing happened, the call can be made again. Not a value a call returns. */
#define HOST_CALL_NOT_STARTED INT64_MIN

/* What it answers when a signal ended the wait of a call that the kernel makes
 * again behind a handler with SA_RESTART. The kernel has the same number for
 * it, ERESTARTSYS, which never gets to a program; -EINTR is for the others. */
#define HOST_CALL_INTERRUPTED (-512)

/*
 * Make system call (sysno) with (args), unless (*pending) is not 0. The check
 * and the SYSCALL instruction are one as far as host_call_interrupt is told of
 * every signal: a blocking call cannot miss one.
 * Returns what the kernel returns, -errno included, or one of the above.
 */
int64_t host_call(const volatile int *pending, uint64_t sysno,
                  const uint64_t args[6]);

/*
 * For the signal handler, which has SA_RESTART, after it has set (*pending):
 * where the interrupted thread stands between check and SYSCALL (at *rip, with
 * this (rcx)), the call is not made, or not made again.
 */
void host_call_interrupt(uint64_t *rip, uint64_t rcx);

/* Where the host's signal handlers return to: rt_sigreturn(2), SA_RESTORER. */
void host_call_sigreturn(void);

#endif
