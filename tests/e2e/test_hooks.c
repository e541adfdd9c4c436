/* test_hooks.c: the examples, and hooks and programs that are wrong, with real
 * programs. */
#include "tests/e2e/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run (argv) under an example; its exit status must be (status). */
static void under(const char *example, const char *const *argv, int status,
                  struct outcome *o)
{
    char name[64];
    const char *const options[] = {
        strstr(example, ".json") ? "--config" : "--hooks",
        (snprintf(name, sizeof(name), "../examples/%s", example), beside(name)),
        NULL};

    need_kvm();
    run_monitor(options, argv, "/tmp", o);
    if (o->status != status << 8)
        fail_msg("wait status %#x, expected exit status %d\n%.300s",
                 (unsigned)o->status, status, o->err);
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in: %.500s", part, text);
}

/* Run (argv) under the hooks in (script); it must succeed. */
static void under_script(const char *script, const char *const *argv,
                         struct outcome *o)
{
    char file[] = "/tmp/hooks-XXXXXX.js";
    const char *const options[] = {"--hooks", file, NULL};
    int fd = mkstemps(file, 3);

    need_kvm();
    assert_int_equal(write(fd, script, strlen(script)), strlen(script));
    close(fd);
    run_monitor(options, argv, "/tmp", o);
    unlink(file);
    assert_int_equal(o->status, 0);
}

/* Clocks come from the vDSO, and from the kernel where a hook asks for them. */
static void a_hook_sees_every_look_at_the_clock(void **state)
{
    static const char script[] =
        "var n = 0;\n"
        "accessors.AddHookBefore(SYS.clock_gettime, function () { n++; });\n"
        "accessors.AddHookBefore(SYS.exit_group, function () {\n"
        "    accessors.print(n >= 1000 ? 'all' : 'only ' + n);\n"
        "});\n";
    const char *const argv[] = {
        "/usr/bin/python3", "-c",
        "import time\nfor i in range(1000): time.clock_gettime(1)", NULL};
    struct outcome o;

    (void)state;
    under_script(script, argv, &o);
    assert_contains(o.err, "all");
    outcome_free(&o);
}

/* The shim answers what only asks, where nobody watches; here somebody does,
 * though the hook comes late. */
static void a_hook_sees_every_question_for_handlers(void **state)
{
    static const char script[] =
        "var n = 0;\n"
        "accessors.AddHookBefore(SYS.getppid, function () {\n"
        "    accessors.AddHookBefore(SYS.rt_sigaction, function (sig, act) {\n"
        "        if (act === 0 && sig === 10) n++;\n"
        "    });\n"
        "});\n"
        "accessors.AddHookBefore(SYS.exit_group, function () {\n"
        "    accessors.print(n + ' questions');\n"
        "});\n";
    const char *const argv[] = {
        "/usr/bin/python3", "-c",
        "import os, signal\nos.getppid()\n"
        "for i in range(100): signal.siginterrupt(10, False)",
        NULL};
    struct outcome o;

    (void)state;
    under_script(script, argv, &o);
    assert_contains(o.err, "100 questions");
    outcome_free(&o);
}

/* So it is with what it sets, of a spawned child, and with brk. */
static void a_hook_sees_what_the_shim_sets(void **state)
{
    static const char script[] =
        "var sets = 0, ends = 0;\n"
        "accessors.AddHookBefore(SYS.getppid, function () {\n"
        "    accessors.AddHookBefore(SYS.rt_sigaction, function (sig, act) {\n"
        "        if (act !== 0) sets++;\n"
        "    });\n"
        "    accessors.AddHookBefore(SYS.brk, function (addr) {\n"
        "        if (addr === 0) ends++;\n"
        "    });\n"
        "});\n"
        "accessors.AddHookBefore(SYS.exit_group, function () {\n"
        "    accessors.print((sets > 50) + ' ' + (ends > 0) + '\\n');\n"
        "});\n";
    const char *const argv[] = {
        "/usr/bin/python3", "-c",
        "import os\nos.getppid()\n"
        "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
        NULL};
    struct outcome o;

    (void)state;
    under_script(script, argv, &o);
    assert_string_equal(o.err, "true true\ntrue true\n");
    outcome_free(&o);
}

/* And of places in files; what was set before is so when the hook looks. */
static void a_hook_sees_every_place_that_is_set(void **state)
{
    static const char script[] =
        "var n = 0;\n"
        "accessors.AddHookBefore(SYS.getppid, function () {\n"
        "    accessors.AddHookBefore(SYS.lseek, function (fd, at, whence) {\n"
        "        if (at >= 1000 && whence === 0) n++;\n"
        "    });\n"
        "});\n"
        "accessors.AddHookBefore(SYS.exit_group, function () {\n"
        "    accessors.print(n + ' places');\n"
        "});\n";
    const char *const argv[] = {
        "/usr/bin/python3", "-c",
        "import os\nfd = os.open(os.__file__, os.O_RDONLY)\n"
        "for i in range(100): os.lseek(fd, 1000 + i, 0)\n"
        "os.getppid()\n"
        "assert os.lseek(fd, 0, 1) == 1099\n"
        "for i in range(100): os.lseek(fd, 1000 + i, 0)\n",
        NULL};
    struct outcome o;

    (void)state;
    under_script(script, argv, &o);
    assert_contains(o.err, "100 places");
    outcome_free(&o);
}

/* Over fork and exec: the same hooks, the same globals. */
static void processes_share_one_javascript_world(void **state)
{
    static const char script[] =
        "var n = 0;\n"
        "accessors.AddHookBefore(SYS.write, function () {\n"
        "    n++; persistence.glb.n = (persistence.glb.n || 0) + 1;\n"
        "    accessors.print('write', n, persistence.glb.n);\n"
        "});\n";
    const char *const argv[] = {
        "/usr/bin/dash", "-c",
        "echo mine; (echo fork); /usr/bin/busybox echo exec; echo last", NULL};
    struct outcome o;

    (void)state;
    under_script(script, argv, &o);
    assert_string_equal(o.out, "mine\nfork\nexec\nlast\n");
    assert_contains(o.err, "write 1 1");
    assert_contains(o.err, "write 2 2");
    assert_contains(o.err, "write 3 3");
    assert_contains(o.err, "write 4 4");
    outcome_free(&o);
}

static void a_tracer_prints_a_line_a_call(void **state)
{
    const char *const argv[] = {"/usr/bin/ls", "/", NULL};
    struct outcome native, traced;

    (void)state;
    under("trace.js", argv, 0, &traced);
    run(argv, "/tmp", NULL, &native);
    assert_string_equal(traced.out, native.out);
    assert_contains(traced.err, "openat(");
    assert_contains(traced.err, "getdents64(");
    /* ls closes its standard error before it. */
    assert_contains(traced.err, "exit_group(");
    outcome_free(&native);
    outcome_free(&traced);
}

static void a_deny_list_keeps_a_file_closed(void **state)
{
    const char *const argv[] = {"/usr/bin/cat", "/root/secret", NULL};
    const char *const other[] = {"/usr/bin/cat", "/etc/passwd", NULL};
    struct outcome o;

    (void)state;
    under("deny-list.js", argv, 1, &o);
    assert_contains(o.err, "Permission denied");
    outcome_free(&o);
    under("deny-list.js", other, 0, &o);
    assert_contains(o.out, "root:");
    outcome_free(&o);
}

static void an_injected_errno_reaches_the_program(void **state)
{
    const char *const argv[] = {"/usr/bin/seq", "1", "100000", NULL};
    struct outcome o;

    (void)state;
    under("inject-errno.js", argv, 1, &o);
    assert_contains(o.err, "No space left on device");
    outcome_free(&o);
}

static void a_configured_policy_denies_and_counts(void **state)
{
    const char *const argv[] = {
        "/usr/bin/dash", "-c",
        "cat /etc/shadow; d=$(mktemp -d) && cd $d && touch a b c && rm a; rm b;"
        " rm c; ls; busybox rm -f c; cd /; rmdir $d; echo $?",
        NULL};
    struct outcome o;

    (void)state;
    under("policy.json", argv, 0, &o);
    assert_contains(o.err, "/etc/shadow: Permission denied");
    assert_contains(o.err, "Disk quota exceeded");
    assert_string_equal(o.out, "c\n1\n");
    outcome_free(&o);
}

/* What tsc makes of classes, generators and the rest, with a real program. */
static void a_hook_in_typescript_audits_a_program(void **state)
{
    const char *const argv[] = {"/usr/bin/cat", "/etc/passwd", "/nowhere",
                                NULL};
    struct outcome o;

    (void)state;
    under("typescript-audit.js", argv, 1, &o);
    assert_contains(o.out, "root:");
    assert_contains(o.err, "1x /etc/passwd ok");
    assert_contains(o.err, "1x /nowhere ENOENT");
    outcome_free(&o);
}

static void all_addresses_are_in_use(void **state)
{
    const char *const argv[] = {"/usr/bin/python3", "-ISBc",
                                "import _socket\ns=_socket.socket()\n"
                                "try: s.bind(('127.0.0.1',0))\n"
                                "except OSError as e: print(e.errno)\n",
                                NULL};
    struct outcome o;

    (void)state;
    under("allAddressesInUse.js", argv, 0, &o);
    assert_int_equal(atoi(o.out), EADDRINUSE);
    outcome_free(&o);
}

static void a_request_is_replaced_in_write(void **state)
{
    const char *const argv[] = {beside("../bin/guests/netSender"), NULL};
    struct outcome o;

    (void)state;
    under("netSender.js", argv, 0, &o);
    assert_string_equal(o.out, "GET /hooked HTTP/1.0\r\n\r\n");
    outcome_free(&o);
}

/* Exactly one line, with (part). */
static void assert_one_line(const struct outcome *o, const char *part)
{
    assert_contains(o->err, part);
    assert_ptr_equal(strchr(o->err, '\n'), o->err + o->err_len - 1);
}

static void a_program_that_cannot_run_is_status_126(void **state)
{
    static const char *const paths[] = {"/etc", "/etc/passwd", NULL};
    struct outcome o;

    (void)state;
    need_kvm();
    for (const char *const *path = paths; *path; path++) {
        const char *const argv[] = {*path, NULL};

        run_monitor(NULL, argv, "/tmp", &o);
        assert_int_equal(WEXITSTATUS(o.status), 126);
        assert_one_line(&o, *path);
        outcome_free(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hook_sees_every_look_at_the_clock),
        cmocka_unit_test(a_hook_sees_every_question_for_handlers),
        cmocka_unit_test(a_hook_sees_what_the_shim_sets),
        cmocka_unit_test(a_hook_sees_every_place_that_is_set),
        cmocka_unit_test(processes_share_one_javascript_world),
        cmocka_unit_test(a_tracer_prints_a_line_a_call),
        cmocka_unit_test(a_deny_list_keeps_a_file_closed),
        cmocka_unit_test(an_injected_errno_reaches_the_program),
        cmocka_unit_test(a_configured_policy_denies_and_counts),
        cmocka_unit_test(a_hook_in_typescript_audits_a_program),
        cmocka_unit_test(all_addresses_are_in_use),
        cmocka_unit_test(a_request_is_replaced_in_write),
        cmocka_unit_test(a_program_that_cannot_run_is_status_126),
    };

    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return cmocka_run_group_tests_name("hooks", tests, NULL, NULL);
}
