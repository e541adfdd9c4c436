/*
 * left.h: what a run left behind: processes, shared memory, temporary files.
 */
#ifndef TESTS_E2E_LEFT_H
#define TESTS_E2E_LEFT_H

/*
 * Once, before all runs: orphans become children of this process. Shared memory
 * gets a place of its own, where this process may make one; elsewhere other
 * users' count as left behind.
 */
void left_begin(void);

/* Before a run: remember what there is. */
void left_mark(void);

/*
 * After it: fail if there is more in (directory), which was empty, or of shared
 * memory, or if processes still run after some seconds; those are killed. (who)
 * names the run.
 */
void left_check(const char *who, const char *directory);

#endif
