/*
 * alloc.h: what the monitor's malloc(3) promises beyond the standard. Layer 0.
 *
 * It has no locks. A process that shares the monitor's memory may be killed in
 * the middle of it, and one may fork in the middle of it: what is lost is the
 * block in hand.
 */
#ifndef VMM_ALLOC_H
#define VMM_ALLOC_H

/*
 * In a child of fork(2) whose parent had other threads: these were not stopped
 * while memory was copied, so what the lists of free blocks say may be of
 * different moments. The child begins with none.
 */
void alloc_forked(void);

#endif
