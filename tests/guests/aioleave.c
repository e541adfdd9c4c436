/* aioleave.c CASE: contexts of asynchronous I/O of processes that share memory,
 * when one gets memory or descriptors of its own, or another program. */
#include "aio_calls.h"

static char self[PATH_MAX];

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

int main(int argc, char **argv)
{
    static const struct aio_case cases[] = {
        {"runs", runs},  {"forks", forks}, {"closes", closes},
        {"pause", stay}, {"look", look},   {"wait", waits_for_child},
    };

    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return 1;
    if (argc > 2)
        ctx = strtoull(argv[2], NULL, 10);
    return run_case(cases, sizeof(cases) / sizeof(cases[0]),
                    argc > 1 ? argv[1] : NULL);
}
