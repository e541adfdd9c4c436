/*
 * variants.h: the meanings of calls whose arguments depend on a selector.
 * Layer 2.
 *
 * An array ends with name NULL; the first entry that matches holds. All lists
 * are lists of what is allowed: a selector that nobody described could make the
 * host's kernel follow a pointer that nobody checked.
 */
#ifndef VMM_VARIANTS_H
#define VMM_VARIANTS_H

#include "vmm/syscall.h"

extern const struct syscall_variant variants_ioctl[];
extern const struct syscall_variant variants_fcntl[];
extern const struct syscall_variant variants_futex[];
extern const struct syscall_variant variants_prctl[];
extern const struct syscall_variant variants_arch_prctl[];
extern const struct syscall_variant variants_semctl[];
extern const struct syscall_variant variants_shmctl[];
extern const struct syscall_variant variants_msgctl[];
extern const struct syscall_variant variants_setsockopt[];
extern const struct syscall_variant variants_getsockopt[];

#endif
