/* splices.c SCENARIO: splice, vmsplice and tee, in a directory of its own. */
#include "scenario.h"
#include "textfile.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char buffer[100];

static void splicing(void)
{
    int in = make("in", "0123456789abcdef"), out = make("out", ""), ends[2];
    loff_t at = 4;

    if (pipe(ends) < 0)
        return;
    show("file to pipe", splice(in, &at, ends[1], NULL, 6, 0));
    printf("offset %d file's own %d\n", (int)at, (int)lseek(in, 0, SEEK_CUR));
    show("pipe to file", splice(ends[0], NULL, out, NULL, 100, 0));
    show_text("out", out);
    show("nothing", splice(ends[0], NULL, out, NULL, 5, SPLICE_F_NONBLOCK));
    show("no pipe", splice(in, NULL, out, NULL, 5, 0));
    show("offset of a pipe", splice(ends[0], &at, out, NULL, 5, 0));
    show("bad flags", splice(in, NULL, ends[1], NULL, 5, 0x100));
    close(ends[1]);
    show("end", splice(ends[0], NULL, out, NULL, 5, 0));
}

/* The (len) bytes at (from), and three more where they find room. */
static void memory_to_pipe(const char *what, int fd, const char *memory,
                           size_t from, size_t len, unsigned flags)
{
    const struct iovec iov[] = {
        {(void *)(memory + from), len}, {NULL, 0}, {(void *)(memory + 100), 3}};

    show(what, vmsplice(fd, iov, 3, flags | SPLICE_F_NONBLOCK));
}

static void splicing_memory(void)
{
    char *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct iovec iov = {buffer, 60};
    int ends[2], file = make("file", "");

    if (pipe(ends) < 0 || memory == MAP_FAILED)
        return;
    for (int i = 0; i < 1 << 20; i++)
        memory[i] = (char)('a' + i % 23);
    munmap(memory + (40 << 12), 1 << 12);
    memory_to_pipe("pieces", ends[1], memory, 5, 7, 0);
    show("out of the pipe", vmsplice(ends[0], &iov, 1, 0));
    printf("[%.10s]\n", buffer);
    memory_to_pipe("more than it takes", ends[1], memory, 1000, 1 << 17, 0);
    memory_to_pipe("full", ends[1], memory, 0, 1, 0);
    show("all of it", splice(ends[0], NULL, file, NULL, 1 << 20, 0));
    show_text("file", file);
    memory_to_pipe("up to a hole", ends[1], memory, (38 << 12) + 9, 20000, 0);
    memory_to_pipe("in a hole", ends[1], memory, 40 << 12, 20, 0);
    memory_to_pipe("as a gift", ends[1], memory, 0, 4096, SPLICE_F_GIFT);
    memory_to_pipe("bad flags", ends[1], memory, 0, 1, 0x100);
    memory_to_pipe("no pipe", file, memory, 0, 1, 0);
    show("too many", vmsplice(ends[1], &iov, 2000, 0));
    show("no length", vmsplice(ends[1], &(struct iovec){memory, -1}, 1, 0));
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    memory_to_pipe("no reader", ends[1], memory, 0, 1, 0);
}

static void teeing(void)
{
    int a[2], b[2];

    if (pipe(a) < 0 || pipe(b) < 0)
        return;
    show("write", write(a[1], "doubled", 7));
    show("tee", tee(a[0], b[1], 100, 0));
    show("read", read(a[0], buffer, 100));
    printf("%.7s\n", buffer);
    show("read", read(b[0], buffer, 100));
    printf("%.7s\n", buffer);
    show("empty", tee(a[0], b[1], 100, SPLICE_F_NONBLOCK));
    show("to itself", tee(a[0], a[1], 100, 0));
}

/* Vectors that are none, into what is a pipe and what is not. */
static void splicing_badly(void)
{
    struct iovec one = {buffer, 5}, none = {buffer, 0};
    int ends[2], path = open(".", O_PATH);

    if (pipe(ends) < 0)
        return;
    const int to[] = {ends[1], make("file", ""), open("/dev/zero", O_RDONLY),
                      path, -1};

    for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
        show("unreadable vector", vmsplice(to[i], (void *)8, 1, 0));
        show("no vector", vmsplice(to[i], NULL, 0, 0));
        show("nothing in it", vmsplice(to[i], &none, 1, 0));
        show("too many", vmsplice(to[i], &one, 5000, 0));
        show("bad flags", vmsplice(to[i], &one, 1, 0x100));
        show("five bytes", vmsplice(to[i], &one, 1, 0));
    }
}

/* What another process is told of a lock on (fd). */
static void show_lock(int fd)
{
    struct flock lock = {.l_type = F_WRLCK};
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        fcntl(fd, F_GETLK, &lock);
        _exit(lock.l_type == F_WRLCK);
    }
    waitpid(pid, &status, 0);
    printf("locked: %d\n", WEXITSTATUS(status));
}

/* A vmsplice leaves the program's locks, and needs no number of its own. */
static void splicing_takes_nothing(void)
{
    struct iovec iov = {buffer, 5};
    struct flock lock = {.l_type = F_WRLCK};
    int ends[2], file = make("file", ""), more;

    if (pipe(ends) < 0)
        return;
    show("lock", fcntl(file, F_SETLK, &lock));
    show_lock(file);
    show("no pipe", vmsplice(file, &iov, 1, 0));
    show_lock(file);
    more = dup(file);
    show("limit",
         setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)more + 1, 4096}));
    show("all used", dup(0));
    show("pipe", vmsplice(ends[1], &iov, 1, 0));
    show("still", dup(0));
}

static const struct scenario scenarios[] = {
    {"splice", splicing},
    {"vmsplice", splicing_memory},
    {"vmsplice-badly", splicing_badly},
    {"vmsplice-takes-nothing", splicing_takes_nothing},
    {"tee", teeing},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    umask(022);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
