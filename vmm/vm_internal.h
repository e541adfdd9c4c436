/* vm_internal.h: what the files of vm.h share. Layer 1. */
#ifndef VMM_VM_INTERNAL_H
#define VMM_VM_INTERNAL_H

#include "vmm/layout.h"
#include "vmm/vm.h"

/*
 * Guest-physical space: the machine area behind the 4 GiB in which a PC has
 * devices, the end of it for aliases, without memory; then the blocks.
 */
#define MACHINE_GPA (4 * GIB)
#define ALIAS_SIZE  (64 * MIB)
#define ALIAS_END   (MACHINE_GPA + MACHINE_SIZE)
#define ALIAS_GPA   (ALIAS_END - ALIAS_SIZE)
#define FIRST_BLOCK (ALIAS_END / GIB)

/* Take the lock of memslots. */
void vm_lock_slots(struct vm *vm);

/* Add a memslot; the lock is held. Returns 0 or a negative errno. */
int vm_add_slot(struct vm *vm, gpa_t gpa, uint64_t hva, uint64_t len,
                uint32_t flags);

/* Add the memslots that [gva, gva + len), in one block, needs. Returns 0 or a
 * negative errno. */
int vm_cover(struct vm *vm, gva_t gva, uint64_t len);

/* The GPA of an address of a window whose block has one. */
gpa_t vm_gpa_of(const struct vm *vm, gva_t gva);

/* Forget the memslots, and the GPAs, of what is not in use any more, before
 * there is a VM that has them. Returns 0 or -ENOMEM. */
int vm_drop_unused(struct vm *vm, vm_used *used, const void *ctx);

#endif
