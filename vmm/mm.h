/*
 * mm.h: the guest's address space: which ranges are mapped with which rights,
 * carried out by the host kernel at the same addresses and mirrored into the
 * guest's page tables. Layer 1.
 *
 * The calls have the arguments, results and errors of the system calls they
 * are named after (mmap(2), mprotect(2), mremap(2), brk(2), ...), with three
 * differences: nothing outside the windows can be named or chosen (EINVAL for
 * munmap and friends as Linux says beyond TASK_SIZE, ENOMEM for mmap), the
 * profile's memory limit gives ENOMEM, and results are negative errnos.
 */
#ifndef VMM_MM_H
#define VMM_MM_H

#include "vmm/diag.h"
#include "vmm/profile.h"
#include "vmm/util.h"

struct vm;
struct mm;

/* An empty address space whose page tables belong to (vm). */
int mm_create(struct mm **out, struct vm *vm, const struct profile *p,
              struct diag *d);
void mm_destroy(struct mm *mm);

/* Around fork(2): nobody else changes the address space. */
void mm_hold(struct mm *mm);
void mm_release(struct mm *mm);

/* In the child of a fork: what is not inherited is not mapped, madvise(2). */
void mm_forked(struct mm *mm);

/* Unmap everything, as execve(2) does: (mm) is then as mm_create left it.
 * Returns 0 or a negative errno (sealed memory, mseal(2): -EPERM). */
int64_t mm_clear(struct mm *mm);

int64_t mm_mmap(struct mm *mm, gva_t addr, uint64_t len, int prot, int flags,
                int fd, uint64_t offset);
int64_t mm_munmap(struct mm *mm, gva_t addr, uint64_t len);
int64_t mm_mprotect(struct mm *mm, gva_t addr, uint64_t len, int prot);
int64_t mm_mremap(struct mm *mm, gva_t old_addr, uint64_t old_len,
                  uint64_t new_len, int flags, gva_t new_addr);
/* As the raw system call: returns the break, unchanged where it cannot move. */
gva_t mm_brk(struct mm *mm, gva_t brk);
int64_t mm_madvise(struct mm *mm, gva_t addr, uint64_t len, int advice);
int64_t mm_msync(struct mm *mm, gva_t addr, uint64_t len, int flags);
/* vec: guest address of one byte a page. */
int64_t mm_mincore(struct mm *mm, gva_t addr, uint64_t len, gva_t vec);
int64_t mm_mlock(struct mm *mm, gva_t addr, uint64_t len, int flags);
int64_t mm_munlock(struct mm *mm, gva_t addr, uint64_t len);
int64_t mm_mlockall(struct mm *mm, int flags);
int64_t mm_munlockall(struct mm *mm);
int64_t mm_mseal(struct mm *mm, gva_t addr, uint64_t len, uint64_t flags);

int64_t mm_shmat(struct mm *mm, int id, gva_t addr, int flags);
int64_t mm_shmdt(struct mm *mm, gva_t addr);

/* Where the break starts: (addr) rounded up to a page. For the loader. */
void mm_set_brk(struct mm *mm, gva_t addr);

/*
 * Map the first stack: it ends at the returned address and grows down to
 * (limit) bytes on faults; a guard gap below it is kept free.
 * Returns the stack's end (exclusive) or a negative errno.
 */
int64_t mm_map_stack(struct mm *mm, uint64_t limit);

/*
 * A range of (len) bytes, aligned to (align), for a position independent
 * program image, with room for a heap behind it, away from where mmap
 * allocates; randomised if the profile says so. Returns a gva or a negative
 * errno.
 */
int64_t mm_choose_image_base(struct mm *mm, uint64_t len, uint64_t align);

/* What became of a guest page fault or of an EFAULT from KVM_RUN. */
enum mm_fault_kind {
    MM_FAULT_FIXED,  /* the access works now: re-enter */
    MM_FAULT_MAPERR, /* SIGSEGV, SEGV_MAPERR */
    MM_FAULT_ACCERR, /* SIGSEGV, SEGV_ACCERR */
    MM_FAULT_BUS     /* SIGBUS, BUS_ADRERR */
};

/*
 * Serve the guest's #PF at (addr). (error) is the CPU's error code (SDM 3A
 * 4.7): bit 1 write, bit 4 instruction fetch.
 */
enum mm_fault_kind mm_fault(struct mm *mm, gva_t addr, uint64_t error);

/*
 * KVM_RUN keeps answering EFAULT: some page behind a present entry went away
 * (a file was truncated). Drop the entries of all file mappings, so that the
 * access faults in the guest and tells its address.
 */
void mm_drop_file_entries(struct mm *mm);

/* The heap: [*start, *end). */
void mm_heap(struct mm *mm, gva_t *start, gva_t *end);

/* Where (mm) keeps these two, for whoever reads them from another process. */
const gva_t *mm_heap_words(const struct mm *mm);

/* One mapping, for whoever lists them. */
struct mm_area {
    gva_t start;
    gva_t end;
    int prot;  /* PROT_* */
    int flags; /* MAP_SHARED or MAP_PRIVATE, MAP_ANONYMOUS, MAP_GROWSDOWN */
};

/* How many bytes of [addr, addr + len) from the first on are mapped, with
 * whatever rights. */
uint64_t mm_mapped(struct mm *mm, gva_t addr, uint64_t len);

/* Whether something is mapped in [start, end), with whatever rights; for
 * vm_renew: nobody changes that. */
bool mm_uses(const void *mm, gva_t start, gva_t end);

/* Call (fn) for each mapping in ascending order until it returns non-zero;
 * returns that, or 0. */
int mm_for_each(struct mm *mm, int (*fn)(void *ctx, const struct mm_area *area),
                void *ctx);

#endif
