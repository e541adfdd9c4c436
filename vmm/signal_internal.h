/* signal_internal.h: what signal*.c share. Layer 2. */
#ifndef VMM_SIGNAL_INTERNAL_H
#define VMM_SIGNAL_INTERNAL_H

#include "vmm/signal.h"

#define BIT(sig_) (UINT64_C(1) << ((sig_)-1))

struct task;

/* Whether (info) is of a signal_kick, and not the program's. */
bool signal_is_kick(int sig, const siginfo_t *info);

/* Where (sig) is held, SIGSEGV or SIGBUS; whether it is says (s->held). */
siginfo_t *signal_held_info(struct signal_state *s, int sig);

/* (sig) is held no more. Whether it was, and so is the caller's now. */
bool signal_held_let_go(struct signal_state *s, int sig);

/* Hold (sig) for (task), the calling thread's, unless another task that waits
 * for it gets it. For signal handlers. */
void signal_held_add(struct task *task, int sig, const siginfo_t *info);

#endif
