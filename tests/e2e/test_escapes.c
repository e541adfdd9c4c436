/* test_escapes.c: what a hostile program tries leads nowhere. The cases are
 * those of the guest "escape", which lists them. */
#include "tests/e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CASES 64

static void leads_nowhere(void **state)
{
    const char *argv[] = {beside("../bin/guests/escape"), *state, NULL};
    struct outcome o;

    need_kvm();
    run_monitor(NULL, argv, "/tmp", &o);
    if (o.status != 0 || strcmp(o.out, "ok\n") != 0 || o.err_len != 0)
        fail_msg("wait status %#x\n%.500s%.500s", (unsigned)o.status, o.out,
                 o.err);
    outcome_free(&o);
}

int main(void)
{
    const char *const list[] = {beside("../bin/guests/escape"), NULL};
    struct CMUnitTest tests[MAX_CASES] = {{0}};
    struct outcome o;
    size_t n = 0;

    run(list, NULL, NULL, &o);
    for (char *name = strtok(o.out, "\n"); name && n < MAX_CASES;
         name = strtok(NULL, "\n"))
        tests[n++] = (struct CMUnitTest){
            .name = name, .test_func = leads_nowhere, .initial_state = name};
    if (n == 0) {
        fputs("the guest \"escape\" lists no cases\n", stderr);
        return 1;
    }
    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return _cmocka_run_group_tests("escapes", tests, n, NULL, NULL);
}
