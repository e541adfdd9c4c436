/* apart.c: a thread for one job, with a table of descriptors of its own. */
#include "vmm/apart.h"

#include "vmm/util.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK_SIZE (64 * KIB)

/* A thread, so that there is nothing to wait for afterwards, and as in vfork(2)
 * the caller's thread does not run meanwhile: what the C library keeps of that
 * is this one's. */
#define FLAGS                                                                  \
    (CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |      \
     CLONE_VFORK)

struct job {
    int (*fn)(void *arg);
    void *arg;
    int rc;
};

static int begin(void *arg)
{
    struct job *job = arg;

    job->rc = job->fn(job->arg);
    return 0;
}

int apart_run(int (*fn)(void *arg), void *arg)
{
    struct job job = {.fn = fn, .arg = arg};
    const uint64_t all = ~UINT64_C(0);
    uint64_t mask;
    uint8_t *stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

    if (stack == MAP_FAILED)
        return -ENOMEM;
    /* No signal is for that thread. */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &mask, sizeof(all));
    if (clone(begin, stack + STACK_SIZE, FLAGS, &job) < 0)
        job.rc = -errno;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
    munmap(stack, STACK_SIZE);
    return job.rc;
}
