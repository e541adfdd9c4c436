/* vm_slots.c: memslots, and which addresses of the windows have GPAs. */
#include "vmm/vm_internal.h"

#include "vmm/lock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>

_Static_assert(IS_ALIGNED(ARENA_BASE, GIB), "a block is in one window");

/*
 * The memslot-sized piece of a window that (gva) lies in: its index in
 * (covered), and the part of it that is window.
 */
static uint64_t piece_of(const struct vm *vm, gva_t gva, gva_t *start,
                         gva_t *end)
{
    uint64_t base = gva >= ARENA_BASE ? ARENA_BASE : 0;
    uint64_t n = (gva - base) / vm->slot_size;

    *start = max_u64(base + n * vm->slot_size, LOW_BASE);
    *end = min_u64(base + (n + 1) * vm->slot_size,
                   base ? vm->arena_end : vm->low_end);
    return base ? vm->low_pieces + n : n;
}

/* What follows from a memslot: where there is memory now. */
static void tell_slot(struct vm *vm,
                      const struct kvm_userspace_memory_region *slot)
{
    const gva_t stop = slot->userspace_addr + slot->memory_size;
    gva_t start, end;

    if (slot->guest_phys_addr < ALIAS_GPA)
        vm->machine_ready = stop;
    else if (slot->guest_phys_addr < ALIAS_END)
        vm->alias_next = slot->guest_phys_addr + slot->memory_size;
    else
        for (gva_t gva = slot->userspace_addr; gva < stop; gva = end)
            __atomic_store_n(&vm->covered[piece_of(vm, gva, &start, &end)], 1,
                             __ATOMIC_RELEASE);
}

/* Add the memslot that was begun. To add one again changes nothing. */
static int finish_slot(struct vm *vm)
{
    const struct kvm_userspace_memory_region *slot = &vm->slots[vm->slot_count];

    if (ioctl(vm->vm_fd, KVM_SET_USER_MEMORY_REGION, slot) < 0) {
        const int rc = -errno;

        __atomic_store_n(&vm->slots_begun, vm->slot_count, __ATOMIC_RELEASE);
        return rc;
    }
    tell_slot(vm, slot);
    __atomic_store_n(&vm->slot_count, vm->slots_begun, __ATOMIC_RELEASE);
    return 0;
}

/* Who had the lock may have been killed, after KVM had the memslot and before
 * anybody knew. */
void vm_lock_slots(struct vm *vm)
{
    lock_take(&vm->lock);
    if (vm->slots_begun != vm->slot_count)
        finish_slot(vm);
}

int vm_add_slot(struct vm *vm, gpa_t gpa, uint64_t hva, uint64_t len,
                uint32_t flags)
{
    struct kvm_userspace_memory_region *old = vm->slots, *slots;

    slots = lock_larger(old, vm->slot_count * sizeof(*slots),
                        (vm->slot_count + 1) * sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    slots[vm->slot_count] = (struct kvm_userspace_memory_region){
        .slot = vm->slot_count,
        .flags = flags,
        .guest_phys_addr = gpa,
        .memory_size = len,
        .userspace_addr = hva,
    };
    __atomic_store_n(&vm->slots, slots, __ATOMIC_RELEASE);
    __atomic_store_n(&vm->slots_begun, vm->slot_count + 1, __ATOMIC_RELEASE);
    free(old);
    return finish_slot(vm);
}

static int by_gpa(const void *a, const void *b)
{
    const struct kvm_userspace_memory_region *x = a, *y = b;

    return x->guest_phys_addr < y->guest_phys_addr
               ? -1
               : x->guest_phys_addr > y->guest_phys_addr;
}

static bool follows(const struct kvm_userspace_memory_region *a,
                    const struct kvm_userspace_memory_region *b)
{
    return a->guest_phys_addr + a->memory_size == b->guest_phys_addr &&
           a->userspace_addr + a->memory_size == b->userspace_addr &&
           a->flags == b->flags;
}

/* Neighbours become one memslot: each costs, whatever its size. */
static void join_slots(struct vm *vm)
{
    uint32_t n = 0;

    qsort(vm->slots, vm->slot_count, sizeof(*vm->slots), by_gpa);
    for (uint32_t i = 0; i < vm->slot_count; i++) {
        if (n > 0 && follows(&vm->slots[n - 1], &vm->slots[i])) {
            vm->slots[n - 1].memory_size += vm->slots[i].memory_size;
            continue;
        }
        vm->slots[n] = vm->slots[i];
        vm->slots[n].slot = n;
        n++;
    }
    vm->slot_count = vm->slots_begun = n;
}

static bool is_window(const struct kvm_userspace_memory_region *slot)
{
    return slot->guest_phys_addr >= ALIAS_END;
}

/* Of a memslot of a window, which may have several blocks: add those pieces to
 * (out) that are in use. The blocks have no GPAs then. */
static void keep_used(struct vm *vm, vm_used *used, const void *ctx,
                      const struct kvm_userspace_memory_region *slot,
                      struct kvm_userspace_memory_region *out, uint32_t *n)
{
    const gva_t stop = slot->userspace_addr + slot->memory_size;
    gva_t start, end;

    for (gva_t gva = slot->userspace_addr; gva < stop; gva = end) {
        uint8_t *mark = &vm->covered[piece_of(vm, gva, &start, &end)];

        vm->blocks[gva / GIB] = 0;
        *mark = used(ctx, start, end);
        if (!*mark)
            continue;
        out[*n] = *slot;
        out[*n].userspace_addr = start;
        out[*n].guest_phys_addr += start - slot->userspace_addr;
        out[(*n)++].memory_size = end - start;
    }
}

/* Room for all pieces of all memslots, of which there is that of the machine.
 */
static uint64_t pieces_of(const struct vm *vm)
{
    uint64_t n = 1;

    for (uint32_t i = 0; i < vm->slot_count; i++)
        n += vm->slots[i].memory_size / vm->slot_size + 2;
    return n;
}

int vm_drop_unused(struct vm *vm, vm_used *used, const void *ctx)
{
    struct kvm_userspace_memory_region *kept =
        calloc(pieces_of(vm), sizeof(*kept));
    uint32_t n = 0;

    if (!kept)
        return -ENOMEM;
    for (uint32_t i = 0; i < vm->slot_count; i++) {
        const struct kvm_userspace_memory_region *slot = &vm->slots[i];

        if (!is_window(slot)) {
            kept[n++] = *slot;
            continue;
        }
        keep_used(vm, used, ctx, slot, kept, &n);
    }
    for (uint32_t i = 0; i < n; i++)
        if (is_window(&kept[i]))
            vm->blocks[kept[i].userspace_addr / GIB] =
                (uint32_t)(kept[i].guest_phys_addr / GIB);
    free(vm->slots);
    vm->slots = kept;
    vm->slot_count = n;
    join_slots(vm);
    return 0;
}

/* Whether the piece that begins at or contains (gva) lacks its memslot; (*mark)
 * is set to its mark, (*start) and (*end) to what of it is window. */
static bool uncovered(struct vm *vm, gva_t gva, gva_t *start, gva_t *end,
                      uint8_t **mark)
{
    *mark = &vm->covered[piece_of(vm, gva, start, end)];
    return !__atomic_load_n(*mark, __ATOMIC_ACQUIRE);
}

gpa_t vm_gpa_of(const struct vm *vm, gva_t gva)
{
    return vm->blocks[gva / GIB] * GIB + gva % GIB;
}

/* A block of GPAs that no block of GVAs has, when all had one once; or 0. */
static uint32_t find_block(const struct vm *vm)
{
    uint8_t *taken = calloc(vm->block_limit, 1);
    uint32_t n = FIRST_BLOCK;

    if (!taken)
        return 0;
    for (uint64_t i = 0; i <= vm->arena_end / GIB; i++)
        taken[vm->blocks[i]] = 1;
    while (n < vm->block_limit && taken[n])
        n++;
    free(taken);
    return n < vm->block_limit ? n : 0;
}

/* Give the block of (gva) its GPAs; the lock is held. */
static int give_block(struct vm *vm, gva_t gva)
{
    uint32_t *block = &vm->blocks[gva / GIB], found;

    if (*block)
        return 0;
    if (vm->next_block >= vm->block_limit) {
        found = find_block(vm);
        __atomic_store_n(block, found, __ATOMIC_SEQ_CST);
        return found ? 0 : -ENOMEM;
    }
    /* Rather one that nobody has than one that two have. */
    __atomic_store_n(&vm->next_block, vm->next_block + 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(block, vm->next_block - 1, __ATOMIC_SEQ_CST);
    return 0;
}

/* One memslot for the pieces without one from (gva) on, up to (stop), which is
 * in the same block. Returns where it ends or a negative errno; the lock is
 * held. */
static int64_t cover_run(struct vm *vm, gva_t gva, gva_t stop)
{
    gva_t start, end, run_start, run_end;
    uint8_t *mark;
    int rc;

    if (!uncovered(vm, gva, &run_start, &run_end, &mark))
        return (int64_t)run_end;
    while (run_end < stop && uncovered(vm, run_end, &start, &end, &mark))
        run_end = end;
    rc = give_block(vm, gva);
    if (rc == 0)
        rc = vm_add_slot(vm, vm_gpa_of(vm, run_start), run_start,
                         run_end - run_start, 0);
    return rc < 0 ? rc : (int64_t)run_end;
}

int vm_cover(struct vm *vm, gva_t gva, uint64_t len)
{
    gva_t stop = gva + len;

    while (gva < stop) {
        gva_t start, end;
        uint8_t *mark;

        if (uncovered(vm, gva, &start, &end, &mark)) {
            int64_t rc;

            vm_lock_slots(vm);
            rc = cover_run(vm, gva, stop);
            lock_give(&vm->lock);
            if (rc < 0)
                return (int)rc;
            end = (gva_t)rc;
        }
        gva = end;
    }
    return 0;
}
