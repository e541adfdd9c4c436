/* test_logring.c: records from many processes, some of them killed. */
#include "api/logring.h"
#include "vmm/util.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SMALL ((size_t)4096)

/* Move what is there, at most (most) bytes, behind (*size) bytes at (out). */
static size_t drain(struct logring *r, char *out, size_t *size, size_t most)
{
    struct iovec piece[2];
    size_t n = min_u64(logring_look(r, piece), most);
    size_t first = min_u64(n, piece[0].iov_len);

    memcpy(out + *size, piece[0].iov_base, first);
    memcpy(out + *size + first, piece[1].iov_base, n - first);
    logring_take(r, n);
    *size += n;
    return n;
}

static void records_come_out_in_order(void **state)
{
    struct logring *r = logring_create(SMALL, -1);
    char want[64 * KIB], got[64 * KIB];
    size_t put = 0, size = 0;
    char record[64];

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        int n = snprintf(record, sizeof(record), "record %u\n", i);

        assert_true(logring_put(r, record, (size_t)n));
        memcpy(want + put, record, (size_t)n);
        put += (size_t)n;
        /* By pieces that end anywhere, over the ring's end. */
        while (drain(r, got, &size, 7 + i % 5) > 7 && i % 3)
            ;
    }
    while (drain(r, got, &size, 11))
        ;
    assert_int_equal(size, put);
    assert_memory_equal(got, want, put);
    assert_int_equal(logring_dropped(r), 0);
    logring_destroy(r);
}

static void what_finds_no_room_is_dropped_and_told(void **state)
{
    struct logring *r = logring_create(SMALL, -1);
    char record[1000], got[16 * KIB];
    size_t size = 0;

    (void)state;
    memset(record, 'x', sizeof(record));
    for (unsigned i = 0; i < 4; i++)
        assert_true(logring_put(r, record, sizeof(record)));
    for (unsigned i = 0; i < 3; i++)
        assert_false(logring_put(r, record, sizeof(record)));
    assert_int_equal(logring_dropped(r), 3);
    drain(r, got, &size, 950);
    /* There is room for the record now, but not for what is to be told too. */
    assert_false(logring_put(r, record, sizeof(record)));
    drain(r, got, &size, 50);
    assert_true(logring_put(r, record, sizeof(record)));
    size = 0;
    drain(r, got, &size, SMALL);
    got[size] = '\0';
    assert_memory_equal(got + 3000,
                        "{\"msg\":{\"Dropped\":4},\"level\":"
                        "\"warning\",\"time\":\"",
                        47);
    assert_memory_equal(got + size - 1000, record, 1000);
    assert_int_equal(logring_dropped(r), 4);
    /* Once. */
    assert_true(logring_put(r, "y", 1));
    size = 0;
    drain(r, got, &size, SMALL);
    assert_int_equal(size, 1);
    logring_destroy(r);
}

static void the_reader_tells_of_drops_where_nothing_follows(void **state)
{
    struct logring *r = logring_create(SMALL, -1);
    char record[SMALL + 1], got[SMALL];
    size_t size = 0;

    (void)state;
    memset(record, 'x', sizeof(record));
    assert_false(logring_put(r, record, sizeof(record)));
    assert_false(logring_sleep(r));
    drain(r, got, &size, SMALL);
    assert_memory_equal(got, "{\"msg\":{\"Dropped\":1}", 20);
    assert_true(logring_sleep(r));
    logring_destroy(r);
}

static void a_closed_ring_only_counts(void **state)
{
    struct logring *r = logring_create(SMALL, -1);
    struct iovec piece[2];

    (void)state;
    logring_close(r);
    assert_false(logring_put(r, "x", 1));
    logring_drop(r);
    assert_int_equal(logring_dropped(r), 2);
    assert_int_equal(logring_look(r, piece), 0);
    logring_destroy(r);
}

static void a_sleeping_reader_is_woken(void **state)
{
    int fd = eventfd(0, EFD_NONBLOCK);
    struct logring *r = logring_create(SMALL, fd);
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    uint64_t count;

    (void)state;
    assert_true(logring_put(r, "x", 1)); /* nobody sleeps */
    assert_int_equal(poll(&ready, 1, 0), 0);
    assert_false(logring_sleep(r)); /* there is something */
    logring_take(r, 1);
    assert_true(logring_sleep(r));
    assert_true(logring_put(r, "x", 1));
    assert_true(logring_put(r, "x", 1)); /* once is enough */
    assert_int_equal(poll(&ready, 1, 0), 1);
    assert_int_equal(read(fd, &count, sizeof(count)), 8);
    assert_int_equal(count, 1);
    logring_destroy(r);
    close(fd);
}

/* --- many writers --- */

#define WRITERS 6
#define RECORDS 4000

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Every record says who wrote it, and its number; its length varies. */
static size_t make(char *record, unsigned writer, unsigned number)
{
    size_t pad = (writer * 7 + number) % 300;
    int n = sprintf(record, "%u %u ", writer, number);

    memset(record + n, 'a' + (int)writer, pad);
    record[(size_t)n + pad] = '\n';
    return (size_t)n + pad + 1;
}

static void write_all(struct logring *r, unsigned writer)
{
    char record[512];

    for (unsigned i = 0; i < RECORDS; i++) {
        size_t n = make(record, writer, i);

        while (!logring_put(r, record, n))
            sched_yield();
    }
    _exit(0);
}

/* Whether (line) is what its writer wrote; its number is the next one. */
static void check_line(const char *line, size_t size, unsigned next[WRITERS])
{
    unsigned writer, number;
    char want[512];

    if (line[0] == '{')
        return; /* it tells of drops: of what was tried again */
    assert_int_equal(sscanf(line, "%u %u", &writer, &number), 2);
    assert_in_range(writer, 0, WRITERS - 1);
    assert_int_equal(number, next[writer]++);
    assert_int_equal(make(want, writer, number), size);
    assert_memory_equal(line, want, size);
}

static void processes_do_not_mix_their_records(void **state)
{
    struct logring *r = logring_create(16 * KIB, -1);
    size_t room = 16 * MIB, size = 0, at = 0;
    char *got = malloc(room);
    unsigned next[WRITERS] = {0};
    unsigned left = WRITERS;

    (void)state;
    for (unsigned w = 0; w < WRITERS; w++)
        if (fork() == 0)
            write_all(r, w);
    while (left || !logring_sleep(r)) {
        assert_true(size + 16 * KIB < room);
        drain(r, got, &size, 1000);
        if (left && waitpid(-1, NULL, WNOHANG) > 0)
            left--;
    }
    while (at < size) {
        char *end = memchr(got + at, '\n', size - at);

        assert_non_null(end);
        check_line(got + at, (size_t)(end - got) + 1 - at, next);
        at = (size_t)(end - got) + 1;
    }
    for (unsigned w = 0; w < WRITERS; w++)
        assert_int_equal(next[w], RECORDS);
    free(got);
    logring_destroy(r);
}

/* Write without end, large records: most of the time is spent copying. */
static void write_for_ever(struct logring *r, char c)
{
    static char record[8 * KIB];

    memset(record, c, sizeof(record));
    record[sizeof(record) - 1] = '\n';
    for (;;)
        if (!logring_put(r, record, sizeof(record)))
            sched_yield();
}

/* Take all that is there; it must be lines of one letter each, whole ones. */
static void take_whole(struct logring *r)
{
    static char got[64 * KIB];
    size_t size = 0;

    drain(r, got, &size, sizeof(got));
    assert_int_equal(size % (8 * KIB), 0);
    for (size_t at = 0; at < size; at += 8 * KIB) {
        assert_memory_equal(got + at, got + at + 1, 8 * KIB - 2);
        assert_int_equal(got[at + 8 * KIB - 1], '\n');
    }
}

static void a_killed_writer_leaves_whole_records(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        struct logring *r = logring_create(64 * KIB, -1);
        pid_t pid = fork();

        if (pid == 0)
            write_for_ever(r, (char)('A' + i % 26));
        /* Reading makes room: so it is in the middle of something, until it
         * drops what finds none. */
        for (int64_t end = now_ms() + i % 4;
             now_ms() <= end && !logring_dropped(r);)
            take_whole(r);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        if (!logring_dropped(r))
            take_whole(r);
        for (struct iovec piece[2]; logring_look(r, piece);)
            logring_take(r, logring_look(r, piece));
        assert_true(logring_put(r, "last\n", 5));
        logring_destroy(r);
    }
}

static void a_writer_that_stops_delays_others_little(void **state)
{
    struct logring *r = logring_create(64 * KIB, -1);
    int64_t start;
    pid_t pid;

    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        pid = fork();
        if (pid == 0)
            write_for_ever(r, 'z');
        usleep(2000);
        kill(pid, SIGSTOP);
        start = now_ms();
        logring_put(r, "x\n", 2);
        assert_in_range(now_ms() - start, 0, 2000);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    logring_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_out_in_order),
        cmocka_unit_test(what_finds_no_room_is_dropped_and_told),
        cmocka_unit_test(the_reader_tells_of_drops_where_nothing_follows),
        cmocka_unit_test(a_closed_ring_only_counts),
        cmocka_unit_test(a_sleeping_reader_is_woken),
        cmocka_unit_test(processes_do_not_mix_their_records),
        cmocka_unit_test(a_killed_writer_leaves_whole_records),
        cmocka_unit_test(a_writer_that_stops_delays_others_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
