/* threadfds_uses.c CASE: what threads that have descriptors of their own do
 * with them: programs, children, files of /proc, locks, asynchronous I/O. */
#include "threadfds.h"

#include <linux/aio_abi.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>

/* A program that such a thread runs has its descriptors. */
static void runs(void)
{
    char *const argv[] = {(char *)self, "look", NULL};

    unshare_files();
    dup2(0, 50);
    dup2(0, 51);
    fcntl(51, F_SETFD, FD_CLOEXEC);
    close(40);
    fflush(stdout);
    execv(self, argv); /* the leader may be gone, and with it /proc/self/exe */
    tell("execv", 0);
}

static void *execs(void *arg)
{
    if (arg)
        pause_ms(50);
    runs();
    return NULL;
}

static void look(void)
{
    printf("40 %d, 41 %d, 50 %d, 51 %d, leader %d, listed %d\n", is_open(40),
           is_open(41), is_open(50), is_open(51), getpid() == gettid(),
           listed("/proc/self/fd"));
}

static void exec_by_thread(void)
{
    dup2(0, 40);
    dup2(0, 41);
    start(execs, NULL);
    for (;;)
        pause();
}

static void exec_after_leader(void)
{
    dup2(0, 40);
    dup2(0, 41);
    start(execs, "");
    pthread_exit(NULL);
}

/* By a descriptor that the leader does not have. */
static void *execs_by_fd(void *arg)
{
    char *const argv[] = {(char *)self, "look", NULL};
    int fd;

    (void)arg;
    unshare_files();
    dup2(0, 50);
    fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    dup3(fd, 70, O_CLOEXEC);
    fflush(stdout);
    fexecve(70, argv, environ);
    tell("fexecve", 0);
    exit(1);
}

static void exec_by_fd(void)
{
    pthread_join(start(execs_by_fd, NULL), NULL);
}

/* Children of such a thread, one of each kind. */
static int shares(void *arg)
{
    (void)arg;
    close(50);
    dup2(0, 51);
    return is_open(40) ? 9 : 3;
}

static void ended(const char *what, pid_t pid)
{
    int status = -1;

    pid = waitpid(pid, &status, 0);
    printf("%s: %s %#x, 50 %d, 51 %d\n", what, pid > 0 ? "ended" : "?",
           (unsigned)status, is_open(50), is_open(51));
    fflush(stdout);
    dup2(0, 50);
    close(51);
}

static void *makes(void *arg)
{
    char *const argv[] = {(char *)self, "look", NULL};
    pid_t pid;

    (void)arg;
    unshare_files();
    close(40);
    dup2(0, 50);
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        _exit(shares(NULL));
    ended("fork", pid);
    pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, NULL, NULL, 0);
    if (pid == 0)
        _exit(shares(NULL));
    ended("with the same", pid);
    ended("in this memory",
          clone(shares, stack + STACK, CLONE_VM | SIGCHLD, NULL));
    ended("in this memory with the same",
          clone(shares, stack + STACK, CLONE_VM | CLONE_FILES | SIGCHLD, NULL));
    if (posix_spawn(&pid, self, NULL, NULL, argv, environ) == 0)
        ended("spawn", pid);
    return NULL;
}

static void children(void)
{
    dup2(0, 40);
    pthread_join(start(makes, NULL), NULL);
    printf("leader: 40 %d, 50 %d, 51 %d\n", is_open(40), is_open(50),
           is_open(51));
}

/* The memory of the process can be read by descriptors in either table. */
static const char text[] = "what is in memory";

static void read_memory(const char *who, int fd)
{
    char copy[sizeof(text)] = "";

    printf("%s: %zd %s\n", who,
           pread(fd, copy, sizeof(copy), (off_t)(uintptr_t)text), copy);
    fflush(stdout);
}

static void *reads(void *arg)
{
    int before = open("/proc/self/mem", O_RDONLY), after;

    (void)arg;
    unshare_files();
    after = open("/proc/self/mem", O_RDONLY);
    read_memory("before", before);
    read_memory("after", after);
    give(done);
    take(go);
    read_memory("later", after);
    return NULL;
}

static void memory(void)
{
    pthread_t thread;
    int fd;

    open_pipes();
    thread = start(reads, NULL);
    take(done);
    fd = open("/proc/self/mem", O_RDONLY);
    read_memory("leader", fd);
    give(go);
    pthread_join(thread, NULL);
    read_memory("leader", fd);
}

/* A request waits for a file that one thread has; any thread takes its event.
 */
static aio_context_t context;

static long wait_for(int fd, uint64_t data)
{
    struct iocb request = {.aio_data = data,
                           .aio_lio_opcode = IOCB_CMD_POLL,
                           .aio_fildes = (uint32_t)fd,
                           .aio_buf = POLLIN},
                *list = &request;

    return syscall(SYS_io_submit, context, 1L, &list);
}

static long take_event(void)
{
    struct io_event event = {0};
    const struct timespec patience = {30, 0};
    long n = syscall(SYS_io_getevents, context, 1L, 1L, &event, &patience);

    return n == 1 ? (long)event.data : n;
}

/* An eventfd that only this thread has under its number is told. */
static void tell_eventfd(void)
{
    int file = (int)syscall(SYS_memfd_create, "file", 0);
    uint64_t told = 0;
    struct iocb request = {.aio_data = 85,
                           .aio_lio_opcode = IOCB_CMD_PWRITE,
                           .aio_flags = IOCB_FLAG_RESFD,
                           .aio_resfd = 85,
                           .aio_fildes = (uint32_t)file,
                           .aio_buf = (uintptr_t) "abc",
                           .aio_nbytes = 3},
                *list = &request;

    dup2(eventfd(0, 0), 85);
    show("with an eventfd", syscall(SYS_io_submit, context, 1L, &list));
    show("its event", take_event());
    show("told", read(85, &told, sizeof(told)) == sizeof(told) && told == 1);
}

static void *submits(void *arg)
{
    int own[2];

    (void)arg;
    unshare_files();
    tell_eventfd();
    if (pipe(own) < 0 || dup2(own[0], 80) != 80)
        exit(95);
    show("its own", wait_for(80, 80));
    give(done);
    take(go);
    give(own);
    take(go);
    show("the leader's", take_event());
    give(done);
    take(go);
    return NULL;
}

static void aio(void)
{
    pthread_t thread;
    int ends[2];

    open_pipes();
    show("setup", syscall(SYS_io_setup, 8, &context));
    thread = start(submits, NULL);
    take(done);
    give(go);
    show("the thread's", take_event());
    give(go);
    /* The same number, and another file. */
    if (pipe(ends) < 0 || dup2(ends[0], 80) != 80)
        exit(96);
    show("the leader's", wait_for(80, 81));
    give(ends);
    take(done);
    show("and again", wait_for(ends[0], 82));
    give(go);
    pthread_join(thread, NULL);
    show("after it", take_event());
    show("destroy", syscall(SYS_io_destroy, context));
}

/* Record locks are a table's. fcntl_locking(2) */
static int try_lock(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

    return fcntl(fd, F_SETLK, &lock);
}

static void *locks_too(void *arg)
{
    const int fd = *(int *)arg;

    show("shared", try_lock(fd));
    unshare_files();
    show("its own", try_lock(fd));
    return NULL;
}

static void locks(void)
{
    int fd = (int)syscall(SYS_memfd_create, "locked", 0);

    show("lock", ftruncate(fd, 10) == 0 ? try_lock(fd) : -1);
    pthread_join(start(locks_too, &fd), NULL);
    show("still", try_lock(fd));
}

int main(int argc, char **argv)
{
    static const struct scenario scenarios[] = {
        {"exec", exec_by_thread},
        {"exec-after-leader", exec_after_leader},
        {"exec-by-descriptor", exec_by_fd},
        {"look", look},
        {"children", children},
        {"memory", memory},
        {"aio", aio},
        {"locks", locks},
    };

    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
