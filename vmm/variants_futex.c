/*
 * variants_futex.c: futex(uaddr, op, val, timeout or val2, uaddr2, val3) by
 * operation; futex(2).
 *
 * The words are given to the kernel at their own addresses: it waits on the
 * address, not on the value. The flags FUTEX_PRIVATE_FLAG and
 * FUTEX_CLOCK_REALTIME are masked out of the selector.
 */
#include "vmm/datum.h"
#include "vmm/variants.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>

/* clang-format off */
#define FU(c_, ...)                                                            \
    {.key = (c_), .mask = (uint32_t)FUTEX_CMD_MASK, .name = #c_,               \
     .arg = {IN_PLACE(uaddr, 4), HEX32(op), __VA_ARGS__}}

/* The kernel's ERESTARTNOINTR, which host_call cannot tell from ERESTARTSYS. */
#define LOCK(c_)                                                               \
    {.key = (c_), .mask = (uint32_t)FUTEX_CMD_MASK, .name = #c_,               \
     .restart = RESTART_ALWAYS,                                                \
     .arg = {IN_PLACE(uaddr, 4), HEX32(op), UNUSED, TIMEOUT}}

#define TIMEOUT ST_IN(timeout, timespec)
#define UADDR2  IN_PLACE(uaddr2, 4)

const struct syscall_variant variants_futex[] = {
FU(FUTEX_WAIT,            UINT(val), TIMEOUT),
FU(FUTEX_WAKE,            INT(val)),
FU(FUTEX_REQUEUE,         INT(val), INT(val2), UADDR2),
FU(FUTEX_CMP_REQUEUE,     INT(val), INT(val2), UADDR2, UINT(val3)),
FU(FUTEX_WAKE_OP,         INT(val), INT(val2), UADDR2, HEX32(val3)),
LOCK(FUTEX_LOCK_PI),
LOCK(FUTEX_LOCK_PI2),
FU(FUTEX_UNLOCK_PI),
FU(FUTEX_TRYLOCK_PI),
FU(FUTEX_WAIT_BITSET,     UINT(val), TIMEOUT, UNUSED, HEX32(val3)),
FU(FUTEX_WAKE_BITSET,     INT(val), UNUSED, UNUSED, HEX32(val3)),
FU(FUTEX_WAIT_REQUEUE_PI, UINT(val), TIMEOUT, UADDR2),
FU(FUTEX_CMP_REQUEUE_PI,  INT(val), INT(val2), UADDR2, UINT(val3)),
{.name = NULL},
};
/* clang-format on */
