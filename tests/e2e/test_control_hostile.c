/*
 * test_control_hostile.c: what must not harm a session: requests that are
 * odd, huge, slow or many, the program itself, and the end of processes.
 */
#include "tests/e2e/control.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char list_request[] =
    "{\"type\": \"current-hooks\", \"payload\": {}}";

static void start(struct session *s, const char *children)
{
    static const char *const options[] = {"--control=:0", NULL};
    const char *const argv[] = {"controlled", children, NULL};

    session_start(s, options, argv);
}

static void end(struct session *s)
{
    assert_int_equal(session_end(s), 0);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void assert_ok(char *answer)
{
    assert_in(answer, "{\"type\":\"ok\"");
    free(answer);
}

static void a_change_reaches_every_process_before_its_next_call(void **state)
{
    struct session s;
    char script[256], expected[128];

    (void)state;
    start(&s, "7");
    for (int i = 1; i <= 20; i++) {
        snprintf(script, sizeof(script),
                 "accessors.AddHookBefore(39, function () {"
                 " return {ret: %d, errno: 0}; })",
                 i);
        change_state(&s, script);
        snprintf(expected, sizeof(expected), "%d %d %d %d %d %d %d %d", i, i, i,
                 i, i, i, i, i);
        assert_string_equal(tell(&s, "getpid"), expected);
    }
    end(&s);
}

static void a_request_may_come_in_single_bytes_with_more_behind(void **state)
{
    static const char behind[] = "{\"type\": \"nothing\"}, and more";
    struct session s;
    int fd, on = 1;

    (void)state;
    start(&s, "0");
    fd = connect_port(&s);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    for (size_t i = 0; list_request[i]; i++)
        assert_int_equal(write(fd, &list_request[i], 1), 1);
    assert_ok(exchange_at(fd, "", 0));
    fd = connect_port(&s);
    assert_int_equal(write(fd, list_request, sizeof(list_request) - 1),
                     sizeof(list_request) - 1);
    assert_ok(exchange_at(fd, behind, sizeof(behind)));
    end(&s);
}

/* (head), then (part) over and over, about (n) bytes. */
static char *repeated(const char *head, const char *part, size_t n)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    fputs(head, out);
    for (size_t i = 0; i < n; i += strlen(part))
        fputs(part, out);
    fclose(out);
    return text;
}

/* A change-state with (n) bytes of comment. */
static char *long_request(size_t n)
{
    static const char head[] =
        "{\"type\": \"change-state\", \"payload\": {\"source\": \"7 // ";
    char *comment = repeated("", "x", n), *request;

    assert_true(asprintf(&request, "%s%s\"}}", head, comment) > 0);
    free(comment);
    return request;
}

static void huge_and_deep_requests_are_answered(void **state)
{
    char *request = long_request(17 << 20), *answer, *deep;
    struct session s;

    (void)state;
    start(&s, "0");
    answer = exchange_at(connect_port(&s), request, strlen(request));
    assert_in(answer, "longer than 16777216 bytes");
    free(answer);
    free(request);
    request = long_request(1 << 20);
    answer = exchange_at(connect_control(&s), request, strlen(request));
    assert_in(answer, "\"payload\":\"7\"");
    free(answer);
    free(request);
    deep = repeated("{\"a\":", "[", 100000);
    answer = exchange_at(connect_control(&s), deep, strlen(deep));
    assert_in(answer, "depth");
    free(answer);
    free(deep);
    /* 4 MiB that would be some hundred. */
    deep = repeated("{\"a\":[", "[],", 4 << 20);
    answer = exchange_at(connect_control(&s), deep, strlen(deep));
    assert_in(answer, "too much memory");
    free(answer);
    free(deep);
    end(&s);
}

static void a_slow_client_is_in_nobodys_way_and_given_up(void **state)
{
    struct session s;
    int idle, half;
    double begin;
    char *answer;

    (void)state;
    start(&s, "0");
    begin = now();
    idle = connect_control(&s);
    half = connect_port(&s);
    assert_int_equal(write(half, list_request, 10), 10);
    for (int i = 0; i < 50; i++)
        assert_ok(exchange_at(connect_control(&s), list_request,
                              sizeof(list_request) - 1));
    assert_true(now() - begin < 8);
    answer = exchange_at(half, "", 0);
    assert_in(answer, "not complete");
    free(answer);
    assert_true(now() - begin < 15);
    /* Nothing was sent: there is nothing to answer. */
    answer = exchange_at(idle, "", 0);
    assert_string_equal(answer, "");
    free(answer);
    end(&s);
}

static void more_than_64_connections_are_told_to_come_again(void **state)
{
    struct session s;
    int fd[80], busy = 0;

    (void)state;
    start(&s, "0");
    for (int i = 0; i < 80; i++)
        fd[i] = connect_control(&s);
    for (int i = 0; i < 80; i++) {
        struct pollfd wait = {.fd = fd[i], .events = POLLIN};
        char text[128] = "";

        if (poll(&wait, 1, i < 64 ? 0 : 2000) <= 0)
            continue;
        busy++;
        assert_true(read(fd[i], text, sizeof(text) - 1) > 0);
        assert_in(text, "come again");
    }
    assert_int_equal(busy, 16);
    for (int i = 0; i < 80; i++)
        close(fd[i]);
    usleep(300 * 1000);
    assert_ok(exchange_at(connect_control(&s), list_request,
                          sizeof(list_request) - 1));
    end(&s);
}

#define CLIENTS  16
#define REQUESTS 25

static void *count_up(void *arg)
{
    static const char request[] =
        "{\"type\": \"change-state\", \"payload\": {\"source\": "
        "\"persistence.glb.n = (persistence.glb.n || 0) + 1\"}}";
    const struct session *s = arg;
    uintptr_t good = 0;

    for (int i = 0; i < REQUESTS; i++) {
        char *answer =
            exchange_at(connect_control(s), request, sizeof(request) - 1);

        good += strstr(answer, "\"ok\"") != NULL;
        free(answer);
    }
    return (void *)good;
}

/* While the program's processes use the same world. */
static void concurrent_clients_are_all_served(void **state)
{
    pthread_t threads[CLIENTS];
    struct session s;
    uintptr_t good = 0;

    (void)state;
    start(&s, "3");
    change_state(&s, "persistence.glb.calls = 0;"
                     "accessors.AddHookBefore(39, function () {"
                     " persistence.glb.calls++; })");
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &s), 0);
    for (int i = 0; i < 100; i++)
        tell(&s, "getpid");
    for (int i = 0; i < CLIENTS; i++) {
        void *result;

        pthread_join(threads[i], &result);
        good += (uintptr_t)result;
    }
    assert_int_equal(good, CLIENTS * REQUESTS);
    assert_string_equal(change_state(&s, "persistence.glb.n"), "400");
    assert_string_equal(change_state(&s, "persistence.glb.calls"), "400");
    end(&s);
}

static void an_endless_script_is_stopped(void **state)
{
    struct session s;

    (void)state;
    start(&s, "0");
    assert_in(change_state_fails(&s, "for (;;);"), "timeout");
    assert_string_equal(change_state(&s, "1"), "1");
    end(&s);
}

/* --- the program --- */

static void the_program_does_not_reach_the_port(void **state)
{
    static const char all[] = "ECONNREFUSED ECONNREFUSED ECONNREFUSED "
                              "ECONNREFUSED ECONNREFUSED";
    static const char *const local[] = {"4 127.0.0.1", "4 127.9.9.9",
                                        "4 0.0.0.0", "6 ::ffff:127.0.0.1",
                                        "6 ::"};
    struct session s, other;

    (void)state;
    start(&s, "0");
    for (size_t i = 0; i < sizeof(local) / sizeof(*local); i++)
        assert_string_equal(tell(&s, "tcp %s %d", local[i], s.port), all);
    /* It is the port that is guarded: another one can be reached. */
    start(&other, "0");
    assert_in(tell(&s, "tcp 4 127.0.0.1 %d", other.port), "reached");
    end(&other);
    end(&s);
}

/* It can connect, but who serves the port looks who did. */
static void the_program_does_not_control_another_session(void **state)
{
    struct session s, other;

    (void)state;
    start(&s, "0");
    start(&other, "0");
    assert_string_equal(tell(&s, "ask 4 127.0.0.1 %d", other.port), "0 0");
    assert_string_equal(tell(&s, "ask 6 ::ffff:127.0.0.1 %d", other.port),
                        "0 0");
    assert_ok(exchange_at(connect_port(&other), list_request,
                          sizeof(list_request) - 1));
    end(&other);
    end(&s);
}

/* Whatever the name that leads to it: the socket of its own session, and of
 * another one. */
static void the_program_does_not_reach_the_socket(void **state)
{
    struct session s, other;
    char path[128];

    (void)state;
    start(&s, "1");
    start(&other, "0");
    snprintf(path, sizeof(path), "%s/%d.sock", sessions_dir(), (int)s.pid);
    assert_string_equal(tell(&s, "unix %s", path), "0 0");
    assert_string_equal(tell(&other, "unix %s", path), "0 0");
    assert_int_equal(symlink(path, "/tmp/microvm-hook-control-link"), 0);
    assert_string_equal(tell(&s, "unix /tmp/microvm-hook-control-link"), "0 0");
    unlink("/tmp/microvm-hook-control-link");
    assert_int_equal(link(path, "/tmp/microvm-hook-control-link"), 0);
    assert_string_equal(tell(&s, "unix /tmp/microvm-hook-control-link"), "0 0");
    unlink("/tmp/microvm-hook-control-link");
    /* And we do. */
    assert_ok(exchange_at(connect_control(&s), list_request,
                          sizeof(list_request) - 1));
    end(&other);
    end(&s);
}

static void the_run_directory_is_the_users_alone(void **state)
{
    struct session s;
    struct stat st;
    char path[128];

    (void)state;
    start(&s, "0");
    assert_int_equal(stat(sessions_dir(), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    snprintf(path, sizeof(path), "%s/%d.sock", sessions_dir(), (int)s.pid);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    end(&s);
}

/* --- the server's process --- */

/* The server's process, of the session whose command line names (marker). */
static pid_t find_server(const char *marker)
{
    char line[256], text[64] = "";
    FILE *out;

    snprintf(line, sizeof(line),
             "for p in $(pgrep -x microvm-server); do "
             "tr '\\0' ' ' </proc/$p/cmdline | grep -q '%s' && echo $p; done",
             marker);
    out = popen(line, "re");
    assert_non_null(out);
    assert_non_null(fgets(text, sizeof(text), out));
    pclose(out);
    return atoi(text);
}

enum { STAT_STATE, STAT_PARENT, STAT_GROUP, STAT_SESSION };

/* Of the fields behind the name. proc(5). */
static pid_t field_of_stat(pid_t pid, int field)
{
    char path[64], text[512] = "", *at;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    at = strrchr(text, ')');
    assert_non_null(at);
    for (int i = 0; i <= field; i++)
        at = strchr(at + 1, ' ');
    return atoi(at);
}

static void start_marked(struct session *s)
{
    static const char *const options[] = {"--control", NULL};
    const char *const argv[] = {"controlled", "0", "marked-for-the-test", NULL};

    session_start(s, options, argv);
}

static void wait_for_end(pid_t pid)
{
    for (int i = 0; kill(pid, 0) == 0 && i < 1000; i++)
        usleep(5000);
    assert_int_equal(kill(pid, 0), -1);
}

static void the_server_is_apart_and_ends_with_the_session(void **state)
{
    struct session s;
    struct stat st;
    pid_t server;
    char path[128];

    (void)state;
    start_marked(&s);
    server = find_server("marked-for-the-test");
    assert_int_not_equal(field_of_stat(server, STAT_PARENT), s.pid);
    assert_int_not_equal(field_of_stat(server, STAT_SESSION),
                         field_of_stat(s.pid, STAT_SESSION));
    snprintf(path, sizeof(path), "%s/%d.sock", sessions_dir(), (int)s.pid);
    end(&s);
    wait_for_end(server);
    assert_int_equal(stat(path, &st), -1);
    memcpy(strrchr(path, '.'), ".json", 6);
    assert_int_equal(stat(path, &st), -1);
}

/* Whoever reads the program's output waits for its end, not the session's. */
static void a_reader_sees_the_end_of_the_output(void **state)
{
    static const char *const options[] = {"--control", NULL};
    const char *const argv[] = {
        "/usr/bin/dash", "-c",
        "read line; sleep 30 >/dev/null 2>&1 & echo last", NULL};
    struct session s;
    double begin;

    (void)state;
    session_start(&s, options, argv);
    assert_string_equal(tell(&s, "%s", ""), "last");
    begin = now();
    assert_int_equal(getc(s.out), EOF);
    assert_true(now() - begin < 20);
    /* A process of it is left, so is the session. */
    assert_string_equal(change_state(&s, "1"), "1");
    end(&s);
    kill(-s.pid, SIGKILL);
}

static void a_killed_server_harms_nobody(void **state)
{
    struct session s;
    struct outcome o;
    char path[128];
    pid_t server;

    (void)state;
    start_marked(&s);
    snprintf(path, sizeof(path), "%s/%d.sock", sessions_dir(), (int)s.pid);
    change_state(&s, "accessors.AddHookBefore(39, function () {"
                     " return {ret: 9, errno: 0}; })");
    server = find_server("marked-for-the-test");
    assert_int_equal(kill(server, SIGTERM), 0); /* is not heard */
    assert_string_equal(change_state(&s, "1"), "1");
    assert_int_equal(kill(server, SIGKILL), 0);
    wait_for_end(server);
    assert_string_equal(tell(&s, "getpid"), "9");
    /* What is left in the directory is found dead, and removed. */
    assert_int_equal(access(path, F_OK), 0);
    ctl(&o, "ps");
    assert_null(strstr(o.out, "marked-for-the-test"));
    outcome_free(&o);
    assert_int_equal(access(path, F_OK), -1);
    end(&s);
}

/* The server is told of the end, and may be late. */
static void
an_ended_session_is_not_found_though_its_server_is_there(void **state)
{
    struct session s;
    struct outcome o;
    pid_t server;

    (void)state;
    start_marked(&s);
    server = find_server("marked-for-the-test");
    assert_int_equal(kill(server, SIGSTOP), 0);
    end(&s);
    ctl(&o, "get");
    kill(server, SIGKILL);
    assert_int_equal(o.status, 3 << 8);
    assert_in(o.err, "no session runs");
    outcome_free(&o);
}

/* Wait until a script has printed something. */
static void wait_for_print(const struct session *s)
{
    char byte;

    for (int i = 0; pread(s->err, &byte, 1, 0) < 1 && i < 5000; i++)
        usleep(2000);
    assert_int_equal(pread(s->err, &byte, 1, 0), 1);
}

/* It held the world's lock. */
static void a_server_killed_in_a_script_harms_nobody(void **state)
{
    static const char request[] =
        "{\"type\": \"change-state\", \"payload\": {\"source\": "
        "\"accessors.print('in'); for(;;);\"}}";
    struct session s;
    pid_t server;
    int fd;

    (void)state;
    start_marked(&s);
    change_state(&s, "accessors.AddHookBefore(39, function () {"
                     " return {ret: 9, errno: 0}; })");
    server = find_server("marked-for-the-test");
    fd = connect_control(&s);
    assert_int_equal(write(fd, request, sizeof(request) - 1),
                     sizeof(request) - 1);
    wait_for_print(&s);
    assert_int_equal(kill(server, SIGKILL), 0);
    wait_for_end(server);
    close(fd);
    assert_string_equal(tell(&s, "getpid"), "9");
    end(&s);
}

/* The world is made anew: the server goes on in it. */
static void the_server_goes_on_after_a_process_died_in_a_hook(void **state)
{
    struct session s;
    char line[64], answer[64];

    (void)state;
    start(&s, "1");
    change_state(&s, "var n = 0;"
                     "accessors.on('before', 'getpid', {timeout: 60000},"
                     " function () {"
                     " if (n++ == 1) { accessors.print('in'); for (;;); } })");
    fputs("getpid\n", s.in);
    fflush(s.in);
    wait_for_print(&s);
    snprintf(line, sizeof(line), "pkill -KILL -P %d", (int)s.pid);
    assert_int_equal(system(line), 0);
    assert_non_null(fgets(answer, sizeof(answer), s.out));
    assert_in(answer, " -9999");
    assert_in(change_state(&s, "typeof persistence.glb"), "object");
    change_state(&s, "accessors.AddHookBefore(39, function () {"
                     " return {ret: 8, errno: 0}; })");
    assert_in(tell(&s, "getpid"), "8 ");
    end(&s);
}

static void what_a_script_prints_goes_to_standard_error(void **state)
{
    struct session s;
    char text[64] = "";

    (void)state;
    start(&s, "0");
    change_state(&s, "accessors.print('seen')");
    assert_true(pread(s.err, text, sizeof(text) - 1, 0) > 0);
    assert_string_equal(text, "seen");
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_reaches_every_process_before_its_next_call),
        cmocka_unit_test(a_request_may_come_in_single_bytes_with_more_behind),
        cmocka_unit_test(huge_and_deep_requests_are_answered),
        cmocka_unit_test(a_slow_client_is_in_nobodys_way_and_given_up),
        cmocka_unit_test(more_than_64_connections_are_told_to_come_again),
        cmocka_unit_test(concurrent_clients_are_all_served),
        cmocka_unit_test(an_endless_script_is_stopped),
        cmocka_unit_test(the_program_does_not_reach_the_port),
        cmocka_unit_test(the_program_does_not_control_another_session),
        cmocka_unit_test(the_program_does_not_reach_the_socket),
        cmocka_unit_test(the_run_directory_is_the_users_alone),
        cmocka_unit_test(the_server_is_apart_and_ends_with_the_session),
        cmocka_unit_test(a_reader_sees_the_end_of_the_output),
        cmocka_unit_test(a_killed_server_harms_nobody),
        cmocka_unit_test(
            an_ended_session_is_not_found_though_its_server_is_there),
        cmocka_unit_test(a_server_killed_in_a_script_harms_nobody),
        cmocka_unit_test(the_server_goes_on_after_a_process_died_in_a_hook),
        cmocka_unit_test(what_a_script_prints_goes_to_standard_error),
    };

    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return cmocka_run_group_tests_name("control, hostile", tests, control_setup,
                                       control_teardown);
}
