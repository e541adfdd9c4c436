/*
 * test_syscall_table.c: The form of every row, structure and set of constants.
 */
#include "tests/support/datum_check.h"
#include "vmm/sys.h"
#include "vmm/sysno.h"
#include "vmm/xlat.h"

#include <errno.h>
#include <stdio.h>

#define LINUX_6_12_CALLS 375 /* 0 .. 335 and 424 .. 462 */

static void every_argument_is_described_completely(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < SYSCALL_MAX; i++) {
        const struct syscall_desc *row = &syscall_table[i];

        check_data(row->name, row->arg, row->nargs);
    }
}

static void the_number_of_arguments_is_that_of_the_data(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < SYSCALL_MAX; i++)
        require(syscall_table[i].nargs ==
                    count_data(syscall_table[i].arg, SYSCALL_ARGS),
                "%s", syscall_table[i].name);
}

/* --- structures --- */

static void fields_lie_in_order_inside_their_structure(void **state)
{
    unsigned i, k;

    (void)state;
    for (i = 0; struct_list[i] != NULL; i++) {
        const struct struct_desc *s = struct_list[i];
        unsigned end = 0;

        for (k = 0; s->field[k].kind != DATUM_NONE; k++) {
            const struct datum *f = &s->field[k];

            require(f->offset >= end, "%s.%s overlaps", s->name, f->name);
            end = f->offset + f->width;
            require(end <= s->size, "%s.%s is outside", s->name, f->name);
        }
        check_data(s->name, s->field, k);
    }
    assert_true(i > 80);
}

static void check_depth(const struct struct_desc *s, unsigned depth)
{
    unsigned k;

    require(depth < 8, "%s leads back to itself", s->name);
    for (k = 0; s->field[k].kind != DATUM_NONE; k++)
        if (s->field[k].type != NULL)
            check_depth(s->field[k].type, depth + 1);
}

static void no_structure_contains_itself(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; struct_list[i] != NULL; i++)
        check_depth(struct_list[i], 0);
}

/* --- rows --- */

static void every_call_of_linux_6_12_has_a_row(void **state)
{
    unsigned i, rows = 0;

    (void)state;
    for (i = 0; i < SYSCALL_MAX; i++) {
        bool exists = i <= 335 || i >= 424;

        require((syscall_row(i) != NULL) == exists, "number %u", i);
        rows += exists;
    }
    assert_int_equal(rows, LINUX_6_12_CALLS);
    assert_null(syscall_row(SYSCALL_MAX));
    assert_null(syscall_row(UINT64_MAX));
}

static FILE *open_unistd(void)
{
    FILE *f = fopen("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "r");

    return f != NULL ? f : fopen("/usr/include/asm/unistd_64.h", "r");
}

static void numbers_are_those_of_the_installed_headers(void **state)
{
    FILE *f = open_unistd();
    char line[256], name[128];
    unsigned number, seen = 0;

    (void)state;
    if (f == NULL)
        skip();
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "#define __NR_%127s %u", name, &number) != 2 ||
            number >= SYSCALL_MAX)
            continue;
        require(syscall_number(name) == (int)number, "%s is %u", name, number);
        seen++;
    }
    fclose(f);
    assert_true(seen > 350);
}

static void calls_newer_than_the_headers_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(syscall_number("uretprobe"), 335);
    assert_int_equal(syscall_number("cachestat"), 451);
    assert_int_equal(syscall_number("fchmodat2"), 452);
    assert_int_equal(syscall_number("map_shadow_stack"), 453);
    assert_int_equal(syscall_number("futex_wake"), 454);
    assert_int_equal(syscall_number("futex_wait"), 455);
    assert_int_equal(syscall_number("futex_requeue"), 456);
    assert_int_equal(syscall_number("statmount"), 457);
    assert_int_equal(syscall_number("listmount"), 458);
    assert_int_equal(syscall_number("lsm_get_self_attr"), 459);
    assert_int_equal(syscall_number("lsm_set_self_attr"), 460);
    assert_int_equal(syscall_number("lsm_list_modules"), 461);
    assert_int_equal(syscall_number("mseal"), 462);
}

static void names_and_numbers_lead_to_each_other(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < SYSCALL_MAX; i++)
        if (syscall_row((uint64_t)i) != NULL)
            require(syscall_number(syscall_table[i].name) == i, "%s",
                    syscall_table[i].name);
    assert_int_equal(syscall_number("no_such_call"), -ENOENT);
    assert_int_equal(syscall_number(""), -ENOENT);
}

static void every_row_has_what_its_route_needs(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < SYSCALL_MAX; i++) {
        const struct syscall_desc *row = syscall_row(i);

        if (row == NULL)
            continue;
        require(row->groups != 0 && row->groups >> GROUP_COUNT == 0,
                "%s: groups", row->name);
        require((row->fn != NULL) == (row->route == ROUTE_EMULATE),
                "%s: function", row->name);
        if (row->route == ROUTE_REFUSE)
            check_refusal(row->name, row->refuse_errno, row->why);
        else
            require(row->variants != NULL || row->why == NULL,
                    "%s: a reason for nothing", row->name);
    }
}

/* --- rows in detail --- */

static void openat_reads_as_its_prototype(void **state)
{
    const struct syscall_desc *row = syscall_row(SYS_openat);

    (void)state;
    assert_int_equal(row->nargs, 4);
    assert_int_equal(row->route, ROUTE_EMULATE);
    assert_ptr_equal(row->fn, sys_openat);
    assert_int_equal(row->ret, RET_FD);
    assert_int_equal(row->groups, GROUP_DESC | GROUP_FILE);
    assert_int_equal(row->arg[0].kind, DATUM_DIRFD);
    assert_int_equal(row->arg[1].kind, DATUM_PATH);
    assert_ptr_equal(row->arg[2].names, &xlat_open_flags);
    assert_int_equal(row->arg[3].kind, DATUM_MODE);
}

static void poll_counts_its_descriptors(void **state)
{
    const struct datum *fds = &syscall_row(SYS_poll)->arg[0];

    (void)state;
    assert_int_equal(fds->dir, DIR_INOUT);
    assert_int_equal(fds->size, 8);
    assert_int_equal(fds->count, COUNT_OF);
    assert_string_equal(syscall_row(SYS_poll)->arg[fds->count_of].name, "nfds");
    assert_int_equal(fds->type->field[0].kind, DATUM_FD);
}

static void messages_lead_to_buffers_of_their_direction(void **state)
{
    const struct datum *in = syscall_row(SYS_sendmsg)->arg[1].type->field;
    const struct datum *out = syscall_row(SYS_recvmsg)->arg[1].type->field;

    (void)state;
    assert_string_equal(in[2].name, "msg_iov");
    assert_int_equal(in[2].offset, 16);
    assert_int_equal(in[2].max, 1024);
    assert_int_equal(in[2].type->field[0].dir, DIR_IN);
    assert_int_equal(out[2].type->field[0].dir, DIR_OUT);
    assert_int_equal(out[2].type->field[0].kind, DATUM_BUF);
    /* What is sent as address or descriptors is captured, so that no other
     * thread can exchange it after the check. */
    assert_int_equal(in[0].kind, DATUM_STRUCT);
    assert_int_equal(in[4].kind, DATUM_STRUCT);
    assert_ptr_equal(in[4].type, &struct_cmsghdr);
}

static void affinity_masks_are_counted_by_the_length(void **state)
{
    const struct syscall_desc *row = syscall_row(SYS_sched_setaffinity);

    (void)state;
    assert_string_equal(row->arg[1].name, "len");
    assert_int_equal(row->arg[1].width, 4);
    assert_int_equal(row->arg[2].kind, DATUM_BUF);
    assert_int_equal(row->arg[2].count_of, 1);
}

/* Each of these would be a way around hooks or checks. */
static void ways_around_the_checks_are_refused(void **state)
{
    static const char *const closed[] = {
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "kcmp",
        "userfaultfd",
        "perf_event_open",
        "bpf",
        "seccomp",
        "io_uring_setup",
        "io_uring_enter",
        "pidfd_getfd",
        "modify_ldt",
        "rseq",
        "mount",
        "setns",
        "init_module",
        "kexec_load",
        "iopl",
        "open_by_handle_at",
        "process_madvise",
    };
    unsigned i;

    (void)state;
    for (i = 0; i < ARRAY_SIZE(closed); i++)
        require(syscall_table[syscall_number(closed[i])].route == ROUTE_REFUSE,
                "%s", closed[i]);
    /* The host's keeps pointers beyond the call. */
    assert_int_equal(syscall_table[SYS_io_submit].route, ROUTE_EMULATE);
}

/* --- sets of constants and names --- */

static void constants_are_in_order_and_unique(void **state)
{
    unsigned i, k, m;

    (void)state;
    for (i = 0; xlat_list[i] != NULL; i++) {
        const struct xlat *x = xlat_list[i];

        require(i == 0 || strcmp(xlat_list[i - 1]->name, x->name) < 0, "set %s",
                x->name);
        require(x->entry[0].name != NULL, "%s is empty", x->name);
        for (k = 1; x->entry[k].name != NULL; k++) {
            require(x->entry[k - 1].value < x->entry[k].value, "%s: %s",
                    x->name, x->entry[k].name);
            for (m = 0; m < k; m++)
                require(x->entry[m].name != NULL &&
                            strcmp(x->entry[m].name, x->entry[k].name) != 0,
                        "%s: %s twice", x->name, x->entry[k].name);
        }
    }
    assert_true(i > 60);
}

static void every_number_of_an_enum_has_a_name(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < DATUM_KINDS; i++)
        assert_string_not_equal(datum_kind_name(i), "?");
    for (i = 0; i < GROUP_COUNT; i++)
        assert_string_not_equal(syscall_group_name(i), "?");
    for (i = ROUTE_NONE; i <= ROUTE_REFUSE; i++)
        assert_string_not_equal(syscall_route_name(i), "?");
    for (i = RESTART_NEVER; i <= RESTART_BLOCK; i++)
        assert_string_not_equal(syscall_restart_name(i), "?");
    for (i = RET_ZERO; i <= RET_NONE; i++)
        assert_string_not_equal(syscall_ret_name(i), "?");
    assert_string_equal(syscall_route_name(99), "?");
    assert_string_equal(datum_kind_name(DATUM_KINDS), "?");
}

static void errnos_have_their_linux_names(void **state)
{
    (void)state;
    assert_string_equal(errno_name(EACCES), "EACCES");
    assert_string_equal(errno_name(EAGAIN), "EAGAIN");
    assert_string_equal(errno_name(ENOPROTOOPT), "ENOPROTOOPT");
    assert_null(errno_name(0));
    assert_null(errno_name(-1));
    assert_null(errno_name(4000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_argument_is_described_completely),
        cmocka_unit_test(the_number_of_arguments_is_that_of_the_data),
        cmocka_unit_test(fields_lie_in_order_inside_their_structure),
        cmocka_unit_test(no_structure_contains_itself),
        cmocka_unit_test(every_call_of_linux_6_12_has_a_row),
        cmocka_unit_test(numbers_are_those_of_the_installed_headers),
        cmocka_unit_test(calls_newer_than_the_headers_have_their_numbers),
        cmocka_unit_test(names_and_numbers_lead_to_each_other),
        cmocka_unit_test(every_row_has_what_its_route_needs),
        cmocka_unit_test(openat_reads_as_its_prototype),
        cmocka_unit_test(poll_counts_its_descriptors),
        cmocka_unit_test(messages_lead_to_buffers_of_their_direction),
        cmocka_unit_test(affinity_masks_are_counted_by_the_length),
        cmocka_unit_test(ways_around_the_checks_are_refused),
        cmocka_unit_test(constants_are_in_order_and_unique),
        cmocka_unit_test(every_number_of_an_enum_has_a_name),
        cmocka_unit_test(errnos_have_their_linux_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
