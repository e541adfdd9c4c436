/* test_privread.c: what the monitor reads for itself, and that others who have
 * its descriptors do not get hold of it. */
#include "vmm/privread.h"

#include "vmm/privfd.h"
#include "vmm/util.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A text that is longer than what is read at a time. */
#define LINES 20000

static char dir[] = "/tmp/test-privread-XXXXXX";
static char text[64];

static int make(void **state)
{
    FILE *file;

    (void)state;
    if (!mkdtemp(dir))
        return -1;
    snprintf(text, sizeof(text), "%s/text", dir);
    file = fopen(text, "w");
    if (!file)
        return -1;
    for (int i = 0; i < LINES; i++)
        fprintf(file, "line %d\n", i);
    return fclose(file);
}

static int clear(void **state)
{
    (void)state;
    return unlink(text) == 0 ? rmdir(dir) : -1;
}

/* The table is two tasks', or nobody's any more. */
static void have_others(bool others)
{
    for (int i = 0; i < 2; i++)
        if (others)
            privfd_get(privfd_table(), PRIVFD_TASK);
        else
            privfd_put(privfd_table(), PRIVFD_TASK);
}

static void check_text(void)
{
    FILE *file = privread_text(text);
    char line[64], expected[64];

    assert_non_null(file);
    for (int i = 0; i < LINES; i++) {
        snprintf(expected, sizeof(expected), "line %d\n", i);
        assert_non_null(fgets(line, sizeof(line), file));
        assert_string_equal(line, expected);
    }
    assert_null(fgets(line, sizeof(line), file));
    assert_true(feof(file));
    fclose(file);
}

static void text_is_read_as_it_is(void **state)
{
    (void)state;
    check_text();
    have_others(true);
    check_text();
    have_others(false);
    assert_int_equal(privfd_next(0), -1);
}

static void check_errors(void)
{
    int *numbers = &(int){0};

    assert_null(privread_text("/nowhere"));
    assert_int_equal(errno, ENOENT);
    assert_null(privread_text("/"));
    assert_int_equal(errno, EISDIR);
    assert_int_equal(privread_numbers("/nowhere", &numbers), -ENOENT);
    assert_null(numbers);
    assert_int_equal(privread_numbers(text, &numbers), -ENOTDIR);
}

static void why_it_cannot_be_read_is_told(void **state)
{
    (void)state;
    check_errors();
    have_others(true);
    check_errors();
    have_others(false);
    assert_int_equal(privfd_next(0), -1);
}

static void add(const char *name)
{
    char path[128];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void names_that_are_numbers_are_listed(void **state)
{
    static const char *const names[] = {"12", "1x", "x1", "7000", "-3"};
    int *numbers, n, sum = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        add(names[i]);
    n = privread_numbers(dir, &numbers);
    for (int i = 0; i < n; i++)
        sum += numbers[i];
    assert_int_equal(n, 2);
    assert_int_equal(sum, 7012);
    free(numbers);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        assert_int_equal(unlink(path), 0);
    }
}

static bool lists(int fd)
{
    int *numbers, n = privread_numbers("/proc/thread-self/fd", &numbers);
    bool found = false;

    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        found |= numbers[i] == fd;
        assert_int_not_equal(fcntl(numbers[i], F_GETFD), -1);
    }
    free(numbers);
    return found;
}

static void descriptors_are_listed_but_for_the_lists(void **state)
{
    int fd = open("/dev/null", O_RDONLY);

    (void)state;
    assert_true(lists(fd));
    have_others(true);
    assert_true(lists(fd));
    have_others(false);
    close(fd);
}

/* Ask for the number that is free, until told to end. */
static void *catch_number(void *ask)
{
    int fd = open("/dev/null", O_RDONLY), caught = 0;

    close(fd);
    while (*(atomic_int *)ask) {
        int copy = dup(fd);

        if (copy >= 0)
            close(copy);
        caught += copy >= 0;
    }
    return (void *)(intptr_t)caught;
}

static void others_do_not_get_hold_of_it(void **state)
{
    atomic_int ask = 1;
    pthread_t thread;
    void *caught = NULL;

    (void)state;
    have_others(true);
    assert_int_equal(pthread_create(&thread, NULL, catch_number, &ask), 0);
    for (int i = 0; i < 300; i++) {
        check_errors();
        fclose(privread_text(text));
        assert_false(lists(9999));
    }
    ask = 0;
    pthread_join(thread, &caught);
    assert_int_equal((intptr_t)caught, 0);
    have_others(false);
}

static void it_takes_no_number_of_the_programs(void **state)
{
    struct rlimit was, less;
    int last = -1, fd;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
    less = (struct rlimit){64, was.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
    while ((fd = open("/dev/null", O_RDONLY)) >= 0)
        last = fd;
    check_text();
    have_others(true);
    check_text();
    have_others(false);
    for (; last > STDERR_FILENO; last--)
        close(last);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_as_it_is),
        cmocka_unit_test(why_it_cannot_be_read_is_told),
        cmocka_unit_test(names_that_are_numbers_are_listed),
        cmocka_unit_test(descriptors_are_listed_but_for_the_lists),
        cmocka_unit_test(others_do_not_get_hold_of_it),
        cmocka_unit_test(it_takes_no_number_of_the_programs),
    };

    return cmocka_run_group_tests(tests, make, clear);
}
