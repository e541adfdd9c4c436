/* faults.c SCENARIO: accesses to memory that fail: the signal, its code, the
 * exact address, and a handler that mends what failed. */
#include "scenario.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096UL
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW   (PROT_READ | PROT_WRITE)
#define RET  ((char)0xc3)

static sigjmp_buf back;
static char *volatile at, *base;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;

    printf("signal %d code %d address %+ld", sig, info->si_code,
           (long)((char *)info->si_addr - at));
    printf(" cr2 %+ld trap %d, %s\n",
           (long)((char *)uc->uc_mcontext.gregs[REG_CR2] - at),
           (int)uc->uc_mcontext.gregs[REG_TRAPNO],
           uc->uc_mcontext.gregs[REG_ERR] & 16  ? "fetch"
           : uc->uc_mcontext.gregs[REG_ERR] & 2 ? "write"
                                                : "read");
    siglongjmp(back, 1);
}

static void catch_faults(void (*handler)(int, siginfo_t *, void *))
{
    const struct sigaction act = {.sa_sigaction = handler,
                                  .sa_flags = SA_SIGINFO};

    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
}

static void try_read(char *p)
{
    at = p;
    if (sigsetjmp(back, 1) == 0) {
        (void)*(volatile char *)p;
        printf("read\n");
    }
}

static void try_write(char *p)
{
    at = p;
    if (sigsetjmp(back, 1) == 0) {
        *(volatile char *)p = RET;
        printf("written\n");
    }
}

static void try_call(char *p)
{
    at = p;
    if (sigsetjmp(back, 1) == 0) {
        ((void (*)(void))p)();
        printf("called\n");
    }
}

static void try_all(const char *what, char *p)
{
    printf("%s:\n", what);
    try_read(p);
    try_write(p);
    try_call(p);
}

static char *map(size_t pages, int prot)
{
    return mmap(NULL, pages * PAGE, prot, ANON, -1, 0);
}

static void rights(void)
{
    static const int kinds[] = {PROT_NONE, PROT_READ, RW, PROT_READ | PROT_EXEC,
                                RW | PROT_EXEC};
    char *p;

    catch_faults(on_fault);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        p = map(2, RW);
        memset(p, RET, 2 * PAGE);
        mprotect(p, 2 * PAGE, kinds[i]);
        printf("rights %d ", kinds[i]);
        try_all("in it", p + PAGE + 123);
    }
    munmap(p, 2 * PAGE);
    try_all("gone", p + 77);
    try_all("at 0", NULL);
}

/* An access that only its end is out of reach of. */
static void over_the_edge(void)
{
    char *p = map(2, RW);

    catch_faults(on_fault);
    memset(p, 1, 2 * PAGE);
    mprotect(p + PAGE, PAGE, PROT_NONE);
    at = p + PAGE;
    if (sigsetjmp(back, 1) == 0)
        (void)*(volatile uint64_t *)(p + PAGE - 3);
    if (sigsetjmp(back, 1) == 0)
        *(volatile uint64_t *)(p + PAGE - 5) = 7;
    printf("nothing written: %d\n", p[PAGE - 5]);
    /* A string instruction stops where it failed. */
    if (sigsetjmp(back, 1) == 0)
        memset(p + PAGE - 100, 9, 200);
    printf("written before: %d\n", p[PAGE - 1]);
}

static void on_mend(int sig, siginfo_t *info, void *context)
{
    char *page = (char *)((uintptr_t)info->si_addr & ~(PAGE - 1));

    (void)sig;
    (void)context;
    printf("mend %ld code %d\n", (long)(page - base) / (long)PAGE,
           info->si_code);
    if (info->si_code == SEGV_MAPERR)
        mmap(page, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    else
        mprotect(page, PAGE, RW | PROT_EXEC);
}

/* The handler gives what was missing, and the access goes on. */
static void mended(void)
{
    char *p = map(8, PROT_NONE);
    int sum = 0;

    base = p;
    catch_faults(on_mend);
    munmap(p + 2 * PAGE, PAGE);
    munmap(p + 4 * PAGE, 2 * PAGE);
    for (int i = 0; i < 7; i++)
        *(volatile char *)(p + (size_t)i * PAGE + 5) = (char)i;
    for (int i = 0; i < 7; i++)
        sum += p[(size_t)i * PAGE + 5];
    printf("sum %d\n", sum);
    mprotect(p, PAGE, RW);
    p[9] = RET;
    ((void (*)(void))(p + 9))();
    printf("called\n");
    /* Over two pages, both missing. */
    munmap(p, 2 * PAGE);
    *(volatile uint64_t *)(p + PAGE - 4) = 0x0102030405060708;
    printf("%d %d\n", p[PAGE - 4], p[PAGE + 3]);
}

static char *map_file(int pages, int flags, int *fd)
{
    char *p;

    *fd = memfd_create("faults", 0);
    if (ftruncate(*fd, pages * (long)PAGE) < 0)
        perror("ftruncate");
    p = mmap(NULL, (size_t)pages * PAGE, RW | PROT_EXEC, flags, *fd, 0);
    memset(p, RET, (size_t)pages * PAGE);
    return p;
}

/* Behind the end of the file, before and after pages were used. */
static void truncated(int flags)
{
    int fd;
    char *p = map_file(4, flags, &fd);

    catch_faults(on_fault);
    try_all("whole", p + 3 * PAGE + 9);
    tell("truncate", ftruncate(fd, PAGE + 100) == 0);
    try_all("before the end", p + PAGE + 5);
    try_all("in the last page", p + PAGE + 200);
    try_all("behind", p + 2 * PAGE + 17);
    try_all("far behind", p + 3 * PAGE + 18);
    tell("grow", ftruncate(fd, 4 * PAGE) == 0);
    try_read(p + 2 * PAGE + 17);
    printf("new is 0: %d\n", p[2 * PAGE + 17]);
    try_write(p + 3 * PAGE);
    tell("truncate to nothing", ftruncate(fd, 0) == 0);
    try_read(p);
    try_write(p + 3 * PAGE);
}

static void truncated_shared(void)
{
    truncated(MAP_SHARED);
}

/* Pages of its own stay, as far as the file reaches. */
static void truncated_private(void)
{
    truncated(MAP_PRIVATE);
}

/* By another process. */
static void truncated_elsewhere(void)
{
    int fd;
    char *p = map_file(3, MAP_SHARED, &fd);
    pid_t pid = fork();

    catch_faults(on_fault);
    if (pid == 0)
        _exit(ftruncate(fd, PAGE) < 0);
    show_status("child", pid);
    try_all("kept", p + 7);
    try_all("cut off", p + PAGE + 7);
}

static void mapped_larger_than_file(void)
{
    int fd;
    char *p;

    map_file(1, MAP_SHARED, &fd);
    p = mmap(NULL, 4 * PAGE, RW | PROT_EXEC, MAP_SHARED, fd, 0);
    catch_faults(on_fault);
    try_all("in it", p + 100);
    try_all("behind it", p + 2 * PAGE + 100);
    p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 5 * PAGE);
    try_read(p);
}

static void read_only_file(void)
{
    int fd = open("/proc/self/exe", O_RDONLY);
    char *p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

    catch_faults(on_fault);
    try_all("private", p);
    tell("private may be written", mprotect(p, PAGE, RW) == 0);
    try_write(p);
    p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    try_write(p);
    tell("shared may not", mprotect(p, PAGE, RW) == 0);
    tell("nor mapped so",
         mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0) != MAP_FAILED);
    fd = open("/proc/self/exe", O_PATH);
    tell("nor a path",
         mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
}

/* What the kernel cannot reach is an error of the call. */
static void in_calls(void)
{
    /* Not known to the compiler, which would refuse them. */
    void *volatile nowhere = (void *)8, *volatile high = (void *)-4096;
    char *p = map(3, RW);
    struct iovec vec[2];
    int ends[2];

    catch_faults(on_fault);
    munmap(p + 2 * PAGE, PAGE);
    mprotect(p + PAGE, PAGE, PROT_READ);
    if (pipe(ends) < 0)
        return;
    show("write all", write(ends[1], p + 2 * PAGE - 10, 10));
    show("write less", write(ends[1], p + 2 * PAGE - 10, 20));
    show("write nothing", write(ends[1], p + 2 * PAGE, 20));
    show("read into read only", read(ends[0], p + PAGE, 5));
    show("read", read(ends[0], p + PAGE - 5, 5));
    vec[0] = (struct iovec){p, 5};
    vec[1] = (struct iovec){nowhere, 5};
    show("writev with a bad part", writev(ends[1], vec, 2));
    show("bad vector", writev(ends[1], nowhere, 2));
    show("stat", stat(nowhere, (void *)p));
    show("stat into read only", stat("/", (struct stat *)(p + PAGE)));
    show("path without end", open(memset(p, 'x', PAGE), O_RDONLY));
    show("kernel's half", write(ends[1], high, 5));
}

static int __attribute__((noinline)) recurse(int n)
{
    volatile char page[4096];

    page[0] = (char)n;
    return n ? recurse(n - 1) + page[0] : 0;
}

/* The stack ends where its limit is, also a changed one. */
static void stack_limit(void)
{
    for (int mib = 1; mib <= 2; mib++) {
        const struct rlimit limit = {(rlim_t)mib << 20, RLIM_INFINITY};
        pid_t pid;

        setrlimit(RLIMIT_STACK, &limit);
        pid = fork();
        if (pid == 0)
            _exit(recurse(180 * mib) == -1);
        show_status("within", pid);
        pid = fork();
        if (pid == 0)
            _exit(recurse(300 * mib) == -1);
        show_status("beyond", pid);
    }
}

static const struct scenario scenarios[] = {
    {"rights", rights},
    {"over-the-edge", over_the_edge},
    {"mended", mended},
    {"truncated-shared", truncated_shared},
    {"truncated-private", truncated_private},
    {"truncated-elsewhere", truncated_elsewhere},
    {"larger-than-file", mapped_larger_than_file},
    {"read-only-file", read_only_file},
    {"in-calls", in_calls},
    {"stack-limit", stack_limit},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
