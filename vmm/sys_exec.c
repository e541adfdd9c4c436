/*
 * sys_exec.c: another program in the same process: execve, execveat. Layer 2.
 *
 * The monitor stays and loads the new program into its own VM. What the host
 * kernel does to a process at execve(2), and so does not do here, is done by
 * hand: address space, handlers, timers, descriptors, the task's name.
 */
#include "vmm/aio.h"
#include "vmm/call.h"
#include "vmm/exec.h"
#include "vmm/fdtable.h"
#include "vmm/gmem.h"
#include "vmm/hostproc.h"
#include "vmm/image.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"
#include "vmm/procfs.h"
#include "vmm/robust.h"
#include "vmm/stop.h"
#include "vmm/sys.h"
#include "vmm/task.h"
#include "vmm/vfork.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void close_if_marked(int fd)
{
    int flags = privfd_owns(fd) ? -1 : fcntl(fd, F_GETFD);

    if (flags >= 0 && (flags & FD_CLOEXEC))
        close(fd);
}

/* Close-on-exec. Without a /proc to list them, every number is tried. */
static void close_marked_fds(void)
{
    struct rlimit limit;
    int *all, count = privread_numbers("/proc/thread-self/fd", &all);

    for (int i = 0; i < count; i++)
        close_if_marked(all[i]);
    free(all);
    if (count < 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0)
        for (int fd = 0; fd < (int)limit.rlim_cur; fd++)
            close_if_marked(fd);
}

/* timer_create(2): timers end with the program. The kernel gives ascending ids;
 * those that are gone already are an EINVAL. */
static void delete_timers(struct process *process)
{
    for (int id = 0; id < process->timers_end; id++)
        syscall(SYS_timer_delete, id);
    process->timers_end = 0;
}

/* What else begin_new_exec() of Linux's fs/exec.c does to a process. */
static void reset_attributes(void)
{
    prctl(PR_SET_KEEPCAPS, 0);
    prctl(PR_SET_DUMPABLE, geteuid() == getuid() && getegid() == getgid());
}

/*
 * Whether memory or descriptors that the program is to have are not those of
 * the thread that leads the process, or others go on with them: then the host
 * executes an image of the monitor.
 */
static bool needs_image(const struct task *task)
{
    return sharers_has_others(task->process) || task->fds != task->process->fds;
}

/* Leave the memory of the process for one of the task's own. */
static int leave(struct task *task, struct exec_program *program,
                 struct diag *d)
{
    int rc;

    task->leaves = program;
    rc = process_leave(task, d);
    task->leaves = NULL;
    return rc;
}

/* Nothing is mapped: memslots of programs that went before can be left behind,
 * in a VM that is. */
static int renew_if_worn(struct task *task, struct diag *d)
{
    const uint64_t all = ~UINT64_C(0);
    struct vcpu_state state;
    uint64_t mask;
    int rc;

    if (!vm_is_worn(task->process->vm))
        return 0;
    /* Until there is a vcpu again. */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &mask, sizeof(all));
    rc = vcpu_save(task->vcpu, &state);
    if (rc == 0)
        rc = task_renew(task, &state, d);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
    return rc;
}

/*
 * Put (program) in the place of the running one. From the first step on there
 * is no way back: a failure ends the process as Linux ends it, by SIGSEGV.
 */
static void replace(struct task *task, struct exec_program *program)
{
    struct process *process = task->process;
    struct exec_result loaded = {0};
    struct diag d = {0};

    /* Where another task ends them all, this one is among those. */
    if (!process_end_others(task))
        return;
    signal_unpark(task);
    robust_list_end(task->robust_list, task->tid);
    process->executed = getpid();
    vfork_release(task);
    if (fdtable_own(task) < 0 ||
        (needs_image(task) && leave(task, program, &d) < 0) ||
        mm_clear(process->mm) < 0 || renew_if_worn(task, &d) < 0 ||
        exec_map(process->mm, program, &loaded, &d) < 0 ||
        vcpu_reset_fpu(task->vcpu) < 0) {
        task->death = SIGSEGV;
        return;
    }
    stop_unshare(process);
    privfd_close(process->program.file);
    loaded.file = exec_take_file(program);
    process->program = loaded;
    task_begins(task, HOOK_EXEC);
    signal_exec(task);
    reset_attributes();
    delete_timers(process);
    aio_destroy_all(process);
    procmem_exec(&process->procmem);
    close_marked_fds();
    task->clear_child_tid = 0;
    task->robust_list = 0;
    vcpu_start(task->vcpu, loaded.rip, loaded.rsp);
    task->resumed = true;
    task->moves_to_leader = !process_is_leader();
}

/* The vector at argument (index): NULL stands for an empty one, execve(2). */
static int vector(struct syscall_call *call, unsigned index, char *const *out[])
{
    static char *const empty[] = {NULL};
    int err = 0;

    *out = capsule_arg(call->capsule, index, NULL, &err);
    if (!*out)
        *out = empty;
    for (char *const *s = *out; *s; s++)
        if ((uint64_t)(uintptr_t)*s == GMEM_FAULT_ADDR)
            return -EFAULT;
    return err;
}

/* Run (path), which leads through descriptor (fd) unless that is -1. */
static int64_t run(struct syscall_call *call, const char *path, int fd,
                   unsigned argv_index)
{
    struct task *task = call->task;
    char *const *argv = NULL, *const *envp = NULL;
    struct exec_program *program = NULL;
    struct exec_spec spec;
    char file[PATH_MAX + 64], link[PATH_MAX];
    const char *at;
    int dirfd;
    const bool needs =
        needs_image(task) || (privfd_is_shared() && !process_is_leader());
    int rc =
        needs && !image_possible() ? -ENOMEM : vector(call, argv_index, &argv);

    if (rc == 0)
        rc = vector(call, argv_index + 1, &envp);
    if (rc < 0)
        return rc;
    spec = process_exec_spec(task->process, path, argv, envp);
    if (fd >= 0) {
        /* /dev/fd is the leader's, as the program will be. */
        snprintf(file, sizeof(file), "/proc/thread-self/fd%s",
                 path + strlen("/dev/fd"));
        spec.file = file;
        spec.path_closes = fcntl(fd, F_GETFD) & FD_CLOEXEC;
    }
    at = spec.file ? spec.file : path;
    dirfd = spec.file ? hostproc(&at) : AT_FDCWD;
    rc = procfs_find_link(task->process, dirfd, at, link);
    if (rc >= PROCFS_OWN_PROGRAM)
        spec.file = link;
    if (rc >= 0)
        rc = exec_open(&program, &spec, NULL);
    if (rc < 0)
        return rc;
    replace(task, program);
    exec_close(program);
    return 0;
}

/* The captured path at (index), or NULL and why. */
static const char *path_of(struct syscall_call *call, unsigned index, int *err)
{
    const char *path = capsule_arg(call->capsule, index, NULL, err);

    if (!path && !*err)
        *err = -EFAULT;
    return path;
}

int64_t sys_execve(struct syscall_call *call)
{
    int err = 0;
    const char *path = path_of(call, 0, &err);

    return path ? run(call, path, -1, 1) : err;
}

int64_t sys_execveat(struct syscall_call *call)
{
    int flags = (int)call->args[4];
    int fd = (int)call->args[0];
    int err = 0;
    const char *path = path_of(call, 1, &err);
    char name[PATH_MAX + 32];
    struct stat st;

    if (!path)
        return err;
    if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
        return -EINVAL;
    if (!path[0] && !(flags & AT_EMPTY_PATH))
        return -ENOENT;
    if ((flags & AT_SYMLINK_NOFOLLOW) &&
        fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        return -ELOOP;
    if (path[0] == '/' || (fd == AT_FDCWD && path[0]))
        return run(call, path, -1, 2);
    if (fd != AT_FDCWD && fcntl(fd, F_GETFD) < 0)
        return -EBADF;
    if (fd == AT_FDCWD)
        return -EACCES; /* the working directory is no program */
    snprintf(name, sizeof(name), path[0] ? "/dev/fd/%d/%s" : "/dev/fd/%d", fd,
             path);
    return run(call, name, fd, 2);
}
