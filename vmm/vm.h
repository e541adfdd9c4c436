/*
 * vm.h: the VM, its memslots, and the machine area that holds what the guest's
 * CPU needs (shim, descriptor tables, page tables). Layer 1.
 *
 * GVA = HVA, but a GPA is another number: processors have 39 bits of them or
 * more, the windows take 47. The windows get GPAs by the GiB (a block), in the
 * order in which they come into use, and keep them.
 */
#ifndef VMM_VM_H
#define VMM_VM_H

#include "vmm/diag.h"
#include "vmm/pagetable.h"
#include "vmm/profile.h"
#include "vmm/shim.h"
#include "vmm/util.h"

#include <linux/kvm.h>
#include <pthread.h>

struct vm {
    int kvm_fd;
    int vm_fd;
    uint64_t slot_size;
    uint32_t kvm_run_size;    /* bytes to map of a vcpu descriptor */
    struct kvm_cpuid2 *cpuid; /* what KVM supports, owned */

    pthread_mutex_t lock;                      /* slots, machine allocator */
    struct kvm_userspace_memory_region *slots; /* as they were added, owned */
    uint32_t slot_count, slots_begun; /* differ while one is being added */
    unsigned next_vcpu;
    pthread_mutex_t vcpu_lock; /* vcpus: taken before (lock) */
    struct vcpu *vcpus;        /* all of them, see vcpu.c */
    uint8_t *covered;          /* a byte a piece: it has its memslot */
    uint64_t low_pieces;       /* of these; the arena's follow */
    uint64_t low_end;          /* windows, as the profile gives them */
    uint64_t arena_end;
    uint32_t *blocks;       /* of each GiB of GVAs which of GPAs, 0: none */
    uint32_t next_block;    /* first of GPAs that has no GVAs */
    uint32_t block_limit;   /* how many this processor can address */
    uint64_t machine_next;  /* first unused byte of the machine area */
    uint64_t machine_ready; /* end of the part that is in a memslot */
    uint64_t alias_next;    /* first unused GPA for aliases */

    /* The guest's page tables. What the program sees is edited by mm.c under
     * its lock; the machine area, whose directory is made first and so is
     * never touched by mm.c, by vm.c under (machine_lock). */
    struct pagetable pt;
    pthread_mutex_t machine_lock;

    gva_t shim_base;  /* where the image lies */
    struct shim shim; /* entry offsets; the image itself is in guest memory */
    bool entry_cpl3;  /* SYSCALL stays at CPL 3 on this KVM */
    bool answering;   /* the shim gives answers of its own, from (answers) */
    struct shim_answers *answers; /* in the machine area, behind the image; in
                                   * the next page, which calls are watched */
    gva_t vdso;                   /* AT_SYSINFO_EHDR, or 0 */
    uint32_t hwcap;               /* CPUID.1:EDX as the guest sees it */
    uint32_t hwcap2;
    bool vsyscall; /* the host has calls at fixed addresses */
};

/*
 * Open /dev/kvm, check what it offers, create a VM with an empty machine area
 * and put (shim) into it. Returns 0 or a negative errno, (d) set.
 */
int vm_create(struct vm **out, const struct profile *p, const struct shim *shim,
              struct diag *d);
void vm_destroy(struct vm *vm);

/* Whether something in the windows is mapped in [start, end); asked with (ctx).
 */
typedef bool vm_used(const void *ctx, gva_t start, gva_t end);

/*
 * In a child after fork(2), where the VM that was inherited answers EIO to
 * everything (it belongs to the parent's address space), or for a VM that is
 * worn: make one of this process over the same memory, with the same page
 * tables, and the memslots and GPAs of what is (used). Nobody else has the VM.
 * Returns 0 or a negative errno, (d) set. Source: KVM API, 2.2 "ioctls".
 */
int vm_renew(struct vm *vm, vm_used *used, const void *ctx, struct diag *d);

/* Whether the VM has so many memslots that it is worth while to renew it, when
 * few of them are in use. */
bool vm_is_worn(const struct vm *vm);

/* Around fork(2): no other thread is in the midst of changing the VM, which the
 * child would inherit half done. */
void vm_hold(struct vm *vm);
void vm_release(struct vm *vm);

/*
 * Make [gva, gva + len), inside a window, present in the guest's page tables,
 * with (bits) and (huge) as pt_map() takes them, and add the memslots that it
 * needs. Returns 0 or a negative errno (-ENOMEM: out of slots, of GPAs or of
 * pages for tables; then part of the range may be mapped).
 */
int vm_map(struct vm *vm, gva_t gva, uint64_t len, uint64_t bits, bool huge);

/* A zeroed page of the machine area, never given back, mapped for CPL 0,
 * read-write; 0 if exhausted. */
gva_t vm_alloc_mapped_page(struct vm *vm);

/*
 * Back guest-physical space of the machine area by the host range
 * [hva, hva + len), read-only. Returns the GPA, or 0 if KVM refuses.
 */
gpa_t vm_alias_readonly(struct vm *vm, const void *hva, uint64_t len);

/* GVA of an entry point of the shim, given its offset in the image. */
gva_t vm_shim_entry(const struct vm *vm, uint32_t offset);

/* That of the system-call entry in use: what LSTAR has to be. */
gva_t vm_syscall_entry(const struct vm *vm);

/* The end of the heap, which the shim tells where it answers. */
void vm_tell_brk(struct vm *vm, gva_t brk);

/*
 * Let the guest read what it asks for in (answers), instead of calling, where
 * this kind of KVM can: a vcpu does when its LSTAR is set next. Not the calls
 * whose byte in the page at (watched) is set, which may change at any time;
 * NULL: none is. Returns 0 or a negative errno.
 */
int vm_let_answer(struct vm *vm, const uint8_t *watched);

#endif
