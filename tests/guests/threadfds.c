/* threadfds.c CASE: threads that have descriptors of their own. */
#include "threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif

#define STACK   (1 << 16)
#define MANY    20
#define AT_ONCE 8

#define THREAD                                                                 \
    (CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |      \
     CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)

static char stack[STACK] __attribute__((aligned(16)));
static int go[2], done[2]; /* pipes between two threads */

static int unshare_files(void)
{
    return (int)syscall(SYS_unshare, CLONE_FILES);
}

static int is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* Descriptors that a directory of /proc lists. */
static int listed(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *e;
    int n = 0;

    while (dir && (e = readdir(dir)))
        n += e->d_name[0] != '.' && atoi(e->d_name) != dirfd(dir);
    if (dir)
        closedir(dir);
    return n;
}

static void give(const int ends[2])
{
    if (write(ends[1], "x", 1) != 1)
        exit(91);
}

static void take(const int ends[2])
{
    char byte;

    if (read(ends[0], &byte, 1) != 1)
        exit(92);
}

static void open_pipes(void)
{
    if (pipe(go) < 0 || pipe(done) < 0)
        exit(93);
}

/* What a thread with copies does, while the other one looks. */
static void differ(void)
{
    dup2(0, 50);
    close(40);
    give(done);
    take(go);
    printf("thread: 40 %d, 50 %d, 60 %d, listed %d, the leader's %d\n",
           is_open(40), is_open(50), is_open(60),
           listed("/proc/thread-self/fd"), listed("/proc/self/fd"));
    fflush(stdout);
}

static void look_on(void)
{
    take(done);
    dup2(0, 60);
    close(41);
    printf("leader: 40 %d, 50 %d, 60 %d, listed %d\n", is_open(40), is_open(50),
           is_open(60), listed("/proc/self/fd"));
    fflush(stdout);
    give(go);
}

static void *unshares(void *arg)
{
    (void)arg;
    show("unshare", unshare_files());
    show("and again", unshare_files());
    differ();
    printf("41 %d\n", is_open(41));
    return NULL;
}

static void by_unshare(void)
{
    pthread_t thread;

    open_pipes();
    dup2(0, 40);
    dup2(0, 41);
    thread = start(unshares, NULL);
    look_on();
    pthread_join(thread, NULL);
    printf("at the end: 40 %d, 50 %d\n", is_open(40), is_open(50));
}

static void *unshares_by_close_range(void *arg)
{
    (void)arg;
    show("close_range",
         syscall(SYS_close_range, 41, UINT_MAX, CLOSE_RANGE_UNSHARE));
    differ();
    return NULL;
}

static void by_close_range(void)
{
    pthread_t thread;

    open_pipes();
    dup2(0, 40);
    dup2(0, 41);
    dup2(0, 45);
    thread = start(unshares_by_close_range, NULL);
    look_on();
    pthread_join(thread, NULL);
    printf("at the end: 40 %d, 45 %d\n", is_open(40), is_open(45));
}

/* Its thread's part of the C library is the caller's, who waits meanwhile. */
static int cloned(void *arg)
{
    (void)arg;
    dup2(0, 50);
    close(40);
    return is_open(41) ? 0 : 1;
}

static void by_clone(void)
{
    static volatile int tid = -1;

    dup2(0, 40);
    dup2(0, 41);
    fflush(stdout);
    if (clone(cloned, stack + STACK, THREAD, NULL, NULL, NULL, &tid) < 0)
        tell("clone", 0);
    while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) != 0)
        pause_ms(1);
    printf("at the end: 40 %d, 50 %d\n", is_open(40), is_open(50));
}

/* As vfork(2): the caller waits until it has ended. */
static atomic_int left;

static int ends_late(void *arg)
{
    (void)arg;
    pause_ms(50);
    left = 1;
    return 0;
}

static void by_vfork(void)
{
    fflush(stdout);
    if (clone(ends_late, stack + STACK,
              (THREAD | CLONE_FILES | CLONE_VFORK) &
                  ~(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID),
              NULL) < 0)
        tell("clone", 0);
    show("has ended", left);
}

/* Who waits so does not keep the process from its end. */
static int exits(void *arg)
{
    (void)arg;
    pause_ms(50);
    syscall(SYS_exit_group, 5);
    return 0;
}

static void by_vfork_that_exits(void)
{
    fflush(stdout);
    clone(exits, stack + STACK,
          (THREAD | CLONE_VFORK) & ~(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID),
          NULL);
    puts("not reached");
}

/* The thread keeps the leader's from then on. */
static void *stays(void *arg)
{
    (void)arg;
    give(done);
    take(go);
    printf("thread: 40 %d, 50 %d\n", is_open(40), is_open(50));
    return NULL;
}

static void by_leader(void)
{
    pthread_t thread;

    open_pipes();
    dup2(0, 40);
    thread = start(stays, NULL);
    take(done);
    show("unshare", unshare_files());
    close(40);
    dup2(0, 50);
    give(go);
    pthread_join(thread, NULL);
    printf("leader: 40 %d, 50 %d\n", is_open(40), is_open(50));
    show("alone again", unshare_files());
}

/* An end that only a thread has is closed when the thread ends. */
static void *holds(void *arg)
{
    (void)arg;
    unshare_files();
    give(done);
    take(go);
    return NULL;
}

static int is_closed(int end)
{
    struct pollfd fd = {.fd = end, .events = POLLIN};

    return poll(&fd, 1, 5000) == 1 && (fd.revents & POLLHUP);
}

static void ends(void)
{
    pthread_t thread;
    int ends[2];

    open_pipes();
    if (pipe(ends) < 0)
        exit(94);
    thread = start(holds, NULL);
    take(done);
    close(ends[1]);
    show("while it is there",
         poll(&(struct pollfd){ends[0], POLLIN, 0}, 1, 50));
    give(go);
    pthread_join(thread, NULL);
    show("closed", is_closed(ends[0]));
}

/* The leader ends, and nobody else has its descriptors. */
static int leaders[2];

static void *outlives(void *arg)
{
    (void)arg;
    unshare_files();
    close(leaders[1]);
    give(done);
    show("the leader's are closed", is_closed(leaders[0]));
    show("in task",
         listed("/proc/thread-self/fd") == listed("/proc/thread-self/fdinfo"));
    fflush(stdout);
    if (fork() == 0)
        _exit(0);
    show("fork", wait(NULL) > 0);
    exit(7);
}

static void after_leader(void)
{
    open_pipes();
    if (pipe(leaders) < 0)
        exit(94);
    start(outlives, NULL);
    take(done);
    pthread_exit(NULL);
}

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

/* Threads of such threads have the same, and go on when their maker ends. */
static void *goes_on(void *arg)
{
    (void)arg;
    take(go);
    printf("40 %d, 50 %d\n", is_open(40), is_open(50));
    show("its own", unshare_files());
    pthread_join(start(nothing, NULL), NULL);
    return NULL;
}

static pthread_t grandchild;

static void *makes_threads(void *arg)
{
    (void)arg;
    unshare_files();
    close(40);
    dup2(0, 50);
    grandchild = start(goes_on, NULL);
    return NULL;
}

static void threads(void)
{
    open_pipes();
    dup2(0, 40);
    pthread_join(start(makes_threads, NULL), NULL);
    pthread_join(start(nothing, NULL), NULL);
    give(go);
    pthread_join(grandchild, NULL);
    for (int i = 0; i < MANY; i++)
        pthread_join(start(nothing, NULL), NULL);
    printf("40 %d, 50 %d\n", is_open(40), is_open(50));
}

/* All at once, again and again; each finds what it opened. */
static void *works(void *arg)
{
    const int number = 100 + (int)(intptr_t)arg;
    char text[16], path[64];

    for (int i = 0; i < 4; i++) {
        int fd, status = -1;
        pid_t pid;

        if (unshare_files() < 0)
            return "unshare";
        snprintf(text, sizeof(text), "%d", number);
        fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
        if (fd < 0)
            fd = (int)syscall(SYS_memfd_create, "w", 0);
        if (write(fd, text, strlen(text)) < 0 || dup2(fd, number) != number)
            return "write";
        close(fd);
        pid = fork();
        if (pid == 0)
            _exit(listed("/proc/self/fd"));
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
            return "fork";
        snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", number);
        memset(text, 0, sizeof(text));
        fd = open(path, O_RDONLY);
        if (read(fd, text, sizeof(text)) <= 0 || atoi(text) != number)
            return "read";
        close(fd);
    }
    return NULL;
}

static void at_once(void)
{
    pthread_t thread[AT_ONCE];
    const int fds = listed("/proc/self/fd");

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < AT_ONCE; i++)
            thread[i] = start(works, (void *)(intptr_t)i);
        for (int i = 0; i < AT_ONCE; i++) {
            void *why;

            pthread_join(thread[i], &why);
            if (why && !counter++)
                printf("%s\n", (const char *)why);
        }
    }
    printf("bad %d, left %d\n", counter, listed("/proc/self/fd") - fds);
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
        {"unshare", by_unshare},
        {"close-range", by_close_range},
        {"clone", by_clone},
        {"vfork", by_vfork},
        {"vfork-exits", by_vfork_that_exits},
        {"leader", by_leader},
        {"ends", ends},
        {"after-leader", after_leader},
        {"exec", exec_by_thread},
        {"exec-after-leader", exec_after_leader},
        {"exec-by-descriptor", exec_by_fd},
        {"look", look},
        {"children", children},
        {"threads", threads},
        {"at-once", at_once},
        {"memory", memory},
        {"locks", locks},
    };

    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
