/*
 * sys_file.c: calls on files whose result must be looked at (what was opened,
 * where a link leads) and calls that name descriptors in bulk. Layer 2.
 */
#include "vmm/as_host.h"
#include "vmm/call.h"
#include "vmm/fdtable.h"
#include "vmm/gmem.h"
#include "vmm/hostproc.h"
#include "vmm/host_call.h"
#include "vmm/privfd.h"
#include "vmm/procfs.h"
#include "vmm/seek.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct linux_dirent and linux_dirent64, getdents(2): the length of an entry
 * stands at the same place in both. */
#define DIRENT_RECLEN 16
#define DIRENT_NAME   18
#define DIRENT64_NAME 19
#define DIRENTS_SIZE  4096

/* MAXSYMLINKS of Linux. */
#define TRIES_MAX 40

/* Flags that openat(2) looks at; it ignores others, openat2(2) does not. */
#define OPEN_FLAGS                                                             \
    (O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |            \
     O_NONBLOCK | O_SYNC | O_ASYNC | O_DIRECT | O_DIRECTORY | O_NOFOLLOW |     \
     O_NOATIME | O_CLOEXEC | O_PATH | O_TMPFILE)
#define OPEN_PATH_FLAGS (O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)

/* As build_open_how() of Linux: open(2) as openat2(2). */
static struct open_how how_of(int flags, unsigned mode)
{
    struct open_how how = {.flags = (unsigned)(flags & OPEN_FLAGS)};

    if (flags & O_PATH)
        how.flags &= OPEN_PATH_FLAGS;
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE)
        how.mode = mode & 07777;
    return how;
}

static int64_t open_host(struct syscall_call *call, int dirfd, const char *path,
                         const struct open_how *how)
{
    const uint64_t args[SYSCALL_ARGS] = {
        (uint64_t)dirfd, (uint64_t)(uintptr_t)path, (uint64_t)(uintptr_t)how,
        sizeof(*how)};

    return host_call(&call->task->signals.pending, SYS_openat2, args);
}

/*
 * Links of /proc that lead to objects could lead to the monitor's descriptors.
 * So they are followed only where the end is known: by the link's own name.
 */
static int64_t open_magic(struct syscall_call *call, int dirfd,
                          const char *path, struct open_how *how)
{
    char text[PATH_MAX];
    const char *link = text;
    int rc = how->flags & O_NOFOLLOW
                 ? PROCFS_NO_LINK
                 : procfs_find_link(call->task->process, dirfd, path, text);

    if (rc < 0)
        return rc;
    how->resolve &= ~(uint64_t)RESOLVE_NO_MAGICLINKS;
    if (rc == PROCFS_OTHERS_PROGRAM && how->resolve == 0) {
        how->resolve = RESOLVE_NO_MAGICLINKS;
        return open_host(call, AT_FDCWD, link, how);
    }
    if (rc != PROCFS_NO_LINK && how->resolve == 0) {
        dirfd = hostproc(&link);
        return open_host(call, dirfd, link, how);
    }
    /* No link was at its end, and none may come there now. */
    if (rc == PROCFS_NO_LINK)
        how->flags |= O_NOFOLLOW;
    return open_host(call, dirfd, path, how);
}

static int64_t open_path(struct syscall_call *call, int dirfd, const char *path,
                         struct open_how how)
{
    bool magic = !(how.resolve & RESOLVE_NO_MAGICLINKS);
    int64_t fd;

    how.resolve |= RESOLVE_NO_MAGICLINKS;
    fd = open_host(call, dirfd, path, &how);
    return fd == -ELOOP && magic ? open_magic(call, dirfd, path, &how) : fd;
}

/* --- while other threads can use what was opened before it is looked at --- */

/* Whether such an open cannot lead to a file that was there before and shows
 * something. */
static bool is_harmless(uint64_t flags)
{
    return (flags & (O_PATH | O_DIRECTORY)) || /* O_TMPFILE is a directory's */
           ((flags & O_CREAT) && (flags & O_EXCL));
}

/* Under the lock: a child that another thread forks meanwhile knows of it. */
static int hold(struct task *task, int fd)
{
    int held;

    pthread_mutex_lock(&task->process->lock);
    held = privfd_adopt(fd);
    if (held > 0)
        task->held_fd = held;
    pthread_mutex_unlock(&task->process->lock);
    return held;
}

static void let_go(struct task *task)
{
    pthread_mutex_lock(&task->process->lock);
    privfd_close(task->held_fd);
    task->held_fd = 0;
    pthread_mutex_unlock(&task->process->lock);
}

/* Open the file of (held), which is the monitor's and was opened as a path. */
static int64_t open_held(struct syscall_call *call, int held,
                         struct open_how how)
{
    char text[64];
    const char *link = text;
    struct stat st;
    int made = -1, rc, root;
    int64_t fd;

    if (fstat(held, &st) < 0)
        return -errno;
    if (S_ISLNK(st.st_mode))
        return -ELOOP; /* O_NOFOLLOW */
    rc = procfs_judge(call->task, held, (int)how.flags, &made);
    if (rc < 0)
        return rc;
    if (rc == 1) {
        /* The program gets the lowest number. */
        fd = fcntl(made, how.flags & O_CLOEXEC ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
        fd = fd < 0 ? -errno : fd;
        privfd_close(made);
        return fd;
    }
    how.flags &= ~(uint64_t)O_NOFOLLOW;
    how.resolve = 0;
    snprintf(text, sizeof(text), "/proc/thread-self/fd/%d", held);
    root = hostproc(&link);
    return open_host(call, root, link, &how);
}

/* Make (path), which was not there a moment ago; -EEXIST where it is now, or
 * is a link that leads nowhere: then (path) is where it leads. */
static int64_t open_new(struct syscall_call *call, int dirfd,
                        char path[PATH_MAX], struct open_how how)
{
    int64_t fd;
    int rc;

    how.flags |= O_EXCL;
    fd = open_path(call, dirfd, path, how);
    if (fd != -EEXIST)
        return fd;
    rc = procfs_follow(dirfd, path);
    return rc < 0 ? rc : -EEXIST;
}

/*
 * As open_path, but no descriptor of what the program must not have is ever in
 * its reach: the file is opened as a path, which tells nothing, moved away,
 * looked at, and opened by what is held.
 */
static int64_t open_out_of_reach(struct syscall_call *call, int dirfd,
                                 const char *given, struct open_how how)
{
    const struct open_how as_path = {.flags = O_PATH | O_CLOEXEC |
                                              (how.flags & O_NOFOLLOW),
                                     .resolve = how.resolve};
    char path[PATH_MAX];
    int64_t fd = -EEXIST;

    snprintf(path, sizeof(path), "%s", given);
    for (int i = 0; i < TRIES_MAX && fd == -EEXIST; i++) {
        fd = open_path(call, dirfd, path, as_path);
        if (fd == -ENOENT && (how.flags & O_CREAT)) {
            fd = open_new(call, dirfd, path, how);
        } else if (fd >= 0) {
            int held = hold(call->task, (int)fd);

            fd = held < 0 ? held : open_held(call, held, how);
            let_go(call->task);
        }
    }
    return fd == -EEXIST ? -ELOOP : fd;
}

static int64_t open_checked(struct syscall_call *call, int dirfd,
                            unsigned path_arg, struct open_how how)
{
    const char *path = capsule_arg(call->capsule, path_arg, NULL, NULL);
    int64_t fd;

    if (!path) /* for the host to refuse */
        return open_path(call, dirfd,
                         (const char *)(uintptr_t)call->host[path_arg], how);
    if (!is_harmless(how.flags) &&
        (process_has_others(call->task) || privfd_is_shared()))
        return open_out_of_reach(call, dirfd, path, how);
    fd = open_path(call, dirfd, path, how);
    if (fd < 0)
        return fd;
    if ((how.flags & O_PATH) || !seek_is_plain((int)fd))
        return procfs_replace(call->task, (int)fd, (int)how.flags);
    seek_opened(call->task, (int)fd);
    return fd;
}

int64_t sys_open(struct syscall_call *call)
{
    return open_checked(call, AT_FDCWD, 0,
                        how_of((int)call->args[1], (unsigned)call->args[2]));
}

int64_t sys_creat(struct syscall_call *call)
{
    return open_checked(
        call, AT_FDCWD, 0,
        how_of(O_CREAT | O_WRONLY | O_TRUNC, (unsigned)call->args[1]));
}

int64_t sys_openat(struct syscall_call *call)
{
    return open_checked(call, (int)call->args[0], 1,
                        how_of((int)call->args[2], (unsigned)call->args[3]));
}

int64_t sys_openat2(struct syscall_call *call)
{
    struct open_how how = {0};
    size_t size = 0;
    const uint8_t *given = capsule_arg(call->capsule, 2, &size, NULL);

    /* What is too short, too long, unknown or not there the host refuses. */
    if (!given || size < sizeof(how) || size != call->args[3])
        return as_host(call);
    for (size_t i = sizeof(how); i < size; i++)
        if (given[i])
            return as_host(call);
    memcpy(&how, given, sizeof(how));
    return open_checked(call, (int)call->args[0], 1, how);
}

/* The kernel writes into a buffer of ours: the program's gets what it may see,
 * and keeps what is behind that. */
static int64_t readlink_checked(struct syscall_call *call, unsigned path_arg,
                                int dirfd)
{
    const char *path = capsule_arg(call->capsule, path_arg, NULL, NULL);
    uint64_t *buf = &call->host[path_arg + 1], *size = buf + 1;
    char target[PATH_MAX];
    int64_t len;

    if ((int)*size > 0)
        *size = min_u64(*size, sizeof(target));
    *buf = (uint64_t)(uintptr_t)target;
    len = as_host(call);
    if (len <= 0 || !path)
        return len;
    procfs_fix_link(call->task->process, dirfd, path, target, *size, &len);
    if (len < 0)
        return len;
    return capsule_write(call->capsule, call->args[path_arg + 1], target,
                         (size_t)len) < 0
               ? -EFAULT
               : len;
}

int64_t sys_readlink(struct syscall_call *call)
{
    return readlink_checked(call, 0, AT_FDCWD);
}

int64_t sys_readlinkat(struct syscall_call *call)
{
    return readlink_checked(call, 1, (int)call->args[0]);
}

/*
 * Names that are hidden in a directory of /proc are left out. (buf),
 * of (len) bytes, is what getdents wrote; names begin (name) bytes behind the
 * start of an entry. Returns the bytes that are left.
 */
static size_t leave_out(procfs_hidden *hidden, const struct peer *peer,
                        char *buf, size_t len, size_t name)
{
    size_t from = 0, to = 0;

    while (from < len) {
        char first = buf[from + name];
        uint16_t size;

        memcpy(&size, buf + from + DIRENT_RECLEN, sizeof(size));
        if (first == '.' || !hidden(peer, atoi(buf + from + name))) {
            memmove(buf + to, buf + from, size);
            to += size;
        }
        from += size;
    }
    return to;
}

static int64_t getdents_checked(struct syscall_call *call, size_t name)
{
    int fd = (int)call->args[0];
    struct peer peer;
    char buf[DIRENTS_SIZE];
    const uint64_t args[SYSCALL_ARGS] = {
        call->args[0], (uint64_t)(uintptr_t)buf,
        min_u64((unsigned)call->args[2], sizeof(buf))};
    procfs_hidden *hidden;
    size_t left = 0;
    int64_t len;

    hidden = procfs_listing(call->task->process, fd, &peer);
    if (!hidden)
        return as_host(call);
    do {
        len = host_call(&call->task->signals.pending, call->sysno, args);
        if (len > 0)
            left = leave_out(hidden, &peer, buf, (size_t)len, name);
    } while (len > 0 && left == 0);
    if (len <= 0)
        return len;
    return gmem_write(call->args[1], buf, left) < 0 ? -EFAULT : (int64_t)left;
}

int64_t sys_getdents(struct syscall_call *call)
{
    return getdents_checked(call, DIRENT_NAME);
}

int64_t sys_getdents64(struct syscall_call *call)
{
    return getdents_checked(call, DIRENT64_NAME);
}

int64_t sys_close_range(struct syscall_call *call)
{
    unsigned first = (unsigned)call->args[0];
    unsigned last = (unsigned)call->args[1];
    uint64_t flags = call->args[2];

    if (first > last ||
        (flags & ~(uint64_t)(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)))
        return -EINVAL;
    if (flags & CLOSE_RANGE_UNSHARE) {
        int rc = fdtable_own(call->task);

        if (rc < 0)
            return rc;
        flags &= ~(uint64_t)CLOSE_RANGE_UNSHARE;
    }
    /* Around the monitor's own: the runs between them. */
    while (first <= last) {
        int own = privfd_next((int)min_u64(first, INT_MAX));
        unsigned end = own < 0 || (unsigned)own > last ? last : (unsigned)own;
        uint64_t args[SYSCALL_ARGS] = {first, end, flags};
        int64_t rc;

        if (end == (unsigned)own) {
            if (end == first) {
                first = end + 1;
                continue;
            }
            args[1] = end - 1;
        }
        rc = host_call(&call->task->signals.pending, SYS_close_range, args);
        if (rc < 0 || end == UINT_MAX)
            return rc;
        first = end + 1;
    }
    return 0;
}
