/*
 * signal.h: the program's signals. Layer 2.
 *
 * Default and ignored dispositions are mirrored to the host, whose kernel acts
 * on them. For handled signals the host's handler records one signal and blocks
 * the others, so that they stay queued in the kernel, and stops the guest; at
 * the next safe point the frame is built. signal(7), sigaction(2).
 */
#ifndef VMM_SIGNAL_H
#define VMM_SIGNAL_H

#include "vmm/util.h"

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

struct process;
struct shim_answers;
struct task;

#define SIGNAL_MAX 64 /* _NSIG */

/* The kernel's struct sigaction (not the C library's). */
struct signal_action {
    uint64_t handler; /* SIG_DFL, SIG_IGN or a guest address */
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask;
};

/* Dispositions: shared by the tasks of a process. */
struct signal_actions {
    pthread_mutex_t lock;
    struct signal_action action[SIGNAL_MAX + 1];
    struct shim_answers *answers; /* what the guest is told, or NULL */
};

/* What makes a task come to its next safe point. */
#define PENDING_SIGNAL 1 /* one is recorded */
#define PENDING_KICK   2 /* signal_kick */
#define PENDING_HELD   4 /* signal_keep */

/* Signals that a hook may send within its process at one call. */
#define SIGNALS_HELD 16

/* SIGBUS and SIGSEGV for the thread, and for the process. */
#define SIGNALS_SENT 4

/* A task's own part. */
struct signal_state {
    volatile int pending; /* PENDING_*; host_call looks here */
    volatile int kicked;  /* signal_kick, and nothing else */
    siginfo_t info;       /* the recorded signal */
    uint64_t mask;        /* blocked, as the program sees it */
    uint64_t wait_mask;   /* instead, by a call that waits */
    bool waits;           /* there is one */
    int parked;           /* SIGSEGV or SIGBUS, blocked in the host; or 0 */
    uint32_t held;        /* those of (held_info) that are */
    siginfo_t held_info[SIGNALS_SENT];
    uint64_t altstack_sp; /* sigaltstack(2) */
    uint64_t altstack_size;
    int altstack_flags;
    unsigned to_send; /* by signal_send, later */
    struct {
        pid_t tid;
        int sig;
    } held_back[SIGNALS_HELD];
};

/*
 * Take over the host's dispositions at start: ignored signals stay ignored for
 * the program (execve(2)). Installs the memory-fault handlers (gmem_init).
 * Once a process, before its first task runs.
 */
void signal_init(struct signal_actions *actions);

/* Another process, which has the same dispositions (CLONE_SIGHAND), has died,
 * and so may have reset what gmem.c needs of them. */
void signal_keep_memory(void);

/* From now on the guest finds the dispositions in (answers), a page, too; NULL:
 * nowhere. (alone): as signal_alone. No other process is on this machine. */
void signal_share(struct signal_actions *actions, struct shim_answers *answers,
                  bool alone);

/* There will be another process on this machine: from now on the guest finds
 * nothing, until signal_share. The caller holds the lock of (actions). */
void signal_unshare(struct signal_actions *actions);

/* (to) is to be as (from), whose lock the caller holds. */
void signal_copy(struct signal_actions *to, const struct signal_actions *from);

/* Which process the calling thread is of, and whether it has one task, its
 * leader: then the guest may change there what is told of a default
 * disposition, and does so without a call. */
void signal_alone(const struct signal_actions *actions, bool alone);

/* The mask of the calling thread, as a program inherits it. */
uint64_t signal_host_mask(void);

/*
 * Make (task) the one that the host's handler of the calling thread serves, and
 * its mask the thread's.
 */
void signal_bind(struct task *task);

/*
 * The calling thread serves no task any more, and gets no signal. With
 * (hand_back) the recorded signal, if it was sent to the process, goes back to
 * it, for another thread.
 */
void signal_unbind(struct task *task, bool hand_back);

/*
 * Make the thread (tid), which runs a task, of the process (pid), come to its
 * next safe point; a call that waits in the host's kernel ends with EINTR.
 * From any thread of the session. (parked) is that thread's, which may change
 * at any time. Returns 0 or -ESRCH, -EPERM.
 */
int signal_kick(pid_t pid, pid_t tid, const int *parked);

/* There is no kick any more that (task) has to heed. */
void signal_unkick(struct task *task);

/*
 * Send (sig) to the thread (tid) of the session, as tgkill(2), for a hook of
 * (task). Within the process that waits: to other threads until the hook has
 * ended, for the signal may kill; to the caller until its call has ended.
 * Returns 0; -EINVAL: no such signal; -ESRCH: no such thread in the session;
 * -EPERM; -EAGAIN: too many wait.
 */
int signal_send(struct task *task, pid_t tid, int sig);

/* Send what waits; without (own) only what goes to other threads. */
void signal_send_held(struct task *task, bool own);

/* rt_sigaction(2); (act) NULL only asks. Returns 0 or a negative errno. */
int signal_set_action(struct task *task, int sig,
                      const struct signal_action *act,
                      struct signal_action *old);

/* Set the mask that the program sees, and the host's accordingly. */
void signal_set_mask(struct task *task, uint64_t mask);

/* The host does not block these where the program does: by them faults of
 * gmem.c's copies are served, and kicks come. But see signal_keep. */
#define SIGNALS_OPEN                                                           \
    (UINT64_C(1) << (SIGSEGV - 1) | UINT64_C(1) << (SIGBUS - 1))

/*
 * A safe point: of SIGNALS_OPEN the one that was sent while the program blocks
 * it goes back into the host's queue, and is blocked here from now on (parked),
 * as long as the program blocks it; gmem.c does without faults meanwhile.
 */
void signal_keep(struct task *task);

/* Gmem.c's faults are served again, until signal_keep. */
void signal_unpark(struct task *task);

/* Which argument of call (sysno) is such a mask, or leads to one (pselect6);
 * -1: none. */
int signal_mask_arg(uint64_t sysno);

/*
 * Around a call that waits with (mask) blocked, as ppoll(2) and
 * rt_sigsuspend(2) do: begin returns what the host's kernel is to block. To end
 * it takes what the call returned, as host_call.
 */
uint64_t signal_begin_wait(struct task *task, uint64_t mask);
void signal_end_wait(struct task *task, int64_t ret);

/*
 * rt_sigtimedwait(2) with the host's (args) for signals (set), some of which
 * are SIGNALS_OPEN: these are blocked meanwhile, and what of them is held goes
 * back into the host's queue. As host_call; (*info) is what the kernel tells.
 */
int64_t signal_wait(struct task *task, uint64_t set, const uint64_t args[6],
                    siginfo_t *info);

/*
 * Deliver the recorded signal: build its frame, or die of it. The program's
 * registers are those of the current exit, a system call's result included.
 */
void signal_deliver(struct task *task);

/*
 * The program's own code raised (sig), as after a CPU exception: delivered at
 * once, even if blocked or ignored (then it kills), signal(7).
 */
void signal_force(struct task *task, int sig, int code, uint64_t addr);

/*
 * Whether the interrupted call is made again after the recorded signal's
 * handler: its disposition has SA_RESTART.
 */
bool signal_restarts(struct task *task);

/* Handled signals get their default action; ignored ones stay ignored. */
void signal_reset_handlers(struct task *task);

/*
 * execve(2): handled signals get their default action, ignored ones stay so;
 * there is no alternate stack any more. Mask and queued signals stay.
 */
void signal_exec(struct task *task);

/* In a child after fork(2): what is recorded, held, parked or kicked is the
 * parent's. The mask is the program's again. */
void signal_forked(struct task *task);

/*
 * Block all signals in the calling thread but those that gmem.c needs, around
 * what none may be recorded in. Returns what signal_release wants.
 */
uint64_t signal_hold(void);
void signal_release(uint64_t held);

/*
 * The C library gives one signal a handler of its own when it makes its first
 * thread; after that the program's disposition is put back.
 */
void signal_take_back(struct process *process);

/* rt_sigpending(2): (host) is what the host's kernel says. */
uint64_t signal_pending(const struct task *task, uint64_t host);

/* rt_sigreturn(2): restore registers, FPU state and mask from the frame. */
void signal_return(struct task *task);

#endif
