/*
 * restart.h: a call is carried out; a kick that interrupts it (signal.h) is
 * nothing that the program sees. Layer 2.
 */
#ifndef VMM_RESTART_H
#define VMM_RESTART_H

#include "vmm/call.h"

/*
 * Carry (call) out by (fn).
 * Where another task stops this one meanwhile (stop.h), wait here until it
 * goes on and make the call again, with the time that is left of a timeout.
 * Returns what the call returns, or HOST_CALL_NOT_STARTED.
 */
int64_t restart_run(struct syscall_call *call,
                    int64_t (*fn)(struct syscall_call *call));

/* For a call of the monitor's own: whether nothing but a stop made it return
 * (ret). Waits as long as that lasts. */
bool restart_after_stop(struct task *task, int64_t ret);

#endif
