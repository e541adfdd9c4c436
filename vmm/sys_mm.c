/* sys_mm.c: memory calls, carried out by mm. Layer 2. */
#include "vmm/call.h"
#include "vmm/stop.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static struct mm *mm_of(struct syscall_call *call)
{
    return call->task->process->mm;
}

int64_t sys_brk(struct syscall_call *call)
{
    return (int64_t)mm_brk(mm_of(call), call->args[0]);
}

/*
 * A vcpu's descriptor exists for a moment before it is known as the monitor's
 * own, and another thread of the program may hold on to it. Mapping it is what
 * it would be good for; no other anonymous inode that programs can have is
 * mappable, mmap(2).
 */
static bool is_anon_inode(int fd)
{
    struct statfs fs;

    return fstatfs(fd, &fs) == 0 && fs.f_type == ANON_INODE_FS_MAGIC;
}

/* Tell who may stop this process what it is going to share. A file that it
 * may write to can become writable memory later, mprotect(2). */
static void share(struct task *task, int flags, int fd)
{
    struct stat st;

    if (flags & MAP_ANONYMOUS)
        stop_share(task, 0, true);
    else if (fstat(fd, &st) == 0)
        stop_share(task, st.st_ino * 31 + st.st_dev,
                   (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
}

int64_t sys_mmap(struct syscall_call *call)
{
    const uint64_t *a = call->args;

    if (!((int)a[3] & MAP_ANONYMOUS) && is_anon_inode((int)a[4]))
        return -ENODEV;
    if (((int)a[3] & MAP_TYPE) != MAP_PRIVATE)
        share(call->task, (int)a[3], (int)a[4]);
    return mm_mmap(mm_of(call), a[0], a[1], (int)a[2], (int)a[3], (int)a[4],
                   a[5]);
}

int64_t sys_shmat(struct syscall_call *call)
{
    /* Segments have numbers, which are no file's: the upper half tells. */
    stop_share(call->task, UINT64_C(1) << 63 | call->args[0],
               !((int)call->args[2] & SHM_RDONLY));
    return mm_shmat(mm_of(call), (int)call->args[0], call->args[1],
                    (int)call->args[2]);
}

int64_t sys_shmdt(struct syscall_call *call)
{
    return mm_shmdt(mm_of(call), call->args[0]);
}

int64_t sys_munmap(struct syscall_call *call)
{
    return mm_munmap(mm_of(call), call->args[0], call->args[1]);
}

int64_t sys_mprotect(struct syscall_call *call)
{
    return mm_mprotect(mm_of(call), call->args[0], call->args[1],
                       (int)call->args[2]);
}

int64_t sys_pkey_mprotect(struct syscall_call *call)
{
    /* Without protection keys the only key is -1, "none"; pkey_mprotect(2). */
    if ((int)call->args[3] != -1)
        return -EINVAL;
    return sys_mprotect(call);
}

int64_t sys_mremap(struct syscall_call *call)
{
    const uint64_t *a = call->args;

    return mm_mremap(mm_of(call), a[0], a[1], a[2], (int)a[3], a[4]);
}

int64_t sys_madvise(struct syscall_call *call)
{
    return mm_madvise(mm_of(call), call->args[0], call->args[1],
                      (int)call->args[2]);
}

int64_t sys_msync(struct syscall_call *call)
{
    return mm_msync(mm_of(call), call->args[0], call->args[1],
                    (int)call->args[2]);
}

int64_t sys_mincore(struct syscall_call *call)
{
    return mm_mincore(mm_of(call), call->args[0], call->args[1], call->args[2]);
}

int64_t sys_mlock(struct syscall_call *call)
{
    return mm_mlock(mm_of(call), call->args[0], call->args[1], 0);
}

int64_t sys_mlock2(struct syscall_call *call)
{
    return mm_mlock(mm_of(call), call->args[0], call->args[1],
                    (int)call->args[2]);
}

int64_t sys_munlock(struct syscall_call *call)
{
    return mm_munlock(mm_of(call), call->args[0], call->args[1]);
}

int64_t sys_mlockall(struct syscall_call *call)
{
    return mm_mlockall(mm_of(call), (int)call->args[0]);
}

int64_t sys_munlockall(struct syscall_call *call)
{
    return mm_munlockall(mm_of(call));
}

int64_t sys_mseal(struct syscall_call *call)
{
    return mm_mseal(mm_of(call), call->args[0], call->args[1], call->args[2]);
}
