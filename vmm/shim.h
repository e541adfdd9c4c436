/* clang-format off */
/*
 * shim.h: the shim image as a file: a flattened device tree that describes it,
 * then the code. Layer 1.
 *
 *   / {
 *     compatible = "microvm-hook,shim";
 *     abi-version = <5>;          SHIM_ABI_VERSION, or refused
 *     image-offset = <u32>;       from the start of the file; page multiple
 *     image-size = <u32>;         bytes of code, 1 .. 1 MiB
 *     entries {                   offsets from the start of the image
 *       syscall-cpl0 = <u32>;       LSTAR where SYSCALL enters CPL 0
 *       syscall-cpl3 = <u32>;       LSTAR where SYSCALL stays at CPL 3
 *       syscall-answering = <u32>;  the same, with answers of its own
 *       answer = <u32>;             from here to answer-undo it gives one
 *       answer-undo = <u32>;        go on here to give it up
 *       set = <u32>;                from here to set-undo it sets something
 *       set-undo = <u32>;           go on here to give it up
 *       brk = <u32>;                from here to brk-undo it answers brk(0)
 *       brk-undo = <u32>;           go on here to give it up
 *       seek = <u32>;               from here to seek-undo it is an lseek
 *       seek-undo = <u32>;          go on here to give it up
 *       pid = <u32>;                from here to pid-undo it is a getpid
 *       pid-undo = <u32>;           go on here to give it up
 *       tid = <u32>;                from here to tid-undo it is a gettid
 *       tid-undo = <u32>;           go on here to give it up
 *       forward = <u32>;            behind it: the OUT, registers as they were
 *       syscall-compat = <u32>;     CSTAR: 32-bit SYSCALL, refused
 *       probe = <u32>;              first instruction of the probe guest
 *       probe-syscall = <u32>;      LSTAR while the probe runs
 *       bench = <u32>;              endless loop of SYSCALL, for measuring
 *       traps = <u32>;              stub of vector 0
 *       trap-stride = <u32>;        bytes from one stub to the next
 *     };
 *   };
 */
/* clang-format on */
#ifndef VMM_SHIM_H
#define VMM_SHIM_H

#include "vmm/diag.h"
#include "vmm/util.h"

#define SHIM_IMAGE_MAX MIB

struct shim {
    const char *path; /* as given, for messages; owned by the caller */
    uint8_t *image;   /* code, owned */
    uint32_t image_size;
    uint32_t syscall_cpl0;
    uint32_t syscall_cpl3;
    uint32_t syscall_answering;
    uint32_t answer;
    uint32_t answer_undo;
    uint32_t set;
    uint32_t set_undo;
    uint32_t brk;
    uint32_t brk_undo;
    uint32_t seek;
    uint32_t seek_undo;
    uint32_t pid;
    uint32_t pid_undo;
    uint32_t tid;
    uint32_t tid_undo;
    uint32_t forward;
    uint32_t syscall_compat;
    uint32_t probe;
    uint32_t probe_syscall;
    uint32_t bench;
    uint32_t traps;
    uint32_t trap_stride;
};

/*
 * Take the shim apart that lies in (size) bytes at (file), which may be
 * hostile: truncated, of another kind ("foreign"), or of an ABI version that
 * this monitor does not know ("future"); each is told apart in (d).
 * The image is copied. Returns 0 or -EINVAL / -ENOMEM, (d) set.
 */
int shim_parse(struct shim *out, const void *file, size_t size,
               const char *path, struct diag *d);

/* Read (path) and parse it. Returns 0 or a negative errno, (d) set. */
int shim_load(struct shim *out, const char *path, struct diag *d);

void shim_free(struct shim *shim);

#endif
