/* aioshare.c CASE: contexts of asynchronous I/O of processes that share memory,
 * with the same descriptors or not: who makes one, submits, waits, ends. */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "sharer.h"

#define ROUNDS 60

static const int kinds[] = {SIGCHLD, SIGCHLD | CLONE_FILES};
static aio_context_t ctx, other;
static int file, ends[2], more[2]; /* pipes */
static volatile int turn, ready;
static char self[PATH_MAX];

/* Errno is one for all of them: only who is alone may ask for it. */
static long answer(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
    return result;
}

static struct iocb to_write(uint64_t data)
{
    return (struct iocb){.aio_data = data,
                         .aio_lio_opcode = IOCB_CMD_PWRITE,
                         .aio_fildes = (uint32_t)file,
                         .aio_buf = (uintptr_t) "abc",
                         .aio_nbytes = 3};
}

static struct iocb to_wait(uint64_t data, int fd)
{
    return (struct iocb){.aio_data = data,
                         .aio_lio_opcode = IOCB_CMD_POLL,
                         .aio_fildes = (uint32_t)fd,
                         .aio_buf = POLLIN | POLLRDNORM};
}

static long submit(aio_context_t where, struct iocb request)
{
    struct iocb *cb = &request;

    return syscall(SYS_io_submit, where, 1L, &cb);
}

/* The data of (n) events, added up: which is first may differ. */
static long take(aio_context_t where, long n)
{
    const struct timespec patience = {30, 0};
    struct io_event got[8];
    long sum = 0;

    n = syscall(SYS_io_getevents, where, n, 8L, got, n ? &patience : NULL);
    for (long i = 0; i < n; i++)
        sum += (long)got[i].data;
    return n < 0 ? n : sum;
}

static void takes(const char *what, aio_context_t where, long n)
{
    long sum = take(where, n);

    if (sum < 0)
        answer(what, sum);
    else
        printf("%s: %ld\n", what, sum);
}

static long destroy(aio_context_t where)
{
    return syscall(SYS_io_destroy, where);
}

static aio_context_t setup(void)
{
    aio_context_t made = 0;

    if (syscall(SYS_io_setup, 8, &made) < 0)
        puts("no context");
    return made;
}

static void put(int fd)
{
    if (write(fd, "x", 1) != 1)
        puts("cannot write");
}

static void get(int fd)
{
    char byte;

    if (read(fd, &byte, 1) != 1)
        puts("cannot read");
}

static void step(int to)
{
    tell(&turn, to);
    await(&turn, to);
}

/* --- one submits, another one waits --- */

/* So often that two of different processes have a number of a descriptor in
 * common, if each has numbers of its own. */
static void waits_often(const char *what, uint64_t data)
{
    for (int i = 0; i < 4; i++)
        answer(what, submit(ctx, to_wait(data, ends[0])));
}

static int takes_turns(void *arg)
{
    (void)arg;
    takes("child takes", ctx, 1);
    answer("child submits", submit(ctx, to_write(2)));
    step(1);
    put(ends[1]);
    takes("child takes what the parent waits for", ctx, 1);
    get(ends[0]);
    answer("child waits", submit(ctx, to_wait(4, more[0])));
    step(3);
    usleep(30000);
    put(more[1]);
    await(&turn, 4);
    waits_often("child waits for it, too", 10);
    put(ends[1]);
    takes("child takes all", ctx, 8);
    get(ends[0]);
    answer("child waits once more", submit(ctx, to_wait(7, ends[0])));
    answer("child destroys", destroy(ctx));
    step(6);
    return 0;
}

static void uses(void)
{
    for (int i = 0; i < 2; i++) {
        pid_t pid;

        turn = 0;
        ctx = setup();
        answer("parent submits", submit(ctx, to_write(1)));
        pid = start(takes_turns, 0, kinds[i], NULL);
        await(&turn, 0);
        takes("parent takes", ctx, 1);
        answer("parent waits", submit(ctx, to_wait(3, ends[0])));
        step(2);
        tell(&turn, 4);
        takes("parent takes what the child waits for", ctx, 1);
        get(more[0]);
        waits_often("parent waits for it", 1);
        step(5);
        answer("parent submits", submit(ctx, to_write(8)));
        takes("parent takes", ctx, 0);
        answer("parent destroys", destroy(ctx));
        tell(&turn, 7);
        ended("child", pid);
    }
}

/* --- who made it ends --- */

static int makes(void *arg)
{
    (void)arg;
    ctx = setup();
    answer("child submits", submit(ctx, to_write(1)));
    answer("child waits", submit(ctx, to_wait(2, ends[0])));
    return 0;
}

/* While it waits, or anywhere. */
static int is_killed(void *waits)
{
    submit(ctx, to_wait(1, ends[0]));
    tell(&turn, 1);
    while (!waits) {
        submit(ctx, to_write(1));
        take(ctx, 1);
    }
    return take(ctx, 8) < 0;
}

static int submits_later(void *arg)
{
    (void)arg;
    usleep(5000);
    return submit(ctx, to_write(1)) != 1;
}

static void is_sound(void)
{
    int status = 0;
    pid_t pid;

    ctx = setup();
    pid = start(submits_later, 1, SIGCHLD, NULL);
    if (take(ctx, 1) != 1 || waitpid(pid, &status, 0) != pid || status)
        puts("not sound");
    destroy(ctx);
}

static void outlives(void)
{
    for (int i = 0; i < 2; i++) {
        ended("maker", start(makes, 0, kinds[i], NULL));
        takes("parent takes", ctx, 1);
        put(ends[1]);
        takes("what the child waited for", ctx, 1);
        get(ends[0]);
        answer("parent submits", submit(ctx, to_write(3)));
        answer("parent waits", submit(ctx, to_wait(4, ends[0])));
        takes("parent takes", ctx, 1);
        answer("parent destroys", destroy(ctx));
        answer("again", destroy(ctx));
    }
    for (int i = 0; i < ROUNDS; i++) {
        int status = 0;
        pid_t pid;

        turn = 0;
        ctx = setup();
        pid = start(is_killed, 0, kinds[i % 2], i % 4 < 2 ? self : NULL);
        await(&turn, 0);
        usleep((unsigned)i * 30);
        kill(pid, SIGKILL);
        if (waitpid(pid, &status, 0) != pid || status != SIGKILL)
            printf("%d: status %#x\n", i, (unsigned)status);
        if (submit(ctx, to_write(1)) != 1 || take(ctx, 1) < 1)
            puts("cannot use it");
        destroy(ctx);
        is_sound();
    }
    puts("all killed");
}

/* --- several wait at a time --- */

static int echoes(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++)
        if (take(other, 1) != i || submit(ctx, to_write((uint64_t)i)) != 1)
            return 1;
    return 0;
}

/* What the one waits for may be found by the other. */
static int waits_for_more(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        if (submit(other, to_wait(7, more[0])) != 1)
            return 1;
        tell(&ready, i + 1);
        if (take(other, 1) != 7)
            return 2;
        get(more[0]);
    }
    return 0;
}

static int writes_both(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        await(&turn, i);
        if (i % 2)
            usleep(1000);
        put(i % 3 ? more[1] : ends[1]);
        put(i % 3 ? ends[1] : more[1]);
    }
    return 0;
}

static int waits_until_destroyed(void *arg)
{
    (void)arg;
    tell(&turn, 1);
    return take(ctx, 1) < 0 ? 5 : 6;
}

static void waiters(void)
{
    for (int i = 0; i < 2; i++) {
        pid_t pid, writer;
        int failed = 0;

        ctx = setup();
        other = setup();
        answer("never", submit(ctx, to_wait(1000, ends[0])));
        pid = start(echoes, 0, kinds[i], NULL);
        for (int n = 0; n < ROUNDS; n++)
            failed +=
                submit(other, to_write((uint64_t)n)) != 1 || take(ctx, 1) != n;
        printf("failed %d\n", failed);
        ended("echo", pid);
        destroy(ctx);
        ctx = setup();
        turn = ready = 0;
        writer = start(writes_both, 1, SIGCHLD, NULL);
        pid = start(waits_for_more, 0, kinds[i], NULL);
        for (int n = 0; n < ROUNDS; n++) {
            await(&ready, n);
            failed += submit(ctx, to_wait(9, ends[0])) != 1;
            tell(&turn, n + 1);
            failed += take(ctx, 1) != 9;
            get(ends[0]);
        }
        printf("failed %d\n", failed);
        ended("waiter", pid);
        ended("writer", writer);
        turn = 0;
        pid = start(waits_until_destroyed, 0, kinds[i], NULL);
        await(&turn, 0);
        usleep(30000);
        answer("destroy", destroy(ctx));
        ended("it waited", pid);
        answer("destroy", destroy(other));
    }
}

/* --- programs --- */

static int run(const char *what)
{
    char text[32];
    char *const argv[] = {self, (char *)what, text, NULL};
    char *const envp[] = {(char *)"PATH=/usr/bin:/bin", NULL};

    snprintf(text, sizeof(text), "%llu", (unsigned long long)ctx);
    execve(self, argv, envp);
    return 9;
}

static int waits_and_runs(void *arg)
{
    (void)arg;
    answer("child waits", submit(ctx, to_wait(2, ends[0])));
    return run("look");
}

/* Whose program is another one then. */
static int stays(void *arg)
{
    char byte;

    (void)arg;
    answer("child waits", submit(ctx, to_wait(3, ends[0])));
    close(more[1]);
    tell(&turn, 1);
    if (read(more[0], &byte, 1) != 0)
        return 1;
    put(ends[1]);
    takes("child takes both", ctx, 2);
    takes("and the parent's own", ctx, 0);
    answer("child submits", submit(ctx, to_write(4)));
    takes("child takes", ctx, 1);
    answer("child destroys", destroy(ctx));
    return 4;
}

static void look(void)
{
    aio_context_t none = 0;

    takes("program", ctx, 0);
    answer("its own", syscall(SYS_io_setup, 8, &none));
}

static void waits_for_child(void)
{
    int status = -1;

    wait(&status);
    printf("the one that stays: status %#x\n", (unsigned)status);
    look();
}

static void runs(void)
{
    pid_t pid;

    for (int i = 0; i < 2; i++) {
        ctx = setup();
        ended("program", start(waits_and_runs, 0, kinds[i], NULL));
        put(ends[1]);
        takes("what the child waited for", ctx, 1);
        get(ends[0]);
        answer("destroy", destroy(ctx));
    }
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        ctx = setup();
        answer("parent waits", submit(ctx, to_wait(2, ends[0])));
        if (pipe(more) < 0)
            _exit(1);
        fcntl(more[1], F_SETFD, FD_CLOEXEC);
        start(stays, 0, SIGCHLD, NULL);
        await(&turn, 0);
        _exit(run("wait"));
    }
    ended("all", pid);
}

/* --- fork(2) --- */

static void fork_as(const char *what, int flags)
{
    pid_t pid;

    fflush(stdout);
    pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, NULL, NULL, 0);
    if (pid == 0) {
        takes("inherited", ctx, 0);
        answer("destroy", destroy(ctx));
        ctx = setup();
        answer("waits", submit(ctx, to_wait(1, more[0])));
        put(more[1]);
        takes("takes", ctx, 1);
        get(more[0]);
        fflush(stdout);
        _exit(0);
    }
    ended(what, pid);
}

static int forks_both(void *arg)
{
    (void)arg;
    answer("waits", submit(ctx, to_wait(5, ends[0])));
    fork_as("child", 0);
    fork_as("child with the same descriptors", CLONE_FILES);
    put(ends[1]);
    takes("takes", ctx, 1);
    get(ends[0]);
    return 0;
}

static int unshares(void *arg)
{
    (void)arg;
    answer("waits", submit(ctx, to_wait(6, ends[0])));
    step(1);
    answer("unshare", unshare(CLONE_FILES));
    answer("waits", submit(ctx, to_wait(7, ends[0])));
    put(ends[1]);
    takes("takes", ctx, 2);
    get(ends[0]);
    answer("waits", submit(ctx, to_wait(8, more[0])));
    step(3);
    return 0;
}

static void forks(void)
{
    pid_t pid;

    ctx = setup();
    forks_both(NULL);
    for (int i = 0; i < 2; i++)
        ended("sharer", start(forks_both, 0, kinds[i], NULL));
    turn = 0;
    pid = start(unshares, 0, SIGCHLD | CLONE_FILES, NULL);
    await(&turn, 0);
    step(2);
    put(more[1]);
    takes("takes", ctx, 1);
    get(more[0]);
    tell(&turn, 4);
    ended("sharer", pid);
}

/* --- files --- */

/* Whether nobody has the writing end open any more. */
static void is_closed(const char *what)
{
    char byte;

    destroy(ctx);
    close(more[1]);
    printf("%s: %zd\n", what, read(more[0], &byte, 1));
    close(more[0]);
}

/* A request has the writing end of a pipe, where nothing can be read. */
static void opened(void)
{
    turn = 0;
    ctx = setup();
    if (pipe(more) < 0)
        puts("no pipe");
    answer("waits", submit(ctx, to_wait(1, more[1])));
}

static int has_copies(void *arg)
{
    (void)arg;
    close(more[1]);
    step(1);
    return 0;
}

static int has_request(void *arg)
{
    (void)arg;
    answer("waits", submit(ctx, to_wait(1, more[1])));
    step(1);
    takes("takes", ctx, 0);
    close(more[1]);
    step(3);
    return 0;
}

static int pauses(void *arg)
{
    (void)arg;
    close(more[1]);
    return run("pause");
}

static void stay(void)
{
    pause();
}

static void closes(void)
{
    pid_t pid;

    opened();
    pid = start(has_copies, 0, SIGCHLD, NULL);
    await(&turn, 0);
    is_closed("copies");
    tell(&turn, 2);
    ended("sharer", pid);
    opened();
    pid = start(has_request, 0, SIGCHLD, NULL);
    await(&turn, 0);
    destroy(ctx);
    step(2);
    is_closed("request");
    tell(&turn, 4);
    ended("sharer", pid);
    opened();
    pid = start(pauses, 0, SIGCHLD | CLONE_VFORK, NULL);
    is_closed("program");
    kill(pid, SIGKILL);
    ended("program", pid);
    opened();
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        close(more[1]);
        pause();
    }
    is_closed("fork");
    kill(pid, SIGKILL);
    ended("fork", pid);
}

/* No number is left for anything. */
static void limit(void)
{
    struct rlimit few;

    getrlimit(RLIMIT_NOFILE, &few);
    few.rlim_cur = 30;
    setrlimit(RLIMIT_NOFILE, &few);
    while (dup(0) >= 0)
        ;
    ctx = setup();
    answer("waits", submit(ctx, to_wait(1, ends[0])));
    put(ends[1]);
    takes("takes", ctx, 1);
    ended("maker", start(submits_later, 0, SIGCHLD, NULL));
    takes("takes", ctx, 1);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        {"uses", uses},       {"outlives", outlives},
        {"waiters", waiters}, {"runs", runs},
        {"forks", forks},     {"limit", limit},
        {"closes", closes},   {"pause", stay},
        {"look", look},       {"wait", waits_for_child},
    };
    char name[] = "/tmp/aio-XXXXXX";

    setvbuf(stdout, NULL, _IOLBF, 0);
    file = mkstemp(name);
    if (file < 0 || unlink(name) < 0 || pipe(ends) < 0 || pipe(more) < 0 ||
        readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return 1;
    if (argc > 2)
        ctx = strtoull(argv[2], NULL, 10);
    for (size_t i = 0; argc > 1 && i < sizeof(cases) / sizeof(cases[0]); i++)
        if (strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run();
            return 0;
        }
    return 2;
}
