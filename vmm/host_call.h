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

/*
 * Make system call (sysno) with (args), unless (*pending) is not 0. The check
 * and the SYSCALL instruction are one as far as host_call_interrupt is told of
 * every signal: a blocking call cannot miss one.
 * Returns what the kernel returns, -errno included, or HOST_CALL_NOT_STARTED.
 */
int64_t host_call(const volatile int *pending, uint64_t sysno,
                  const uint64_t args[6]);

/*
 * For the signal handler, after it has set (*pending): where the interrupted
 * thread stood between check and SYSCALL (at *rip), turn it back.
 */
void host_call_interrupt(uint64_t *rip);

/* Where the host's signal handlers return to: rt_sigreturn(2), SA_RESTORER. */
void host_call_sigreturn(void);

#endif
