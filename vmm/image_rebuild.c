/*
 * image_rebuild.c: put the image together, where there is nothing yet but this
 * code and (struct image): no data of the monitor's, no C library, no
 * thread-local storage.
 */
#include "vmm/image_internal.h"

#include <asm/prctl.h>
#include <elf.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* All of it in one function, so that its pages are known. */
#define INLINE static inline __attribute__((always_inline))

#define TASK_END   UINT64_C(0x7ffffffff000)
#define STACK_ROOM MIB        /* below what execve(2) has put on the stack */
#define ASIDE      (64 * MIB) /* behind IMAGE_AT */

INLINE long call(long nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                 uint64_t e, uint64_t f)
{
    register uint64_t r10 __asm__("r10") = d;
    register uint64_t r8 __asm__("r8") = e;
    register uint64_t r9 __asm__("r9") = f;
    long ret = nr;

    __asm__ volatile("syscall"
                     : "+a"(ret)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return ret;
}

INLINE void check(long ret)
{
    /* There is nobody to tell, and nothing to go back to. */
    if (ret < 0 && ret > -4096)
        call(SYS_kill, (uint64_t)call(SYS_getpid, 0, 0, 0, 0, 0, 0), SIGKILL, 0,
             0, 0, 0);
}

/* Behind argc, argv and envp. getauxval(3) */
INLINE uint64_t vdso_now(const uint64_t *stack)
{
    const uint64_t *p = stack + 1 + stack[0] + 1;

    while (*p)
        p++;
    for (p++; p[0] != AT_NULL; p += 2)
        if (p[0] == AT_SYSINFO_EHDR)
            return p[1];
    return 0;
}

/* Each part is (from) the vDSO what it is in the image: (to) there. */
INLINE void move_vdso(const struct image *im, uint64_t from, uint64_t to)
{
    for (uint64_t i = 0; i < im->part_count; i++) {
        const struct image_part *part = &im->part[i];

        check(call(SYS_mremap, part->start - im->vdso + from, part->size,
                   part->size, MREMAP_MAYMOVE | MREMAP_FIXED,
                   part->start - im->vdso + to, 0));
    }
}

INLINE void map(const struct image_step *s, int flags)
{
    check(call(SYS_mmap, s->start, s->size, (uint64_t)s->prot,
               (uint64_t)(flags | MAP_FIXED | MAP_NORESERVE), (uint64_t)s->fd,
               s->offset));
}

INLINE void fill(const struct image_step *s)
{
    uint64_t done = 0;

    while (done < s->size) {
        long n = call(SYS_pread64, (uint64_t)s->fd, s->start + done,
                      s->size - done, s->offset + done, 0, 0);

        check(n ? n : -1);
        done += (uint64_t)n;
    }
}

INLINE void take(const struct image_step *s)
{
    switch (s->what) {
    case IMAGE_ZERO:
        map(s, MAP_PRIVATE | MAP_ANONYMOUS);
        break;
    case IMAGE_FILE:
        map(s, MAP_PRIVATE);
        break;
    case IMAGE_SHARE:
        map(s, MAP_SHARED);
        break;
    case IMAGE_READ:
        fill(s);
        break;
    case IMAGE_RIGHTS:
        check(
            call(SYS_mprotect, s->start, s->size, (uint64_t)s->prot, 0, 0, 0));
        break;
    default:
        check(call(SYS_close, (uint64_t)s->fd, 0, 0, 0, 0, 0));
        break;
    }
}

void image_rebuild(const struct image *im, const uint64_t *stack)
{
    const uint64_t vdso = vdso_now(stack);
    const uint64_t aside = IMAGE_AT + ASIDE;
    const uint64_t low = ALIGN_DOWN((uintptr_t)stack, STACK_ROOM) - STACK_ROOM;

    if (vdso)
        move_vdso(im, vdso, aside);
    check(call(SYS_munmap, low, TASK_END - low, 0, 0, 0, 0));
    for (uint64_t i = 0; i < im->step_count; i++)
        take(&im->step[i]);
    if (vdso)
        move_vdso(im, aside, im->vdso);
    check(call(SYS_arch_prctl, ARCH_SET_FS, im->fs_base, 0, 0, 0, 0));
    *im->tid_address = (pid_t)call(SYS_set_tid_address,
                                   (uintptr_t)im->tid_address, 0, 0, 0, 0, 0);
    image_resume(im->context);
}

void image_begin(const uint64_t *stack)
{
    const struct image *im = (const struct image *)IMAGE_AT;

    image_continue(im, stack, im->stack_top);
}
