/*
 * test_log.c: the log socket with real programs: gWisord's acceptance
 * statements about it (62 to 65, named so), and peers that do not read.
 */
#include "tests/e2e/peer.h"
#include "tests/e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What busy makes when it has made its calls. */
static char gate[] = "/tmp/log-gate-XXXXXX";

/* Run (argv) with (options), at most 8, and --log-socket to the peer. */
static void run_logged(struct peer *p, enum manner manner,
                       const char *const *options, const char *const *argv,
                       struct outcome *o)
{
    const char *all[12] = {"--log-socket"};
    size_t n = 2;

    need_kvm();
    peer_start(p, manner, gate);
    all[1] = p->address;
    while (*options)
        all[n++] = *options++;
    run_monitor(all, argv, "/tmp", o);
    peer_stop(p);
}

/* A file of (text), which is removed after (run). */
static char *temporary(const char *text)
{
    static char name[32];
    int fd;

    strcpy(name, "/tmp/log-XXXXXX.js");
    fd = mkstemps(name, 3);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return name;
}

/* --- the shape of records --- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (!text)
        fail_msg("%s is no string: %s", key, json_dumps(object, 0));
    return text;
}

static json_t *msg_of(json_t *record)
{
    assert_int_equal(json_object_size(record), 3);
    assert_string_equal(text_of(record, "level"), "info");
    /* 2024-01-24T10:00:00.123456789 and a zone */
    assert_true(strlen(text_of(record, "time")) >= 30);
    assert_int_equal(text_of(record, "time")[10], 'T');
    assert_non_null(json_object_get(record, "msg"));
    return json_object_get(record, "msg");
}

static void check_prefix(const char *prefix)
{
    int pid, tid, end = 0;
    char again[64];

    assert_int_equal(sscanf(prefix, "[%d:%d] %n", &pid, &tid, &end), 2);
    snprintf(again, sizeof(again), "[%4d:%4d] ", pid, tid);
    assert_string_equal(prefix, again);
}

static void check_call(json_t *msg)
{
    json_t *output = json_object_get(msg, "Output"), *item;
    json_t *rval = json_object_get(msg, "Rval");
    json_t *retval = json_object_get(rval, "Retval");
    bool over = strcmp(text_of(msg, "LogType"), "X") == 0;
    const char *last = "";
    const char *key;
    size_t i;

    assert_int_equal(json_object_size(msg), 6);
    for (void *at = json_object_iter(msg); at;
         at = json_object_iter_next(msg, at)) {
        key = json_object_iter_key(at);
        assert_true(strcmp(last, key) < 0);
        last = key;
    }
    check_prefix(text_of(msg, "LogPrefix"));
    assert_true(over || strcmp(text_of(msg, "LogType"), "E") == 0);
    assert_in_range(strlen(text_of(msg, "Taskname")), 1, 15);
    assert_true(json_is_null(output) || json_array_size(output) > 0);
    json_array_foreach(output, i, item) assert_true(json_is_string(item));
    assert_int_equal(json_object_size(rval), 4);
    assert_int_equal(text_of(rval, "Elapsed")[0] != '\0', over);
    assert_int_equal(text_of(rval, "Errno")[0] != '\0', over);
    if (!over) {
        assert_true(json_is_null(retval));
        assert_string_equal(text_of(rval, "Err"), "");
    } else {
        assert_int_equal(json_array_size(retval), 1);
        assert_int_equal(text_of(rval, "Err")[0] != '\0',
                         atoi(text_of(rval, "Errno")) != 0);
    }
}

/*
 * Every record has its shape, and of every thread comes one before and one
 * after each call, in turn. Returns how many calls have no end, because the
 * task was killed in them.
 */
static size_t check_pairs(const json_t *records)
{
    json_t *open = json_object(), *record, *entered;
    size_t i, left;

    json_array_foreach(records, i, record)
    {
        json_t *msg = msg_of(record);
        const char *prefix = text_of(msg, "LogPrefix");

        check_call(msg);
        entered = json_object_get(open, prefix);
        if (strcmp(text_of(msg, "LogType"), "E") == 0) {
            if (entered)
                fail_msg("two calls at a time: %s then %s",
                         json_dumps(entered, 0), json_dumps(msg, 0));
            json_object_set(open, prefix, msg);
            continue;
        }
        if (!entered)
            fail_msg("no enter record: %s", json_dumps(msg, 0));
        assert_string_equal(text_of(entered, "Syscallname"),
                            text_of(msg, "Syscallname"));
        assert_int_equal(json_array_size(json_object_get(entered, "Output")),
                         json_array_size(json_object_get(msg, "Output")));
        json_object_del(open, prefix);
    }
    left = json_object_size(open);
    json_decref(open);
    return left;
}

/* The message of the nth (from 0) record of (type) about (name), or NULL. */
static json_t *find(const json_t *records, const char *type, const char *name,
                    unsigned nth)
{
    json_t *record;
    size_t i;

    json_array_foreach(records, i, record)
    {
        json_t *msg = json_object_get(record, "msg");

        if (json_is_object(msg) && json_object_get(msg, "Syscallname") &&
            strcmp(text_of(msg, "LogType"), type) == 0 &&
            strcmp(text_of(msg, "Syscallname"), name) == 0 && nth-- == 0)
            return msg;
    }
    return NULL;
}

static const char *output(json_t *msg, unsigned i)
{
    return json_string_value(json_array_get(json_object_get(msg, "Output"), i));
}

static const char *retval(json_t *msg)
{
    return json_string_value(json_array_get(
        json_object_get(json_object_get(msg, "Rval"), "Retval"), 0));
}

/* --- 62: what cannot start --- */

static void assert_no_start(const char *const *options, const char *text)
{
    const char *const argv[] = {"/bin/echo", "ran", NULL};
    struct outcome o;

    need_kvm();
    run_monitor(options, argv, "/tmp", &o);
    assert_int_equal(o.status, 125 << 8);
    assert_string_equal(o.out, "");
    if (!strstr(o.err, text) || strchr(o.err, '\n') != o.err + o.err_len - 1)
        fail_msg("not one line with \"%s\": %s", text, o.err);
    outcome_free(&o);
}

static void s62_a_closed_port_is_a_failed_start(void **state)
{
    struct peer p;
    char config[128];
    char *file;

    (void)state;
    peer_start(&p, READS, NULL);
    peer_stop(&p); /* now nobody listens there */
    assert_no_start((const char *const[]){"--log-socket", p.address, NULL},
                    "cannot connect to the log socket 127.0.0.1:");
    snprintf(config, sizeof(config), "{\"log-socket\": \"%s\"}", p.address);
    file = temporary(config);
    assert_no_start((const char *const[]){"--config", file, NULL},
                    "Connection refused");
    unlink(file);
}

static void s62_an_address_that_is_none_is_a_failed_start(void **state)
{
    (void)state;
    assert_no_start(
        (const char *const[]){"--log-socket", "no.such.host.invalid:1", NULL},
        "no.such.host.invalid:1");
    assert_no_start((const char *const[]){"--log-socket", "localhost", NULL},
                    "HOST:PORT");
    assert_no_start((const char *const[]){"--strace", NULL}, "--log-socket");
}

static void unknown_calls_are_a_failed_start(void **state)
{
    const char *const argv[] = {"/bin/echo", "ran", NULL};
    struct outcome o;
    struct peer p;

    (void)state;
    run_logged(&p, READS, (const char *const[]){"--strace=read,raed", NULL},
               argv, &o);
    assert_int_equal(o.status, 125 << 8);
    assert_non_null(strstr(o.err, "\"raed\""));
    outcome_free(&o);
    peer_free(&p);
}

/* --- 63: records of calls --- */

static void s63_each_call_has_two_records(void **state)
{
    const char *const argv[] = {"/bin/sh", "-c",
                                "echo hello; exec 4</etc/passwd; read x <&4; "
                                "cd /proc; kill -0 $$; cat /nonexistent",
                                NULL};
    struct outcome o;
    struct peer p;
    json_t *records, *msg;

    (void)state;
    run_logged(&p, READS, (const char *const[]){"--strace", NULL}, argv, &o);
    assert_int_equal(o.status, 1 << 8);
    assert_string_equal(o.out, "hello\n");
    records = peer_records(&p);
    assert_int_equal(check_pairs(records), 0);
    msg = find(records, "E", "write", 0);
    assert_non_null(strstr(output(msg, 0), "0x1 /memfd:out"));
    assert_non_null(strstr(output(msg, 1), " \"hello\\n\""));
    assert_string_equal(output(msg, 2), "0x6");
    msg = find(records, "X", "write", 0);
    assert_string_equal(output(msg, 1), "...");
    assert_string_equal(retval(msg), "6");
    msg = find(records, "X", "getpid", 0);
    assert_true(json_is_null(json_object_get(msg, "Output")));
    msg = find(records, "E", "chdir", 0);
    assert_non_null(strstr(output(msg, 0), "/proc"));
    msg = find(records, "E", "kill", 0);
    assert_string_equal(output(msg, 1), "0x0");
    msg = find(records, "X", "exit_group", 0);
    assert_string_equal(retval(msg), "0");
    json_decref(records);
    outcome_free(&o);
    peer_free(&p);
}

static void s63_a_substituted_result_shows_in_the_exit_record(void **state)
{
    static const char script[] =
        "accessors.AddHookBefore(39, function () {"
        "  return {ret: 4242, errno: 0}; });"
        "accessors.AddHookBefore(1, function () { return {'2': 3}; });"
        "accessors.AddHookAfter(102, function () {"
        "  for (var i = 0; i < 200000; i++) ;"
        "  return {ret: 0, errno: 13}; });";
    const char *const argv[] = {
        "/usr/bin/perl", "-e",
        "syswrite STDOUT, 'abcdef'; syscall(39); syscall(102);", NULL};
    char *file = temporary(script);
    struct outcome o;
    struct peer p;
    json_t *records, *msg;

    (void)state;
    run_logged(&p, READS,
               (const char *const[]){"--strace=getpid,write,getuid", "--hooks",
                                     file, NULL},
               argv, &o);
    unlink(file);
    assert_int_equal(o.status, 0);
    assert_string_equal(o.out, "abc");
    records = peer_records(&p);
    assert_int_equal(check_pairs(records), 0);
    assert_string_equal(retval(find(records, "X", "getpid", 0)), "4242");
    /* The program's own arguments, the call's own result. */
    msg = find(records, "X", "write", 0);
    assert_string_equal(output(msg, 2), "0x6");
    assert_string_equal(retval(msg), "3");
    for (unsigned i = 0; (msg = find(records, "X", "getuid", i)); i++) {
        msg = json_object_get(msg, "Rval");
        assert_string_equal(text_of(msg, "Errno"), "13");
        assert_string_equal(text_of(msg, "Err"), "permission denied");
        /* The time of the hook is in it. */
        assert_non_null(strstr(text_of(msg, "Elapsed"), "ms"));
    }
    assert_null(find(records, "E", "read", 0));
    json_decref(records);
    outcome_free(&o);
    peer_free(&p);
}

/* What the vDSO and the shim answer where nobody watches. */
static void what_needs_no_call_is_logged_where_asked_for(void **state)
{
    const char *const argv[] = {
        "/usr/bin/python3", "-c",
        "import time, signal\nfor i in range(50): time.clock_gettime(1); "
        "signal.siginterrupt(10, False)",
        NULL};
    struct outcome o;
    struct peer p;
    json_t *records;
    unsigned n = 0;

    (void)state;
    run_logged(
        &p, READS,
        (const char *const[]){"--strace=clock_gettime,rt_sigaction", NULL},
        argv, &o);
    assert_int_equal(o.status, 0);
    records = peer_records(&p);
    assert_non_null(find(records, "X", "clock_gettime", 49));
    while (find(records, "X", "rt_sigaction", n))
        n++;
    assert_true(n >= 100); /* a question and a change each */
    json_decref(records);
    outcome_free(&o);
    peer_free(&p);
}

static void s63_processes_and_threads_have_their_pairs(void **state)
{
    static const struct {
        const char *argv[4];
        size_t killed; /* tasks that may end inside a call */
    } programs[] = {
        {{"threads", "count"}, 0},
        {{"threads", "exec-by-thread"}, 0},
        {{"threads", "fork-by-thread"}, 1},
        {{"threads", "group-exit"}, 8},
        {{"processes"}, 8},
        {{"signals"}, 8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        const char *argv[4] = {0};
        char name[64];
        struct outcome native, o;
        struct peer p;
        json_t *records;

        memcpy(argv, programs[i].argv, sizeof(argv));
        snprintf(name, sizeof(name), "../bin/guests/%s", argv[0]);
        argv[0] = beside(name);
        run_logged(&p, READS, (const char *const[]){"--strace", NULL}, argv,
                   &o);
        argv[0] = beside(name);
        run(argv, "/tmp", NULL, &native);
        assert_int_equal(o.status, native.status);
        assert_string_equal(o.out, native.out);
        records = peer_records(&p);
        assert_true(json_array_size(records) > 50);
        assert_in_range(check_pairs(records), 0, programs[i].killed);
        json_decref(records);
        outcome_free(&native);
        outcome_free(&o);
        peer_free(&p);
    }
}

static void the_shown_bytes_can_be_chosen(void **state)
{
    const char *const argv[] = {"/bin/echo", "hello world", NULL};
    struct outcome o;
    struct peer p;
    json_t *records;

    (void)state;
    run_logged(&p, READS,
               (const char *const[]){"--strace=%desc", "--strace-size=4", NULL},
               argv, &o);
    records = peer_records(&p);
    assert_non_null(
        strstr(output(find(records, "E", "write", 0), 1), " \"hell\"..."));
    json_decref(records);
    outcome_free(&o);
    peer_free(&p);
}

/* --- 64: logJson --- */

static void s64_logJson_makes_objects_and_strings(void **state)
{
    static const char script[] = "accessors.AddHookBefore(1, function () {"
                                 "  accessors.logJson({a: 1});"
                                 "  accessors.logJson('text 100%d'); });";
    const char *const argv[] = {"/bin/echo", "hello", NULL};
    char *file = temporary(script);
    struct outcome o;
    struct peer p;
    json_t *records, *msg;
    const char *text;

    (void)state;
    run_logged(&p, READS, (const char *const[]){"--hooks", file, NULL}, argv,
               &o);
    assert_int_equal(o.status, 0);
    assert_string_equal(o.out, "hello\n");
    records = peer_records(&p);
    assert_int_equal(json_array_size(records), 2);
    msg = msg_of(json_array_get(records, 0));
    assert_int_equal(json_object_size(msg), 2);
    assert_int_equal(json_integer_value(json_object_get(msg, "a")), 1);
    check_prefix(text_of(msg, "LogPrefix"));
    text = json_string_value(msg_of(json_array_get(records, 1)));
    assert_non_null(text);
    assert_string_equal(text + strlen(text) - 10, "text 100%d");
    json_decref(records);
    peer_free(&p);
    outcome_free(&o);
    /* Without a socket, nothing. */
    run_monitor((const char *const[]){"--hooks", file, NULL}, argv, "/tmp", &o);
    unlink(file);
    assert_int_equal(o.status, 0);
    assert_string_equal(o.err, "");
    outcome_free(&o);
}

/* --- 65: peers that do not read --- */

/* Some thousand calls, some hundred where the processor is emulated. */
static const char busy_script[] =
    "i=0; while [ $i -lt $1 ]; do i=$((i+1)); : </dev/null; done; "
    ": >$0; sleep 0.7; echo done $i; exit 7";
#define BUSY_ROUNDS "3000"
static const char *const busy[] = {"/bin/sh", "-c",        busy_script,
                                   gate,      BUSY_ROUNDS, NULL};

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void assert_busy_ran(const struct outcome *o)
{
    unlink(gate);
    assert_int_equal(o->status, 7 << 8);
    assert_string_equal(o->out, "done " BUSY_ROUNDS "\n");
    assert_string_equal(o->err, "");
}

static void s65_a_peer_that_closes_ends_nothing(void **state)
{
    struct outcome o;
    struct peer p;

    (void)state;
    run_logged(&p, CLOSES, (const char *const[]){"--strace", NULL}, busy, &o);
    assert_busy_ran(&o);
    outcome_free(&o);
    peer_free(&p);
}

static void s65_a_peer_that_never_reads_stalls_nothing(void **state)
{
    const char *all[] = {"--strace", "--log-buffer=64K", "--log-socket", NULL,
                         NULL};
    struct outcome o;
    struct peer p;
    double start;

    (void)state;
    need_kvm();
    peer_start(&p, NEVER_READS, NULL);
    all[3] = p.address;
    start = seconds();
    run_monitor(all, busy, "/tmp", &o);
    /* It is not waited for at the end, either. */
    assert_true(seconds() - start < 60);
    assert_busy_ran(&o);
    peer_stop(&p);
    outcome_free(&o);
    peer_free(&p);
}

/* The records of calls that arrived, and how many others were told of. */
static size_t count_records(const struct peer *p, size_t *dropped)
{
    json_t *records = peer_records(p), *record;
    size_t i, calls = 0;

    *dropped = 0;
    json_array_foreach(records, i, record)
    {
        json_t *n = json_object_get(json_object_get(record, "msg"), "Dropped");

        if (!n) {
            check_call(msg_of(record));
            calls++;
            continue;
        }
        assert_string_equal(text_of(record, "level"), "warning");
        assert_true(json_integer_value(n) > 0);
        *dropped += (size_t)json_integer_value(n);
    }
    json_decref(records);
    return calls;
}

/* Of a reader who comes late as many records arrive or are counted as arrive
 * at one who reads. */
static void what_was_dropped_is_told_and_the_rest_arrives(void **state)
{
    const char *const options[] = {"--strace", "--log-buffer=64K", NULL};
    size_t all, calls, dropped;
    struct outcome o;
    struct peer p;

    (void)state;
    run_logged(&p, READS, (const char *const[]){"--strace", NULL}, busy, &o);
    assert_busy_ran(&o);
    all = count_records(&p, &dropped);
    assert_int_equal(dropped, 0);
    outcome_free(&o);
    peer_free(&p);

    run_logged(&p, READS_LATE, options, busy, &o);
    assert_busy_ran(&o);
    calls = count_records(&p, &dropped);
    assert_true(dropped > 0);
    /* How often signals interrupt the shell's waits differs. */
    assert_in_range(calls + dropped, all - 20, all + 20);
    outcome_free(&o);
    peer_free(&p);
}

int main(void)
{
    int fd = mkstemp(gate);

    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s62_a_closed_port_is_a_failed_start),
        cmocka_unit_test(s62_an_address_that_is_none_is_a_failed_start),
        cmocka_unit_test(unknown_calls_are_a_failed_start),
        cmocka_unit_test(s63_each_call_has_two_records),
        cmocka_unit_test(s63_a_substituted_result_shows_in_the_exit_record),
        cmocka_unit_test(what_needs_no_call_is_logged_where_asked_for),
        cmocka_unit_test(s63_processes_and_threads_have_their_pairs),
        cmocka_unit_test(the_shown_bytes_can_be_chosen),
        cmocka_unit_test(s64_logJson_makes_objects_and_strings),
        cmocka_unit_test(s65_a_peer_that_closes_ends_nothing),
        cmocka_unit_test(s65_a_peer_that_never_reads_stalls_nothing),
        cmocka_unit_test(what_was_dropped_is_told_and_the_rest_arrives),
    };

    if (fd < 0 || close(fd) < 0 || unlink(gate) < 0)
        return 1;
    return cmocka_run_group_tests_name("e2e/log", tests, NULL, NULL);
}
