/*
 * enter.c: a task on its way into the JavaScript world and out of it: who
 * waits for the lock, and who runs a hook, can be stopped.
 */
#include "jsengine/internal.h"
#include "vmm/stop.h"
#include "vmm/task.h"

void engine_lock_for(struct engine *e, struct task *task)
{
    for (;;) {
        stop_outside(task);
        engine_lock(e);
        if (stop_try_inside(task))
            break;
        /* The stopper's next hook wants the lock before this task goes on. */
        engine_unlock(e);
        stop_wait(task);
    }
}

void engine_unlock_for(struct engine *e, struct task *task)
{
    engine_unlock(e);
    signal_send_held(task, false);
}
