/* test_escapes.c: what a hostile program tries leads nowhere. The cases are
 * those of the guest "escape", which lists them; and of "placed", which is told
 * where its monitor is. */
#include "tests/e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CASES 64

/* The program found that nothing worked. */
static void check(struct outcome *o)
{
    if (o->status != 0 || strcmp(o->out, "ok\n") != 0 || o->err_len != 0)
        fail_msg("wait status %#x\n%.500s%.500s", (unsigned)o->status, o->out,
                 o->err);
    outcome_free(o);
}

static void leads_nowhere(void **state)
{
    const char *argv[] = {beside("../bin/guests/escape"), *state, NULL};
    struct outcome o;

    need_kvm();
    run_monitor(NULL, argv, "/tmp", &o);
    check(&o);
}

/* $0 the monitor, $1 the guest, $2 the limit of the stack's size, which decides
 * where the kernel places a monitor. */
static const char told_where[] =
    "ulimit -s $2; d=$(mktemp -d); mkfifo $d/in; >$d/out\n"
    "\"$0\" -- \"$1\" <$d/in >$d/out & p=$!\n"
    "exec 3>$d/in\n"
    "until grep -q ready $d/out; do sleep 0.1; done\n"
    "cat /proc/$p/maps >&3; exec 3>&-\n"
    "wait $p; s=$?; tail -n 1 $d/out; rm -r $d; exit $s\n";

static void told_where_the_monitor_is(void **state)
{
    const char *argv[] = {
        "/bin/sh", "-c", told_where, monitor(), beside("../bin/guests/placed"),
        *state,    NULL};
    struct outcome o;

    need_kvm();
    run(argv, "/tmp", NULL, &o);
    check(&o);
}

int main(void)
{
    static char usual[] = "8192", unlimited[] = "unlimited";
    const char *const list[] = {beside("../bin/guests/escape"), NULL};
    struct CMUnitTest tests[MAX_CASES] = {{0}};
    struct outcome o;
    size_t n = 0;

    run(list, NULL, NULL, &o);
    for (char *name = strtok(o.out, "\n"); name && n < MAX_CASES;
         name = strtok(NULL, "\n"))
        tests[n++] = (struct CMUnitTest){
            .name = name, .test_func = leads_nowhere, .initial_state = name};
    if (n == 0 || n + 2 > MAX_CASES) {
        fputs("the guest \"escape\" lists no cases\n", stderr);
        return 1;
    }
    tests[n++] = (struct CMUnitTest){.name = "told_where_the_monitor_is",
                                     .test_func = told_where_the_monitor_is,
                                     .initial_state = usual};
    tests[n++] = (struct CMUnitTest){.name = "told_where_it_is_otherwise",
                                     .test_func = told_where_the_monitor_is,
                                     .initial_state = unlimited};
    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return _cmocka_run_group_tests("escapes", tests, n, NULL, NULL);
}
