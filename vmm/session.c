/* session.c: bring up machine and program, run, tell how it ended. */
#include "vmm/session.h"

#include "vmm/exec.h"
#include "vmm/fdtable.h"
#include "vmm/gmem.h"
#include "vmm/hostproc.h"
#include "vmm/privfd.h"
#include "vmm/probe.h"
#include "vmm/session_shared.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/* What one run is made of, in the order in which it comes up. */
struct session {
    struct vm *vm;
    struct mm *mm;
    struct vcpu *vcpu;
    struct process process;
};

/* The calls that the shim answers, some of the time. */
static const int answered[] = {SYS_rt_sigaction, SYS_brk, SYS_lseek, SYS_getpid,
                               SYS_gettid};

static int bring_up_machine(struct session *s, const struct shim *shim,
                            const struct profile *profile, struct diag *d)
{
    struct process *p = &s->process;
    int rc = vm_create(&s->vm, profile, shim, d);
    bool traced = false;

    if (rc < 0)
        return rc;
    gmem_set_windows(s->vm->low_end, s->vm->arena_end);
    rc = mm_create(&s->mm, s->vm, profile, d);
    if (rc == 0)
        rc = vcpu_get(&s->vcpu, s->vm, d);
    if (rc == 0)
        rc = probe_run(s->vcpu, profile, d);
    /* What is traced does not change, hooks do. */
    for (size_t i = 0; i < ARRAY_SIZE(answered); i++)
        traced |= process_traced(p, answered[i]);
    if (rc == 0 && !traced)
        rc =
            probe_let_answer(s->vcpu, p->hooks.ops ? p->hooks.hooked : NULL, d);
    if (rc == 0 && s->vm->answering)
        signal_share(p->actions, s->vm->answers, true);
    return rc;
}

static int load_program(struct session *s, const char *path, char *const *argv,
                        struct diag *d)
{
    const struct exec_spec spec =
        process_exec_spec(&s->process, path, argv, environ);

    return exec_load(s->mm, &spec, &s->process.program, d);
}

/* The first task, in the calling thread. */
static int run_program(struct session *s, struct diag *d)
{
    struct task *task;
    int rc;

    vcpu_start(s->vcpu, s->process.program.rip, s->process.program.rsp);
    rc = task_create(&task, &s->process, s->vcpu, d);
    if (rc < 0)
        return rc;
    fdtable_join(task, s->process.fds);
    task_name(task);
    task->signals.mask = signal_host_mask();
    task_begins(task, HOOK_START);
    process_add(&s->process, task);
    process_run_task(task);
    return 0;
}

/* The VM goes first: while it lives, KVM attends to every mapping that goes. */
static void tear_down(struct session *s)
{
    vcpu_destroy_all(s->vm);
    vm_destroy(s->vm);
    mm_destroy(s->mm);
    session_shared_destroy(s->process.shared);
}

/* Whatever root the program takes. Where there is none, that is how it is. */
static void keep_proc(void)
{
    int fd = privfd_open("/proc", O_PATH | O_DIRECTORY);

    if (fd >= 0)
        hostproc_set(fd);
}

int session_run(const struct shim *shim, const struct profile *profile,
                struct hooks hooks, struct events events, char *const *prog,
                struct process_end *end, int *status, struct diag *d)
{
    struct session s = {.process = {.hooks = hooks, .events = events}};
    char path[PATH_MAX];
    int rc = exec_find(prog[0], getenv("PATH"), path, d);

    *status = rc == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
    if (rc < 0)
        return rc;
    *status = EXIT_MONITOR;
    process_init(&s.process);
    keep_proc();
    rc = hooks.ops ? session_shared_create(&s.process.shared, d) : 0;
    if (rc == 0)
        rc = bring_up_machine(&s, shim, profile, d);
    s.process.vm = s.vm;
    s.process.mm = s.mm;
    if (rc == 0) {
        rc = load_program(&s, path, prog, d);
        if (rc < 0)
            *status = rc == -ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
    }
    if (rc == 0)
        rc = run_program(&s, d);
    if (rc == 0)
        *end = s.process.end;
    /* What a child of fork(2) has, the kernel takes back faster; and what
     * others share is not to be taken. */
    if (s.process.forked || s.process.shares_memory || privfd_is_shared())
        process_exit(end);
    tear_down(&s);
    return rc;
}

int session_find_shim(char *out, size_t size, struct diag *d)
{
    static const char *const places[] = {"shim.bin", MICROVM_HOOK_LIB_FROM_BIN
                                         "/microvm-hook/shim.bin"};
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n < 0)
        return diag_set(d, -errno, "cannot find the shim: /proc/self/exe");
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        if ((size_t)snprintf(out, size, "%s/%s", self, places[i]) < size &&
            access(out, F_OK) == 0)
            return 0;
    }
    diag_set(d, -ENOENT, "cannot find the shim: neither %s/%s nor %s/%s", self,
             places[0], self, places[1]);
    diag_hint(d, "install it with cmake --install, or name one by --kernel");
    return -ENOENT;
}
