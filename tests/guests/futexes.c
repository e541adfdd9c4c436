/* futexes.c SCENARIO: futex(2), every operation, between threads and between
 * processes. */
#include "threads.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static uint32_t words[4];
static atomic_int woken;

static long futex(uint32_t *word, int op, uint32_t val, const void *time,
                  uint32_t *word2, uint32_t val3)
{
    return syscall(SYS_futex, word, op, val, time, word2, val3);
}

/* A second number in the place of the time. */
static long futex2(uint32_t *word, int op, uint32_t val, unsigned long val2,
                   uint32_t *word2, uint32_t val3)
{
    return syscall(SYS_futex, word, op, val, val2, word2, val3);
}

static void *wait_on(void *word)
{
    ready++;
    while (futex(word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0) < 0)
        ;
    woken++;
    return NULL;
}

/* (n) threads that wait at (word); they are asleep, or will be at once. */
static void start_waiters(pthread_t *t, int n, uint32_t *word)
{
    ready = woken = 0;
    for (int i = 0; i < n; i++)
        t[i] = start(wait_on, word);
    wait_ready(n);
}

/* Repeat (op), which wakes or moves what sleeps, until (want) came of it. */
#define UNTIL(want_, op_)                                                      \
    do {                                                                       \
        long sum_ = 0;                                                         \
        for (int i_ = 0; i_ < 5000 && sum_ < (want_); i_++) {                  \
            long got_ = (op_);                                                 \
            if (got_ > 0)                                                      \
                sum_ += got_;                                                  \
            else                                                               \
                pause_ms(1);                                                   \
        }                                                                      \
        printf("%ld\n", sum_);                                                 \
    } while (0)

static void join(pthread_t *t, int n)
{
    for (int i = 0; i < n; i++)
        pthread_join(t[i], NULL);
    printf("woken %d\n", (int)woken);
}

static void wake(void)
{
    pthread_t t[4];

    show("nobody", futex(words, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
    start_waiters(t, 4, words);
    UNTIL(1, futex(words, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    UNTIL(3, futex(words, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
    join(t, 4);
}

static void timeouts(void)
{
    const struct timespec little = {0, 20000000}, past = {1, 0};
    struct timespec odd = {0, 2000000000}, at, before, after;

    show("other value", futex(words, FUTEX_WAIT, 1, NULL, NULL, 0));
    clock_gettime(CLOCK_MONOTONIC, &before);
    show("relative", futex(words, FUTEX_WAIT, 0, &little, NULL, 0));
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("waited %d\n", (after.tv_sec - before.tv_sec) * 1000000000 +
                                  after.tv_nsec - before.tv_nsec >=
                              20000000);
    at = after;
    at.tv_nsec += 20000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    show("absolute",
         futex(words, FUTEX_WAIT_BITSET, 0, &at, NULL, FUTEX_BITSET_MATCH_ANY));
    show("past", futex(words, FUTEX_WAIT_BITSET, 0, &past, NULL, 1));
    show("past, real time",
         futex(words, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL,
               1));
    show("odd", futex(words, FUTEX_WAIT, 0, &odd, NULL, 0));
    odd.tv_sec = -1;
    show("negative", futex(words, FUTEX_WAIT, 0, &odd, NULL, 0));
}

static void errors(void)
{
    uint32_t *volatile bad = (uint32_t *)8;
    uint32_t *odd = (uint32_t *)((uintptr_t)words + 1);
    char *gone =
        mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    show("wait at 8", futex(bad, FUTEX_WAIT, 0, NULL, NULL, 0));
    show("wake at 8", futex(bad, FUTEX_WAKE, 1, NULL, NULL, 0));
    show("odd wait", futex(odd, FUTEX_WAIT, 0, NULL, NULL, 0));
    show("odd wake", futex(odd, FUTEX_WAKE, 1, NULL, NULL, 0));
    show("no access",
         futex((uint32_t *)(void *)gone, FUTEX_WAIT, 0, NULL, NULL, 0));
    show("unknown", futex(words, 99, 0, NULL, NULL, 0));
    show("no bits", futex(words, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
    show("no bits", futex(words, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0));
    show("bad time", futex(words, FUTEX_WAIT, 0, bad, NULL, 0));
    show("bad second word", futex2(words, FUTEX_REQUEUE, 1, 1, bad, 0));
    show("other value", futex2(words, FUTEX_CMP_REQUEUE, 1, 1, &words[1], 5));
    show("unlock what is not locked",
         futex(words, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    show("requeue to itself",
         futex2(words, FUTEX_CMP_REQUEUE_PI, 1, 0, words, 0));
}

/* Only who waits for one of the bits. */
static void *wait_bits(void *bits)
{
    ready++;
    while (futex(words, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL,
                 (uint32_t)(uintptr_t)bits) < 0)
        ;
    woken++;
    return NULL;
}

static void bit_sets(void)
{
    pthread_t t[2];

    t[0] = start(wait_bits, (void *)1);
    t[1] = start(wait_bits, (void *)6);
    wait_ready(2);
    pause_ms(20);
    show("other bits",
         futex(words, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 8));
    UNTIL(1, futex(words, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 2));
    UNTIL(1, futex(words, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 1));
    join(t, 2);
}

static void requeue(void)
{
    pthread_t t[3];

    start_waiters(t, 3, words);
    UNTIL(3, futex2(words, FUTEX_CMP_REQUEUE_PRIVATE, 0, 10, &words[1], 0));
    show("at the first", futex(words, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
    show("at the second",
         futex(&words[1], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    show("back", futex2(&words[1], FUTEX_REQUEUE_PRIVATE, 1, 10, words, 0));
    show("at the first", futex(words, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
    join(t, 3);
}

/* Change the second word, and wake there if it was as said. */
static void wake_and_change(void)
{
    static const struct {
        int op, arg, cmp, cmp_arg;
    } kinds[] = {
        {FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 0},
        {FUTEX_OP_ADD, 3, FUTEX_OP_CMP_LT, 9},
        {FUTEX_OP_OR, 0x10, FUTEX_OP_CMP_GT, 100},
        {FUTEX_OP_ANDN, 8, FUTEX_OP_CMP_NE, 0},
        {FUTEX_OP_XOR, 0x11, FUTEX_OP_CMP_LE, 2},
        {FUTEX_OP_SET | FUTEX_OP_OPARG_SHIFT, 4, FUTEX_OP_CMP_GE, 1},
    };
    uint32_t *const second = &words[1];

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        show("woken",
             futex2(words, FUTEX_WAKE_OP_PRIVATE, 1, 1, second,
                    FUTEX_OP((uint32_t)kinds[i].op, (uint32_t)kinds[i].arg,
                             (uint32_t)kinds[i].cmp,
                             (uint32_t)kinds[i].cmp_arg)));
        printf("word %#x\n", *second);
    }
    show("unknown",
         futex2(words, FUTEX_WAKE_OP_PRIVATE, 1, 1, second, (uint32_t)7 << 28));
}

/* struct futex_waitv of linux/futex.h, for older headers. */
struct several {
    uint64_t val, uaddr;
    uint32_t flags, reserved;
};

#define SIZE_32 2
#define PRIVATE 128

static struct several wait_list[4];

static void *wait_several(void *arg)
{
    long which;

    (void)arg;
    ready++;
    which = syscall(SYS_futex_waitv, wait_list, 4, 0, NULL, CLOCK_MONOTONIC);
    return (void *)which;
}

static void several(void)
{
    struct timespec now;
    pthread_t thread;
    void *which;

    for (int i = 0; i < 4; i++)
        wait_list[i] =
            (struct several){0, (uintptr_t)&words[i], SIZE_32 | PRIVATE, 0};
    thread = start(wait_several, NULL);
    wait_ready(1);
    UNTIL(1, futex(&words[2], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    pthread_join(thread, &which);
    printf("woken by %ld\n", (long)which);
    clock_gettime(CLOCK_MONOTONIC, &now);
    show("past",
         syscall(SYS_futex_waitv, wait_list, 4, 0, &now, CLOCK_MONOTONIC));
    words[3] = 1;
    show("other value", syscall(SYS_futex_waitv, wait_list, 4, 0, NULL, 0));
    wait_list[0].flags = 1 << 20;
    show("bad flags", syscall(SYS_futex_waitv, wait_list, 4, 0, NULL, 0));
    show("none", syscall(SYS_futex_waitv, wait_list, 0, 0, NULL, 0));
    show("too many", syscall(SYS_futex_waitv, wait_list, 129, 0, NULL, 0));
    show("bad list", syscall(SYS_futex_waitv, 8, 1, 0, NULL, 0));
}

/* --- priority inheritance --- */

static void *lock_and_end(void *arg)
{
    futex(arg, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    counter++;
    futex(arg, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    return NULL;
}

static void priority_locks(void)
{
    pthread_t thread;

    show("lock", futex(words, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    printf("mine %d\n", (words[0] & FUTEX_TID_MASK) == (uint32_t)getpid());
    show("again", futex(words, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    show("try", futex(words, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    thread = start(lock_and_end, words);
    while (!(__atomic_load_n(&words[0], __ATOMIC_SEQ_CST) & FUTEX_WAITERS))
        sched_yield();
    show("unlock", futex(words, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    pthread_join(thread, NULL);
    printf("counter %d word %#x\n", (int)counter, words[0]);
    words[0] = 99999999;
    show("of nobody", futex(words, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
}

static void *wait_and_lock(void *arg)
{
    long rc;

    ready++;
    do {
        rc = futex2(words, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, 0, arg, 0);
    } while (rc < 0 && errno == EAGAIN);
    counter += rc == 0;
    futex(arg, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
    return NULL;
}

/* From a condition to a lock, without waking who cannot have it. */
static void requeue_to_lock(void)
{
    uint32_t *lock = &words[1];
    pthread_t t[3];

    show("lock", futex(lock, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    for (int i = 0; i < 3; i++)
        t[i] = start(wait_and_lock, lock);
    wait_ready(3);
    UNTIL(3, futex2(words, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, 10, lock, 0));
    show("unlock", futex(lock, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    printf("had it %d, word %#x\n", (int)counter, *lock);
}

/* --- between processes --- */

static void shared_memory(int flags)
{
    uint32_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
    pid_t pid = fork();

    if (pid == 0) {
        const struct timespec time = {0, 200000000};

        _exit(futex(shared, FUTEX_WAIT, 0, flags & MAP_SHARED ? NULL : &time,
                    NULL, 0) < 0
                  ? errno
                  : 0);
    }
    if (flags & MAP_SHARED)
        UNTIL(1, futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0));
    else
        show("not shared", futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0));
    show_status("child", pid);
}

static void between_processes(void)
{
    shared_memory(MAP_SHARED | MAP_ANONYMOUS);
    shared_memory(MAP_PRIVATE | MAP_ANONYMOUS);
}

/* The same page at another address. */
static void two_addresses(void)
{
    int fd = memfd_create("futex", 0);
    uint32_t *a, *b;
    pthread_t thread;
    pid_t pid;

    if (ftruncate(fd, 4096) < 0)
        return;
    a = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    b = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    start_waiters(&thread, 1, a);
    pause_ms(20);
    show("private elsewhere", futex(b, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    UNTIL(1, futex(a, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    join(&thread, 1);
    pid = fork();
    if (pid == 0)
        _exit(futex(a, FUTEX_WAIT, 0, NULL, NULL, 0) < 0 ? errno : 0);
    UNTIL(1, futex(b, FUTEX_WAKE, 1, NULL, NULL, 0));
    show_status("child", pid);
}

/* The word that the kernel clears when a thread ends. */
static void *clear_elsewhere(void *arg)
{
    syscall(SYS_set_tid_address, arg);
    syscall(SYS_exit, 0);
    return NULL;
}

static void tid_address(void)
{
    static uint32_t word = 5;
    pthread_attr_t attr;
    pthread_t thread;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attr, clear_elsewhere, &word) != 0)
        return;
    while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 5)
        futex(&word, FUTEX_WAIT, 5, NULL, NULL, 0);
    printf("cleared %u\n", word);
}

static const struct scenario scenarios[] = {
    {"wake", wake},
    {"timeouts", timeouts},
    {"errors", errors},
    {"bit-sets", bit_sets},
    {"requeue", requeue},
    {"wake-and-change", wake_and_change},
    {"several", several},
    {"priority-locks", priority_locks},
    {"requeue-to-lock", requeue_to_lock},
    {"between-processes", between_processes},
    {"two-addresses", two_addresses},
    {"tid-address", tid_address},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
