/* aioshare.c CASE: contexts of asynchronous I/O of processes that share memory,
 * with the same descriptors or not: who makes one, submits, waits, ends. */
#include <sys/resource.h>

#include "aio_calls.h"

#define ROUNDS 60

static aio_context_t other;
static volatile int ready;

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

/* The parent has no descriptor of the pipe that this waits for; it is told by
 * the other end. */
static int waits_for_its_own(void *to_parent)
{
    int own[2];

    if (pipe(own) < 0)
        return 1;
    dup2(own[1], 200);
    close(own[1]);
    submit(ctx, to_wait(6, own[0]));
    close(own[0]);
    return write(*(int *)to_parent, "x", 1) != 1;
}

/* So that the request is told when nobody has the pipe any more. */
static void file_of_one_that_ended(void)
{
    for (int i = 0; i < 2; i++) {
        ctx = setup();
        ended("maker", start(waits_for_its_own, 0, kinds[i], &more[1]));
        get(more[0]);
        if (kinds[i] & CLONE_FILES)
            close(200);
        takes("parent takes", ctx, 1);
        answer("parent destroys", destroy(ctx));
    }
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
        pid = start(is_killed, 0, kinds[i % 2], i % 4 < 2 ? ends : NULL);
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
    static const struct aio_case cases[] = {
        {"uses", uses},
        {"outlives", outlives},
        {"file", file_of_one_that_ended},
        {"waiters", waiters},
        {"limit", limit},
    };

    return run_case(cases, sizeof(cases) / sizeof(cases[0]),
                    argc > 1 ? argv[1] : NULL);
}
