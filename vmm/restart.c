/* restart.c: calls that a kick interrupted are made again. */
#include "vmm/restart.h"

#include "vmm/clock.h"
#include "vmm/host_call.h"
#include "vmm/stop.h"
#include "vmm/task.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>

/* A relative timeout that the host's kernel does not count down where the
 * caller finds it, as select(2) and ppoll(2) do. */
struct timeout {
    int index; /* of the argument; -1: none */
    bool ms;   /* the argument itself, milliseconds; else a timespec */
};

static struct timeout timeout_of(const struct syscall_call *call)
{
    const struct timeout none = {.index = -1};

    switch (call->sysno) {
    case SYS_poll:
        return (struct timeout){2, true};
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
        return (struct timeout){3, true};
    case SYS_nanosleep:
        return (struct timeout){0, false};
    case SYS_clock_nanosleep:
        return call->args[1] & TIMER_ABSTIME ? none
                                             : (struct timeout){2, false};
    case SYS_futex:
        return (call->args[1] & FUTEX_CMD_MASK) == FUTEX_WAIT
                   ? (struct timeout){3, false}
                   : none;
    case SYS_rt_sigtimedwait:
        return (struct timeout){2, false};
    case SYS_semtimedop:
    case SYS_epoll_pwait2:
        return (struct timeout){3, false};
    default:
        return none;
    }
}

/* The call's time runs out at *until. Returns false where it has no timeout
 * that counts here, or one that the host's kernel will refuse. */
static bool deadline(struct syscall_call *call, struct timeout which,
                     int64_t *until)
{
    struct timespec t;
    size_t size = 0;
    const void *captured;

    if (which.index < 0)
        return false;
    if (which.ms) {
        int ms = (int)call->args[which.index];

        *until = (int64_t)clock_now_ns() + ms * MS_NS;
        return ms > 0;
    }
    captured = capsule_arg(call->capsule, (unsigned)which.index, &size, NULL);
    if (!captured || size != sizeof(t))
        return false;
    memcpy(&t, captured, sizeof(t));
    if (t.tv_sec < 0 || t.tv_nsec < 0 || t.tv_nsec >= SECOND_NS ||
        __builtin_mul_overflow(t.tv_sec, SECOND_NS, until) ||
        __builtin_add_overflow(*until, t.tv_nsec, until) ||
        __builtin_add_overflow(*until, (int64_t)clock_now_ns(), until))
        return false;
    return true;
}

/* Give the host's kernel what is left until (until); (space) holds it. */
static void shorten(struct syscall_call *call, struct timeout which,
                    int64_t until, struct timespec *space)
{
    int64_t left = until - (int64_t)clock_now_ns();

    left = left > 0 ? left : 0;
    if (which.ms) {
        call->host[which.index] = (uint64_t)((left + MS_NS - 1) / MS_NS);
    } else {
        *space = (struct timespec){left / SECOND_NS, left % SECOND_NS};
        call->host[which.index] = (uint64_t)(uintptr_t)space;
    }
}

static bool is_interrupt(int64_t ret)
{
    return ret == -EINTR || ret == HOST_CALL_INTERRUPTED;
}

bool restart_after_stop(struct task *task, int64_t ret)
{
    const int why = task->signals.pending;

    if ((ret != HOST_CALL_NOT_STARTED && !is_interrupt(ret)) || !why ||
        (why & PENDING_SIGNAL) || process_ends(task))
        return false;
    signal_keep(task);
    if (why & PENDING_KICK) {
        stop_outside(task);
        stop_inside(task);
    }
    return true;
}

int64_t restart_run(struct syscall_call *call,
                    int64_t (*fn)(struct syscall_call *call))
{
    struct task *task = call->task;
    struct timeout which = timeout_of(call);
    struct timespec space;
    int64_t until = 0;
    bool timed = deadline(call, which, &until);
    int64_t interrupt = 0; /* how it was interrupted, if it was */
    int64_t ret;

    for (;;) {
        ret = fn(call);
        /* close(2): the descriptor is closed all the same. */
        if ((call->sysno == SYS_close && ret == -EINTR) ||
            !restart_after_stop(task, ret))
            break;
        if (is_interrupt(ret))
            interrupt = ret;
        if (timed)
            shorten(call, which, until, &space);
    }
    /* A signal came while it had to wait: it interrupts the call all the same.
     */
    return ret == HOST_CALL_NOT_STARTED && interrupt ? interrupt : ret;
}
