/*
 * trap.h: what becomes of a CPU exception in the program: a page, a signal, an
 * emulated call. Layer 2.
 */
#ifndef VMM_TRAP_H
#define VMM_TRAP_H

struct task;

/* Serve the trap that the task's vcpu came back for (VCPU_TRAP). */
void trap_serve(struct task *task);

/* The host has no page behind (RIP's) access, and the address is not known:
 * SIGBUS, as for a file that was truncated under its mapping. */
void trap_no_page(struct task *task);

#endif
