/*
 * sys_splice.c: vmsplice(2). Layer 2.
 *
 * Natively a pipe takes the program's own pages, and what is written to them
 * afterwards is what the other end reads: whoever looks at the call would see
 * something else. So the pipe gets pages with a copy, cut as the program's are:
 * as many find room, and as many bytes are told.
 */
#include "vmm/call.h"
#include "vmm/capsule.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/layout.h"
#include "vmm/privfd.h"
#include "vmm/process.h"
#include "vmm/sys.h"
#include "vmm/task.h"
#include "vmm/util.h"
#include "vmm/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define SPLICE_F_ALL                                                           \
    (SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT)

/* At once; more only a pipe of root's can hold. So what tasks that wait have
 * the monitor map is bounded: vmm/place.c counts on that. */
#define COPIES_MAX (16 * MIB)

/* Copies of what an iovec names, one behind the other in pages of their own. */
struct copies {
    struct iovec *iov;
    uint64_t count;
    char *pages;
    uint64_t room, used; /* bytes of (pages) */
    bool fault;          /* the next byte cannot be read */
};

static uint64_t offset_in_page(const void *address)
{
    return (uintptr_t)address % PAGE_SIZE;
}

/* Copy what there is room for, up to the first page that cannot be read. */
static void copy_one(struct copies *c, const struct iovec *from)
{
    uint64_t offset = offset_in_page(from->iov_base);
    struct iovec *to = &c->iov[c->count];
    const uint64_t most =
        c->room - c->used - min_u64(offset, c->room - c->used);

    *to = (struct iovec){c->pages + c->used + offset, 0};
    while (!c->fault && to->iov_len < min_u64(from->iov_len, most)) {
        uint64_t n = min_u64(from->iov_len - to->iov_len,
                             PAGE_SIZE - (offset + to->iov_len) % PAGE_SIZE);

        c->fault =
            gmem_read((char *)to->iov_base + to->iov_len,
                      (gva_t)(uintptr_t)from->iov_base + to->iov_len, n) < 0;
        if (!c->fault)
            to->iov_len += n;
    }
    if (to->iov_len)
        c->used += ALIGN_UP(offset + to->iov_len, PAGE_SIZE);
    c->count++;
}

/* As much of (iov) as a pipe of (room) bytes can take: a page each. */
static int make_copies(struct copies *c, const struct iovec *iov,
                       uint64_t count, uint64_t room)
{
    void *pages = mmap(NULL, room, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    *c = (struct copies){.room = room};
    if (pages == MAP_FAILED)
        return -ENOMEM;
    c->pages = pages;
    c->iov = calloc(count + 1, sizeof(*c->iov));
    for (uint64_t i = 0; c->iov && i < count && !c->fault && c->used < room;
         i++)
        copy_one(c, &iov[i]);
    return c->iov ? 0 : -ENOMEM;
}

static void free_copies(struct copies *c)
{
    free(c->iov);
    if (c->pages)
        munmap(c->pages, c->room);
}

/* Whether the kernel would take (iov) for one (readv(2)): else it says why. */
static bool is_vector(const struct iovec *iov, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if ((int64_t)iov[i].iov_len < 0)
            return false;
    return true;
}

/* Into the pipe. */
static int64_t splice_copies(struct syscall_call *call, const struct iovec *iov,
                             uint64_t args[SYSCALL_ARGS], uint64_t room)
{
    struct copies c;
    int64_t ret = make_copies(&c, iov, args[2], room);

    args[1] = (uint64_t)(uintptr_t)c.iov;
    args[2] = c.count;
    if (ret == 0 && c.fault && !c.used)
        ret = -EFAULT;
    if (ret == 0)
        ret = host_call(&call->task->signals.pending, call->sysno, args);
    free_copies(&c);
    return ret;
}

/* By (pipe), a descriptor of its own: nobody puts another in its place. */
static int64_t splice_by(struct syscall_call *call, int pipe)
{
    const struct iovec *iov = capsule_arg(call->capsule, 1, NULL, NULL);
    int mode = fcntl(pipe, F_GETFL), room = fcntl(pipe, F_GETPIPE_SZ);
    uint64_t args[SYSCALL_ARGS];

    memcpy(args, call->host, sizeof(args));
    args[0] = (uint64_t)pipe;
    /* Out of a pipe the kernel copies, and the rest it refuses. */
    if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY || room <= 0 ||
        (args[3] & ~(uint64_t)SPLICE_F_ALL) || !iov || !is_vector(iov, args[2]))
        return host_call(&call->task->signals.pending, call->sysno, args);
    return splice_copies(call, iov, args, min_u64((uint64_t)room, COPIES_MAX));
}

/* What the kernel says of (fd), which never is a pipe. */
static int64_t splice_nowhere(struct syscall_call *call, int fd)
{
    uint64_t args[SYSCALL_ARGS];

    memcpy(args, call->host, sizeof(args));
    args[0] = (uint64_t)(int64_t)fd;
    return host_call(&call->task->signals.pending, call->sysno, args);
}

int64_t sys_vmsplice(struct syscall_call *call)
{
    int fd = (int)call->args[0], own;
    struct stat file;
    int64_t ret;

    if (fstat(fd, &file) < 0 || (fcntl(fd, F_GETFL) & O_PATH))
        return splice_nowhere(call, -1);
    /* To close a duplicate of a file would release its record locks. */
    if (!S_ISFIFO(file.st_mode))
        return splice_nowhere(call, call->task->process->vm->kvm_fd);
    own = privfd_dup(fd);
    if (own < 0)
        return own;
    ret = splice_by(call, own);
    privfd_close(own);
    return ret;
}
