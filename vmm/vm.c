/* vm.c: /dev/kvm, the VM, memslots and the machine area. */
#include "vmm/vm.h"

#include "vmm/kvm_caps.h"
#include "vmm/layout.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/x86.h"

#include "guest-shim/shim_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* The machine area gets memslots in steps: registering costs by size. */
#define MACHINE_STEP (4 * MIB)
/*
 * Guest-physical space: the machine area behind the 4 GiB in which a PC has
 * devices, the end of it for aliases, without memory; then the blocks.
 */
#define MACHINE_GPA (4 * GIB)
#define ALIAS_SIZE  (64 * MIB)
#define ALIAS_END   (MACHINE_GPA + MACHINE_SIZE)
#define ALIAS_GPA   (ALIAS_END - ALIAS_SIZE)
#define FIRST_BLOCK (ALIAS_END / GIB)

_Static_assert(IS_ALIGNED(ARENA_BASE, GIB), "a block is in one window");

#define MAX_CPUID_ENTRIES 256

/* --- memslots --- */

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
static void lock_slots(struct vm *vm)
{
    lock_take(&vm->lock);
    if (vm->slots_begun != vm->slot_count)
        finish_slot(vm);
}

static int add_slot(struct vm *vm, gpa_t gpa, uint64_t hva, uint64_t len,
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

static int open_kvm(struct vm *vm, struct diag *d)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    if (fd < 0) {
        int err = errno;

        diag_set(d, -err, "cannot open /dev/kvm");
        diag_hint(d, "'microvm-hook doctor' tells how to get it");
        return -err;
    }
    vm->kvm_fd = privfd_adopt(fd);
    if (vm->kvm_fd < 0)
        return diag_set(d, vm->kvm_fd,
                        "cannot keep the descriptor of /dev/kvm");
    return kvm_check(vm->kvm_fd, d);
}

static int open_vm(struct vm *vm, struct diag *d)
{
    vm->vm_fd = privfd_ioctl(vm->kvm_fd, KVM_CREATE_VM, 0);
    return vm->vm_fd < 0 ? diag_set(d, vm->vm_fd, "cannot create a VM") : 0;
}

static int create_vm(struct vm *vm, struct diag *d)
{
    int rc = open_vm(vm, d);
    int size;

    if (rc < 0)
        return rc;
    size = ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (size < (int)sizeof(struct kvm_run))
        return diag_set(d, 0, "KVM gives no vcpu state to map");
    vm->kvm_run_size = (uint32_t)size;

    vm->cpuid =
        calloc(1, sizeof(*vm->cpuid) +
                      MAX_CPUID_ENTRIES * sizeof(struct kvm_cpuid_entry2));
    if (!vm->cpuid)
        return diag_set(d, -ENOMEM, "cannot list CPU features");
    vm->cpuid->nent = MAX_CPUID_ENTRIES;
    if (ioctl(vm->kvm_fd, KVM_GET_SUPPORTED_CPUID, vm->cpuid) < 0)
        return diag_set(d, -errno, "cannot list CPU features");
    x86_filter_cpuid(vm->cpuid);
    vm->block_limit = UINT32_C(1) << (x86_gpa_bits(vm->cpuid) - 30);
    return 0;
}

/* The GPA of an address of the machine area. */
static gpa_t machine_gpa(gva_t gva)
{
    return gva - MACHINE_BASE + MACHINE_GPA;
}

static int grow_machine_area(struct vm *vm)
{
    if (machine_gpa(vm->machine_ready) + MACHINE_STEP > ALIAS_GPA)
        return -ENOMEM;
    return add_slot(vm, machine_gpa(vm->machine_ready), vm->machine_ready,
                    MACHINE_STEP, 0);
}

/* A zeroed page of the machine area, never given back; 0 if exhausted. */
static gva_t alloc_page(struct vm *vm)
{
    gva_t page = 0;

    lock_slots(vm);
    if (vm->machine_next < vm->machine_ready || grow_machine_area(vm) == 0) {
        page = vm->machine_next;
        vm->machine_next += PAGE_SIZE;
    }
    lock_give(&vm->lock);
    return page;
}

static gpa_t alloc_for_pagetable(void *ctx)
{
    gva_t page = alloc_page(ctx);

    return page ? machine_gpa(page) : 0;
}

/* Map [gva, gva + len) of the machine area. */
static int map_machine(struct vm *vm, gva_t gva, uint64_t len, uint64_t bits)
{
    int rc;

    lock_take(&vm->machine_lock);
    rc = pt_map(&vm->pt, gva, machine_gpa(gva), len, bits, false);
    lock_give(&vm->machine_lock);
    return rc;
}

static int create_machine_area(struct vm *vm, struct diag *d)
{
    void *area = mmap(
        (void *)(uintptr_t)MACHINE_BASE, MACHINE_SIZE, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
        0);
    struct pt_pages pages = {.alloc = alloc_for_pagetable,
                             .ctx = vm,
                             .offset = MACHINE_BASE - MACHINE_GPA};
    int rc;

    if (area == MAP_FAILED)
        return diag_set(d, -errno, "cannot map the machine area at 0x%llx",
                        (unsigned long long)MACHINE_BASE);
    vm->machine_next = vm->machine_ready = MACHINE_BASE;
    vm->alias_next = ALIAS_GPA;
    rc = grow_machine_area(vm);
    if (rc < 0)
        return diag_set(d, rc, "cannot give the machine area to the VM");
    /* The shim comes first: its place is MACHINE_BASE. */
    vm->shim_base = MACHINE_BASE;
    memcpy(area, vm->shim.image, vm->shim.image_size);
    vm->machine_next += ALIGN_UP(vm->shim.image_size, PAGE_SIZE);
    vm->answers = (void *)(uintptr_t)vm->machine_next;
    vm->machine_next += 2 * PAGE_SIZE;
    rc = pt_init(&vm->pt, pages);
    if (rc == 0)
        rc = map_machine(vm, vm->shim_base,
                         ALIGN_UP(vm->shim.image_size, PAGE_SIZE), PTE_U);
    if (rc < 0)
        return diag_set(d, rc, "cannot build the VM's page tables");
    return 0;
}

int vm_create(struct vm **out, const struct profile *p, const struct shim *shim,
              struct diag *d)
{
    struct vm *vm = calloc(1, sizeof(*vm));
    int rc;

    if (!vm)
        return diag_set(d, -ENOMEM, "cannot create a VM");
    vm->kvm_fd = vm->vm_fd = -1;
    vm->slot_size = p->slot_size;
    vm->arena_end = min_u64(ARENA_BASE + p->arena_size, ARENA_END);
    vm->low_end = min_u64(LOW_BASE + p->low_size, LOW_END);
    vm->shim = *shim;
    lock_init(&vm->lock);
    lock_init(&vm->machine_lock);
    lock_init(&vm->vcpu_lock);
    vm->low_pieces = (LOW_END + p->slot_size - 1) / p->slot_size;
    vm->covered = calloc(vm->low_pieces + p->arena_size / p->slot_size + 1, 1);
    vm->blocks = calloc(vm->arena_end / GIB + 1, sizeof(*vm->blocks));
    vm->next_block = FIRST_BLOCK;
    rc = vm->covered && vm->blocks ? 0
                                   : diag_set(d, -ENOMEM, "cannot create a VM");
    if (rc == 0)
        rc = open_kvm(vm, d);
    if (rc == 0)
        rc = create_vm(vm, d);
    if (rc == 0)
        rc = create_machine_area(vm, d);
    if (rc < 0) {
        vm_destroy(vm);
        return rc;
    }
    *out = vm;
    return 0;
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

int vm_renew(struct vm *vm, struct diag *d)
{
    int rc;

    privfd_close(vm->vm_fd);
    vm->next_vcpu = 0;
    join_slots(vm);
    rc = open_vm(vm, d);
    for (uint32_t i = 0; rc == 0 && i < vm->slot_count; i++)
        if (ioctl(vm->vm_fd, KVM_SET_USER_MEMORY_REGION, &vm->slots[i]) < 0)
            rc = diag_set(d, -errno, "cannot give memory to the child's VM");
    return rc;
}

void vm_hold(struct vm *vm)
{
    lock_take(&vm->vcpu_lock);
    lock_take(&vm->machine_lock);
    lock_take(&vm->lock);
}

void vm_release(struct vm *vm)
{
    lock_give(&vm->lock);
    lock_give(&vm->machine_lock);
    lock_give(&vm->vcpu_lock);
}

void vm_destroy(struct vm *vm)
{
    if (!vm)
        return;
    if (vm->vm_fd >= 0)
        privfd_close(vm->vm_fd);
    if (vm->kvm_fd >= 0)
        privfd_close(vm->kvm_fd);
    if (vm->machine_ready)
        munmap((void *)(uintptr_t)MACHINE_BASE, MACHINE_SIZE);
    pthread_mutex_destroy(&vm->lock);
    pthread_mutex_destroy(&vm->machine_lock);
    pthread_mutex_destroy(&vm->vcpu_lock);
    free(vm->slots);
    free(vm->cpuid);
    free(vm->covered);
    free(vm->blocks);
    free(vm);
}

/* Whether the piece that begins at or contains (gva) lacks its memslot; (*mark)
 * is set to its mark, (*start) and (*end) to what of it is window. */
static bool uncovered(struct vm *vm, gva_t gva, gva_t *start, gva_t *end,
                      uint8_t **mark)
{
    *mark = &vm->covered[piece_of(vm, gva, start, end)];
    return !__atomic_load_n(*mark, __ATOMIC_ACQUIRE);
}

/* The GPA of an address of a window whose block has one. */
static gpa_t gpa_of(const struct vm *vm, gva_t gva)
{
    return vm->blocks[gva / GIB] * GIB + gva % GIB;
}

/* Give the block of (gva) its GPAs; the lock is held. */
static int give_block(struct vm *vm, gva_t gva)
{
    uint32_t *block = &vm->blocks[gva / GIB];

    if (*block)
        return 0;
    if (vm->next_block >= vm->block_limit)
        return -ENOMEM;
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
        rc = add_slot(vm, gpa_of(vm, run_start), run_start, run_end - run_start,
                      0);
    return rc < 0 ? rc : (int64_t)run_end;
}

/* Add the memslots that [gva, gva + len), in one block, needs. */
static int cover(struct vm *vm, gva_t gva, uint64_t len)
{
    gva_t stop = gva + len;

    while (gva < stop) {
        gva_t start, end;
        uint8_t *mark;

        if (uncovered(vm, gva, &start, &end, &mark)) {
            int64_t rc;

            lock_slots(vm);
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

int vm_map(struct vm *vm, gva_t gva, uint64_t len, uint64_t bits, bool huge)
{
    int rc = 0;

    while (len && rc == 0) {
        uint64_t piece = min_u64(len, GIB - gva % GIB);

        rc = cover(vm, gva, piece);
        if (rc == 0)
            rc = pt_map(&vm->pt, gva, gpa_of(vm, gva), piece, bits, huge);
        gva += piece;
        len -= piece;
    }
    return rc;
}

gva_t vm_alloc_mapped_page(struct vm *vm)
{
    gva_t page = alloc_page(vm);

    if (page && map_machine(vm, page, PAGE_SIZE, PTE_W | PTE_NX) < 0)
        return 0;
    return page;
}

gpa_t vm_alias_readonly(struct vm *vm, const void *hva, uint64_t len)
{
    gpa_t gpa;

    lock_slots(vm);
    gpa = vm->alias_next;
    if (len > ALIAS_END - gpa ||
        add_slot(vm, gpa, (uint64_t)(uintptr_t)hva, len, KVM_MEM_READONLY) < 0)
        gpa = 0;
    lock_give(&vm->lock);
    return gpa;
}

int vm_let_answer(struct vm *vm, const uint8_t *watched)
{
    const gva_t answers = (gva_t)(uintptr_t)vm->answers;
    gpa_t next = machine_gpa(answers) + PAGE_SIZE;
    int rc;

    /* At CPL 0 the shim could write where the program may not. */
    if (!vm->entry_cpl3)
        return 0;
    if (watched)
        next = vm_alias_readonly(vm, watched, PAGE_SIZE);
    if (!next)
        return -ENOMEM;
    rc = map_machine(vm, answers, PAGE_SIZE, PTE_U | PTE_W | PTE_NX);
    if (rc == 0) {
        lock_take(&vm->machine_lock);
        rc = pt_map(&vm->pt, answers + PAGE_SIZE, next, PAGE_SIZE,
                    PTE_U | PTE_NX, false);
        lock_give(&vm->machine_lock);
    }
    vm->answering = rc == 0;
    return rc;
}

void vm_tell_brk(struct vm *vm, gva_t brk)
{
    if (vm->answers)
        __atomic_store_n(&vm->answers->brk, brk, __ATOMIC_RELAXED);
}

gva_t vm_syscall_entry(const struct vm *vm)
{
    uint32_t entry = vm->shim.syscall_cpl0;

    if (vm->entry_cpl3)
        entry =
            vm->answering ? vm->shim.syscall_answering : vm->shim.syscall_cpl3;
    return vm_shim_entry(vm, entry);
}

gva_t vm_shim_entry(const struct vm *vm, uint32_t offset)
{
    return vm->shim_base + offset;
}
