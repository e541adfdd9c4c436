/* places.c SCENARIO: lseek(2), and who else sees the place in a file. */
#include "scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 4096

/* A file in which the byte at a place says which that is, opened anew, so that
 * nobody else has it. */
static int opened(int flags)
{
    char name[] = "/tmp/places-XXXXXX";
    unsigned char bytes[SIZE];
    int made = mkstemp(name), fd;

    for (int i = 0; i < SIZE; i++)
        bytes[i] = (unsigned char)(i % 251);
    if (write(made, bytes, sizeof(bytes)) != sizeof(bytes))
        puts("cannot write");
    close(made);
    fd = open(name, flags);
    unlink(name);
    return fd;
}

static int byte_of(int fd)
{
    unsigned char byte = 255;

    return read(fd, &byte, 1) == 1 ? byte : -1;
}

static void where(const char *what, int fd)
{
    printf("%s: at %ld\n", what, (long)lseek(fd, 0, SEEK_CUR));
    fflush(stdout);
}

static void values(void)
{
    int fd = opened(O_RDWR), append, wrong = 0, pipes[2];
    struct iovec iov = {(char[2]){0}, 2};
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_len = 3};
    char byte = 'x';

    for (int i = 0; i < 3000; i++) {
        long at = i * 37 % SIZE;

        wrong += lseek(fd, at, SEEK_SET) != at || byte_of(fd) != at % 251;
    }
    printf("wrong %d\n", wrong);
    show("set", lseek(fd, 100, SEEK_SET));
    show("again", lseek(fd, 200, SEEK_SET));
    show("from there", lseek(fd, 5, SEEK_CUR));
    show("set", lseek(fd, 300, SEEK_SET));
    show("back", lseek(fd, -301, SEEK_CUR));
    show("end", lseek(fd, 4, SEEK_END));
    show("set", lseek(fd, 300, SEEK_SET));
    show("data", lseek(fd, 7, SEEK_DATA));
    show("set", lseek(fd, 300, SEEK_SET));
    show("write", write(fd, &byte, 1));
    show("its byte", pread(fd, &byte, 1, 300) == 1 && byte == 'x');
    where("written", fd);
    show("set", lseek(fd, 10, SEEK_SET));
    show("vector", readv(fd, &iov, 1));
    where("vector", fd);
    show("set", lseek(fd, 40, SEEK_SET));
    show("sent", pipe(pipes) == 0 ? sendfile(pipes[1], fd, NULL, 4) : -1);
    printf("first %d\n", byte_of(pipes[0]));
    show("set", lseek(fd, 50, SEEK_SET));
    show("spliced", splice(fd, NULL, pipes[1], NULL, 4, 0));
    where("spliced", fd);
    show("set", lseek(fd, 60, SEEK_SET));
    show("locked", fcntl(fd, F_SETLK, &lock));
    show("far", lseek(fd, 1 << 20, SEEK_SET));
    printf("there %d\n", byte_of(fd));
    show("write far", write(fd, &byte, 1));
    show("end", lseek(fd, 0, SEEK_END));
    append = opened(O_WRONLY | O_APPEND);
    show("set", lseek(append, 10, SEEK_SET));
    show("append", write(append, &byte, 1));
    where("append", append);
    show("truncated", ftruncate(fd, 10));
    show("set", lseek(fd, 10, SEEK_SET));
    printf("there %d\n", byte_of(fd));
}

static void errors(void)
{
    int fd = opened(O_RDONLY), path = open("/", O_PATH), dir = open("/", 0),
        zero = open("/dev/zero", O_RDONLY),
        proc = open("/proc/self/status", O_RDONLY), pipes[2];

    show("negative", lseek(fd, -1, SEEK_SET));
    show("whence", lseek(fd, 1, 99));
    show("large", lseek(fd, (off_t)1 << 31, SEEK_SET));
    show("largest", lseek(fd, INT64_MAX, SEEK_SET) < 0 ? -errno : 0);
    show("upper half of the whence",
         syscall(SYS_lseek, fd, 5L, SEEK_SET | 1l << 32));
    show("upper half of the file",
         syscall(SYS_lseek, (long)fd | 1l << 32, 6L, SEEK_SET));
    show("no file", lseek(63, 1, SEEK_SET));
    show("none", lseek(-1, 1, SEEK_SET));
    show("path", lseek(path, 1, SEEK_SET));
    show("directory", lseek(dir, 0, SEEK_SET));
    show("device", lseek(zero, 9, SEEK_SET));
    show("proc", lseek(proc, 9, SEEK_SET));
    show("set", lseek(fd, 7, SEEK_SET));
    show("close", close(fd));
    show("closed", lseek(fd, 7, SEEK_SET));
    show("pipe", pipe(pipes));
    printf("same number %d\n", pipes[0] == fd);
    show("pipe", lseek(fd, 7, SEEK_SET));
    fd = opened(O_RDONLY);
    show("set", lseek(fd, 7, SEEK_SET));
    show("over it", dup2(pipes[0], fd));
    show("over it", lseek(fd, 7, SEEK_SET));
    fd = opened(O_RDONLY);
    show("set", lseek(fd, 7, SEEK_SET));
    show("range", (long)syscall(SYS_close_range, fd, fd, 0));
    show("range", lseek(fd, 7, SEEK_SET));
    fd = opened(O_RDONLY);
    show("high", lseek(dup2(fd, 64), 7, SEEK_SET));
    where("low", fd);
}

/* The same place by two numbers. */
static void numbers(void)
{
    int fd = opened(O_RDONLY), other, ends[2];
    char space[CMSG_SPACE(sizeof(int))] = {0}, byte = 'x';
    struct iovec iov = {&byte, 1};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = space,
                         .msg_controllen = sizeof(space)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

    lseek(fd, 10, SEEK_SET);
    other = dup(fd);
    lseek(fd, 20, SEEK_SET);
    where("dup", other);
    lseek(other, 30, SEEK_SET);
    lseek(fd, 31, SEEK_SET);
    lseek(other, 32, SEEK_SET);
    where("by turns", fd);
    fd = opened(O_RDONLY);
    lseek(fd, 11, SEEK_SET);
    other = fcntl(fd, F_DUPFD_CLOEXEC, 40);
    lseek(fd, 12, SEEK_SET);
    where("fcntl", other);
    fd = opened(O_RDONLY);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(int));
    lseek(fd, 13, SEEK_SET);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 ||
        sendmsg(ends[0], &msg, 0) != 1 || recvmsg(ends[1], &msg, 0) != 1)
        puts("cannot send it");
    memcpy(&other, CMSG_DATA(c), sizeof(int));
    lseek(fd, 14, SEEK_SET);
    where("sent", other);
}

/* (fd)'s place in the kernel's own words. */
static void show_info(const char *what, int fd)
{
    char path[64], line[128];
    FILE *file;

    snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
    file = fopen(path, "r");
    if (file && fgets(line, sizeof(line), file))
        printf("%s: %s", what, line);
    if (file)
        fclose(file);
}

/* The child sees what the parent set, which makes no call since. */
static void at_once(void)
{
    int fd = opened(O_RDONLY), wrong = 0;
    volatile int *turn = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = fork();

    if (pid == 0) {
        for (int i = 0; i < 20; i++) {
            while (*turn != 2 * i + 1)
                sched_yield();
            wrong += byte_of(fd) != 3 * i;
            *turn = 2 * i + 2;
        }
        exit(wrong);
    }
    for (int i = 0; i < 20; i++) {
        lseek(fd, 3 * i, SEEK_SET);
        *turn = 2 * i + 1;
        while (*turn != 2 * i + 2)
            ;
    }
    waitpid(pid, &wrong, 0);
    printf("at once: status %#x\n", (unsigned)wrong);
}

static void processes(void)
{
    int fd = opened(O_RDONLY), status;
    char number[16];
    pid_t pid;

    show("set", lseek(fd, 70, SEEK_SET));
    show_info("told", fd);
    show("set", lseek(fd, 80, SEEK_SET));
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        printf("child reads %d\n", byte_of(fd));
        lseek(fd, 90, SEEK_SET);
        exit(0);
    }
    waitpid(pid, &status, 0);
    where("the child's", fd);
    show("set", lseek(fd, 100, SEEK_SET));
    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        lseek(fd, 110, SEEK_SET);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    where("the child's", fd);
    at_once();
    fd = opened(O_RDONLY);
    snprintf(number, sizeof(number), "%d", fd);
    show("set", lseek(fd, 120, SEEK_SET));
    fflush(stdout);
    execl(self, self, "after-exec", number, NULL);
}

static void *read_one(void *fd)
{
    return (void *)(intptr_t)byte_of(*(int *)fd);
}

static void threads(void)
{
    int wrong = 0;

    for (int i = 0; i < 40; i++) {
        int fd = opened(O_RDONLY);
        pthread_t thread;
        void *byte;

        wrong += lseek(fd, i, SEEK_SET) != i;
        pthread_create(&thread, NULL, read_one, &fd);
        pthread_join(thread, &byte);
        wrong += (intptr_t)byte != i;
        close(fd);
        pause_ms(2); /* it may have to end, yet */
    }
    printf("wrong %d\n", wrong);
}

static volatile sig_atomic_t signals;
static int second;

static void on_alarm(int sig)
{
    lseek(second, 17, SEEK_SET);
    signals += sig == SIGALRM && byte_of(second) == 17;
}

/* Signals come at any instruction. */
static void interrupted(void)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    int fd = opened(O_RDONLY), wrong = 0;

    second = opened(O_RDONLY);
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &often, NULL);
    for (unsigned i = 0; signals < 200; i++) {
        for (unsigned n = 0; n < 50; n++) {
            long at = (i + n) % SIZE;

            wrong += lseek(fd, at, SEEK_SET) != at;
        }
        wrong += byte_of(fd) != (int)((i + 49) % SIZE % 251);
    }
    printf("wrong %d\n", wrong);
}

int main(int argc, char **argv)
{
    static const struct scenario scenarios[] = {
        {"values", values},   {"errors", errors},
        {"numbers", numbers}, {"processes", processes},
        {"threads", threads}, {"interrupted", interrupted},
    };

    if (argc > 2 && strcmp(argv[1], "after-exec") == 0) {
        where("after exec", atoi(argv[2]));
        return 0;
    }
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
