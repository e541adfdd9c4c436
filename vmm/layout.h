/*
 * layout.h: where things are in the one address space that guest and monitor
 * share (GVA = HVA inside the windows). Layer 0.
 *
 *   [LOW_BASE,     LOW_END)      low window: addresses that programs insist on,
 *                                and at its end the image of what does not
 *   [MACHINE_BASE, MACHINE_END)  shim, descriptor tables, page tables
 *                                (the monitor's executable and its heap)
 *   [ARENA_BASE,   ARENA_END)    arena: everything else of the guest
 *                                (the monitor's libraries, stack, mappings)
 *
 * The monitor is position independent and loads where Linux loads programs,
 * which vmm/place.h makes sure of. Everything else is the guest's: programs
 * that are built with a sanitizer want particular addresses for their shadow
 * and heap, and themselves where Linux would have them. The bases are build
 * settings because the monitor, built with a sanitizer itself, has something
 * at these addresses, too.
 *
 * Behind each window lie at least GUARD_SIZE bytes in which the monitor never
 * has a mapping: a host system call that is given a buffer starting in a
 * window cannot run through the window's end into the monitor.
 */
#ifndef VMM_LAYOUT_H
#define VMM_LAYOUT_H

#include "vmm/util.h"

/* Linux clamps every transfer to MAX_RW_COUNT (2 GiB - 4 KiB). */
#define GUARD_SIZE (2 * GIB)

#ifndef MICROVM_HOOK_LOW_END
#define MICROVM_HOOK_LOW_END LOW_MAX_END
#endif
#ifndef MICROVM_HOOK_MACHINE_BASE
#define MICROVM_HOOK_MACHINE_BASE (LOW_END + GUARD_SIZE)
#endif
#ifndef MICROVM_HOOK_ARENA_BASE
#define MICROVM_HOOK_ARENA_BASE 0x568000000000
#endif
#ifndef MICROVM_HOOK_ARENA_END
#define MICROVM_HOOK_ARENA_END 0x7ee000000000
#endif

#define LOW_BASE    UINT64_C(0x10000)
#define LOW_MAX_END UINT64_C(0x554000000000) /* in any build */
#define LOW_END     ((uint64_t)MICROVM_HOOK_LOW_END)

/* Where images begin that may be anywhere, if that is in the low window. */
#define IMAGE_BASE  UINT64_C(0x550000000000)
#define IMAGE_RANGE (64 * GIB)

#define MACHINE_BASE ((uint64_t)MICROVM_HOOK_MACHINE_BASE)
#define MACHINE_SIZE (2 * GIB)
#define MACHINE_END  (MACHINE_BASE + MACHINE_SIZE)

#define ARENA_BASE     ((uint64_t)MICROVM_HOOK_ARENA_BASE)
#define ARENA_END      ((uint64_t)MICROVM_HOOK_ARENA_END)
#define ARENA_MAX_SIZE UINT64_C(0x286000000000) /* in any build */

_Static_assert(LOW_END + GUARD_SIZE <= MACHINE_BASE, "a guard behind it");
_Static_assert(MACHINE_END + GUARD_SIZE <= ARENA_BASE, "in this order");

#endif
