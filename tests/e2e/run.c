/* run.c: run programs natively and under the monitor, and compare. */
#include "tests/e2e/run.h"
#include "tests/e2e/left.h"
#include "tests/support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT_RUN 98 /* this status, or the next one */
/* Against hangs only; an emulated processor is slow, and not alone. */
#define SECONDS_A_RUN          90
#define SECONDS_A_RUN_EMULATED 400

static char root[] = "/tmp/microvm-hook-e2e-XXXXXX";
static char temporary[sizeof(root) + 16] = "TMPDIR=/tmp";

static const char *const environment[] = {
    "PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC",
    "HOME=/nonexistent",  temporary,  NULL,
};

const char *beside(const char *name)
{
    static char paths[4][PATH_MAX]; /* as many results stay valid */
    static char here[PATH_MAX];     /* looked up once: left_begin moves away */
    static unsigned next;
    char *path = paths[next++ % 4];

    if (!here[0]) {
        assert_true(readlink("/proc/self/exe", here, sizeof(here) - 1) > 0);
        *strrchr(here, '/') = '\0';
    }
    assert_in_range(snprintf(path, PATH_MAX, "%s/%s", here, name), 1,
                    PATH_MAX - 1);
    return path;
}

const char *monitor(void)
{
    const char *path = getenv("MICROVM_HOOK");

    return path ? path : beside("../bin/microvm-hook");
}

void need_kvm(void)
{
    if (access("/dev/kvm", F_OK) < 0 && errno == ENOENT)
        skip();
}

/* Everything that was written to (fd), a memfd; closes it. */
static char *take(int fd, size_t *len)
{
    struct stat st;
    char *text;

    assert_int_equal(fstat(fd, &st), 0);
    *len = (size_t)st.st_size;
    text = malloc(*len + 1);
    assert_non_null(text);
    assert_int_equal(pread(fd, text, *len, 0), st.st_size);
    text[*len] = '\0';
    close(fd);
    return text;
}

static int seconds_a_run(void)
{
    return getenv("E2E_EMULATED") ? SECONDS_A_RUN_EMULATED : SECONDS_A_RUN;
}

/* Wait for (pid), which has its own process group, but not for ever. */
static int wait_for(pid_t pid)
{
    const struct timespec step = {.tv_nsec = 2 * 1000 * 1000};
    struct timespec start, now;
    int status;

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        pid_t got = waitpid(pid, &status, WNOHANG);

        assert_true(got >= 0);
        if (got == pid)
            return status;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec - start.tv_sec > seconds_a_run())
            break;
        nanosleep(&step, NULL);
    }
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

static _Noreturn void child(const char *const *argv, const char *dir,
                            const char *in, int out, int err)
{
    int fd;

    setpgid(0, 0);
    /* A shell ignores them for what it starts in the background. */
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    if (dir && chdir(dir) < 0)
        _exit(CANNOT_RUN + 1);
    fd = open(in ? in : "/dev/null", O_RDONLY);
    if (fd < 0 || dup2(fd, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(CANNOT_RUN + 1);
    close_range(3, ~0U, 0);
    execve(argv[0], (char *const *)(uintptr_t)argv,
           (char *const *)(uintptr_t)environment);
    dprintf(2, "cannot execute %s: %s\n", argv[0], strerror(errno));
    _exit(CANNOT_RUN);
}

void run(const char *const *argv, const char *dir, const char *in,
         struct outcome *o)
{
    int out = memfd_create("out", MFD_CLOEXEC);
    int err = memfd_create("err", MFD_CLOEXEC);
    pid_t pid;

    assert_true(out >= 0 && err >= 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        child(argv, dir, in, out, err);
    o->status = wait_for(pid);
    o->out = take(out, &o->out_len);
    o->err = take(err, &o->err_len);
}

void outcome_free(struct outcome *o)
{
    free(o->out);
    free(o->err);
}

static void run_under(const char *const *options, const char *const *argv,
                      const char *dir, const char *in, struct outcome *o)
{
    const char *all[2 * MAX_ARGS] = {monitor()};
    size_t n = 1;

    for (; options && *options; options++)
        all[n++] = *options;
    if (argv)
        all[n++] = "--";
    for (; argv && *argv; argv++)
        all[n++] = *argv;
    assert_true(n < 2 * MAX_ARGS);
    run(all, dir, in, o);
}

void run_monitor(const char *const *options, const char *const *argv,
                 const char *dir, struct outcome *o)
{
    run_under(options, argv, dir, NULL, o);
}

void run_guest_under(const char *script, const char *guest,
                     const char *const *args, struct outcome *o)
{
    char file[] = "/tmp/hooks-XXXXXX.js", path[80];
    const char *const options[] = {"--hooks", file, NULL};
    const char *argv[MAX_ARGS + 1] = {NULL};
    int fd = mkstemps(file, 3);

    need_kvm();
    snprintf(path, sizeof(path), "../bin/guests/%s", guest);
    argv[0] = beside(path);
    for (size_t i = 0; args[i] && i + 1 < MAX_ARGS; i++)
        argv[i + 1] = args[i];
    assert_int_equal(write(fd, script, strlen(script)), strlen(script));
    close(fd);
    run_monitor(options, argv, "/tmp", o);
    unlink(file);
}

/* --- the fixture --- */

const char *fixture(void)
{
    return root;
}

/* Run a shell command in the fixture; natively, of course. */
static int shell(const char *command)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    struct outcome o;
    int status;

    run(argv, root, NULL, &o);
    status = o.status;
    if (status != 0)
        print_error("%s: status %#x\n%s%s", command, (unsigned)status, o.out,
                    o.err);
    outcome_free(&o);
    return status;
}

/* Lines in an order that sort(1) has work with. */
static int write_numbers(const char *path, unsigned lines)
{
    FILE *file = fopen(path, "we");
    uint32_t x = 12345;

    if (!file)
        return -1;
    for (unsigned i = 0; i < lines; i++) {
        x = x * 1664525 + 1013904223;
        fprintf(file, "%u line %u\n", x >> 8, i);
    }
    return fclose(file);
}

int fixture_create(void **state)
{
    char path[sizeof(root) + 32];

    if (!mkdtemp(root))
        return -1;
    snprintf(path, sizeof(path), "%s/data", root);
    if (mkdir(path, 0755) < 0)
        return -1;
    snprintf(temporary, sizeof(temporary), "TMPDIR=%s/tmp", root);
    if (mkdir(strchr(temporary, '/'), 0755) < 0)
        return -1;
    snprintf(path, sizeof(path), "%s/data/big", root);
    if (write_numbers(path, 40000) < 0)
        return -1;
    *state = root;
    return shell(
        "umask 022 && cd data && mkdir -p tree/a/b tree/c && head -n 50 big > "
        "tree/a/one && head -n 2000 big > tree/a/b/two && : > tree/c/empty && "
        "echo 'scale=30; 4*a(1); 2^300' > sums && ln -s ../a/one tree/c/link "
        "&& printf 'k=v\\nx=y z\\n' > tree/conf && "
        "chmod 640 tree/conf && tar cf tree.tar tree && gzip -nkc big > "
        "big.gz && printf '#!/bin/dash\\necho script $0 $#: \"$@\"; exit 3\\n' "
        "> script && chmod 755 script && printf '#! /usr/bin/perl -l\\nprint "
        "join \",\",@ARGV;\\n' > perlscript && chmod 755 perlscript && "
        "find . -exec touch -h -d '2020-02-02 02:02:02' {} +");
}

int fixture_remove(void **state)
{
    (void)state;
    return tree_remove(root);
}

/* --- rows --- */

static void same_text(const char *what, const char *a, size_t a_len,
                      const char *b, size_t b_len)
{
    size_t at = 0, line = 1;

    if (a_len == b_len && memcmp(a, b, a_len) == 0)
        return;
    while (at < a_len && at < b_len && a[at] == b[at])
        line += a[at++] == '\n';
    for (; at > 0 && a[at - 1] != '\n'; at--)
        ;
    fail_msg("%s differs in line %zu, %zu and %zu bytes\n"
             "  native:  %.200s\n  monitor: %.200s",
             what, line, a_len, b_len, a + at, b + at);
}

/* One of those in software/. */
static bool is_script(const char *name)
{
    size_t n = strlen(name);

    return !strchr(name, '/') && n > 3 && strcmp(name + n - 3, ".sh") == 0;
}

/* An empty directory for temporary files. */
static void renew_tmp(void)
{
    const char *tmp = strchr(temporary, '/');

    assert_int_equal(tree_remove(tmp), 0);
    assert_int_equal(mkdir(tmp, 0777), 0);
}

/* The copy of the data that a program may change; kept as (name). */
static void make_work(void)
{
    char work[sizeof(root) + 8];

    snprintf(work, sizeof(work), "%s/work", root);
    assert_int_equal(tree_remove(work), 0);
    assert_int_equal(shell("cp -a data work"), 0);
}

static void keep_work(const char *name)
{
    char work[sizeof(root) + 8], keep[sizeof(root) + 16];

    snprintf(work, sizeof(work), "%s/work", root);
    snprintf(keep, sizeof(keep), "%s/%s", root, name);
    assert_int_equal(tree_remove(keep), 0);
    assert_int_equal(rename(work, keep), 0);
}

/* Run (row) natively or under the monitor; in a fresh
 * copy of the data, which is kept as (keep), if the row writes files. */
static void run_row(const struct row *row, bool native, const char *keep,
                    struct outcome *o)
{
    const char *argv[MAX_ARGS + 1] = {NULL};
    char guest[80], dir[sizeof(root) + 32], in[sizeof(dir) + 64];

    memcpy(argv, row->argv, sizeof(row->argv));
    if (is_script(argv[0])) {
        memmove(argv + 1, argv, sizeof(row->argv));
        snprintf(guest, sizeof(guest), "software/%s", argv[1]);
        argv[0] = "/usr/bin/dash";
        argv[1] = beside(guest);
    } else if (!strchr(argv[0], '/')) {
        snprintf(guest, sizeof(guest), "../bin/guests/%s", argv[0]);
        argv[0] = beside(guest);
    }
    left_mark();
    renew_tmp();
    if (row->writes)
        make_work();
    snprintf(dir, sizeof(dir), "%s/%s", root, row->writes ? "work" : "data");
    snprintf(in, sizeof(in), "%s/%s", dir, row->in ? row->in : "");
    if (native)
        run(argv, dir, row->in ? in : NULL, o);
    else
        run_under(NULL, argv, dir, row->in ? in : NULL, o);
    if (o->status != -1) /* one that took too long was killed */
        left_check(native ? "the native run" : "the monitor",
                   strchr(temporary, '/'));
    if (row->writes)
        keep_work(keep);
}

void compare_row(void **state)
{
    const struct row *row = *state;
    struct outcome native, hooked;

    need_kvm();
    run_row(row, true, "native", &native);
    run_row(row, false, "hooked", &hooked);
    /* Two failures alike, as of a program that is missing, show nothing. */
    if (WIFEXITED(native.status) && WEXITSTATUS(native.status) >= CANNOT_RUN &&
        WEXITSTATUS(native.status) < CANNOT_RUN + 2)
        fail_msg("cannot run %s natively: %.300s", row->argv[0], native.err);
    if (is_script(row->argv[0]) && native.status != 0)
        fail_msg("%s failed natively, wait status %#x: %.300s%.300s",
                 row->argv[0], (unsigned)native.status, native.err, native.out);
    if (hooked.status == -1)
        fail_msg("the monitor did not end within %d s; stderr: %.300s",
                 seconds_a_run(), hooked.err);
    if (native.status != hooked.status)
        fail_msg("wait status: native %#x, monitor %#x; stderr: %.300s",
                 (unsigned)native.status, (unsigned)hooked.status, hooked.err);
    same_text("standard output", native.out, native.out_len, hooked.out,
              hooked.out_len);
    if (!row->own_stderr)
        same_text("standard error", native.err, native.err_len, hooked.err,
                  hooked.err_len);
    if (row->writes)
        assert_int_equal(shell("diff -r --no-dereference native hooked"), 0);
    outcome_free(&native);
    outcome_free(&hooked);
}

/* Whether (row) tells anything where it would be run. */
static bool belongs(const char *group, const struct row *row)
{
    const char *heavy = getenv("E2E_HEAVY");

    if (!getenv("E2E_EMULATED"))
        return true;
    return !row->real_cpu &&
           (!row->heavy || (heavy && strcmp(heavy, group) == 0));
}

int run_rows(const char *group, const struct row *rows, size_t n)
{
    struct CMUnitTest *tests = calloc(n, sizeof(*tests));
    void *state = NULL;
    size_t count = 0;
    int failed;

    /* Not as the group's set-up: its state would replace the rows. */
    if (!tests || fixture_create(&state) != 0) {
        fputs("cannot make the files that programs work on\n", stderr);
        free(tests);
        return 1;
    }
    beside("");
    left_begin();
    for (size_t i = 0; i < n; i++)
        if (belongs(group, &rows[i]))
            tests[count++] = (struct CMUnitTest){
                .name = rows[i].name,
                .test_func = compare_row,
                .initial_state = (void *)(uintptr_t)&rows[i],
            };
    cmocka_set_test_filter(getenv("E2E_ONLY")); /* a pattern as glob(7) */
    failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
    failed += fixture_remove(&state) != 0;
    free(tests);
    return failed ? 1 : 0;
}
