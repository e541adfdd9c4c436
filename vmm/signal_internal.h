/* signal_internal.h: what signal*.c share. Layer 2. */
#ifndef VMM_SIGNAL_INTERNAL_H
#define VMM_SIGNAL_INTERNAL_H

#include "vmm/signal.h"

#define BIT(sig_) (UINT64_C(1) << ((sig_)-1))

struct task;

/* Whether (info) is of a signal_kick of the thread with (s), and not the
 * program's. */
bool signal_is_kick(const struct signal_state *s, int sig,
                    const siginfo_t *info);

/* Put (info), which was for the calling thread, back into the host's queue:
 * for that thread, or for the process. */
void signal_give_back(const siginfo_t *info);

/* Give back what of the calling thread's was sent to the process. */
void signal_hand_back(struct signal_state *s);

/* Whether the program blocks (sig) at this moment. */
bool signal_blocks(const struct signal_state *s, int sig);

/* Hold (info), of SIGNALS_OPEN. For signal handlers. */
void signal_held_add(struct signal_state *s, const siginfo_t *info);

/* The signals that are held. */
uint64_t signal_held_set(const struct signal_state *s);

/* The first that is held of (set) becomes (*info), and is held no more. */
bool signal_held_take(struct signal_state *s, uint64_t set, siginfo_t *info);

/* What is held of (set), of SIGNALS_OPEN, for the calling thread's (task), is
 * in the host's queue now, and comes no more; until it is let come, and held.
 */
void signal_held_queue(struct task *task, uint64_t set);
void signal_held_let_come(const struct signal_state *s);

/* None of (sig) is held any more, nor parked. */
void signal_held_discard(struct signal_state *s, int sig);

/* (sig), or 0, is what is parked; the host's mask says so, or will. */
void signal_set_parked(struct task *task, int sig);

/* The calling thread was kicked. While a signal is parked a kick may have come
 * by that one, too. */
void signal_kick_came(const struct signal_state *s);

#endif
