/* vm.c: /dev/kvm, the VM and the machine area. */
#include "vmm/vm_internal.h"

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
#define MACHINE_STEP      (4 * MIB)
#define MAX_CPUID_ENTRIES 256

/* A program has some ten memslots; each execve(2) adds the new one's. */
#define SLOTS_MANY 64

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
    return vm_add_slot(vm, machine_gpa(vm->machine_ready), vm->machine_ready,
                       MACHINE_STEP, 0);
}

/* A zeroed page of the machine area, never given back; 0 if exhausted. */
static gva_t alloc_page(struct vm *vm)
{
    gva_t page = 0;

    vm_lock_slots(vm);
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

bool vm_is_worn(const struct vm *vm)
{
    return vm->slot_count > SLOTS_MANY;
}

int vm_renew(struct vm *vm, vm_used *used, const void *ctx, struct diag *d)
{
    int rc;

    privfd_close(vm->vm_fd);
    vm->vm_fd = -1;
    vm->next_vcpu = 0;
    rc = vm_drop_unused(vm, used, ctx);
    if (rc < 0)
        return diag_set(d, rc, "cannot list the memory of a VM");
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

int vm_map(struct vm *vm, gva_t gva, uint64_t len, uint64_t bits, bool huge)
{
    int rc = 0;

    while (len && rc == 0) {
        uint64_t piece = min_u64(len, GIB - gva % GIB);

        rc = vm_cover(vm, gva, piece);
        if (rc == 0)
            rc = pt_map(&vm->pt, gva, vm_gpa_of(vm, gva), piece, bits, huge);
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

    vm_lock_slots(vm);
    gpa = vm->alias_next;
    if (len > ALIAS_END - gpa || vm_add_slot(vm, gpa, (uint64_t)(uintptr_t)hva,
                                             len, KVM_MEM_READONLY) < 0)
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
