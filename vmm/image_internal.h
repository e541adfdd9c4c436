/*
 * image_internal.h: what the image's file tells the code that puts the image
 * together: it is at IMAGE_AT when that runs. Layer 1.
 */
#ifndef VMM_IMAGE_INTERNAL_H
#define VMM_IMAGE_INTERNAL_H

#include "vmm/layout.h"

#include <stdint.h>
#include <sys/types.h>

#define IMAGE_AT    ARENA_BASE /* the guest's arena is empty then */
#define IMAGE_STACK (64 * KIB)
#define IMAGE_PARTS 8 /* mappings of the vDSO and its data */

enum image_what {
    IMAGE_ZERO,   /* map memory of 0 */
    IMAGE_FILE,   /* map a piece of file (fd) for itself */
    IMAGE_SHARE,  /* map it as others do */
    IMAGE_READ,   /* fill memory from file (fd) */
    IMAGE_RIGHTS, /* give memory its rights */
    IMAGE_CLOSE   /* (fd) */
};

struct image_step {
    uint32_t what;
    int prot;
    int fd;
    uint64_t start, size;
    uint64_t offset; /* in the file */
};

struct image_part {
    uint64_t start, size;
};

struct image {
    uint64_t context[8]; /* where the monitor goes on: image_save */
    uint64_t fs_base;
    pid_t *tid_address; /* of set_tid_address(2) */
    uint64_t stack_top;
    uint64_t vdso; /* the part that starts here is the vDSO itself */
    uint64_t part_count;
    struct image_part part[IMAGE_PARTS];
    uint64_t step_count;
    struct image_step step[];
};

/* As setjmp(3) and longjmp(3), after which the former returns 1. */
int image_save(uint64_t context[8]) __attribute__((returns_twice));
void image_resume(const uint64_t context[8]) __attribute__((noreturn));

/* Where the executable begins. */
void image_start(void);

/* What that calls, with the stack that execve(2) has made; then, on another
 * stack, as that one may lie where the monitor's is to be. */
void image_begin(const uint64_t *stack) __attribute__((noreturn));
void image_continue(const struct image *image, const uint64_t *stack,
                    uint64_t stack_top) __attribute__((noreturn));
void image_rebuild(const struct image *image, const uint64_t *stack)
    __attribute__((noreturn));

#endif
