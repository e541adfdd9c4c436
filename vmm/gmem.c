/*
 * gmem.c: checks guest addresses against the windows and copies through the
 * routines of gmem_copy.S, whose faults it turns into -EFAULT; or through the
 * kernel, where faults would kill.
 */
#include "vmm/gmem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

/* gmem_copy.S. The labels are code addresses, not data. */
size_t gmem_copy(void *dst, const void *src, size_t len);
ssize_t gmem_copy_string(char *dst, const char *src, size_t size);
int gmem_cmpxchg(uint32_t *word, uint32_t *expected, uint32_t desired);
extern const char gmem_copy_access[], gmem_copy_fixup[];
extern const char gmem_cmpxchg_access[], gmem_cmpxchg_fixup[];
extern const char gmem_string_access[], gmem_string_fixup[];

struct window {
    uint64_t base;
    uint64_t end;
};

/* Global because a signal handler and every thread of the process share the
 * one address space that they describe; written before there is a second
 * thread. */
static struct window low = {LOW_BASE, LOW_END};
static struct window arena = {ARENA_BASE, ARENA_END};
static void (*chained)(int sig, siginfo_t *info, void *ucontext);

static __thread bool without_faults;

/* Where each routine may fault, and where it goes on then. */
static const struct {
    const char *access, *fixup;
} routines[] = {
    {gmem_copy_access, gmem_copy_fixup},
    {gmem_string_access, gmem_string_fixup},
    {gmem_cmpxchg_access, gmem_cmpxchg_fixup},
};

static void on_fault(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    greg_t *rip = &uc->uc_mcontext.gregs[REG_RIP];

    /* One that was sent, as by kill(2), is no fault wherever it arrives. */
    for (size_t i = 0; info->si_code > 0 && i < ARRAY_SIZE(routines); i++) {
        if (*rip == (greg_t)routines[i].access) {
            *rip = (greg_t)routines[i].fixup;
            return;
        }
    }
    if (chained != NULL) {
        chained(sig, info, context);
    } else {
        /* The instruction faults again, now with the default action. */
        signal(sig, SIG_DFL);
    }
}

void gmem_init(void (*chain)(int sig, siginfo_t *info, void *ucontext))
{
    struct sigaction sa;

    chained = chain;
    memset(&sa, 0, sizeof(sa));
    sa.sa_sigaction = on_fault;
    sa.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    /* One after the other, in the order in which they come. */
    sigfillset(&sa.sa_mask);
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
}

void gmem_without_faults(bool without)
{
    without_faults = without;
}

void gmem_set_windows(uint64_t low_end, uint64_t arena_end)
{
    low.end = low_end;
    arena.end = arena_end;
}

/* The window that (addr) lies in, or NULL. */
static const struct window *window_of(gva_t addr)
{
    if (addr >= arena.base && addr < arena.end)
        return &arena;
    if (addr >= low.base && addr < low.end)
        return &low;
    return NULL;
}

bool gmem_in_window(gva_t addr, uint64_t len)
{
    const struct window *w = window_of(addr);

    return w != NULL && len <= w->end - addr;
}

bool gmem_passable(gva_t addr, uint64_t len)
{
    const struct window *w = window_of(addr);

    return w != NULL && len <= w->end - addr + GUARD_SIZE;
}

/* One of the calls by which the kernel copies between (own) and (guest). */
typedef ssize_t vm_copy(pid_t pid, const struct iovec *own, unsigned long owns,
                        const struct iovec *guest, unsigned long guests,
                        unsigned long flags);

static int copy_by_kernel(vm_copy *copy, void *own, gva_t guest, size_t len)
{
    while (len > 0) {
        const struct iovec here = {own, len}, there = {(void *)guest, len};
        ssize_t n = copy(getpid(), &here, 1, &there, 1, 0);

        if (n <= 0)
            return -EFAULT;
        own = (char *)own + n;
        guest += (size_t)n;
        len -= (size_t)n;
    }
    return 0;
}

/* As gmem_copy_string: it takes no byte of the page behind the string's. */
static ssize_t copy_string_by_kernel(char *dst, gva_t src, size_t size)
{
    for (size_t done = 0; done < size;) {
        const size_t left_of_page = PAGE_SIZE - (src + done) % PAGE_SIZE;
        const size_t n = min_u64(size - done, left_of_page);
        const char *end;

        if (copy_by_kernel(process_vm_readv, dst + done, src + done, n) < 0)
            return -EFAULT;
        end = memchr(dst + done, '\0', n);
        if (end)
            return end - dst;
        done += n;
    }
    return (ssize_t)size;
}

int gmem_read(void *dst, gva_t src, size_t len)
{
    if (len == 0)
        return 0;
    if (!gmem_in_window(src, len))
        return -EFAULT;
    if (without_faults)
        return copy_by_kernel(process_vm_readv, dst, src, len);
    return gmem_copy(dst, (const void *)src, len) == 0 ? 0 : -EFAULT;
}

int gmem_write(gva_t dst, const void *src, size_t len)
{
    if (len == 0)
        return 0;
    if (!gmem_in_window(dst, len))
        return -EFAULT;
    if (without_faults)
        return copy_by_kernel(process_vm_writev, (void *)(uintptr_t)src, dst,
                              len);
    return gmem_copy((void *)dst, src, len) == 0 ? 0 : -EFAULT;
}

ssize_t gmem_read_string(char *dst, gva_t src, size_t size)
{
    const struct window *w = window_of(src);
    size_t limit;
    ssize_t n;

    if (size == 0)
        return -ENAMETOOLONG;
    if (w == NULL)
        return -EFAULT;
    limit = min_u64(size, w->end - src);
    n = without_faults ? copy_string_by_kernel(dst, src, limit)
                       : gmem_copy_string(dst, (const char *)src, limit);
    if (n < 0 || (size_t)n < limit)
        return n;
    return limit < size ? -EFAULT : -ENAMETOOLONG;
}

int gmem_compare_exchange(gva_t addr, uint32_t *expected, uint32_t desired)
{
    if (!gmem_in_window(addr, sizeof(*expected)) || without_faults)
        return -EFAULT;
    return gmem_cmpxchg((uint32_t *)addr, expected, desired);
}
