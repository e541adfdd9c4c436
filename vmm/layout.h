/*
 * layout.h: where things are in the one address space that guest and monitor
 * share (GVA = GPA = HVA inside the windows). Layer 0.
 *
 *   [LOW_BASE,     LOW_END)      low window: programs linked at fixed addresses
 *   [MACHINE_BASE, MACHINE_END)  shim, descriptor tables, page tables
 *   [ARENA_BASE,   ARENA_END)    arena: everything else of the guest
 *
 * Behind each window lie at least GUARD_SIZE bytes in which the monitor never
 * has a mapping: a host system call that is given a buffer starting in a
 * window cannot run through the window's end into the monitor.
 * The monitor itself is position independent and loads far above. The bases
 * are build settings because the sanitizers reserve parts of this space.
 */
#ifndef VMM_LAYOUT_H
#define VMM_LAYOUT_H

#include "vmm/util.h"

#ifndef MICROVM_HOOK_ARENA_BASE
#define MICROVM_HOOK_ARENA_BASE 0x1000000000
#endif
#ifndef MICROVM_HOOK_LOW_END
#define MICROVM_HOOK_LOW_END 0x100000000
#endif

#define LOW_BASE UINT64_C(0x10000)
#define LOW_END  ((uint64_t)MICROVM_HOOK_LOW_END)

#define ARENA_BASE     ((uint64_t)MICROVM_HOOK_ARENA_BASE)
#define ARENA_MAX_SIZE (448 * GIB)

/* Linux clamps every transfer to MAX_RW_COUNT (2 GiB - 4 KiB). */
#define GUARD_SIZE (2 * GIB)

#define MACHINE_SIZE (2 * GIB)
#define MACHINE_BASE (ARENA_BASE - MACHINE_SIZE - GUARD_SIZE)
#define MACHINE_END  (MACHINE_BASE + MACHINE_SIZE)

#endif
