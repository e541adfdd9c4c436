/* escape_memory.c: cases of "escape" with /proc/PID/mem and its like. */
#include "escape.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Around the host's vDSO lie libraries, stack and heap of the monitor. */
#define AROUND (16UL << 20)
#define LARGE  (64UL << 20)

static int mem;
static char own[64] = "its own";

/* Neither read nor written: (p) is no address of the program's. */
static int try_memory(void *p)
{
    char buf[64] = "";
    struct iovec two[] = {{buf, 8}, {buf + 8, 56}};
    off_t at = (off_t)p;
    int error = at < 0 ? EINVAL : EIO;

    if (!fails(pread(mem, buf, 64, at), error) ||
        !fails(pwrite(mem, buf, 64, at), error) ||
        !fails(preadv(mem, two, 2, at), error) ||
        !fails(pwritev2(mem, two, 2, at, 0), error) || buf[0] != '\0')
        return 0;
    if (lseek(mem, at, SEEK_SET) != at)
        return at == INT64_MIN; /* which is nobody's */
    return lseek(mem, 0, SEEK_CUR) == at && read(mem, buf, 64) == -1 &&
           readv(mem, two, 2) == -1 && write(mem, buf, 64) == -1 &&
           writev(mem, two, 2) == -1 && buf[0] == '\0';
}

/* Memory outside as the buffer of a copy. */
static int try_buffer(void *p)
{
    struct iovec v[] = {{own, 4}, {p, 60}};

    return fails(pread(mem, p, 64, (off_t)own), EFAULT) &&
           fails(pwrite(mem, p, 64, (off_t)own), EFAULT) &&
           preadv(mem, v, 2, (off_t)own) <= 4 &&
           pwritev(mem, v, 2, (off_t)own) <= 4;
}

static int around_the_vdso(void)
{
    uint64_t vdso = getauxval(AT_SYSINFO_EHDR);
    char byte = 'x';

    for (uint64_t p = vdso - AROUND; vdso && p < vdso + AROUND; p += PAGE)
        if (pread(mem, &byte, 1, (off_t)p) != -1 || errno != EIO ||
            byte != 'x') {
            printf("at %#lx\n", (unsigned long)p);
            return 0;
        }
    return !vdso || fails(pwrite(mem, &byte, 1, (off_t)vdso), EIO);
}

/* From the program's memory over its end: lengths, and vectors that go on where
 * the last part ended. */
static int over_the_end(void)
{
    char *buf = mmap(NULL, LARGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *end = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct iovec v[] = {{buf, PAGE}, {buf, PAGE}, {buf, LARGE}};
    volatile size_t endless = SIZE_MAX;
    ssize_t n = pread(mem, buf, LARGE, (off_t)&buf);

    munmap(end + PAGE, PAGE);
    return n > 0 && (size_t)n < LARGE &&
           pread(mem, buf, LARGE, (off_t)end) == (ssize_t)PAGE &&
           preadv(mem, v, 3, (off_t)end) == (ssize_t)PAGE &&
           pwritev(mem, v, 3, (off_t)end) == (ssize_t)PAGE &&
           fails(pread(mem, buf, endless, (off_t)end), EFAULT) &&
           fails(pread(mem, buf, endless - (size_t)end + PAGE, (off_t)end),
                 EFAULT) &&
           munmap(buf, LARGE) == 0;
}

/* Files of /proc that show or open the monitor's memory. */
int own_memory_files(void)
{
    static const char *const closed[] = {"/proc/self/pagemap",
                                         "/proc/self/clear_refs"};
    static const char *const opened[] = {
        "/proc/%d/mem",           "/proc/self/mem",
        "/proc/thread-self/mem",  "/proc/self/task/../mem",
        "/proc/self/task/%d/mem", "/dev/fd/../mem"};
    char name[64];

    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
        if (!fails(open(closed[i], O_RDWR), EACCES))
            return 0;
    /* EISDIR, or EACCES beside others. */
    if (open("/proc/self/map_files", O_RDWR) >= 0)
        return 0;
    /* Another process could get hold of it. */
    if (others_have_descriptors)
        return fails(open("/proc/self/mem", O_RDWR), EACCES);
    for (size_t i = 0; i < sizeof(opened) / sizeof(opened[0]); i++) {
        snprintf(name, sizeof(name), opened[i], getpid());
        mem = open(name, O_RDWR);
        if (pread(mem, name, 4, (off_t)own) != 4 || !all_outside(try_memory) ||
            !all_outside(try_buffer) || !over_the_end()) {
            printf("by %s\n", opened[i]);
            return 0;
        }
        close(mem);
    }
    mem = open("/proc/self/mem", O_RDWR);
    return around_the_vdso();
}

/* Whether the monitor's descriptor (fd) cannot be had in any way, by a
 * directory that was opened below another root. */
static int is_out_of_reach(int proc, int fd)
{
    static const char *const names[] = {"self/fd/%d", "thread-self/fd/%d",
                                        "self/fdinfo/%d", "self/task/../fd/%d"};
    char name[64], target[64];
    struct stat st;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(name, sizeof(name), names[i], fd);
        if (!fails(openat(proc, name, O_PATH), ENOENT) ||
            !fails(openat(proc, name, O_RDWR), ENOENT) ||
            !fails(readlinkat(proc, name, target, sizeof(target)), ENOENT) ||
            !fails(fstatat(proc, name, &st, AT_SYMLINK_NOFOLLOW), ENOENT) ||
            !fails(linkat(proc, name, AT_FDCWD, "/x", AT_SYMLINK_FOLLOW),
                   ENOENT))
            return 0;
    }
    return 1;
}

/* With another root, where there is no /proc; but it was opened before. */
int another_root(void)
{
    const int proc = open("/proc", O_PATH | O_DIRECTORY);
    char text[8192] = "";
    int fd;

    if (geteuid() != 0)
        return fails(chroot("/tmp"), EPERM);
    if (chroot("/tmp") < 0 || chdir("/") < 0)
        return 0;
    for (fd = MONITORS; fd < MONITORS + 16; fd++)
        if (!is_out_of_reach(proc, fd))
            return 0;
    if (!fails(openat(proc, "self/pagemap", O_RDONLY), EACCES) ||
        !fails(openat(proc, "self/clear_refs", O_WRONLY), EACCES) ||
        openat(proc, "self/map_files", O_RDONLY) >= 0)
        return 0;
    fd = openat(proc, "self/maps", O_RDONLY);
    if (read(fd, text, sizeof(text) - 1) <= 0 || strstr(text, "kvm") ||
        strstr(text, "microvm"))
        return 0;
    mem = openat(proc, "self/mem", O_RDWR);
    return pread(mem, text, 4, (off_t)own) == 4 && all_outside(try_memory) &&
           all_outside(try_buffer) && over_the_end();
}

static int receive(int socket)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr head;
    } control;
    struct iovec iov = {(char[1]){0}, 1};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = control.bytes,
                         .msg_controllen = sizeof(control.bytes)};
    int fd;

    if (recvmsg(socket, &msg, 0) != 1 || msg.msg_controllen == 0)
        return -1;
    memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
    return fd;
}

/* The memory of another process by (fd) shows nothing and takes nothing. */
static int is_empty(int fd)
{
    char buf[sizeof(own)] = "";
    struct iovec v = {buf, sizeof(buf)};

    return fd >= 0 && pread(fd, buf, sizeof(buf), (off_t)own) == 0 &&
           preadv(fd, &v, 1, (off_t)own) == 0 &&
           pwrite(fd, "theirs", 6, (off_t)own) == -1 && read(fd, buf, 1) == 0 &&
           write(fd, "theirs", 6) == -1 && ftruncate(fd, 4096) == -1 &&
           buf[0] == '\0' && strcmp(own, "its own") == 0;
}

/* A descriptor of it where it leads to another process: inherited and sent,
 * down and up. */
int own_memory_passed_on(void)
{
    int ends[2], status = -1;
    pid_t pid;

    mem = open("/proc/self/mem", O_RDWR);
    if (mem < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
        return 0;
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        int inherited = is_empty(mem), sent = is_empty(receive(ends[1]));
        int mine = open("/proc/self/mem", O_RDWR);

        send_along(ends[1], mine);
        /* It knows its own from the parent's by now. */
        _exit(inherited && sent && is_empty(mem) &&
                      pwrite(mine, own, 8, (off_t)own) == 8 &&
                      receive(ends[1]) >= 0
                  ? 0
                  : 1);
    }
    if (send_along(ends[0], mem) != 1 || !is_empty(receive(ends[0])) ||
        send_along(ends[0], mem) != 1)
        return 0;
    return waitpid(pid, &status, 0) == pid && status == 0 &&
           pread(mem, own, 8, (off_t)own) == 8 && strcmp(own, "its own") == 0;
}

/* --- what is opened before it is refused --- */

#define PASSING "/tmp/escape-passing"

static atomic_int done;
static int next_fd; /* the number that the next open gets */

static void *open_again(void *name)
{
    while (!done) {
        int fd = open(name, O_RDWR);

        if (fd < 0)
            fd = open(name, O_RDONLY);
        if (fd >= 0)
            close(fd);
    }
    return NULL;
}

/* The name leads to a harmless file and to the memory by turns. */
static void *turn(void *arg)
{
    while (!done)
        for (int i = 0; i < 2; i++)
            if (symlink(i ? "/proc/self/mem" : "/dev/zero", PASSING "-new") <
                    0 ||
                rename(PASSING "-new", PASSING) < 0)
                return NULL;
    return arg;
}

/* Whether another thread gets hold of a file of /proc that (name) opens. */
static int passes(char *name)
{
    pthread_t opener, turner;
    struct timespec t;
    time_t end;
    int found = 0;
    unsigned turns = 0;

    done = 0;
    clock_gettime(CLOCK_MONOTONIC, &t);
    end = t.tv_sec + 2;
    if (pthread_create(&turner, NULL, turn, NULL) != 0 ||
        pthread_create(&opener, NULL, open_again, name) != 0)
        return 1;
    while (!found && t.tv_sec < end) {
        int fd = dup(next_fd + (int)(turns++ % 3));
        struct statfs fs;

        /* What is opened as a path only tells nothing. */
        found = fd >= 0 && fstatfs(fd, &fs) == 0 &&
                fs.f_type == PROC_SUPER_MAGIC && !(fcntl(fd, F_GETFL) & O_PATH);
        if (fd >= 0)
            close(fd);
        clock_gettime(CLOCK_MONOTONIC, &t);
    }
    done = 1;
    pthread_join(opener, NULL);
    pthread_join(turner, NULL);
    unlink(PASSING);
    if (found)
        printf("%s passes\n", name);
    return found;
}

int files_in_passing(void)
{
    next_fd = dup(0);
    close(next_fd);
    return !passes("/proc/self/mem") && !passes("/proc/self/maps") &&
           !passes("/proc/self/status") && !passes("/proc/self/pagemap") &&
           !passes(PASSING);
}

/* Whether another thread of a child, new each time, gets hold of the file that
 * shows the monitor's memory while it is opened for this one. */
static void *holds_on(void *found)
{
    while (!done)
        for (int n = next_fd; n < next_fd + 2; n++) {
            int fd = fcntl(n, F_DUPFD, 100);
            struct statfs fs;

            if (fd < 0)
                continue;
            if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC &&
                !(fcntl(fd, F_GETFL) & O_PATH))
                *(int *)found = 1;
            close(fd);
        }
    return NULL;
}

static int opens_beside_a_thread(int n)
{
    int found = 0;
    pthread_t thread;

    done = 0;
    if (pthread_create(&thread, NULL, holds_on, &found) != 0)
        return 1;
    usleep((useconds_t)(n % 10 * 50));
    open("/proc/self/mem", O_RDWR);
    usleep(200);
    done = 1;
    pthread_join(thread, NULL);
    return found;
}

int memory_in_passing(void)
{
    next_fd = dup(0);
    close(next_fd);
    for (int i = 0; i < 100; i++) {
        int status = -1;
        pid_t pid = fork();

        if (pid == 0)
            _exit(opens_beside_a_thread(i));
        if (waitpid(pid, &status, 0) != pid || status != 0)
            return 0;
    }
    return 1;
}

/* The number leads to the two ends of a pipe by turns. */
static void *turn_pipe(void *ends)
{
    while (!done)
        for (int i = 0; i < 2; i++)
            dup2(((int *)ends)[i], next_fd);
    return NULL;
}

/* Whether a page of the program comes into a pipe, where it can change after
 * the call that was looked at. */
int pipes_in_passing(void)
{
    static char copy[PAGE];
    char *page = aligned_alloc(PAGE, PAGE);
    struct iovec iov = {page, PAGE};
    pthread_t turner;
    int ends[2], found = 0;
    time_t end = time(NULL) + 3;

    if (pipe2(ends, O_NONBLOCK) < 0)
        return 0;
    next_fd = dup(ends[0]);
    done = 0;
    if (pthread_create(&turner, NULL, turn_pipe, ends) != 0)
        return 0;
    while (!found && time(NULL) < end) {
        memset(page, 'a', PAGE);
        if (vmsplice(next_fd, &iov, 1, SPLICE_F_NONBLOCK) != PAGE)
            continue;
        memset(page, 'b', PAGE);
        while (read(ends[0], copy, PAGE) > 0)
            found |= copy[0] != 'a';
    }
    done = 1;
    pthread_join(turner, NULL);
    return !found;
}

/* What the shim answers from, and behind it, which calls are watched. */
static volatile uint64_t *const answers = (volatile void *)(MACHINE + PAGE);

struct kernel_action {
    uint64_t handler, flags, restorer, mask;
};

/* All of it is known: a counter, that this is the only thread, where the heap
 * ends, what rt_sigaction(2) tells, that no file's place is noted, which
 * process this is, and that nobody watches any call. */
static int answers_are_known(void)
{
    const size_t places = 2 + 65 * 4, id = places + 2 + 64 / 2;
    struct kernel_action action;

    for (size_t i = places; i < 2 * PAGE / 8; i++)
        if (answers[i] != (i == id ? (uint64_t)getpid() : 0))
            return 0;
    for (int sig = 1; sig <= 64; sig++) {
        const volatile uint64_t *told = answers + 2 + sig * 4;

        if (syscall(SYS_rt_sigaction, sig, NULL, &action, 8) < 0 ||
            told[0] != action.handler || told[1] != action.flags ||
            told[2] != action.restorer || told[3] != action.mask)
            return 0;
    }
    return answers[0] >> 32 == 1 && answers[1] == (uintptr_t)sbrk(0);
}

/* A program has nothing from writing there, nor has the next one. Where the
 * page is not in use it cannot be read. */
int page_of_answers(void)
{
    char *args[] = {"escape", "page_after_exec", NULL};
    const pid_t self = getpid();
    int status = -1;
    pid_t pid;

    caught = 0;
    if (sigsetjmp(back, 1) != 0)
        return 1;
    if (!answers_are_known() ||
        !FAULTS(SIGSEGV, *((volatile char *)answers + PAGE) = 1))
        return 0;
    signal(SIGUSR1, SIG_IGN);
    for (size_t i = 0; i < PAGE / 8; i++)
        answers[i] = 0x7e7e7e7e7e7e7e7f; /* the counter is odd */
    /* It lies to itself. */
    if (!FAULTS(SIGSEGV, *(volatile char *)8 = 1) ||
        syscall(SYS_tgkill, self, self, SIGUSR1) != 0)
        return 0;
    signal(SIGUSR1, SIG_DFL);
    pid = fork();
    if (pid == 0) {
        close(STDOUT_FILENO); /* its "ok" */
        execv("/proc/self/exe", args);
        _exit(1);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* A new program finds nothing there, whatever the last one wrote. */
int page_after_exec(void)
{
    struct kernel_action action = {1, 1, 1, 1};

    caught = 0;
    if (sigsetjmp(back, 1) != 0)
        return 1;
    if (syscall(SYS_rt_sigaction, SIGUSR2, NULL, &action, 8) < 0 ||
        action.handler || action.flags || action.restorer || action.mask)
        return 0;
    return answers_are_known() && !(answers[0] & 1);
}
