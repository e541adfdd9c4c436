/*
 * task.c: the run loop of one guest thread: enter the guest, serve what it
 * came back for, deliver signals, again.
 */
#include "vmm/task.h"

#include "vmm/call.h"
#include "vmm/clock.h"
#include "vmm/fdtable.h"
#include "vmm/gmem.h"
#include "vmm/stop.h"
#include "vmm/trap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* EFAULTs of KVM_RUN in a row that are tried again before the page is taken
 * for gone; the first few are races with a changing map. */
#define FAULT_RETRIES 3

#define TID_BITS 22 /* PID_MAX_LIMIT, proc_sys_kernel(5) */

/*
 * Of two tasks with the same thread id one ended before the other began: the
 * time tells them apart, in all processes of a session.
 */
void task_name(struct task *task)
{
    task->tid = gettid();
    task->note = (struct task_note){0};
    task->key = clock_now_ns() << TID_BITS | (uint64_t)task->tid;
}

int task_create(struct task **out, struct process *process, struct vcpu *vcpu,
                struct diag *d)
{
    struct task *task = calloc(1, sizeof(*task));

    if (task)
        task->capsule = capsule_create();
    if (!task || !task->capsule) {
        free(task);
        return diag_set(d, -ENOMEM, "cannot create a task");
    }
    task->process = process;
    task->vcpu = vcpu;
    task->vfork_pipe[0] = task->vfork_pipe[1] = -1;
    *out = task;
    return 0;
}

int task_renew(struct task *task, const struct vcpu_state *state,
               struct diag *d)
{
    int rc = vm_renew(task->process->vm, mm_uses, task->process->mm, d);

    if (rc == 0)
        rc = vcpu_renew(task->vcpu, d);
    if (rc == 0 && vcpu_restore(task->vcpu, state) < 0)
        rc = diag_set(d, 0, "cannot set the FPU state of a vcpu");
    task_name(task);
    task->clear_child_tid = 0;
    task->robust_list = 0;
    task->faults = 0;
    return rc;
}

void task_destroy(struct task *task)
{
    if (!task)
        return;
    exec_forget(task->leaves);
    fdtable_leave(task);
    capsule_destroy(task->capsule);
    free(task);
}

pid_t task_tid(const struct task *task)
{
    return task->tid;
}

uint64_t task_key(const struct task *task)
{
    return task->key;
}

struct task_note *task_note(struct task *task)
{
    return &task->note;
}

void task_event(struct task *task, enum hook_event event,
                const struct hook_event_info *info)
{
    const struct hooks *hooks = &task->process->hooks;

    if (hooks->ops &&
        __atomic_load_n(hooks->events, __ATOMIC_RELAXED) & (1u << event))
        hooks->ops->event(hooks->ctx, task, event, info);
}

/*
 * KVM could not get at a page that has an entry. Mostly the map was changing:
 * enter again. If it stays, a file was truncated under its mapping: without
 * entries the access faults in the guest, with its address.
 */
static void host_fault(struct task *task)
{
    task->faults++;
    if (task->faults == FAULT_RETRIES)
        mm_drop_file_entries(task->process->mm);
    if (task->faults <= 2 * FAULT_RETRIES)
        return;
    task->faults = 0;
    trap_no_page(task);
}

static bool stopped(const struct task *task)
{
    return task->exiting || task->death || task->ended_by_other ||
           task->moves_to_leader;
}

/* Signals are delivered between exits, when the registers are the program's. */
static void safe_point(struct task *task)
{
    vcpu_clear_kick(task->vcpu);
    stop_end(task, 0);
    stop_point(task);
    if (process_ends(task))
        task->ended_by_other = true;
    if (task->begins && !stopped(task)) {
        task->begins = false;
        task_event(task, task->beginning, NULL);
    }
    signal_send_held(task, true);
    while ((task->signals.pending & PENDING_SIGNAL) && !stopped(task)) {
        signal_deliver(task);
        signal_send_held(task, true);
    }
    signal_keep(task);
}

int task_run(struct task *task, struct diag *d)
{
    struct vcpu *vcpu = task->vcpu;

    signal_bind(task);
    stop_inside(task);
    safe_point(task);
    while (!stopped(task)) {
        enum vcpu_exit exit = vcpu_enter(vcpu);

        if (exit != VCPU_FAULT && exit != VCPU_INTR)
            task->faults = 0;
        switch (exit) {
        case VCPU_SYSCALL:
            dispatch_syscall(task);
            break;
        case VCPU_TRAP:
            trap_serve(task);
            break;
        case VCPU_FAULT:
            host_fault(task);
            break;
        case VCPU_INTR:
            if (!vcpu_in_user_code(vcpu)) {
                /* Between SYSCALL and OUT: what follows comes at once. */
                vcpu_clear_kick(vcpu);
                continue;
            }
            break;
        case VCPU_PORT:
            /* The program jumped to the probe's OUT: #GP, as to any other. */
            signal_force(task, SIGSEGV, SI_KERNEL, 0);
            break;
        case VCPU_DEAD:
            return diag_set(d, 0, "the guest cannot go on: %s", vcpu->why);
        }
        safe_point(task);
    }
    return 0;
}

void strvec_free(struct strvec *vec)
{
    for (size_t i = 0; vec->str && i < vec->count; i++)
        free(vec->str[i]);
    free(vec->str);
    *vec = (struct strvec){0};
}

/* Split the bytes [start, end) of guest memory at their NULs. */
static int read_strings(gva_t start, gva_t end, struct strvec *out)
{
    size_t size = end - start;
    char *bytes = malloc(size + 1);
    int rc = bytes ? gmem_read(bytes, start, size) : -ENOMEM;

    *out = (struct strvec){0};
    if (rc == 0) {
        bytes[size] = '\0';
        out->str = calloc(size + 1, sizeof(*out->str));
        rc = out->str ? 0 : -ENOMEM;
    }
    for (size_t at = 0; rc == 0 && at < size; at += strlen(&bytes[at]) + 1) {
        out->str[out->count] = strdup(&bytes[at]);
        if (!out->str[out->count++])
            rc = -ENOMEM;
    }
    free(bytes);
    if (rc < 0)
        strvec_free(out);
    return rc;
}

int task_read_argv(struct task *task, struct strvec *out)
{
    const struct stack_layout *l = &task->process->program.stack;

    return read_strings(l->arg_start, l->arg_end, out);
}

int task_read_envs(struct task *task, struct strvec *out)
{
    const struct stack_layout *l = &task->process->program.stack;

    return read_strings(l->env_start, l->env_end, out);
}
