/*
 * test_syscall_variants.c: Variants: calls whose arguments depend on a
 * selector.
 */
#include "tests/support/datum_check.h"
#include "vmm/sysno.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void check_variant(const struct syscall_desc *row,
                          const struct syscall_variant *v)
{
    unsigned last = row->select2 != 0 ? row->select2 : row->select;
    const struct syscall_variant *other;
    unsigned k;

    check_data(v->name, v->arg, count_data(v->arg, SYSCALL_ARGS));
    if (v->route == ROUTE_REFUSE)
        check_refusal(v->name, v->refuse_errno, v->why);
    require(v->mask == 0 || (v->key & ~v->mask) == 0, "%s: cannot match",
            v->name);
    require(row->select2 != 0 || v->key <= UINT32_MAX,
            "%s: wider than its selector", v->name);
    for (k = 0; k <= last; k++)
        require(v->arg[k].kind != DATUM_NONE &&
                    (k == last || v->arg[k].kind == row->arg[k].kind),
                "%s: argument %u", v->name, k);
    for (other = row->variants; other != v; other++)
        require(other->key != v->key || other->mask != v->mask, "%s: as %s",
                v->name, other->name);
}

static void every_variant_is_described_completely(void **state)
{
    const struct syscall_variant *v;
    unsigned i, variants = 0;

    (void)state;
    for (i = 0; i < SYSCALL_MAX; i++) {
        const struct syscall_desc *row = &syscall_table[i];

        if (row->variants == NULL)
            continue;
        require(row->select < row->nargs && row->select2 < row->nargs &&
                    row->arg[row->select].width == 4 &&
                    (row->select2 == 0 || row->arg[row->select2].width == 4),
                "%s: selector", row->name);
        require(row->other_route == ROUTE_REFUSE, "%s: open list", row->name);
        check_refusal(row->name, row->refuse_errno, row->why);
        for (v = row->variants; v->name != NULL; v++, variants++)
            check_variant(row, v);
    }
    assert_true(variants > 200);
}

static void every_variant_is_what_its_own_key_selects(void **state)
{
    const struct syscall_variant *v;
    unsigned i;

    (void)state;
    for (i = 0; i < SYSCALL_MAX; i++) {
        const struct syscall_desc *row = &syscall_table[i];

        for (v = row->variants; v != NULL && v->name != NULL; v++) {
            uint64_t args[SYSCALL_ARGS] = {0};

            args[row->select] = v->key;
            if (row->select2 != 0) {
                args[row->select] = v->key >> 32;
                args[row->select2] = (uint32_t)v->key;
            }
            require(syscall_variant(row, args) == v, "%s", v->name);
        }
    }
}

static const struct syscall_variant *
select_variant(const char *call, uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t args[SYSCALL_ARGS] = {a, b, c, 0, 0, 0};

    return syscall_variant(&syscall_table[syscall_number(call)], args);
}

static void futex_is_selected_without_its_flags(void **state)
{
    const struct syscall_variant *v = select_variant(
        "futex", 0,
        FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 0);

    (void)state;
    assert_string_equal(v->name, "FUTEX_WAIT_BITSET");
    assert_int_equal(v->arg[3].kind, DATUM_STRUCT);
    assert_ptr_equal(v->arg[3].type, &struct_timespec);
    assert_null(select_variant("futex", 0, FUTEX_FD, 0));
    assert_null(select_variant("futex", 0, 127, 0));
}

static void futex_operations_use_their_fourth_argument_differently(void **state)
{
    (void)state;
    assert_int_equal(select_variant("futex", 0, FUTEX_WAIT, 0)->arg[3].kind,
                     DATUM_STRUCT);
    assert_int_equal(select_variant("futex", 0, FUTEX_REQUEUE, 0)->arg[3].kind,
                     DATUM_INT);
    assert_int_equal(select_variant("futex", 0, FUTEX_WAKE, 0)->arg[3].kind,
                     DATUM_NONE);
}

/* The kernel waits on the address: a copy of the word would never be woken. */
static void futex_words_are_never_copied(void **state)
{
    const struct syscall_variant *v =
        syscall_table[syscall_number("futex")].variants;

    (void)state;
    for (; v->name != NULL; v++) {
        assert_int_equal(v->arg[0].kind, DATUM_BUF);
        assert_int_equal(v->arg[0].dir, DIR_OUT);
        if (v->arg[4].kind == DATUM_BUF)
            assert_int_equal(v->arg[4].dir, DIR_OUT);
    }
    assert_int_equal(struct_futex_waitv.field[1].kind, DATUM_BUF);
    assert_int_equal(struct_futex_waitv.field[1].dir, DIR_OUT);
}

static void a_selector_counts_only_in_its_width(void **state)
{
    (void)state;
    assert_string_equal(
        select_variant("ioctl", 0, UINT64_C(0xdead00000000) | TIOCGWINSZ, 0)
            ->name,
        "TIOCGWINSZ");
}

static void an_unknown_ioctl_selects_nothing(void **state)
{
    (void)state;
    assert_null(select_variant("ioctl", 0, 0xae01 /* KVM_CREATE_VM */, 0));
    assert_int_equal(syscall_table[SYS_ioctl].refuse_errno, ENOTTY);
}

static void socket_options_are_selected_by_level_and_name(void **state)
{
    const struct syscall_variant *v;

    (void)state;
    v = select_variant("setsockopt", 3, SOL_SOCKET, SO_ATTACH_FILTER);
    assert_ptr_equal(v->arg[3].type, &struct_sock_fprog);
    /* The same number in another level: IPV6_V6ONLY. */
    v = select_variant("setsockopt", 3, 41, SO_ATTACH_FILTER);
    assert_int_equal(v->arg[3].kind, DATUM_BUF);
    v = select_variant("setsockopt", 3, SOL_SOCKET, SO_REUSEADDR);
    assert_string_equal(v->name, "SOL_SOCKET");
    v = select_variant("setsockopt", 3, 0, 64 /* IPT_SO_SET_REPLACE */);
    assert_int_equal(v->route, ROUTE_REFUSE);
    assert_null(select_variant("setsockopt", 3, SOL_XDP, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_is_described_completely),
        cmocka_unit_test(every_variant_is_what_its_own_key_selects),
        cmocka_unit_test(futex_is_selected_without_its_flags),
        cmocka_unit_test(
            futex_operations_use_their_fourth_argument_differently),
        cmocka_unit_test(futex_words_are_never_copied),
        cmocka_unit_test(a_selector_counts_only_in_its_width),
        cmocka_unit_test(an_unknown_ioctl_selects_nothing),
        cmocka_unit_test(socket_options_are_selected_by_level_and_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
