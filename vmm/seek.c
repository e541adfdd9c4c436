/* seek.c: which files the shim may answer lseek(2) for, and what it noted. */
#include "vmm/seek.h"

#include "vmm/fdtable.h"
#include "vmm/privfd.h"
#include "vmm/task.h"

#include "guest-shim/shim_abi.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define XFS_MAGIC 0x58465342 /* xfs(5); no header has it */

/* In a regular file of these any place up to the shim's limit can be set, and
 * to set it does nothing else. */
bool seek_is_plain(int fd)
{
    struct statfs fs;
    struct stat st;

    /* What has no name is the monitor's, like the program's memory. */
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink == 0 ||
        fstatfs(fd, &fs) < 0)
        return false;
    switch (fs.f_type) {
    case EXT4_SUPER_MAGIC:
    case XFS_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case TMPFS_MAGIC:
    case OVERLAYFS_SUPER_MAGIC:
        return true;
    default:
        return false;
    }
}

static void set_seekable(struct process *p, uint64_t files)
{
    p->seekable = files;
    __atomic_store_n(&p->vm->answers->seekable, files, __ATOMIC_RELAXED);
}

void seek_opened(struct task *task, int fd)
{
    struct process *p = task->process;

    if (fd >= SHIM_SEEK_FILES || !p->actions->answers ||
        !fdtable_is_alone(task) || process_has_others(task))
        return;
    set_seekable(p, p->seekable | UINT64_C(1) << fd);
}

/* The program may have written there what it likes: it could seek as well. */
static void carry_out(const struct process *p)
{
    struct shim_answers *a = p->vm->answers;
    uint64_t files =
        __atomic_exchange_n(&a->sought, 0, __ATOMIC_RELAXED) & p->seekable;

    for (; files; files &= files - 1) {
        const int fd = __builtin_ctzll(files);

        if (!privfd_owns(fd))
            lseek(fd, a->place[fd], SEEK_SET);
    }
}

/* Calls after which another process may have a file, or a number stands for
 * another one. What has a second number in this process is no matter: by that
 * one, too, each call comes behind what was noted. */
static const uint16_t changing[] = {SYS_clone,    SYS_clone3,     SYS_fork,
                                    SYS_vfork,    SYS_execve,     SYS_execveat,
                                    SYS_dup2,     SYS_dup3,       SYS_sendmsg,
                                    SYS_sendmmsg, SYS_close_range};

static bool changes(uint64_t sysno)
{
    for (size_t i = 0; i < ARRAY_SIZE(changing); i++)
        if (sysno == changing[i])
            return true;
    return false;
}

void seek_before(struct process *p, uint64_t sysno, const uint64_t args[6])
{
    carry_out(p);
    if (sysno == SYS_close && args[0] < SHIM_SEEK_FILES)
        set_seekable(p, p->seekable & ~(UINT64_C(1) << args[0]));
    else if (changes(sysno))
        set_seekable(p, 0);
}
