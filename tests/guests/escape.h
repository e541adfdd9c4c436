/* escape.h: what the cases of the guest "escape" share. */
#ifndef TESTS_GUESTS_ESCAPE_H
#define TESTS_GUESTS_ESCAPE_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>

#define PAGE 4096UL

/* As in vmm/layout.h. */
#define LOW_END     0x554000000000
#define MACHINE     (LOW_END + 0x80000000)
#define MACHINE_END (MACHINE + 0x80000000)
#define ARENA_BASE  0x568000000000
#define ARENA_END   0x7ee000000000

/* Kernel, machine area, guards, ends of the windows, monitor, its libraries. */
static const uint64_t outside[] = {
    0xffff800000000000,
    0xffffffffff600000,
    0xfffffffffffff000,
    0x8000000000000000,
    MACHINE,
    MACHINE + PAGE,
    MACHINE + 0x200000,
    MACHINE_END,
    ARENA_BASE - PAGE,
    LOW_END,
    ARENA_END,
    0x555555554000,
    0x7ffff7dd0000,
    0x7ffffffde000,
};
#define OUTSIDE (sizeof(outside) / sizeof(outside[0]))

extern sigjmp_buf back;
extern volatile int caught;

/* Run (statement); 1 if it faulted with (sig). */
#define FAULTS(sig, statement)                                                 \
    (caught = 0, sigsetjmp(back, 1) == 0 ? ({                                  \
         statement;                                                            \
         0;                                                                    \
     })                                                                        \
                                         : caught == (sig))

/* 1 if a call failed with (error). */
static inline int fails(long result, int error)
{
    if (result == -1 && errno == error)
        return 1;
    printf("result %ld errno %d, expected %d\n", result, errno, error);
    return 0;
}

static inline int all_outside(int (*try)(void *p))
{
    for (size_t i = 0; i < OUTSIDE; i++)
        if (!try((void *)outside[i])) {
            printf("at %#lx\n", (unsigned long)outside[i]);
            return 0;
        }
    return 1;
}

/* Set in a child that shares its parent's descriptors, and not its memory. */
extern int others_have_descriptors;

/* escape_calls.c: send a descriptor; 1, or -1 and errno. */
long send_along(int socket, int fd);

/* Cases of escape_memory.c: 1 if it led nowhere. */
int own_memory_files(void);
int another_root(void);
int own_memory_passed_on(void);
int files_in_passing(void);
int memory_in_passing(void);
int pipes_in_passing(void);
int page_of_answers(void);
int page_after_exec(void);

/* Cases of escape_calls.c. */
int kept_pointers(void);
int futex_words(void);
int times(void);
int socket_options(void);
int controls(void);
int forged_frames(void);
int hypercalls(void);
int descriptors_by_other_ways(void);
int machine_descriptors(void);
int advice(void);
int thread_pointers(void);

/* Where the monitor's descriptors begin; vmm/privfd.c. */
#define MONITORS 3072

/* Whether a child is inside as its parent is: what would lead out is refused.
 * It has closed all descriptors then. */
int inside(void);

/* escape_processes.c */
int new_processes(void);
int processes_that_begin(void);
int processes_that_leave(void);
int threads_with_descriptors(void);

#endif
