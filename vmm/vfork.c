/* vfork.c: the wait, and the pages that the child wrote. */
#include "vmm/vfork.h"

#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/maps.h"
#include "vmm/privfd.h"
#include "vmm/stop.h"
#include "vmm/task.h"
#include "vmm/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PM_BATCH 512 /* words of pagemap at a time */

/* What passes over pages that are not there without looking at each, Linux 6.7.
 * linux/fs.h of that version. */
struct pm_scan_arg {
    uint64_t size, flags, start, end, walk_end;
    uint64_t vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask;
    uint64_t return_mask;
};
struct page_region {
    uint64_t start, end, categories;
};
#ifndef PAGEMAP_SCAN
#define PAGEMAP_SCAN    _IOWR('f', 16, struct pm_scan_arg)
#define PAGE_IS_FILE    (1 << 2)
#define PAGE_IS_PRESENT (1 << 3)
#define PAGE_IS_PFNZERO (1 << 5)
#endif
#define PM_REGIONS 64

/* Of a caller with other threads: its frames around the call. */
#define STACK_BELOW (64 * KIB)
#define STACK_ABOVE (256 * KIB)

/* Under the lock: a child that another thread forks meanwhile knows of it. */
int vfork_open(struct task *task)
{
    int ends[2], rc;

    pthread_mutex_lock(&task->process->lock);
    rc = privfd_socketpair(ends);
    if (rc == 0) {
        task->vfork_pipe[0] = ends[0];
        task->vfork_pipe[1] = ends[1];
    }
    pthread_mutex_unlock(&task->process->lock);
    return rc;
}

void vfork_close(struct task *task)
{
    privfd_close(task->vfork_pipe[0]);
    privfd_close(task->vfork_pipe[1]);
    task->vfork_pipe[0] = task->vfork_pipe[1] = -1;
}

void vfork_inherit(struct task *task, bool shares_fds)
{
    struct process *process = task->process;

    privfd_close(process->vfork_fd);
    process->vfork_fd = task->vfork_pipe[1];
    /* Descriptors are shared only where memory is not: nothing is taken over.
     */
    process->vfork_answers = !shares_fds;
    if (shares_fds) {
        privfd_disown(task->vfork_pipe[0]);
        privfd_disown(task->vfork_pipe[1]);
        task->vfork_pipe[0] = task->vfork_pipe[1] = -1;
    }
    task->vfork_pipe[1] = -1;
    vfork_close(task);
}

void vfork_release(struct task *task)
{
    struct process *process = task->process;
    char byte = 0;

    if (process->vfork_fd < 0)
        return;
    stop_outside(task);
    if (send(process->vfork_fd, &byte, 1, MSG_NOSIGNAL) == 1 &&
        process->vfork_answers)
        while (read(process->vfork_fd, &byte, 1) < 0 && errno == EINTR)
            ;
    stop_inside(task);
    privfd_close(process->vfork_fd);
    process->vfork_fd = -1;
}

struct pull {
    pid_t pid;
    const struct vm *vm; /* of the parent; the child's is at its address */
    int pagemap;
    gva_t start, end; /* where it may write */
};

/* Write the bytes in which (theirs) differs from the page at (page). */
static void take_page(gva_t page, const uint8_t *theirs)
{
    uint8_t ours[PAGE_SIZE];
    size_t at = 0;

    if (gmem_read(ours, page, PAGE_SIZE) < 0)
        return;
    while (at < PAGE_SIZE) {
        size_t from = at;

        while (at < PAGE_SIZE && ours[at] != theirs[at])
            at++;
        if (at > from)
            gmem_write(page + from, theirs + from, at - from);
        else
            at++;
    }
}

/* The child wrote to (page) since the fork: it is its own by now. */
static void pull_page(const struct pull *pull, gva_t page)
{
    uint8_t theirs[PAGE_SIZE];
    const struct iovec local = {theirs, PAGE_SIZE};
    const struct iovec remote = {(void *)(uintptr_t)page, PAGE_SIZE};

    if (process_vm_readv(pull->pid, &local, 1, &remote, 1, 0) ==
        (ssize_t)PAGE_SIZE)
        take_page(page, theirs);
}

/* Look at each page of [at, end). */
static void pull_range(const struct pull *pull, gva_t at, gva_t end)
{
    uint64_t entries[PM_BATCH];

    while (at < end) {
        size_t n = min_u64(PM_BATCH, (end - at) / PAGE_SIZE);
        ssize_t got = pread(pull->pagemap, entries, n * sizeof(entries[0]),
                            (off_t)(at / PAGE_SIZE * sizeof(entries[0])));

        if (got <= 0)
            return;
        n = (size_t)got / sizeof(entries[0]);
        for (size_t i = 0; i < n; i++, at += PAGE_SIZE)
            if ((entries[i] & (PM_PRESENT | PM_FILE | PM_EXCLUSIVE)) ==
                (PM_PRESENT | PM_EXCLUSIVE))
                pull_page(pull, at);
    }
}

/*
 * The same on a kernel that cannot tell: by the GiB, without those that the
 * child's program never came to. What only a call wrote to one of these, the
 * first there, is overlooked.
 */
static void pull_blocks(const struct pull *pull, gva_t at, gva_t end)
{
    for (gva_t next; at < end; at = next) {
        uint32_t block = 0;
        const struct iovec local = {&block, sizeof(block)};
        const struct iovec remote = {&pull->vm->blocks[at / GIB],
                                     sizeof(block)};

        next = min_u64(end, ALIGN_DOWN(at, GIB) + GIB);
        if (process_vm_readv(pull->pid, &local, 1, &remote, 1, 0) ==
                (ssize_t)sizeof(block) &&
            block)
            pull_range(pull, at, next);
    }
}

/* A large mapping may be mostly empty: look at the pages that are there. */
static void pull_sparse(const struct pull *pull, gva_t at, gva_t end)
{
    struct page_region found[PM_REGIONS];
    struct pm_scan_arg arg = {
        .size = sizeof(arg),
        .end = end,
        .vec = (uintptr_t)found,
        .vec_len = PM_REGIONS,
        .category_mask = PAGE_IS_PRESENT | PAGE_IS_FILE | PAGE_IS_PFNZERO,
        .category_inverted = PAGE_IS_FILE | PAGE_IS_PFNZERO,
        .return_mask = PAGE_IS_PRESENT,
    };

    while (at < end) {
        int count;

        arg.start = at;
        count = ioctl(pull->pagemap, PAGEMAP_SCAN, &arg);
        if (count < 0) {
            pull_blocks(pull, at, end);
            return;
        }
        for (int i = 0; i < count; i++)
            pull_range(pull, found[i].start, found[i].end);
        at = arg.walk_end;
    }
}

/* For mm_for_each: one mapping. */
static int pull_area(void *ctx, const struct mm_area *area)
{
    const struct pull *pull = ctx;
    gva_t at = max_u64(area->start, pull->start);
    gva_t end = min_u64(area->end, pull->end);

    if ((area->flags & MAP_SHARED) || !(area->prot & PROT_WRITE) || at >= end)
        return 0;
    if (end - at > PM_BATCH * PAGE_SIZE)
        pull_sparse(pull, at, end);
    else
        pull_range(pull, at, end);
    return 0;
}

static void take_over(struct task *task, pid_t pid)
{
    struct pull pull = {.pid = pid, .vm = task->process->vm, .end = UINT64_MAX};
    gva_t rsp = ALIGN_DOWN(task->vcpu->regs->rsp, PAGE_SIZE);
    char path[64];

    if (process_has_others(task)) {
        pull.start = rsp - min_u64(rsp, STACK_BELOW);
        pull.end = rsp + STACK_ABOVE;
    }
    snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
    pull.pagemap = privfd_open(path, O_RDONLY);
    if (pull.pagemap < 0)
        return;
    mm_for_each(task->process->mm, pull_area, &pull);
    privfd_close(pull.pagemap);
}

void vfork_wait(struct task *task, pid_t pid, bool shared)
{
    /* Where descriptors are shared, the child's end does not close with it. */
    const bool shares_fds = task->vfork_pipe[1] >= 0;
    struct pollfd wait[] = {
        {task->vfork_pipe[0], POLLIN, 0},
        {shares_fds ? privfd_adopt((int)syscall(SYS_pidfd_open, pid, 0)) : -1,
         POLLIN, 0}};
    const uint64_t args[SYSCALL_ARGS] = {(uint64_t)(uintptr_t)wait,
                                         ARRAY_SIZE(wait), UINT64_MAX};
    char byte;
    int64_t got;

    /* The child may be among those that this task stopped. */
    stop_end(task, 0);
    stop_outside(task);
    do {
        got = host_call(&task->signals.kicked, SYS_poll, args);
    } while ((got == HOST_CALL_INTERRUPTED || got == HOST_CALL_NOT_STARTED) &&
             !task->signals.kicked);
    stop_inside(task);
    privfd_close(wait[1].fd);
    if (recv(wait[0].fd, &byte, 1, MSG_DONTWAIT) == 1) {
        if (shared)
            take_over(task, pid);
        send(task->vfork_pipe[0], &byte, 1, MSG_NOSIGNAL);
    }
}
