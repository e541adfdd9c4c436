/*
 * privfd.c: bitmaps of the descriptors that are the monitor's own. Numbers
 * are taken near the top of what programs use, so that the guest sees the low
 * ones that Linux would give it.
 */
#include "vmm/privfd.h"

#include "vmm/hostproc.h"
#include "vmm/lock.h"
#include "vmm/util.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define NUMBERS   4096 /* the bitmap's size: the monitor's are all below */
#define TOP       1024 /* of these, so many are tried first: a vcpu is one */
#define RESERVED  64   /* so many below the program's limit are tried then */
#define FALLBACK  64   /* then from here on */
#define LAST_HOPE 3    /* then anything but the standard streams */

#define WORD_BITS 64

#define ONE_LEAD (UINT64_C(1) << 32)

/* Behind the marks: how many are making what will be marked. */
#define CHANGES (NUMBERS / WORD_BITS)

typedef _Atomic uint64_t bitmap[CHANGES + 1];

/* What forks that share descriptors see of a table. */
struct shared {
    bitmap owned;
    _Atomic pid_t maker[NUMBERS]; /* of the monitor's since then */
};

struct privfds {
    _Atomic uint64_t *_Atomic owned; /* (alone), or (shared)'s */
    struct shared *shared;           /* or NULL */
    bitmap alone;
    bitmap mine; /* of these, what no other process made for itself */
    _Atomic uint64_t users; /* tasks, and ONE_LEAD for each process */
};

/* Global because descriptors are the process's, and signal handlers ask. */
static struct privfds first = {.owned = first.alone};
static __thread struct privfds *table = &first;

struct privfds *privfd_table(void)
{
    return table;
}

void privfd_use(struct privfds *t)
{
    table = t;
}

static void copy_bits(_Atomic uint64_t *to, const _Atomic uint64_t *from)
{
    for (size_t i = 0; i < CHANGES; i++)
        atomic_store(&to[i], atomic_load(&from[i]));
}

struct privfds *privfd_copy(void)
{
    struct privfds *copy = malloc(sizeof(*copy));

    if (copy) {
        copy_bits(copy->alone, table->owned);
        copy_bits(copy->mine, table->mine);
        copy->alone[CHANGES] = 0;
        copy->owned = copy->alone;
        copy->shared = NULL;
        copy->users = 0;
    }
    return copy;
}

static uint64_t one_of(enum privfd_use use)
{
    return use == PRIVFD_LEAD ? ONE_LEAD : 1;
}

struct privfds *privfd_get(struct privfds *t, enum privfd_use use)
{
    atomic_fetch_add(&t->users, one_of(use));
    return t;
}

bool privfd_put(struct privfds *t, enum privfd_use use)
{
    return atomic_fetch_sub(&t->users, one_of(use)) == one_of(use);
}

unsigned privfd_tasks(const struct privfds *t)
{
    return (unsigned)(atomic_load(&t->users) % ONE_LEAD);
}

void privfd_free(struct privfds *t)
{
    if (t != &first)
        free(t);
}

void privfd_forked(void)
{
    atomic_store(&table->users, 0);
}

bool privfd_is_alone(void)
{
    return privfd_tasks(table) <= 1 && !table->shared;
}

static uint64_t bit_of(int fd)
{
    return UINT64_C(1) << ((unsigned)fd % WORD_BITS);
}

static _Atomic uint64_t *word_of(_Atomic uint64_t *bits, int fd)
{
    return &bits[(unsigned)fd / WORD_BITS];
}

/* Make (fd) the process's own; false: it was somebody's already. */
static bool mark(int fd)
{
    if (table->shared)
        atomic_store(&table->shared->maker[fd], getpid());
    if (atomic_fetch_or(word_of(table->owned, fd), bit_of(fd)) & bit_of(fd))
        return false;
    atomic_fetch_or(word_of(table->mine, fd), bit_of(fd));
    return true;
}

/* The marks may move meanwhile: privfd_share. */
static void unmark(int fd)
{
    _Atomic uint64_t *owned;

    atomic_fetch_and(word_of(table->mine, fd), ~bit_of(fd));
    do {
        owned = table->owned;
        atomic_fetch_and(word_of(owned, fd), ~bit_of(fd));
    } while (owned != table->owned);
}

static bool is_mine(int fd)
{
    return atomic_load(word_of(table->mine, fd)) & bit_of(fd);
}

/* In this order: the guest must never be let at an open descriptor. */
static void close_marked(int fd)
{
    close(fd);
    unmark(fd);
}

/* Who was killed could not close its own. */
static void close_forsaken(void)
{
    for (int fd = 0; (fd = privfd_next(fd)) >= 0; fd++) {
        pid_t maker = atomic_load(&table->shared->maker[fd]);

        if (maker && kill(maker, 0) < 0 && errno == ESRCH)
            close_marked(fd);
    }
}

int privfd_share(void)
{
    void *shared;

    if (table->shared) {
        close_forsaken();
        return 0;
    }
    shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return -ENOMEM;
    table->shared = shared;
    copy_bits(table->shared->owned, table->alone);
    table->owned = table->shared->owned;
    /* What another thread took away since it was copied. */
    for (size_t i = 0; i < CHANGES; i++)
        atomic_fetch_and(&table->owned[i], atomic_load(&table->alone[i]));
    return 0;
}

bool privfd_is_shared(void)
{
    return table->shared;
}

void privfd_disown(int fd)
{
    if (fd >= 0 && fd < NUMBERS)
        atomic_fetch_and(word_of(table->mine, fd), ~bit_of(fd));
}

void privfd_unshare(const struct privfds *from)
{
    struct shared *shared = table->shared;

    if (from)
        for (size_t i = 0; i < CHANGES; i++)
            atomic_fetch_or(&table->owned[i], atomic_load(&from->owned[i]));
    if (shared) {
        copy_bits(table->alone, shared->owned);
        table->owned = table->alone;
        table->shared = NULL;
        munmap(shared, sizeof(*shared));
    }
    for (int fd = 0; (fd = privfd_next(fd)) >= 0; fd++)
        if (!is_mine(fd))
            close_marked(fd);
}

static int preferred_start(void)
{
    struct rlimit limit;
    uint64_t most = NUMBERS;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        most = min_u64(most, limit.rlim_cur);
    return most < FALLBACK + RESERVED ? FALLBACK : (int)(most - RESERVED);
}

/* Duplicate (fd) to the lowest usable number from (start) on and mark that. */
static int duplicate(int fd, int start)
{
    for (;;) {
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, start);

        if (copy < 0)
            return -errno;
        if (copy >= NUMBERS) {
            close(copy);
            return -EMFILE;
        }
        if (mark(copy))
            return copy;
        /* Another thread is inside privfd_close with this number, and is going
         * to clear the bit. */
        close(copy);
        start = copy + 1;
    }
}

/*
 * The limit of numbers, raised as far as the monitor's own go, if it may be.
 * It concerns new numbers only (getrlimit(2), RLIMIT_NOFILE), so it is raised
 * for a moment.
 */
struct raised {
    struct rlimit was;
    bool changed;
    _Atomic uint64_t *changes;
};

static pthread_mutex_t limit_lock;
static pthread_once_t limit_once = PTHREAD_ONCE_INIT;

static void init_limit_lock(void)
{
    lock_init(&limit_lock);
}

void privfd_hold(void)
{
    pthread_once(&limit_once, init_limit_lock);
    lock_take(&limit_lock);
}

void privfd_release(void)
{
    lock_give(&limit_lock);
}

static void raise_limit(struct raised *r)
{
    struct rlimit more;

    privfd_hold();
    r->changes = &table->owned[CHANGES];
    atomic_fetch_add(r->changes, 1);
    r->changed = false;
    if (getrlimit(RLIMIT_NOFILE, &r->was) < 0 || r->was.rlim_cur >= NUMBERS)
        return;
    more = r->was;
    more.rlim_cur = min_u64(NUMBERS, more.rlim_max);
    r->changed = setrlimit(RLIMIT_NOFILE, &more) == 0;
}

static void restore_limit(const struct raised *r)
{
    if (r->changed)
        setrlimit(RLIMIT_NOFILE, &r->was);
    atomic_fetch_sub(r->changes, 1);
    privfd_release();
}

/* Where no other number is free, (fd)'s own; a standard stream's never. */
static int keep(int fd)
{
    if (fd < LAST_HOPE || fd >= NUMBERS || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return -EMFILE;
    return mark(fd) ? fd : -EMFILE;
}

/* A number of the monitor's for what (fd) leads to, too. */
static int another(int fd)
{
    const int starts[] = {NUMBERS - TOP, preferred_start(), FALLBACK,
                          LAST_HOPE};
    int number = -EMFILE;

    for (size_t i = 0; i < ARRAY_SIZE(starts) && number < 0; i++)
        number = duplicate(fd, starts[i]);
    /* EINVAL is how fcntl(2) says that (start) is beyond the limit. */
    return number == -EINVAL ? -EMFILE : number;
}

static int adopt(int fd)
{
    int number = another(fd);

    if (number == -EMFILE) {
        number = keep(fd);
        if (number == fd)
            return fd;
    }
    close(fd);
    return number;
}

int privfd_adopt(int fd)
{
    struct raised raised;
    int number;

    if (fd < 0)
        return -1;
    raise_limit(&raised);
    number = adopt(fd);
    restore_limit(&raised);
    return number;
}

int privfd_dup(int fd)
{
    struct raised raised;
    int number;

    raise_limit(&raised);
    number = another(fd);
    restore_limit(&raised);
    return number;
}

/* The end of a call that has made (made), or failed. */
static int adopt_made(int made, const struct raised *raised)
{
    made = made < 0 ? -errno : adopt(made);
    restore_limit(raised);
    return made;
}

int privfd_ioctl(int fd, unsigned long request, unsigned long arg)
{
    struct raised raised;
    int made;

    raise_limit(&raised);
    /* Any signal interrupts the making of a VM, SIGSTOP as well. */
    do
        made = ioctl(fd, request, arg);
    while (made < 0 && errno == EINTR);
    return adopt_made(made, &raised);
}

int privfd_openat(int dirfd, const char *path, int flags)
{
    struct raised raised;

    raise_limit(&raised);
    return adopt_made(openat(dirfd, path, flags | O_CLOEXEC), &raised);
}

int privfd_open(const char *path, int flags)
{
    const int root = hostproc(&path);

    return privfd_openat(root, path, flags);
}

int privfd_open_apart(const char *path, int flags)
{
    struct raised raised;
    int fd;

    raise_limit(&raised);
    fd = hostproc(&path);
    fd = openat(fd, path, flags | O_CLOEXEC);
    fd = fd < 0 ? -errno : fd;
    restore_limit(&raised);
    return fd;
}

int privfd_memfd(const char *name, unsigned flags)
{
    struct raised raised;

    raise_limit(&raised);
    return adopt_made(memfd_create(name, flags | MFD_CLOEXEC), &raised);
}

int privfd_socketpair(int ends[2])
{
    struct raised raised;
    int rc;

    raise_limit(&raised);
    rc = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ? -errno
                                                                      : 0;
    for (unsigned i = 0; i < 2 && rc == 0; i++)
        ends[i] = adopt(ends[i]);
    restore_limit(&raised);
    if (rc == 0 && (ends[0] < 0 || ends[1] < 0)) {
        privfd_close(ends[0]);
        privfd_close(ends[1]);
        rc = -EMFILE;
    }
    return rc;
}

void privfd_drop(int fd)
{
    if (privfd_owns(fd) && is_mine(fd))
        close_marked(fd);
}

void privfd_close(int fd)
{
    if (!privfd_owns(fd))
        return;
    privfd_hold();
    privfd_drop(fd);
    privfd_release();
}

void privfd_close_others(void)
{
    unsigned from = 0;

    for (int fd = 0; (fd = privfd_next(fd)) >= 0; fd++) {
        if ((unsigned)fd > from)
            close_range(from, (unsigned)fd - 1, 0);
        from = (unsigned)fd + 1;
    }
    close_range(from, ~0u, 0);
}

bool privfd_owns(int fd)
{
    return fd >= 0 && fd < NUMBERS &&
           (atomic_load(word_of(table->owned, fd)) & bit_of(fd));
}

const void *privfd_marks(const struct privfds *t)
{
    return &t->owned;
}

const void *privfd_word(const void *marks, int fd, uint64_t *mask)
{
    if (fd < 0 || fd >= NUMBERS)
        return NULL;
    *mask = bit_of(fd);
    return (const uint64_t *)marks + (unsigned)fd / WORD_BITS;
}

const void *privfd_changes(const void *marks)
{
    return (const uint64_t *)marks + CHANGES;
}

int privfd_next(int fd)
{
    for (int i = fd < 0 ? 0 : fd; i < NUMBERS; i++)
        if (privfd_owns(i))
            return i;
    return -1;
}
