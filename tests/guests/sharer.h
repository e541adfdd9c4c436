/* sharer.h: processes that share memory with the one that made them and runs
 * on, for guests that make some. */
#ifndef TESTS_GUESTS_SHARER_H
#define TESTS_GUESTS_SHARER_H

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __WALL
#define __WALL 0x40000000
#endif

/* No headers of the kernel with musl. */
#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

#define STACK (1 << 16)
#define MANY  24
#define LIKE_A_THREAD                                                          \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_SYSVSEM)

static char stacks[MANY][STACK] __attribute__((aligned(16)));

static inline pid_t start(int (*fn)(void *), int n, int flags, void *arg)
{
    pid_t pid;

    fflush(stdout);
    pid = clone(fn, stacks[n] + STACK, CLONE_VM | flags, arg, NULL, NULL, NULL);
    if (pid < 0)
        printf("clone: %s\n", strerror(errno));
    return pid;
}

static inline void ended(const char *what, pid_t pid)
{
    int status = -1;
    pid_t id;

    do
        id = waitpid(pid, &status, __WALL);
    while (id < 0 && errno == EINTR);
    printf("%s: %s status %#x\n", what, id == pid ? "waited" : strerror(errno),
           (unsigned)status);
}

/* Wait until (*word) is no longer (value). */
static inline void await(volatile int *word, int value)
{
    while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
        syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static inline void tell(volatile int *word, int value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

#endif
