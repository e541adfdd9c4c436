/* memory.c: calls on the address space; prints what each did, in words that do
 * not depend on addresses. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW   (PROT_READ | PROT_WRITE)

static sigjmp_buf back;
static volatile int caught, code;
static char *volatile at;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    (void)context;
    caught = sig;
    code = info->si_code;
    at = info->si_addr;
    siglongjmp(back, 1);
}

/* Touch a byte; tells what happened. */
static const char *touch(char *p, int write)
{
    static char text[64];

    caught = 0;
    if (sigsetjmp(back, 1) == 0) {
        if (write)
            *(volatile char *)p = 1;
        else
            (void)*(volatile char *)p;
        return "fine";
    }
    snprintf(text, sizeof(text), "signal %d code %d address %s", caught, code,
             at == p ? "right" : "wrong");
    return text;
}

static void tell(const char *what, int ok)
{
    printf("%s: %s\n", what, ok ? "ok" : strerror(errno));
}

static void test_brk(void)
{
    char *start = (char *)syscall(SYS_brk, 0), *end = start + 5 * 1024 * 1024;

    /* The call itself: musl's sbrk(3) refuses. */
    tell("brk grows", (char *)syscall(SYS_brk, end) == end);
    memset(start, 7, 5 * 1024 * 1024);
    end = start + 100;
    tell("brk shrinks", (char *)syscall(SYS_brk, end) == end && start[50] == 7);
    printf("above the break: %s\n", touch(start + 3 * PAGE, 1));
}

static void test_holes(void)
{
    char *p = mmap(NULL, 8 * PAGE, RW, ANON, -1, 0);

    tell("mmap", p != MAP_FAILED);
    memset(p, 1, 8 * PAGE);
    tell("munmap a hole", munmap(p + 2 * PAGE, 2 * PAGE) == 0);
    printf("before the hole: %s\n", touch(p + 2 * PAGE - 1, 1));
    printf("in the hole: %s\n", touch(p + 3 * PAGE, 0));
    printf("behind the hole: %s\n", touch(p + 4 * PAGE, 1));
    tell("MAP_FIXED_NOREPLACE in the hole",
         mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) ==
             p + 2 * PAGE);
    tell("MAP_FIXED_NOREPLACE over a page",
         mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) != MAP_FAILED);
    tell("MAP_FIXED replaces",
         mmap(p, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p && p[0] == 0);
    tell("mmap of nothing", mmap(NULL, 0, RW, ANON, -1, 0) != MAP_FAILED);
    tell("munmap odd", munmap(p + 1, PAGE) == 0);
}

static void test_rights(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);

    p[0] = (char)0xc3; /* ret */
    tell("read only", mprotect(p, PAGE, PROT_READ) == 0);
    printf("read: %s\n", touch(p, 0));
    printf("write: %s\n", touch(p, 1));
    tell("none", mprotect(p, PAGE, PROT_NONE) == 0);
    printf("read: %s\n", touch(p, 0));
    tell("execute", mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0);
    ((void (*)(void))p)();
    printf("ran\n");
    tell("no execute", mprotect(p, PAGE, RW) == 0);
    if (sigsetjmp(back, 1) == 0)
        ((void (*)(void))p)();
    else
        printf("call: signal %d code %d %d\n", caught, code, at == p);
    /* What may be written may be read, on x86. */
    tell("write only", mprotect(p, PAGE, PROT_WRITE) == 0);
    printf("write: %s\n", touch(p, 1));
    printf("read: %s\n", touch(p, 0));
    p[0] = (char)0xc3;
    tell("execute only", mprotect(p, PAGE, PROT_EXEC) == 0);
    ((void (*)(void))p)();
    munmap(p + PAGE, PAGE);
    tell("mprotect over a hole", mprotect(p, 4 * PAGE, PROT_READ) == 0);
}

static void test_mremap(void)
{
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0), *q, *r;

    strcpy(p, "kept");
    q = mremap(p, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
    tell("mremap grows", q != MAP_FAILED && strcmp(q, "kept") == 0);
    q[63 * PAGE] = 1;
    tell("mremap shrinks", mremap(q, 64 * PAGE, 2 * PAGE, 0) == q);
    printf("behind: %s\n", touch(q + 3 * PAGE, 0));
    r = mmap(NULL, 2 * PAGE, RW, ANON, -1, 0);
    tell("mremap to a place",
         mremap(q, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, r) == r &&
             strcmp(r, "kept") == 0);
    printf("old place: %s\n", touch(q, 0));
    tell("mremap of nothing mapped",
         mremap(q, PAGE, 2 * PAGE, MREMAP_MAYMOVE) != MAP_FAILED);
    /* Shared memory keeps its size: behind it is SIGBUS, not memory. */
    p = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    q = mremap(p, PAGE, 4 * PAGE, MREMAP_MAYMOVE);
    tell("mremap of shared memory", q != MAP_FAILED);
    printf("in it: %s\n", touch(q, 1));
    printf("behind it: %s\n", touch(q + 2 * PAGE, 1));
}

static void test_advice(void)
{
    unsigned char in_core[4] = {0};
    char *p = mmap(NULL, 4 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);

    memset(p, 5, 4 * PAGE);
    tell("mincore", mincore(p, 4 * PAGE, in_core) == 0 && in_core[3] == 1);
    tell("MADV_DONTNEED", madvise(p, PAGE, MADV_DONTNEED) == 0);
    printf("zero again: %d %d\n", p[0], p[PAGE]);
    tell("madvise odd", madvise(p + 1, PAGE, MADV_DONTNEED) == 0);
    tell("madvise unknown", madvise(p, PAGE, 9999) == 0);
    tell("mlock", mlock(p, PAGE) == 0);
    tell("munlock", munlock(p, PAGE) == 0);
    tell("msync", msync(p, PAGE, MS_SYNC) == 0);
}

static void test_files(void)
{
    char text[8] = "";
    int fd = memfd_create("memory", 0);
    char *p, *private;

    tell("memfd", fd >= 0 && ftruncate(fd, 3 * PAGE) == 0);
    p = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
    private = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
    strcpy(p, "shared");
    tell("msync", msync(p, PAGE, MS_SYNC) == 0);
    tell("file has it", pread(fd, text, 7, 0) == 7 && !strcmp(text, "shared"));
    tell("private sees it", strcmp(private, "shared") == 0);
    private[0] = 'S';
    tell("private is private", p[0] == 's');
    tell("truncate", ftruncate(fd, PAGE) == 0);
    printf("before the end: %s\n", touch(p, 1));
    printf("behind the end: %s\n", touch(p + PAGE, 0));
    printf("behind the end: %s\n", touch(p + 2 * PAGE, 1));
    tell("write reads behind the end", write(fd, p + PAGE, 10) == 10);
    tell("grow again", ftruncate(fd, 3 * PAGE) == 0);
    printf("there again: %s %d\n", touch(p + PAGE, 0), p[2 * PAGE]);
    tell("odd offset", mmap(NULL, PAGE, RW, MAP_SHARED, fd, 5) != MAP_FAILED);
    tell("no file", mmap(NULL, PAGE, RW, MAP_SHARED, 999, 0) != MAP_FAILED);
}

/* What a child finds at (p), or what happens when it looks. */
static void child_sees(const char *what, char *p)
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        const char *how = touch(p, 0);

        if (caught)
            printf("%s: %s\n", what, how);
        else
            printf("%s: %d\n", what, *p);
        /* A hole is free for other mappings. */
        if (caught &&
            (mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) != p ||
             *p != 0))
            printf("%s: not free\n", what);
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    printf("%s, in the parent: %d %d\n", what, status, *p);
}

static void test_inheritance(void)
{
    const size_t large = 8UL << 20;
    char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0), *moved;
    char *big = mmap(NULL, large, RW, ANON, -1, 0);
    char *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    memset(p, 5, 4 * PAGE);
    memset(big, 6, large);
    tell("do not inherit", madvise(p + PAGE, PAGE, MADV_DONTFORK) == 0);
    child_sees("before it", p);
    child_sees("not inherited", p + PAGE);
    child_sees("behind it", p + 2 * PAGE);
    tell("rights", mprotect(p, 4 * PAGE, RW | PROT_EXEC) == 0);
    child_sees("with other rights", p + PAGE);
    moved = mremap(p + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    child_sees("moved", moved);
    tell("inherit", madvise(moved, 2 * PAGE, MADV_DOFORK) == 0);
    child_sees("inherited", moved);
    tell("wipe", madvise(p, PAGE, MADV_WIPEONFORK) == 0);
    child_sees("wiped", p);
    tell("keep", madvise(p, PAGE, MADV_KEEPONFORK) == 0);
    child_sees("kept", p);
    tell("wipe shared", madvise(shared, PAGE, MADV_WIPEONFORK) == 0);
    tell("shared", madvise(shared, PAGE, MADV_DONTFORK) == 0);
    child_sees("shared and not inherited", shared);
    tell("part", madvise(big + large / 2, large / 4, MADV_DONTFORK) == 0);
    child_sees("large", big + large / 2 - PAGE);
    child_sees("part of large", big + large / 2);
    child_sees("end of large", big + large - PAGE);
    tell("hole", madvise(p, 4 * PAGE, MADV_DONTFORK) == 0);
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO};
    static char output[BUFSIZ];

    /* The heap is moved below the C library. */
    setvbuf(stdout, output, _IOFBF, sizeof(output));
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    test_brk();
    test_holes();
    test_rights();
    test_mremap();
    test_advice();
    test_inheritance();
    test_files();
    return 0;
}
