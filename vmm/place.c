/* place.c: see place.h. */
#include "vmm/place.h"

#include "vmm/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <unistd.h>

/*
 * What the monitor may come to map beside what it has: 4 GiB for JavaScript, 1
 * GiB for the log, and for each of 1024 tasks (as many vcpus has a VM of KVM) 2
 * MiB of stack and 16 MiB of copies; the rest is for heaps.
 */
#define ROOM (64 * GIB)

/* In the environment of the second run: the personality of the first. */
#define MARK "MICROVM_HOOK_PERSONALITY"

extern const char __executable_start[]; /* by the linker */

/* Whether what begins at (address), and grows, may come into the arena. */
static bool near_arena(uint64_t address)
{
    return address + ROOM > ARENA_BASE && address < ARENA_END + ROOM;
}

bool place_fits(uint64_t executable, uint64_t linker, uint64_t *low_end)
{
    if (executable < *low_end + GUARD_SIZE || near_arena(executable) ||
        near_arena(linker) || linker < 2 * ROOM)
        return false;
    if (linker < *low_end + ROOM)
        *low_end = ALIGN_DOWN(linker - ROOM, GIB);
    return true;
}

static bool fits_here(uint64_t *low_end)
{
    *low_end = LOW_END;
    return place_fits((uintptr_t)__executable_start, getauxval(AT_BASE),
                      low_end);
}

uint64_t place_low_size(void)
{
    uint64_t low_end;

    fits_here(&low_end);
    return low_end - LOW_BASE;
}

static int run_again(char *const *argv, struct diag *d)
{
    int now = personality(0xffffffff); /* asks */
    char text[16];

    snprintf(text, sizeof(text), "%d", now);
    if (now < 0 || setenv(MARK, text, 1) < 0 ||
        personality((unsigned long)now | ADDR_NO_RANDOMIZE) < 0)
        return diag_set(d, -errno, "cannot leave out random addresses");
    execv("/proc/self/exe", argv);
    return diag_set(d, -errno, "cannot run the monitor again");
}

int place_settle(char *const *argv, struct diag *d)
{
    const char *mark = getenv(MARK);
    uint64_t low_end;

    if (mark) {
        /* The program shall see neither. */
        personality(strtoul(mark, NULL, 10));
        unsetenv(MARK);
    }
    if (fits_here(&low_end))
        return 0;
    if (!mark)
        return run_again(argv, d);
    diag_set(d, 0,
             "the monitor is loaded at 0x%lx and 0x%lx, which leaves no room "
             "for programs",
             (unsigned long)(uintptr_t)__executable_start, getauxval(AT_BASE));
    diag_hint(d, "lower the limit of the stack's size (ulimit -s)");
    return -ENOMEM;
}
