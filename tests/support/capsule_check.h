/*
 * capsule_check.h: whether what a capsule gives to the host kernel is safe,
 * whatever the guest asked for.
 */
#ifndef TESTS_SUPPORT_CAPSULE_CHECK_H
#define TESTS_SUPPORT_CAPSULE_CHECK_H

struct capsule;

/*
 * NULL where every pointer that the host would follow is NULL, the fault
 * address, a copy in the capsule's own memory that is large enough, or
 * passable in place; else what is wrong.
 */
const char *capsule_unsound(const struct capsule *cap);

#endif
