/*
 * place.h: is the monitor loaded where it leaves room for the windows? Layer 5.
 *
 * Where a program lies is chosen by the kernel (Linux, fs/binfmt_elf.c,
 * mmap_base() of arch/x86/mm/mmap.c): the executable from 0x555555554000 on,
 * the rest below the stack, each moved by a random part, whose size is a
 * setting (vm.mmap_rnd_bits). Without a limit of the stack's size it is as if
 * that were five sixths of all: the rest is below 0x155555556000; older
 * kernels, and the personality ADDR_COMPAT_LAYOUT, have it from 0x2aaaaaaaa000
 * up.
 */
#ifndef VMM_PLACE_H
#define VMM_PLACE_H

#include "vmm/diag.h"
#include "vmm/util.h"

/*
 * Whether the windows are free where the executable begins at (executable) and
 * the dynamic linker, below or above which all else comes, at (linker).
 * (*low_end), at first the end of the low window, is lowered where it must be.
 */
bool place_fits(uint64_t executable, uint64_t linker, uint64_t *low_end);

/*
 * Where this process does not leave room, run it again by its arguments (argv),
 * without random parts: then this does not return. To be called before anything
 * is open. Returns 0 or a negative errno, (d) set.
 */
int place_settle(char *const *argv, struct diag *d);

/* The most bytes that the low window can have in this process. */
uint64_t place_low_size(void);

#endif
