/* mapping.c SCENARIO: what mappings are between processes, how they move and
 * grow, and what of them is in memory. */
#include "scenario.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096UL
#define MIB  (1024 * 1024UL)
#define GIB  (1024 * MIB)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW   (PROT_READ | PROT_WRITE)

static sigjmp_buf back;

static void on_fault(int sig)
{
    siglongjmp(back, sig);
}

static void catch_faults(void)
{
    signal(SIGSEGV, on_fault);
    signal(SIGBUS, on_fault);
}

static char *map(size_t size)
{
    return mmap(NULL, size, RW, ANON, -1, 0);
}

/* The byte at (p), or the signal that it costs, negative. */
static int peek(const char *p)
{
    int sig = sigsetjmp(back, 1);

    return sig ? -sig : *(volatile const char *)p;
}

static int poke(char *p, int value)
{
    int sig = sigsetjmp(back, 1);

    if (sig)
        return -sig;
    *(volatile char *)p = (char)value;
    return value;
}

static int in_core(char *p, size_t pages)
{
    unsigned char vec[1024] = {0};
    int n = 0;

    if (mincore(p, pages * PAGE, vec) < 0)
        return -errno;
    for (size_t i = 0; i < pages; i++)
        n += vec[i] & 1;
    return n;
}

/* --- between processes --- */

static void copy_on_write(void)
{
    const size_t size = 8 * MIB;
    char *p = map(size);
    int ends[2], other[2];
    ssize_t went;
    pid_t pid;
    char c;

    if (pipe(ends) < 0 || pipe(other) < 0)
        return;
    for (size_t i = 0; i < size; i += PAGE)
        p[i] = 1;
    pid = fork();
    if (pid == 0) {
        int sum = 0;

        for (size_t i = 0; i < size; i += 2 * PAGE)
            p[i] = 2;
        if (write(other[1], "x", 1) != 1 || read(ends[0], &c, 1) != 1)
            _exit(1);
        for (size_t i = 0; i < size; i += PAGE)
            sum += p[i];
        printf("child sees %d\n", sum);
        _exit(0);
    }
    if (read(other[0], &c, 1) != 1)
        return;
    for (size_t i = PAGE; i < size; i += 2 * PAGE)
        p[i] = 3;
    went = write(ends[1], "x", 1);
    show_status("child", pid);
    show("go on", went);
    {
        int sum = 0;

        for (size_t i = 0; i < size; i += PAGE)
            sum += p[i];
        printf("parent sees %d\n", sum);
    }
}

/* Three generations, each with its own copy. */
static void generations(void)
{
    char *p = map(PAGE * 4);

    memset(p, 1, PAGE * 4);
    for (int depth = 0; depth < 3; depth++) {
        pid_t pid = fork();

        if (pid > 0) {
            p[0] += 10;
            show_status("below", pid);
            printf("depth %d: %d %d\n", depth, p[0], p[PAGE]);
            if (depth)
                _exit(depth);
            return;
        }
        p[PAGE] += 1;
        p[0] += 1;
    }
    _exit(p[0] + p[PAGE]);
}

static void shared_between_processes(void)
{
    int fd = memfd_create("shared", 0);
    char *anonymous =
        mmap(NULL, PAGE * 4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *file, *private;
    pid_t pid;

    if (ftruncate(fd, PAGE * 4) < 0)
        return;
    file = mmap(NULL, PAGE * 4, RW, MAP_SHARED, fd, 0);
    private = mmap(NULL, PAGE * 4, RW, MAP_PRIVATE, fd, 0);
    private[PAGE] = 9;
    pid = fork();
    if (pid == 0) {
        anonymous[1] = 1;
        file[2] = 2;
        private[3] = 3;
        file[PAGE] = 4;
        _exit(pwrite(fd, "x", 1, 3 * PAGE) == 1 ? file[3 * PAGE] : 0);
    }
    show_status("child", pid);
    printf("%d %d %d %d %d %d\n", anonymous[1], file[2], private[2], private[3],
           private[PAGE], private[3 * PAGE]);
}

/* Rights and mappings are each process's own. */
static void own_mappings(void)
{
    char *p = map(4 * PAGE);
    pid_t pid;

    catch_faults();
    memset(p, 7, 4 * PAGE);
    pid = fork();
    if (pid == 0) {
        mprotect(p, PAGE, PROT_READ);
        munmap(p + PAGE, PAGE);
        madvise(p + 2 * PAGE, PAGE, MADV_DONTNEED);
        printf("child %d %d %d %d\n", poke(p, 1), peek(p + PAGE),
               peek(p + 2 * PAGE), peek(p + 3 * PAGE));
        _exit(0);
    }
    show_status("child", pid);
    printf("parent %d %d %d %d\n", poke(p, 1), peek(p + PAGE),
           peek(p + 2 * PAGE), peek(p + 3 * PAGE));
}

static void advice_for_forks(void)
{
    char *p = map(3 * PAGE);
    pid_t pid;

    catch_faults();
    memset(p, 7, 3 * PAGE);
    show("MADV_DONTFORK", madvise(p, PAGE, MADV_DONTFORK));
    show("MADV_WIPEONFORK", madvise(p + PAGE, PAGE, MADV_WIPEONFORK));
    pid = fork();
    if (pid == 0) {
        printf("child %d %d %d\n", peek(p), peek(p + PAGE), peek(p + 2 * PAGE));
        tell("place is free",
             mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == p);
        _exit(0);
    }
    show_status("child", pid);
    show("MADV_DOFORK", madvise(p, PAGE, MADV_DOFORK));
    show("MADV_KEEPONFORK", madvise(p + PAGE, PAGE, MADV_KEEPONFORK));
    pid = fork();
    if (pid == 0) {
        printf("child %d %d %d\n", peek(p), peek(p + PAGE), peek(p + 2 * PAGE));
        _exit(0);
    }
    show_status("child", pid);
}

/* --- sizes --- */

static void large_reservation(void)
{
    const size_t size = 64 * GIB;
    char *p = mmap(NULL, size, RW, ANON | MAP_NORESERVE, -1, 0), *q;

    tell("64 GiB", p != MAP_FAILED);
    for (size_t i = 0; i < size; i += 4 * GIB)
        p[i + 12345] = (char)(i / GIB);
    for (size_t i = 0; i < size; i += 16 * GIB)
        printf("%d ", p[i + 12345]);
    printf("%d\n", p[size - 1]);
    tell("a hole", munmap(p + 8 * GIB, 8 * GIB) == 0);
    q = mmap(NULL, 16 * GIB, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
    tell("16 GiB without rights", q != MAP_FAILED);
    tell("some of it", mprotect(q + 5 * GIB, MIB, RW) == 0);
    q[5 * GIB + 77] = 5;
    printf("%d %d\n", q[5 * GIB + 77], p[12 * GIB / 3 + 12345]);
    tell("all", munmap(p, size) == 0);
    tell("too much",
         mmap(NULL, 1UL << 47, RW, ANON | MAP_NORESERVE, -1, 0) != MAP_FAILED);
}

/* 1 GiB in pieces, of which only one is there at a time: what the kernel
 * counted as the most at once tells whether memory goes back. */
static void memory_goes_back(void)
{
    struct rusage used;
    pid_t pid = fork();

    if (pid == 0) {
        for (int i = 0; i < 64; i++) {
            char *p = map(16 * MIB);

            memset(p, i, 16 * MIB);
            if (i % 2)
                madvise(p, 16 * MIB, MADV_DONTNEED);
            else
                munmap(p, 16 * MIB);
        }
        _exit(0);
    }
    show_status("child", pid);
    getrusage(RUSAGE_CHILDREN, &used);
    printf("below 128 MiB at once: %d\n", used.ru_maxrss < 128 * 1024);
}

static void what_is_in_core(void)
{
    char *p = map(64 * PAGE);

    /* Before first use what is there may differ. */
    memset(p, 1, 64 * PAGE);
    printf("used %d\n", in_core(p, 64));
    madvise(p, 16 * PAGE, MADV_DONTNEED);
    memset(p, 1, PAGE);
    printf("dropped %d\n", in_core(p + 16 * PAGE, 48));
    munmap(p + 20 * PAGE, PAGE);
    printf("over a hole %d\n", in_core(p, 64));
    show("odd", mincore(p + 1, PAGE, (unsigned char *)p));
    show("bad vector", syscall(SYS_mincore, p, PAGE, 8));
    p = mmap(NULL, 4 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
    printf("populated %d\n", in_core(p, 4));
}

static void advice(void)
{
    static const struct {
        int advice;
        const char *name;
    } kinds[] = {
        {MADV_NORMAL, "NORMAL"},
        {MADV_RANDOM, "RANDOM"},
        {MADV_SEQUENTIAL, "SEQUENTIAL"},
        {MADV_WILLNEED, "WILLNEED"},
        {MADV_FREE, "FREE"},
        {MADV_HUGEPAGE, "HUGEPAGE"},
        {MADV_NOHUGEPAGE, "NOHUGEPAGE"},
        {MADV_DONTDUMP, "DONTDUMP"},
        {MADV_DODUMP, "DODUMP"},
        {MADV_COLD, "COLD"},
        {MADV_PAGEOUT, "PAGEOUT"},
        {MADV_POPULATE_READ, "POPULATE_READ"},
        {MADV_POPULATE_WRITE, "POPULATE_WRITE"},
        {MADV_REMOVE, "REMOVE"},
    };
    char *shared = mmap(NULL, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char *p = map(4 * PAGE);

        memset(p, 5, 4 * PAGE);
        show(kinds[i].name, madvise(p, 2 * PAGE, kinds[i].advice));
        printf("%d\n", p[3 * PAGE]);
        munmap(p + PAGE, PAGE);
        show("with a hole", madvise(p, 4 * PAGE, kinds[i].advice));
    }
    shared[PAGE] = 4;
    show("remove shared", madvise(shared, 4 * PAGE, MADV_REMOVE));
    printf("%d\n", shared[PAGE]);
    show("unknown", madvise(shared, PAGE, 12345));
    show("odd", madvise(shared + 1, PAGE, MADV_NORMAL));
    show("none", madvise(shared, 0, MADV_DONTNEED));
}

static void locking(void)
{
    const struct rlimit limit = {16 * PAGE, 16 * PAGE};
    char *p = map(64 * PAGE);

    show("lock", mlock(p, 4 * PAGE));
    printf("in core %d\n", in_core(p, 4));
    show("dropped while locked", madvise(p, PAGE, MADV_DONTNEED));
    show("unlock", munlock(p, 4 * PAGE));
    show("on fault", mlock2(p, 4 * PAGE, MLOCK_ONFAULT));
    show("bad flags", mlock2(p, 4 * PAGE, 77));
    show("all", mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
    show("no more", munlockall());
    show("bad flags", mlockall(0));
    munmap(p + 8 * PAGE, PAGE);
    show("with a hole", mlock(p, 16 * PAGE));
    show("unlock with a hole", munlock(p, 16 * PAGE));
    setrlimit(RLIMIT_MEMLOCK, &limit);
    if (setresuid(12345, 12345, 12345) < 0)
        return;
    show("within the limit", mlock(p + 16 * PAGE, 16 * PAGE));
    show("beyond", mlock(p + 32 * PAGE, PAGE));
}

/* --- moving --- */

static void moves(void)
{
    char *p = map(8 * PAGE), *q, *room = map(32 * PAGE);

    catch_faults();
    for (int i = 0; i < 8; i++)
        p[(size_t)i * PAGE] = (char)i;
    munmap(room + 8 * PAGE, 24 * PAGE);
    q = mremap(p + 2 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
               room + 4 * PAGE);
    printf("the middle %d: %d %d, left %d %d\n", q == room + 4 * PAGE, q[0],
           q[PAGE], peek(p + 2 * PAGE), peek(p + 4 * PAGE));
    q = mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    printf("both %d: %d %d, there %d\n", q != p && q != MAP_FAILED, q[PAGE],
           peek(p + PAGE), poke(p, 3));
    q = mremap(p + 4 * PAGE, 4 * PAGE, 2 * PAGE, 0);
    printf("shrunk %d: %d %d\n", q == p + 4 * PAGE, q[PAGE],
           peek(q + 2 * PAGE));
    q = mremap(q, 2 * PAGE, 4 * PAGE, 0);
    printf("grown in place %d: %d\n", q == p + 4 * PAGE, peek(q + 3 * PAGE));
    errno = 0;
    tell("no room", mremap(room, PAGE, 2 * PAGE, 0) != MAP_FAILED);
    tell("over two mappings", mremap(p + 1 * PAGE, 4 * PAGE, 8 * PAGE,
                                     MREMAP_MAYMOVE) != MAP_FAILED);
    tell("overlapping",
         mremap(room, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
                room + PAGE) != MAP_FAILED);
    tell("to nothing", mremap(room, PAGE, 0, MREMAP_MAYMOVE) != MAP_FAILED);
    tell("odd", mremap(room + 1, PAGE, PAGE, 0) != MAP_FAILED);
    tell("flags", mremap(room, PAGE, PAGE, 64) != MAP_FAILED);
    tell("nothing there",
         mremap(p + 2 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
    tell("a copy of private memory",
         mremap(room, 0, PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
}

static void moves_of_files(void)
{
    int fd = memfd_create("moves", 0);
    char *p, *q;

    catch_faults();
    if (ftruncate(fd, 3 * PAGE) < 0)
        return;
    p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    p[0] = 1;
    q = mremap(p, 2 * PAGE, 5 * PAGE, MREMAP_MAYMOVE);
    printf("grown: %d %d %d\n", q[0], poke(q + 2 * PAGE, 2),
           peek(q + 4 * PAGE));
    p = mremap(q, 0, 2 * PAGE, MREMAP_MAYMOVE);
    p[1] = 7;
    printf("twice: %d %d\n", p[0], q[1]);
    munmap(q, 5 * PAGE);
    printf("one is gone: %d %d\n", peek(q), peek(p + 1));
}

static void growing_down(void)
{
    char *room = map(600 * PAGE), *p;

    catch_faults();
    munmap(room, 600 * PAGE);
    p = mmap(room + 590 * PAGE, 4 * PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED,
             -1, 0);
    tell("map", p != MAP_FAILED);
    printf("below %d %d\n", poke(p - 1, 5), poke(p - 20 * PAGE, 6));
    printf("above %d\n", poke(p + 4 * PAGE, 7));
    mmap(p - 300 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    printf("near a neighbour %d\n", poke(p - 298 * PAGE, 8));
    printf("far from it %d\n", poke(p - 40 * PAGE, 9));
    printf("kept %d %d\n", p[-1], *(p - 20 * PAGE));
}

static void places(void)
{
    char *p = map(8 * PAGE), *q;

    catch_faults();
    memset(p, 1, 8 * PAGE);
    munmap(p + 3 * PAGE, PAGE);
    q = mmap(p + 3 * PAGE, PAGE, RW, ANON, -1, 0);
    tell("a hint that is free", q == p + 3 * PAGE);
    q = mmap(p + 4 * PAGE, PAGE, RW, ANON, -1, 0);
    printf("a hint that is not: elsewhere %d\n", q != p + 4 * PAGE);
    tell("at 0", mmap(NULL, PAGE, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED ||
                     errno == EPERM);
    tell("odd place",
         mmap(p + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED);
    tell("kernel's half", mmap((void *)-(8 * PAGE), PAGE, RW, ANON | MAP_FIXED,
                               -1, 0) != MAP_FAILED);
    tell("no kind", mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    tell("huge size",
         mmap(NULL, SIZE_MAX - PAGE, RW, ANON, -1, 0) != MAP_FAILED);
    q = mmap(NULL, PAGE, RW, ANON | MAP_32BIT, -1, 0);
    printf("low %d\n", (uintptr_t)q < 1UL << 31);
    tell("over what is there",
         mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) != MAP_FAILED);
    tell("next to it",
         munmap(p + 7 * PAGE, PAGE) == 0 &&
             mmap(p + 7 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) ==
                 p + 7 * PAGE);
    tell("unmap nothing", munmap(p, 0) == 0);
    tell("unmap holes", munmap(p, 8 * PAGE) == 0 && munmap(p, 8 * PAGE) == 0);
}

static void break_edges(void)
{
    char *start = (char *)syscall(SYS_brk, 0);
    char *const at = start + 3 * PAGE + 17;

    catch_faults();
    tell("grow", (char *)syscall(SYS_brk, at) == at);
    printf("in its last page %d behind it %d\n", poke(at + 100, 1),
           poke(at + 2 * PAGE, 1));
    tell("below the start", (char *)syscall(SYS_brk, start - 8 * PAGE) == at);
    tell("far away", (char *)syscall(SYS_brk, 1UL << 46) == at);
    tell("shrink", (char *)syscall(SYS_brk, start) == start);
    tell("grow", (char *)syscall(SYS_brk, at) == at);
    printf("new is 0: %d\n", at[100]);
    mmap(at + 4 * PAGE - 17, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    tell("into a mapping", (char *)syscall(SYS_brk, at + 9 * PAGE) == at);
    printf("child: ");
    if (fork() == 0) {
        printf("%d\n", (char *)syscall(SYS_brk, 0) == at);
        _exit(0);
    }
    wait(NULL);
}

static void huge_areas(void)
{
    char *p = map(8 * MIB), *q;
    unsigned long sum = 0;

    catch_faults();
    memset(p, 3, 8 * MIB);
    /* One page in the middle, other rights, gone, another place. */
    mprotect(p + 3 * MIB, PAGE, PROT_READ);
    printf("%d %d %d\n", poke(p + 3 * MIB, 1), poke(p + 3 * MIB + PAGE, 1),
           poke(p + 3 * MIB - 1, 1));
    munmap(p + 5 * MIB, PAGE);
    printf("%d %d\n", peek(p + 5 * MIB), peek(p + 5 * MIB + PAGE));
    madvise(p + MIB, MIB, MADV_DONTNEED);
    q = mremap(p, 2 * MIB, 2 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED, p + 6 * MIB);
    for (size_t i = 0; i < 2 * MIB; i++)
        sum += (unsigned char)q[i];
    printf("%lu\n", sum / MIB);
    tell("no page of that kind",
         mmap(NULL, 2 * MIB, RW, ANON | MAP_HUGETLB, -1, 0) != MAP_FAILED);
}

/* More mappings than fit one table, and the kernel's limit of them. */
static void many_mappings(void)
{
    enum { N = 2000 };
    char *p = map(2 * N * PAGE);
    int bad = 0;

    for (size_t i = 0; i < N; i++)
        bad += mprotect(p + 2 * i * PAGE, PAGE, PROT_READ) < 0;
    for (size_t i = 0; i < N; i++)
        p[(2 * i + 1) * PAGE] = (char)i;
    for (size_t i = 0; i < N; i++)
        bad += p[(2 * i + 1) * PAGE] != (char)i || p[2 * i * PAGE] != 0;
    bad += mprotect(p, 2 * N * PAGE, RW) < 0;
    for (size_t i = 0; i < 2 * N; i++)
        p[i * PAGE] = 1;
    for (size_t i = 0; i < N; i++)
        bad += munmap(p + 2 * i * PAGE, PAGE) < 0;
    printf("bad %d\n", bad);
}

static const struct scenario scenarios[] = {
    {"copy-on-write", copy_on_write},
    {"generations", generations},
    {"shared", shared_between_processes},
    {"own-mappings", own_mappings},
    {"advice-for-forks", advice_for_forks},
    {"large-reservation", large_reservation},
    {"goes-back", memory_goes_back},
    {"in-core", what_is_in_core},
    {"advice", advice},
    {"locking", locking},
    {"moves", moves},
    {"moves-of-files", moves_of_files},
    {"growing-down", growing_down},
    {"places", places},
    {"break-edges", break_edges},
    {"huge-areas", huge_areas},
    {"many-mappings", many_mappings},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
