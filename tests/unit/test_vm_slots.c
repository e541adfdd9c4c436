/* test_vm_slots.c: what a VM that is made again keeps of memslots and of GPAs,
 * and that GPAs which were left are given again. There is no KVM here. */
#include "vmm/vm_internal.h"

#include "vmm/lock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PIECE  (16 * MIB)
#define PIECES 256 /* of the arena */
#define A      (ARENA_BASE + 3 * GIB)
#define B      (ARENA_BASE + 2 * GIB)
#define LIMIT  16 /* blocks of GPAs */

static struct kvm_userspace_memory_region *at(struct vm *vm)
{
    return &vm->slots[vm->slot_count++];
}

static void add_machine(struct vm *vm)
{
    *at(vm) =
        (struct kvm_userspace_memory_region){.guest_phys_addr = MACHINE_GPA,
                                             .memory_size = 4 * MIB,
                                             .userspace_addr = MACHINE_BASE};
}

/* (n) pieces from (gva) on have a memslot, and the GPAs of (block). */
static void add(struct vm *vm, gva_t gva, uint64_t n, uint32_t block)
{
    vm->blocks[gva / GIB] = block;
    *at(vm) = (struct kvm_userspace_memory_region){.slot = vm->slot_count - 1,
                                                   .guest_phys_addr =
                                                       vm_gpa_of(vm, gva),
                                                   .memory_size = n * PIECE,
                                                   .userspace_addr = gva};
    vm->slots_begun = vm->slot_count;
    for (uint64_t i = 0; i < n; i++)
        vm->covered[vm->low_pieces + (gva - ARENA_BASE) / PIECE + i] = 1;
}

static bool is_covered(const struct vm *vm, gva_t gva)
{
    return vm->covered[vm->low_pieces + (gva - ARENA_BASE) / PIECE];
}

static int make(void **state)
{
    struct vm *vm = calloc(1, sizeof(*vm));

    if (!vm)
        return -1;
    *vm = (struct vm){.vm_fd = -1,
                      .slot_size = PIECE,
                      .low_end = LOW_END,
                      .arena_end = ARENA_BASE + PIECES * PIECE,
                      .low_pieces = LOW_END / PIECE + 1,
                      .next_block = FIRST_BLOCK,
                      .block_limit = LIMIT};
    lock_init(&vm->lock);
    vm->slots = calloc(32, sizeof(*vm->slots));
    vm->covered = calloc(vm->low_pieces + PIECES, 1);
    vm->blocks = calloc(vm->arena_end / GIB + 1, sizeof(*vm->blocks));
    *state = vm;
    return vm->slots && vm->covered && vm->blocks ? 0 : -1;
}

static int clear(void **state)
{
    struct vm *vm = *state;

    free(vm->slots);
    free(vm->covered);
    free(vm->blocks);
    free(vm);
    return 0;
}

/* In use is what lies in one of these, up to an end that is 0. */
struct range {
    gva_t start, end;
};

static bool in_use(const void *ctx, gva_t start, gva_t end)
{
    for (const struct range *r = ctx; r->end; r++)
        if (start < r->end && r->start < end)
            return true;
    return false;
}

static void check_slot(const struct vm *vm, uint32_t i, gpa_t gpa, gva_t gva,
                       uint64_t len)
{
    assert_true(i < vm->slot_count);
    assert_int_equal(vm->slots[i].slot, i);
    assert_int_equal(vm->slots[i].guest_phys_addr, gpa);
    assert_int_equal(vm->slots[i].userspace_addr, gva);
    assert_int_equal(vm->slots[i].memory_size, len);
}

static void what_is_not_in_use_is_left_behind(void **state)
{
    const struct range used[] = {{A + PAGE_SIZE, A + 2 * PAGE_SIZE}, {0, 0}};
    struct vm *vm = *state;

    add(vm, B, 2, 7);
    add_machine(vm);
    add(vm, A, 1, 8);
    assert_int_equal(vm_drop_unused(vm, in_use, used), 0);
    assert_int_equal(vm->slot_count, 2);
    assert_int_equal(vm->slots_begun, 2);
    check_slot(vm, 0, MACHINE_GPA, MACHINE_BASE, 4 * MIB);
    check_slot(vm, 1, 8 * GIB, A, PIECE);
    assert_true(is_covered(vm, A));
    assert_false(is_covered(vm, B));
    assert_false(is_covered(vm, B + PIECE));
    assert_int_equal(vm->blocks[A / GIB], 8);
    assert_int_equal(vm->blocks[B / GIB], 0);
}

static void a_memslot_is_kept_by_the_piece(void **state)
{
    const struct range used[] = {
        {A + PIECE - 1, A + PIECE}, {A + 3 * PIECE, A + 4 * PIECE + 1}, {0, 0}};
    struct vm *vm = *state;

    add_machine(vm);
    add(vm, A, 6, 8);
    assert_int_equal(vm_drop_unused(vm, in_use, used), 0);
    assert_int_equal(vm->slot_count, 3);
    check_slot(vm, 1, 8 * GIB, A, PIECE);
    check_slot(vm, 2, 8 * GIB + 3 * PIECE, A + 3 * PIECE, 2 * PIECE);
    assert_true(is_covered(vm, A));
    assert_false(is_covered(vm, A + PIECE));
    assert_true(is_covered(vm, A + 4 * PIECE));
    assert_false(is_covered(vm, A + 5 * PIECE));
    assert_int_equal(vm->blocks[A / GIB], 8);
}

static void a_memslot_of_two_blocks_may_leave_one(void **state)
{
    const struct range used[] = {{A + PIECE, A + 2 * PIECE}, {0, 0}};
    struct vm *vm = *state;

    add_machine(vm);
    add(vm, A - 2 * PIECE, 4, 8);
    vm->blocks[A / GIB] = 9;
    assert_int_equal(vm_drop_unused(vm, in_use, used), 0);
    assert_int_equal(vm->slot_count, 2);
    check_slot(vm, 1, 9 * GIB + PIECE, A + PIECE, PIECE);
    assert_int_equal(vm->blocks[B / GIB], 0);
    assert_int_equal(vm->blocks[A / GIB], 9);
}

static void nothing_in_use_leaves_the_machine(void **state)
{
    const struct range used[] = {{0, 0}};
    struct vm *vm = *state;

    add_machine(vm);
    add(vm, A, 2, 8);
    add(vm, B, 2, 9);
    assert_int_equal(vm_drop_unused(vm, in_use, used), 0);
    assert_int_equal(vm->slot_count, 1);
    check_slot(vm, 0, MACHINE_GPA, MACHINE_BASE, 4 * MIB);
}

/* The memslot itself there is no KVM to take. */
static void blocks_that_were_left_are_given_again(void **state)
{
    const struct range used[] = {{A, A + PIECE}, {0, 0}};
    struct vm *vm = *state;

    add(vm, A, 1, LIMIT - 1);
    add(vm, B, 1, FIRST_BLOCK);
    vm->next_block = LIMIT;
    assert_int_equal(vm_drop_unused(vm, in_use, used), 0);
    assert_int_equal(vm_cover(vm, ARENA_BASE, PAGE_SIZE), -EBADF);
    assert_int_equal(vm->blocks[ARENA_BASE / GIB], FIRST_BLOCK);
    assert_int_equal(vm_cover(vm, ARENA_BASE + GIB, PAGE_SIZE), -EBADF);
    assert_int_equal(vm->blocks[ARENA_BASE / GIB + 1], FIRST_BLOCK + 1);
    assert_int_equal(vm->blocks[A / GIB], LIMIT - 1);
}

static void without_a_block_there_is_no_memory(void **state)
{
    struct vm *vm = *state;

    vm->next_block = vm->block_limit = FIRST_BLOCK + 1;
    add(vm, A, 1, FIRST_BLOCK);
    assert_int_equal(vm_cover(vm, ARENA_BASE, PAGE_SIZE), -ENOMEM);
    assert_int_equal(vm->blocks[ARENA_BASE / GIB], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_not_in_use_is_left_behind, make,
                                        clear),
        cmocka_unit_test_setup_teardown(a_memslot_is_kept_by_the_piece, make,
                                        clear),
        cmocka_unit_test_setup_teardown(a_memslot_of_two_blocks_may_leave_one,
                                        make, clear),
        cmocka_unit_test_setup_teardown(nothing_in_use_leaves_the_machine, make,
                                        clear),
        cmocka_unit_test_setup_teardown(blocks_that_were_left_are_given_again,
                                        make, clear),
        cmocka_unit_test_setup_teardown(without_a_block_there_is_no_memory,
                                        make, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
