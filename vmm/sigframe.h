/*
 * sigframe.h: the frame of a signal handler on the guest's stack, as Linux's
 * x64_setup_rt_frame() lays it out. Layer 2.
 */
#ifndef VMM_SIGFRAME_H
#define VMM_SIGFRAME_H

#include "vmm/signal.h"

struct task;

/*
 * Build the frame for (info) and set the registers to enter (act). (mask) is
 * what sigreturn restores. Returns 0, or -EFAULT where the stack cannot hold
 * the frame.
 */
int sigframe_push(struct task *task, const struct signal_action *act,
                  const siginfo_t *info, uint64_t mask);

/*
 * rt_sigreturn: restore registers, FPU state and alternate stack from the
 * frame at the stack pointer; (*mask) is the signal mask in it.
 * Returns 0 or -EFAULT.
 */
int sigframe_pop(struct task *task, uint64_t *mask);

/* Whether (sp) is on the task's alternate stack. */
bool sigframe_on_altstack(const struct task *task, gva_t sp);

#endif
