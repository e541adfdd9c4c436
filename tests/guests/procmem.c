/* procmem.c: a program reads and writes its own memory through /proc/self/mem.
 * What is said does not depend on addresses. */
#include "scenario.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096UL

static int mem;
static char line[64] = "a line of data";
static char *nowhere; /* no page is there */
static const char constant[] = "a constant";

/* A function that is changed: mov $1, %eax; ret, on a page of its own. */
__asm__(".pushsection .text\n.balign 4096\n"
        "one: movl $1, %eax\n ret\n.balign 4096\n.popsection");
extern char one[];

static off_t at(const void *p)
{
    return (off_t)(uintptr_t)p;
}

static char *map(size_t size, int prot)
{
    char *p = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        exit(99);
    return p;
}

/* (pages) pages with nothing behind them. */
static char *map_end(size_t pages)
{
    char *p = map((pages + 1) * PAGE, PROT_READ | PROT_WRITE);

    munmap(p + pages * PAGE, PAGE);
    return p;
}

static void own_variables(void)
{
    char copy[sizeof(line)] = "";

    show("read at its place", pread(mem, copy, sizeof(copy), at(line)));
    puts(copy);
    show("write at its place", pwrite(mem, "A LINE", 6, at(line)));
    puts(line);
    show("onto itself", pwrite(mem, line, 6, at(line) + 2));
    puts(line);
}

static void page_borders(void)
{
    char *p = map(3 * PAGE, PROT_READ | PROT_WRITE);
    static char copy[3 * PAGE];

    for (size_t i = 0; i < 3 * PAGE; i++)
        p[i] = (char)(i / 16);
    show("read", pread(mem, copy, PAGE + 100, at(p) + 4000));
    printf("same: %d\n", memcmp(copy, p + 4000, PAGE + 100) == 0);
    memset(copy, 'w', sizeof(copy));
    show("write", pwrite(mem, copy, 2 * PAGE, at(p) + 10));
    printf("%d %d %d %d\n", p[9], p[10], p[2 * PAGE + 9], p[2 * PAGE + 10]);
    mprotect(p + PAGE, PAGE, PROT_NONE);
    memset(p, 'n', PAGE);
    show("read over what has no rights", pread(mem, copy, 3 * PAGE, at(p)));
    show("write over it", pwrite(mem, copy, 3 * PAGE, at(p)));
}

static void read_only_memory(void)
{
    int (*volatile call)(void) = (int (*)(void))(uintptr_t)one;
    const char *volatile c = constant;
    char *p = map(PAGE, PROT_READ);

    printf("%d %s\n", call(), c);
    show("write text", pwrite(mem, "\x02", 1, at(one) + 1));
    show("write a constant", pwrite(mem, "A", 1, at(constant)));
    show("write what may only be read", pwrite(mem, "x", 1, at(p)));
    printf("%d %s %c\n", call(), c, p[0]);
    show("write text again", pwrite(mem, "\x03", 1, at(one) + 1));
    printf("%d\n", call());
}

static void files(void)
{
    char name[] = "/tmp/procmem-XXXXXX", copy[8] = "";
    int fd = mkstemp(name);
    char *shared, *private, *readable;

    unlink(name);
    if (fd < 0 || ftruncate(fd, 100) < 0)
        exit(99);
    shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    private = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    readable = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    show("shared", pwrite(mem, "shared", 6, at(shared)));
    show("only readable", pwrite(mem, "denied", 6, at(readable)));
    show("private", pwrite(mem, "mine", 4, at(private)));
    show("behind the file", pread(mem, copy, 4, at(shared) + (off_t)PAGE));
    show("of the file", pread(fd, copy, 6, 0));
    printf("%s %.4s %.6s\n", copy, private, readable);
    show("over its end", pread(mem, shared, 2 * PAGE, at(shared)));
}

static void ends(void)
{
    char *p = map_end(2), copy[100];
    static char big[4 * PAGE];

    show("over the end", pread(mem, copy, 100, at(p) + 2 * PAGE - 40));
    show("write over it", pwrite(mem, copy, 100, at(p) + 2 * PAGE - 40));
    show("pages over it", pread(mem, big, 4 * PAGE, at(p) + 5));
    show("behind it", pread(mem, copy, 100, at(p) + 2 * PAGE));
    show("write behind it", pwrite(mem, copy, 100, at(p) + 2 * PAGE));
    munmap(p, PAGE);
    show("what went away", pread(mem, copy, 10, at(p)));
    show("before what is left", pread(mem, big, 2 * PAGE, at(p) + 100));
    show("what is left", pread(mem, copy, 10, at(p) + PAGE));
    show("the first page", pread(mem, copy, 10, 0));
    show("write to it", pwrite(mem, copy, 10, 0));
    show("the kernel", pread(mem, copy, 10, INT64_MAX));
    show("negative", pread(mem, copy, 10, -8));
    show("nothing", pread(mem, copy, 0, 0));
    show("to nowhere", pread(mem, nowhere, 10, at(line)));
    show("from nowhere", pwrite(mem, nowhere, 10, at(line)));
    show("from nowhere to nowhere", pwrite(mem, nowhere, 10, 0));
    show("from nowhere nothing", pread(mem, nowhere, 10, 0));
    show("half from nowhere", pwrite(mem, p + 2 * PAGE - 5, 10, at(line)));
    show("half to nowhere", pread(mem, p + 2 * PAGE - 5, 10, at(line)));
}

static void places(void)
{
    static char copy[2 * PAGE];
    int twin = dup(mem);
    off_t start = at(line);

    strcpy(line, "0123456789abcdef");
    show("begins at", lseek(mem, 0, SEEK_CUR));
    show("set", lseek(mem, start, SEEK_SET) == start);
    show("read", read(mem, copy, 4));
    puts(copy);
    show("moved", lseek(mem, 0, SEEK_CUR) - start);
    show("moved for its twin", lseek(twin, 2, SEEK_CUR) - start);
    show("write", write(mem, "XY", 2));
    puts(line);
    show("read by the twin", read(twin, copy, 2));
    puts(copy);
    show("end", lseek(mem, 0, SEEK_END));
    show("data", lseek(mem, 0, SEEK_DATA));
    show("nonsense", lseek(mem, 0, 77));
    show("unmoved", lseek(mem, 0, SEEK_CUR) - start);
    show("pread does not move", pread(mem, copy, 4, start));
    show("unmoved", lseek(mem, 0, SEEK_CUR) - start);
    show("back", lseek(mem, -4, SEEK_CUR) - start);
    show("negative", lseek(mem, -8192, SEEK_SET));
    show("stays", lseek(mem, 0, SEEK_CUR));
    show("read there", read(mem, copy, 4));
    show("read over the end", read(mem, copy, sizeof(copy)));
    show("forward", lseek(mem, 16384, SEEK_CUR));
    show("read there", read(mem, copy, 4));
    show("unmoved", lseek(mem, 0, SEEK_CUR));
    lseek(mem, start, SEEK_SET);
    show("to nowhere", read(mem, nowhere, 4));
    show("unmoved", lseek(mem, 0, SEEK_CUR) - start);
    close(twin);
}

static void buffers(void)
{
    char a[4] = "", b[8] = "", *p = map_end(1);
    struct iovec v[3] = {{a, 3}, {NULL, 0}, {b, 7}};
    off_t start = at(line);

    strcpy(line, "0123456789abcdef");
    show("preadv", preadv(mem, v, 3, start));
    printf("%s %s\n", a, b);
    lseek(mem, start + 2, SEEK_SET);
    show("readv", readv(mem, v, 3));
    printf("%s %s\n", a, b);
    show("moved", lseek(mem, 0, SEEK_CUR) - start);
    v[0].iov_len = 1;
    show("writev", writev(mem, v, 3));
    puts(line);
    show("pwritev", pwritev(mem, v, 1, start));
    puts(line);
    show("preadv2 here", preadv2(mem, v, 3, -1, 0));
    show("moved", lseek(mem, 0, SEEK_CUR) - start);
    show("preadv2 there", preadv2(mem, v, 3, start, 0));
    show("pwritev2", pwritev2(mem, v, 3, start + 20, 0));
    show("with a flag", preadv2(mem, v, 3, start, RWF_NOWAIT));
    show("write with a flag", pwritev2(mem, v, 3, start, RWF_DSYNC));
    show("over the end", preadv(mem, v, 3, at(p) + PAGE - 4));
    show("at the end", preadv(mem, v, 3, at(p) + PAGE - 1));
    show("behind it", preadv(mem, v, 3, at(p) + PAGE));
    show("negative", preadv(mem, v, 3, -2));
    show("too many", syscall(SYS_preadv, mem, v, 1025, start, 0));
    show("none", preadv(mem, v, 0, start));
    v[2].iov_base = nowhere;
    show("half to nowhere", preadv(mem, v, 3, start));
    show("half from nowhere", pwritev(mem, v, 3, start));
    v[0].iov_base = nowhere;
    show("to nowhere", preadv(mem, v, 3, start));
    show("from nowhere", pwritev(mem, v, 3, start));
    v[2].iov_len = (size_t)-1;
    show("negative length", preadv(mem, v, 3, start));
    show("no vector", syscall(SYS_preadv, mem, nowhere, 1, start, 0));
}

static void modes(void)
{
    int r = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    int w = open("/proc/self/mem", O_WRONLY);
    int path = open("/proc/self/mem", O_PATH);
    struct iovec v = {line, 4};
    char name[64], copy[4];

    show("read", pread(r, copy, 4, at(line)));
    show("write to a reader", pwrite(r, copy, 4, at(line)));
    show("writev to a reader", writev(r, &v, 1));
    show("write", pwrite(w, copy, 4, at(line)));
    show("read from a writer", pread(w, copy, 4, at(line)));
    show("readv from a writer", preadv(w, &v, 1, at(line)));
    show("read from a path", pread(path, copy, 4, at(line)));
    show("move a path", lseek(path, 0, SEEK_SET));
    printf("%d %d %d\n", fcntl(r, F_GETFL) & O_ACCMODE,
           fcntl(w, F_GETFL) & O_ACCMODE, fcntl(mem, F_GETFL) & O_ACCMODE);
    printf("%d %d\n", fcntl(r, F_GETFD), fcntl(w, F_GETFD));
    snprintf(name, sizeof(name), "/proc/self/fd/%d", r);
    show("opened again", pread(open(name, O_RDWR), copy, 4, at(line)));
    close(r);
    show("closed", pread(r, copy, 4, at(line)));
    show("as a directory", open("/proc/self/mem", O_RDONLY | O_DIRECTORY));
}

static void *of_a_thread(void *arg)
{
    const char *const names[] = {"/proc/self/task/%d/mem", "/proc/%2$d/mem",
                                 "/proc/thread-self/mem",
                                 "/proc/%2$d/task/%2$d/mem"};
    char name[64], copy[5] = "";

    (void)arg;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(name, sizeof(name), names[i], gettid(), getpid());
        show(names[i], pread(open(name, O_RDWR), copy, 4, at(line)));
    }
    puts(copy);
    show("no such task", open("/proc/self/task/1/mem", O_RDWR));
    return NULL;
}

static void threads(void)
{
    pthread_t thread;

    of_a_thread(NULL);
    pthread_create(&thread, NULL, of_a_thread, NULL);
    pthread_join(thread, NULL);
}

/* A child opens its own; what a program inherits is empty. */
static void processes(void)
{
    char copy[16] = "";
    pid_t pid;
    int fd;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        strcpy(line, "child");
        fd = open("/proc/self/mem", O_RDWR);
        show("of a child", pread(fd, copy, 5, at(line)));
        puts(copy);
        snprintf(copy, sizeof(copy), "%d", fd);
        fflush(stdout);
        execl(self, self, "inherited", copy, NULL);
        _exit(1);
    }
    show_status("child", pid);
    puts(line);
}

static const struct scenario scenarios[] = {
    {"own-variables", own_variables},
    {"page-borders", page_borders},
    {"read-only-memory", read_only_memory},
    {"files", files},
    {"ends", ends},
    {"places", places},
    {"buffers", buffers},
    {"modes", modes},
    {"threads", threads},
    {"processes", processes},
};

int main(int argc, char **argv)
{
    char copy[16] = "";

    if (argc > 2 && strcmp(argv[1], "inherited") == 0) {
        show("inherited", pread(atoi(argv[2]), copy, 1, at(line)));
        return 0;
    }
    nowhere = map_end(1) + PAGE;
    mem = open("/proc/self/mem", O_RDWR);
    if (mem < 0)
        return 98;
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
