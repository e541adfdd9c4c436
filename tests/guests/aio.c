/* aio.c: asynchronous I/O by the system calls themselves: prints what each
 * answers, and the events. */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static aio_context_t ctx;
static int file, ends[2];

static long answer(const char *what, long result)
{
    if (result < 0)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s: %ld\n", what, result);
    return result;
}

static struct iocb request(unsigned opcode, int fd, void *buf, uint64_t size,
                           int64_t offset)
{
    static uint64_t serial = 100;

    return (struct iocb){.aio_data = serial++,
                         .aio_lio_opcode = (uint16_t)opcode,
                         .aio_fildes = (uint32_t)fd,
                         .aio_buf = (uintptr_t)buf,
                         .aio_nbytes = size,
                         .aio_offset = offset};
}

static long submit(const char *what, struct iocb *cb)
{
    return answer(what, syscall(SYS_io_submit, ctx, 1L, &cb));
}

static void events(long least, long most, const struct timespec *wait)
{
    struct io_event got[16];
    long n = syscall(SYS_io_getevents, ctx, least, most, got, wait);

    answer("events", n);
    for (long i = 0; i < n; i++)
        printf("  data %d own %d result %d %d\n", (int)got[i].data,
               ((struct iocb *)(uintptr_t)got[i].obj)->aio_data == got[i].data,
               (int)got[i].res, (int)got[i].res2);
}

/* Submit one and show its event. */
static void run(const char *what, struct iocb cb)
{
    if (submit(what, &cb) == 1)
        events(1, 1, NULL);
}

static void contexts(void)
{
    aio_context_t other = 0, used = 5;

    answer("no requests", syscall(SYS_io_setup, 0, &other));
    answer("not zero", syscall(SYS_io_setup, 1, &used));
    answer("nowhere", syscall(SYS_io_setup, 1, (void *)8));
    answer("too many", syscall(SYS_io_setup, 0x7fffffff, &other));
    answer("more than allowed", syscall(SYS_io_setup, 0x7ffff0, &other));
    answer("setup", syscall(SYS_io_setup, 8, &ctx));
    answer("second", syscall(SYS_io_setup, 8, &other));
    printf("differ %d readable %d\n", other != ctx, *(int *)other >= 0);
    answer("destroy", syscall(SYS_io_destroy, other));
    answer("again", syscall(SYS_io_destroy, other));
    answer("submit there", syscall(SYS_io_submit, other, 0L, NULL));
    answer("events there",
           syscall(SYS_io_getevents, other, 0L, 0L, NULL, NULL));
    answer("submit none", syscall(SYS_io_submit, ctx, 0L, NULL));
    answer("submit less", syscall(SYS_io_submit, ctx, -1L, NULL));
    answer("submit nowhere", syscall(SYS_io_submit, ctx, 1L, (void *)8));
}

static void transfers(void)
{
    char buf[64] = "0123456789abcdef", more[16];
    struct iovec iov[] = {{buf, 4}, {more, 4}};
    int readable = open("/proc/self/cmdline", O_RDONLY);
    int directory = open("/", O_RDONLY), path = open("/", O_PATH);
    int writable = open("/dev/null", O_WRONLY);
    struct iocb cb;

    run("write", request(IOCB_CMD_PWRITE, file, buf, 16, 0));
    run("write far", request(IOCB_CMD_PWRITE, file, buf, 3, 100));
    memset(buf, 0, sizeof(buf));
    run("read", request(IOCB_CMD_PREAD, file, buf, 6, 4));
    printf("%s\n", buf);
    run("read at the end", request(IOCB_CMD_PREAD, file, buf, 6, 101));
    run("read behind it", request(IOCB_CMD_PREAD, file, buf, 6, 1000));
    run("readv", request(IOCB_CMD_PREADV, file, iov, 2, 8));
    printf("%.4s %.4s\n", buf, more);
    run("writev", request(IOCB_CMD_PWRITEV, file, iov, 2, 20));
    run("no vector", request(IOCB_CMD_PREADV, file, iov, 0, 0));
    run("long vector", request(IOCB_CMD_PREADV, file, iov, 2000, 0));
    run("bad vector", request(IOCB_CMD_PREADV, file, (void *)8, 1, 0));
    run("bad buffer", request(IOCB_CMD_PREAD, file, (void *)8, 10, 0));
    run("nothing", request(IOCB_CMD_PREAD, file, (void *)8, 0, 0));
    run("negative length", request(IOCB_CMD_PREAD, file, buf, UINT64_MAX, 0));
    run("negative offset", request(IOCB_CMD_PREAD, file, buf, 1, -1));
    run("sync", request(IOCB_CMD_FSYNC, file, NULL, 0, 0));
    run("data sync", request(IOCB_CMD_FDSYNC, file, NULL, 0, 0));
    run("sync of a part", request(IOCB_CMD_FSYNC, file, NULL, 1, 0));
    run("sync of a pipe", request(IOCB_CMD_FSYNC, ends[0], NULL, 0, 0));
    run("no operation", request(IOCB_CMD_NOOP, file, buf, 1, 0));
    run("unknown", request(77, file, buf, 1, 0));
    run("no descriptor", request(IOCB_CMD_PREAD, -1, buf, 1, 0));
    run("a closed one", request(IOCB_CMD_PREAD, 999, buf, 1, 0));
    run("a path", request(IOCB_CMD_PREAD, path, buf, 1, 0));
    run("a directory", request(IOCB_CMD_PREAD, directory, buf, 1, 0));
    run("for writing", request(IOCB_CMD_PREAD, writable, buf, 1, 0));
    run("for reading", request(IOCB_CMD_PWRITE, readable, buf, 1, 0));
    run("pipe in", request(IOCB_CMD_PWRITE, ends[1], buf, 4, 0));
    run("pipe out", request(IOCB_CMD_PREAD, ends[0], more, 9, 0));
    cb = request(IOCB_CMD_PREAD, file, buf, 1, 0);
    cb.aio_reserved2 = 1;
    run("reserved", cb);
    cb = request(IOCB_CMD_PWRITE, file, buf, 4, 0);
    cb.aio_rw_flags = 0x10; /* RWF_APPEND */
    run("append", cb);
    printf("size %d\n", (int)lseek(file, 0, SEEK_END));
    cb.aio_rw_flags = 0x4000;
    run("unknown flag", cb);
}

static void several(void)
{
    char buf[4][8] = {"one", "two", "three", "four"};
    struct iocb cb[4], *list[5];

    for (int i = 0; i < 4; i++) {
        cb[i] = request(IOCB_CMD_PWRITE, file, buf[i], 8, 8 * i);
        list[i] = &cb[i];
    }
    cb[2].aio_fildes = 999;
    answer("up to the bad one", syscall(SYS_io_submit, ctx, 4L, list));
    events(0, 1, NULL);
    events(1, 16, NULL);
    events(0, 16, NULL);
    answer("from the bad one", syscall(SYS_io_submit, ctx, 2L, list + 2));
    list[1] = (void *)8;
    answer("up to a bad pointer", syscall(SYS_io_submit, ctx, 2L, list));
    events(0, 16, NULL);
    events(5, 4, NULL);
    events(-1, 4, NULL);
    events(0, 0, NULL);
}

static void event_descriptors(void)
{
    int counter = eventfd(0, EFD_NONBLOCK);
    char buf[8] = "x";
    struct iocb cb = request(IOCB_CMD_PWRITE, file, buf, 1, 0), *p = &cb;
    struct iocb *twice[] = {&cb, &cb};
    uint64_t value = 0;

    cb.aio_flags = IOCB_FLAG_RESFD;
    cb.aio_resfd = (uint32_t)counter;
    answer("with an eventfd", syscall(SYS_io_submit, ctx, 1L, &p));
    answer("twice", syscall(SYS_io_submit, ctx, 2L, twice));
    answer("told", read(counter, &value, sizeof(value)));
    printf("times %d\n", (int)value);
    events(3, 16, NULL);
    cb.aio_resfd = (uint32_t)file;
    submit("another kind", &cb);
    cb.aio_resfd = 999;
    submit("none", &cb);
    cb.aio_resfd = (uint32_t)counter;
    cb.aio_fildes = 999;
    submit("refused", &cb);
    answer("not told", read(counter, &value, sizeof(value)));
    close(counter);
}

static double elapsed(const struct timespec *from)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - from->tv_sec) +
           (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static void *write_later(void *arg)
{
    (void)arg;
    usleep(30000);
    if (write(ends[1], "z", 1) != 1)
        puts("cannot write");
    return NULL;
}

static void *submit_later(void *arg)
{
    struct iocb *cb = arg;

    usleep(30000);
    syscall(SYS_io_submit, ctx, 1L, &cb);
    return NULL;
}

static void waits(void)
{
    const struct timespec short_wait = {0, 50 * 1000 * 1000}, none = {0, 0};
    struct timespec begin;
    struct iocb cb = request(IOCB_CMD_PWRITE, file, "y", 1, 0);
    pthread_t thread;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    events(1, 4, &none);
    events(1, 4, &short_wait);
    printf("waited %d\n", elapsed(&begin) >= 0.05 && elapsed(&begin) < 5);
    answer("bad time", syscall(SYS_io_getevents, ctx, 1L, 1L, NULL, (void *)8));
    pthread_create(&thread, NULL, submit_later, &cb);
    events(1, 4, NULL);
    pthread_join(thread, NULL);
}

static void polls(void)
{
    const struct timespec none = {0, 0};
    struct iocb in = request(IOCB_CMD_POLL, ends[0], NULL, 0, 0);
    struct iocb out = request(IOCB_CMD_POLL, ends[1], NULL, 0, 0);
    struct io_event event;
    pthread_t thread;
    char byte;

    in.aio_buf = POLLIN;
    out.aio_buf = POLLOUT;
    submit("writable", &out);
    events(1, 4, NULL);
    in.aio_buf |= POLLRDNORM; /* the kernel tells both */
    submit("not readable", &in);
    events(0, 4, &none);
    pthread_create(&thread, NULL, write_later, NULL);
    events(1, 4, NULL);
    pthread_join(thread, NULL);
    answer("read", read(ends[0], &byte, 1));
    submit("again", &in);
    answer("cancel", syscall(SYS_io_cancel, ctx, &in, &event));
    events(1, 4, NULL);
    answer("cancel again", syscall(SYS_io_cancel, ctx, &in, &event));
    answer("cancel nothing", syscall(SYS_io_cancel, ctx, (void *)8, &event));
    in.aio_buf = 0x10000;
    submit("no such events", &in);
    in.aio_buf = POLLPRI;
    in.aio_fildes = (uint32_t)file;
    submit("what a file never tells", &in);
    in.aio_buf = POLLIN;
    in.aio_nbytes = 1;
    submit("a length", &in);
}

/* The eventfd is told when the file is ready, not before. */
static void poll_that_tells(void)
{
    int counter = eventfd(0, EFD_NONBLOCK);
    struct iocb in = request(IOCB_CMD_POLL, ends[0], NULL, 0, 0);
    struct pollfd fd = {.fd = counter, .events = POLLIN};
    uint64_t value = 0;
    pthread_t thread;
    char byte;

    in.aio_buf = POLLIN | POLLRDNORM;
    in.aio_flags = IOCB_FLAG_RESFD;
    in.aio_resfd = (uint32_t)counter;
    submit("tells later", &in);
    answer("told", read(counter, &value, sizeof(value)));
    pthread_create(&thread, NULL, write_later, NULL);
    answer("waits for the eventfd", poll(&fd, 1, -1));
    answer("told", read(counter, &value, sizeof(value)));
    printf("times %d\n", (int)value);
    events(0, 4, NULL);
    pthread_join(thread, NULL);
    answer("read", read(ends[0], &byte, 1));
    close(counter);
}

static void on_signal(int sig)
{
    printf("signal %d\n", sig);
}

static void interruptions(void)
{
    struct {
        const uint64_t *mask;
        uint64_t size;
    } set;
    uint64_t mask = 0;
    struct io_event event;
    struct timespec wait = {2, 0};
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigset_t usr1;

    sigaction(SIGUSR1, &act, NULL);
    sigaction(SIGALRM, &act, NULL);
    ualarm(30000, 0);
    answer("interrupted", syscall(SYS_io_getevents, ctx, 1L, 1L, &event, NULL));
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    raise(SIGUSR1);
    set.mask = &mask;
    set.size = 8;
    answer("let in",
           syscall(SYS_io_pgetevents, ctx, 1L, 1L, &event, &wait, &set));
    set.size = 4;
    answer("odd size",
           syscall(SYS_io_pgetevents, ctx, 1L, 1L, &event, &wait, &set));
    set.size = 8;
    set.mask = (void *)8;
    answer("bad mask",
           syscall(SYS_io_pgetevents, ctx, 1L, 1L, &event, &wait, &set));
    wait.tv_sec = 0;
    set.mask = NULL;
    answer("no mask",
           syscall(SYS_io_pgetevents, ctx, 1L, 1L, &event, &wait, &set));
    answer("no set",
           syscall(SYS_io_pgetevents, ctx, 1L, 1L, &event, &wait, NULL));
    sigprocmask(SIG_UNBLOCK, &usr1, NULL);
}

/* A transfer of a pipe is waited for where it is submitted. */
static void blocking(void)
{
    struct itimerval soon = {.it_value = {0, 50000}};
    struct iocb in, *list = &in;
    char buf[4] = "";
    pthread_t thread;

    pthread_create(&thread, NULL, write_later, NULL);
    run("pipe that is empty", request(IOCB_CMD_PREAD, ends[0], buf, 4, 0));
    pthread_join(thread, NULL);
    printf("read %s\n", buf);
    in = request(IOCB_CMD_PREAD, ends[0], buf, 4, 0);
    setitimer(ITIMER_REAL, &soon, NULL);
    answer("interrupted", syscall(SYS_io_submit, ctx, 1L, &list));
    events(0, 4, NULL);
}

/* What is submitted goes on behind the call. */
static void direct(void)
{
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char name[] = "aio-direct-XXXXXX";
    int fd = mkostemp(name, O_DIRECT), memory = open("/proc/self/mem", O_RDWR);
    struct iocb cb[2];
    struct iocb *list[] = {&cb[0], &cb[1]};
    long n;

    unlink(name);
    memset(page, 'd', 4096);
    cb[0] = request(IOCB_CMD_PWRITE, fd, page, 4096, 0);
    cb[1] = request(IOCB_CMD_PWRITE, fd, page, 4096, 4096);
    /* Not every file system has such files. */
    n = answer("direct", syscall(SYS_io_submit, ctx, 2L, list));
    answer("both", syscall(SYS_io_getevents, ctx, n < 0 ? 0 : n, 2L,
                           (struct io_event[2]){0}, NULL));
    memset(page, 0, 4096);
    run("direct", request(IOCB_CMD_PREAD, fd, page, 4096, 4096));
    printf("%.4s\n", page);
    run("at an odd place", request(IOCB_CMD_PREAD, fd, page + 1, 511, 3));
    run("memory", request(IOCB_CMD_PREAD, memory, page, 16, (intptr_t)page));
    close(fd);
    close(memory);
    munmap(page, 4096);
}

/* A context is full when as many requests are in it as it has room for. */
static void full(void)
{
    struct iocb cb = request(IOCB_CMD_PWRITE, file, "f", 1, 0), *p = &cb;
    aio_context_t small = 0;
    long n = 0, more;
    struct io_event got[4];

    syscall(SYS_io_setup, 1, &small);
    while (n < 10000 && syscall(SYS_io_submit, small, 1L, &p) == 1)
        n++;
    answer("full", -(errno == EAGAIN));
    printf("room %d\n", n >= 8 && n < 1000);
    more = syscall(SYS_io_getevents, small, 4L, 4L, got, NULL);
    printf("%ld taken, then %ld\n", more,
           (long)syscall(SYS_io_submit, small, 1L, &p));
    syscall(SYS_io_destroy, small);
}

static void children(void)
{
    int status = 0;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        long rc = syscall(SYS_io_getevents, ctx, 0L, 0L, NULL, NULL);
        aio_context_t own = 0;

        answer("inherited", rc);
        answer("own", syscall(SYS_io_setup, 1, &own));
        exit(3);
    }
    waitpid(pid, &status, 0);
    printf("child %d\n", WEXITSTATUS(status));
    events(0, 4, NULL);
    answer("destroy", syscall(SYS_io_destroy, ctx));
    events(0, 4, NULL);
}

int main(void)
{
    char name[] = "/tmp/aio-XXXXXX";

    setvbuf(stdout, NULL, _IOLBF, 0);
    file = mkstemp(name);
    if (file < 0 || unlink(name) < 0 || pipe(ends) < 0)
        return 1;
    contexts();
    transfers();
    several();
    event_descriptors();
    waits();
    polls();
    poll_that_tells();
    interruptions();
    blocking();
    direct();
    full();
    children();
    return 0;
}
