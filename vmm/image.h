/*
 * image.h: the monitor, taken along into a new address space. Layer 1.
 *
 * Only execve(2) gives a process another address space than the one that it
 * shares with others. The program for it is made here: an executable file in
 * memory, of everything that the monitor has outside the guest's windows.
 */
#ifndef VMM_IMAGE_H
#define VMM_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Of the file; /proc/PID/exe of a process that is one is "/memfd:" and this. */
#define IMAGE_NAME "microvm-hook-image"

/* Whether it can be expected to work. */
bool image_possible(void);

/* A file for it: a descriptor of the monitor's, or a negative errno. */
int image_file(void);

/*
 * Write what there is to (file); of the machine area, what is in use up to
 * (machine_end). Nobody changes anything that counts meanwhile,
 * so the caller has locks; it has them in the image as well. Returns 0 or a
 * negative errno; and IMAGE_ENTERED in the image, after image_enter.
 *
 * There the guest's windows are empty, and the vcpus' pages missing; execve(2)
 * has done what it does to a process: other threads are gone, signals that were
 * handled have their default action (the caller has blocked all). Descriptors
 * of the monitor stay, (file) is closed. Other threads may have used the
 * allocator meanwhile: alloc_forked.
 */
#define IMAGE_ENTERED 1
int image_take(int file, uint64_t machine_end) __attribute__((returns_twice));

/* Go on there. The process has its descriptors for itself. Returns a negative
 * errno, if at all. */
int image_enter(int file);

#endif
