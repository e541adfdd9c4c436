/* threadfds.c CASE: threads that have descriptors of their own: how they come
 * by them, and what becomes of them. */
#include "threadfds.h"

#include <limits.h>
#include <poll.h>

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif

#define MANY    20
#define AT_ONCE 8

#define THREAD                                                                 \
    (CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |      \
     CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)

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

static void *unshares_by_close_range(void *arg)
{
    (void)arg;
    show("close_range",
         syscall(SYS_close_range, 41, UINT_MAX, CLOSE_RANGE_UNSHARE));
    differ();
    return NULL;
}

static void two_tables(void *(*fn)(void *))
{
    pthread_t thread;

    open_pipes();
    dup2(0, 40);
    dup2(0, 41);
    dup2(0, 45);
    thread = start(fn, NULL);
    look_on();
    pthread_join(thread, NULL);
    printf("at the end: 40 %d, 45 %d, 50 %d\n", is_open(40), is_open(45),
           is_open(50));
}

static void by_unshare(void)
{
    two_tables(unshares);
}

static void by_close_range(void)
{
    two_tables(unshares_by_close_range);
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
        {"threads", threads},
        {"at-once", at_once},
    };

    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
