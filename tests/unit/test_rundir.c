/* test_rundir.c: the directory of sessions, and addresses. */
#include "api/address.h"
#include "api/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char base[] = "/tmp/microvm-hook-rundir-XXXXXX";

static int set_up(void **state)
{
    static struct rundir r;
    struct diag d = {0};

    *state = &r;
    return rundir_open(&r, true, &d);
}

static int tear_down(void **state)
{
    char command[128];

    rundir_close(*state);
    snprintf(command, sizeof(command), "rm -rf %s/microvm-hook", base);
    return system(command);
}

static int listen_as(struct rundir *r, pid_t pid, int *life)
{
    struct diag d = {0};

    return rundir_listen(r, pid, "{}", 2, life, &d);
}

static mode_t mode_of(const struct rundir *r, const char *name)
{
    struct stat st;

    assert_int_equal(fstatat(r->fd, name, &st, 0), 0);
    return st.st_mode & 07777;
}

static void it_lies_in_the_runtime_directory_and_is_private(void **state)
{
    struct rundir *r = *state;
    int life, fd = listen_as(r, 17, &life);

    assert_true(fd >= 0);
    assert_int_equal(strncmp(r->path, base, strlen(base)), 0);
    assert_int_equal(mode_of(r, "."), 0700);
    assert_int_equal(mode_of(r, "17.sock"), 0600);
    assert_int_equal(mode_of(r, "17.json"), 0600);
    assert_int_equal(faccessat(r->fd, "17.new", F_OK, 0), -1);
    close(fd);
    close(life);
}

static size_t count_of(const struct rundir *r)
{
    pid_t *pids;
    ssize_t n = rundir_list(r, &pids);

    assert_true(n >= 0);
    free(pids);
    return (size_t)n;
}

static void a_session_is_listed_while_it_lives(void **state)
{
    struct rundir *r = *state;
    int life[2], copy, five = listen_as(r, 5, &life[0]),
                       three = listen_as(r, 3, &life[1]), fd;
    struct stat st;
    pid_t *pids;
    size_t size;
    char *json;

    assert_true(five >= 0 && three >= 0);
    assert_int_equal(rundir_list(r, &pids), 2);
    assert_int_equal(pids[0], 3);
    assert_int_equal(pids[1], 5);
    free(pids);
    fd = rundir_connect(r, 5);
    assert_true(fd >= 0);
    close(fd);
    json = rundir_read(r, 5, &size);
    assert_string_equal(json, "{}");
    free(json);
    /* The first process of a session may end before others. */
    copy = dup(life[0]);
    close(life[0]);
    assert_int_equal(count_of(r), 2);
    close(copy);
    assert_int_equal(rundir_list(r, &pids), 1);
    assert_int_equal(pids[0], 3);
    free(pids);
    /* What the dead one left is gone, though its socket still listens. */
    assert_int_equal(fstatat(r->fd, "5.sock", &st, 0), -1);
    assert_int_equal(fstatat(r->fd, "5.json", &st, 0), -1);
    assert_null(rundir_read(r, 5, &size));
    close(five);
    rundir_remove(r, 3, life[1]);
    close(life[1]);
    assert_int_equal(fstatat(r->fd, "3.json", &st, 0), -1);
    assert_int_equal(count_of(r), 0);
    close(three);
}

static void a_number_is_used_again_only_when_its_session_is_dead(void **state)
{
    struct rundir *r = *state;
    int life[2], none, first = listen_as(r, 9, &life[0]), second;
    int entry;

    assert_true(first >= 0);
    assert_int_equal(listen_as(r, 9, &none), -EADDRINUSE);
    assert_true(none < 0);
    entry = rundir_entry(r, 9);
    assert_true(entry >= 0);
    close(life[0]);
    second = listen_as(r, 9, &life[1]);
    assert_true(second >= 0);
    /* The first one's server removes its entry only now. */
    rundir_remove(r, 9, entry);
    close(entry);
    assert_int_equal(count_of(r), 1);
    close(first);
    close(second);
    close(life[1]);
}

static void other_files_are_no_sessions(void **state)
{
    static const char *const names[] = {"x.sock", "-4.sock", "4.json",
                                        "4.sock.old", "99999999999.sock"};
    struct rundir *r = *state;
    pid_t *pids;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        close(openat(r->fd, names[i], O_CREAT | O_WRONLY, 0600));
    assert_int_equal(rundir_list(r, &pids), 0);
    free(pids);
}

static void a_directory_that_others_can_write_is_refused(void **state)
{
    struct rundir *r = *state, again;
    struct diag d = {0};

    assert_int_equal(fchmod(r->fd, 0777), 0);
    assert_int_equal(rundir_open(&again, true, &d), -EPERM);
    assert_non_null(strstr(d.text, "not this user's alone"));
    assert_int_equal(fchmod(r->fd, 0700), 0);
}

static void a_link_in_its_place_is_refused(void **state)
{
    struct rundir *r = *state, again;
    char moved[128];
    struct diag d = {0};

    snprintf(moved, sizeof(moved), "%s/moved", base);
    assert_int_equal(rename(r->path, moved), 0);
    assert_int_equal(symlink(moved, r->path), 0);
    assert_true(rundir_open(&again, true, &d) < 0);
    assert_int_equal(unlink(r->path), 0);
    assert_int_equal(rename(moved, r->path), 0);
}

static void it_is_made_only_by_who_listens(void **state)
{
    struct rundir *r = *state, again;
    struct diag d = {0};

    assert_int_equal(rmdir(r->path), 0);
    assert_int_equal(rundir_open(&again, false, &d), -ENOENT);
    assert_int_equal(d.code, 0);
}

static void a_long_path_is_no_hindrance(void **state)
{
    struct rundir *r = *state, deep;
    char path[512], command[700];
    int fd, client, life;

    (void)r;
    snprintf(path, sizeof(path), "%s/%0200d", base, 0);
    assert_int_equal(mkdir(path, 0700), 0);
    setenv("XDG_RUNTIME_DIR", path, 1);
    assert_int_equal(rundir_open(&deep, true, NULL), 0);
    fd = listen_as(&deep, 1, &life);
    client = rundir_connect(&deep, 1);
    assert_true(fd >= 0 && client >= 0);
    close(client);
    close(fd);
    close(life);
    rundir_close(&deep);
    setenv("XDG_RUNTIME_DIR", base, 1);
    snprintf(command, sizeof(command), "rm -r %s", path);
    assert_int_equal(system(command), 0);
}

/* --- addresses --- */

static void assert_listens(const char *text, const char *begin)
{
    char bound[ADDRESS_TEXT_MAX];
    struct diag d = {0};
    uint16_t port = 0;
    int fd = address_listen(text, bound, &port, &d), client;

    if (fd < 0)
        fail_msg("%s: %s", text, d.text);
    assert_int_equal(strncmp(bound, begin, strlen(begin)), 0);
    assert_int_equal(atoi(bound + strlen(begin)), port);
    client = address_connect(bound, &d);
    assert_true(client >= 0);
    close(client);
    assert_int_equal(address_listen(bound, bound, &port, &d), -EADDRINUSE);
    close(fd);
}

static void without_a_host_it_is_loopback(void **state)
{
    (void)state;
    assert_listens("0", "127.0.0.1:");
    assert_listens(":0", "127.0.0.1:");
    assert_listens("127.0.0.1:0", "127.0.0.1:");
    assert_listens("localhost:0", "127.0.0.1:");
    assert_listens("0.0.0.0:0", "0.0.0.0:");
}

static void what_is_no_address_is_said(void **state)
{
    static const char *const wrong[] = {
        "",      ":",       "host",          "127.0.0.1",    "1:2:3",
        "::1:5", "a:65536", "127.0.0.1:-1",  "127.0.0.1:5x", "127.0.0.1: 5",
        "[::1]", "[::1]5",  "127.0.0.1:0x5", "a:+5",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char bound[ADDRESS_TEXT_MAX];
        struct diag d = {0};
        uint16_t port;

        if (address_listen(wrong[i], bound, &port, &d) >= 0)
            fail_msg("%s is taken", wrong[i]);
        assert_non_null(strstr(d.text, "is no address HOST:PORT"));
    }
}

#define SESSION_TEST(f_) cmocka_unit_test_setup_teardown(f_, set_up, tear_down)

static int make_base(void **state)
{
    (void)state;
    return mkdtemp(base) ? setenv("XDG_RUNTIME_DIR", base, 1) : -1;
}

static int remove_base(void **state)
{
    (void)state;
    return rmdir(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SESSION_TEST(it_lies_in_the_runtime_directory_and_is_private),
        SESSION_TEST(a_session_is_listed_while_it_lives),
        SESSION_TEST(a_number_is_used_again_only_when_its_session_is_dead),
        SESSION_TEST(other_files_are_no_sessions),
        SESSION_TEST(a_directory_that_others_can_write_is_refused),
        SESSION_TEST(a_link_in_its_place_is_refused),
        SESSION_TEST(it_is_made_only_by_who_listens),
        SESSION_TEST(a_long_path_is_no_hindrance),
        cmocka_unit_test(without_a_host_it_is_loopback),
        cmocka_unit_test(what_is_no_address_is_said),
    };

    return cmocka_run_group_tests(tests, make_base, remove_base);
}
