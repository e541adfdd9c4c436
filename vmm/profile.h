/*
 * profile.h: the machine profile, a flattened device tree (configs/ *.dts
 * compiled by dtc) that says how large the windows are, how much memory the
 * program may map and in which modes the machine runs. Layer 1.
 *
 * Form of the blob (every property optional, defaults in brackets):
 *
 *   / {
 *     compatible = "microvm-hook,machine";      required
 *     version = <1>;                            required
 *     memory {
 *       low-size = <u64 bytes>;     [to LOW_MAX_END] a page multiple
 *       arena-size = <u64 bytes>;   [ARENA_MAX_SIZE] a multiple of 1 GiB
 *       limit = <u64 bytes>;        [0: none] most bytes mapped accessible
 *       slot-size = <u64 bytes>;    [16 MiB] power of two, 2 MiB .. 1 GiB
 *       huge-pages;                 flag: 2 MiB pages where they fit
 *       randomize;                  flag: address space layout randomisation
 *     };
 *     modes {
 *       syscall-entry = "auto" | "cpl0" | "cpl3";   ["auto"]
 *       vdso = "auto" | "off";                      ["auto"]
 *     };
 *     hooks {
 *       timeout-ms = <u32>;         [1000] 1 .. 3600000: CPU time of one hook
 *       heap-size = <u64 bytes>;    [64 MiB] 1 MiB .. 4 GiB: JavaScript heap
 *       on-error = "open" | "closed";  ["open"] what a failing hook means
 *     };
 *   };
 */
#ifndef VMM_PROFILE_H
#define VMM_PROFILE_H

#include "vmm/diag.h"
#include "vmm/util.h"

enum entry_mode { ENTRY_AUTO, ENTRY_CPL0, ENTRY_CPL3 };

enum hook_policy {
    HOOK_FAIL_OPEN,  /* a failing hook changes nothing: the call goes on */
    HOOK_FAIL_CLOSED /* a failing hook refuses the call with EPERM */
};

#define PROFILE_VERSION 1

struct profile {
    uint64_t low_size;
    uint64_t arena_size;
    uint64_t memory_limit; /* bytes; 0: none */
    uint64_t slot_size;
    bool huge_pages;
    bool randomize;
    enum entry_mode entry;
    bool vdso;
    uint32_t hook_timeout_ms;
    uint64_t hook_heap_size;
    enum hook_policy hook_on_error;
};

/*
 * Read a profile from (size) bytes at (blob), which may be hostile.
 * (what) names the source in messages: a path, or "built-in profile".
 * Returns 0; -EINVAL with (d) naming property, value and allowed range. An
 * unknown node or property is an error: a mistyped name must not be silence.
 */
int profile_parse(struct profile *out, const void *blob, size_t size,
                  const char *what, struct diag *d);

/* Read (path); at most 64 KiB. Returns 0 or a negative errno, (d) set. */
int profile_load(struct profile *out, const char *path, struct diag *d);

/* The profile compiled in (configs/default.dts). Returns 0 or -EINVAL, (d)
 * set. */
int profile_default(struct profile *out, struct diag *d);

/*
 * Write the blob that describes (p), every property present, to (path).
 * Returns 0 or a negative errno, (d) set.
 */
int profile_dump(const struct profile *p, const char *path, struct diag *d);

#endif
