/*
 * robust.h: what the kernel tells other threads about one that ends, by words
 * in their memory. Layer 2. set_robust_list(2), set_tid_address(2), futex(2);
 * Linux: Documentation/locking/robust-futex-ABI.rst.
 *
 * The host's kernel would do the same for the host's thread, and write wherever
 * the program's list leads, in the monitor as well: so it is done here, with
 * every address checked.
 */
#ifndef VMM_ROBUST_H
#define VMM_ROBUST_H

#include "vmm/util.h"

#include <sys/types.h>

/*
 * Thread (tid) ends: mark the futexes in the list at (head) that it owns with
 * FUTEX_OWNER_DIED, and wake one waiter of each. 0: there is no list. A list
 * that leads nowhere, or round in circles, ends where Linux ends it.
 */
void robust_list_end(gva_t head, pid_t tid);

/* Store 0 at (addr) and wake one waiter, as CLONE_CHILD_CLEARTID says. */
void robust_clear_tid(gva_t addr);

#endif
