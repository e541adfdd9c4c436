/*
 * shim_abi.h: what guest-shim.S and the monitor agree on. Both include it.
 *
 * The shim image is position independent and mapped readable and executable
 * for CPL 3. What it may answer by itself it finds in the page behind it,
 * struct shim_answers, unless the page behind that says that the call is
 * watched: a byte a call number. What the monitor needs to know of it beyond
 * this file (entry points, sizes) is in the device tree that the image begins
 * with; see vmm/shim.h.
 */
#ifndef GUEST_SHIM_ABI_H
#define GUEST_SHIM_ABI_H

#define SHIM_ABI_VERSION 5

/* OUT to these ports leaves the guest. All lie in the first 64 ports, so that
 * eight bytes of I/O bitmap in the TSS tell CPL 3 which it may use. */
#define SHIM_PORT_SYSCALL 0x30 /* rax.. as Linux's ABI; rcx rip, r11 rflags */
#define SHIM_PORT_TRAP    0x31 /* rsp is at a struct shim_trap */
#define SHIM_PORT_PROBE   0x32 /* see shim_probe in guest-shim.S */

/* Bytes of the OUT that both system-call entries begin with; behind the one of
 * CPL 0 stands SYSRET. */
#define SHIM_OUT_SIZE 2

/* Selectors: Linux's own layout, which SYSCALL and SYSRET need and which the
 * KVM without hardware support shows at CPL 3 whatever it is given. */
#define SEL_KERNEL_CS 0x10
#define SEL_KERNEL_DS 0x18
#define SEL_USER32_CS 0x23
#define SEL_USER_DS   0x2b
#define SEL_USER_CS   0x33
#define SEL_TSS       0x40

#define SHIM_VECTORS 32 /* stubs, one a CPU exception */

/* struct shim_answers */
#define SHIM_ANSWERS_CHANGES 0
#define SHIM_ANSWERS_ALONE   4
#define SHIM_ANSWERS_BRK     8
#define SHIM_ANSWERS_ACTION  16
#define SHIM_ACTION_SHIFT    5 /* 32 bytes a signal */
#define SHIM_SIGNALS         64
#define SHIM_ANSWERS_SEEKABLE                                                  \
    (SHIM_ANSWERS_ACTION + ((SHIM_SIGNALS + 1) << SHIM_ACTION_SHIFT))
#define SHIM_ANSWERS_SOUGHT (SHIM_ANSWERS_SEEKABLE + 8)
#define SHIM_ANSWERS_PLACE  (SHIM_ANSWERS_SOUGHT + 8)
#define SHIM_SEEK_FILES     64 /* the first ones, a bit each */
#define SHIM_ANSWERS_PID    (SHIM_ANSWERS_PLACE + 4 * SHIM_SEEK_FILES)

/* struct shim_action */
#define SHIM_ACTION_HANDLER  0
#define SHIM_ACTION_FLAGS    8
#define SHIM_ACTION_RESTORER 16
#define SHIM_ACTION_MASK     24

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define AT(type_, member_, offset_)                                            \
    static_assert(offsetof(struct type_, member_) == (offset_), #member_)

/* What a trap stub leaves on the vcpu's trap stack. */
struct shim_trap {
    uint64_t vector; /* pushed by the stub */
    uint64_t error;  /* pushed by the CPU, or 0 by the stub */
    uint64_t rip;    /* from here on, pushed by the CPU */
    uint64_t cs;
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss;
};
AT(shim_trap, rip, 16);
static_assert(sizeof(struct shim_trap) == 56, "guest-shim.S");

/* What rt_sigaction(2) reads and writes: the kernel's struct sigaction. */
struct shim_action {
    uint64_t handler, flags, restorer, mask;
};

/*
 * What the guest is told of the process: the page behind the image, where the
 * shim answers by itself. It is told, not believed: the program can write there
 * what it likes, and so the shim may, where a signal is set from its default to
 * its default and only what is told of it changes.
 */
struct shim_answers {
    uint32_t changes; /* odd while the rest changes */
    uint32_t alone;   /* no other task asks or sets: the shim may write */
    uint64_t brk;     /* the end of the heap, or 0 where it is not known */
    struct shim_action action[SHIM_SIGNALS + 1]; /* by number of the signal */
    uint64_t seekable; /* files whose place is this process's alone */
    uint64_t sought;   /* of these, which are to be at (place) by now */
    uint32_t place[SHIM_SEEK_FILES];
    int32_t pid; /* the process's id, and that of a task which is alone; or 0 */
};
AT(shim_answers, pid, SHIM_ANSWERS_PID);
AT(shim_answers, seekable, SHIM_ANSWERS_SEEKABLE);
AT(shim_answers, sought, SHIM_ANSWERS_SOUGHT);
AT(shim_answers, place, SHIM_ANSWERS_PLACE);
static_assert(sizeof(struct shim_answers) <= 4096, "it is one page");
AT(shim_answers, changes, SHIM_ANSWERS_CHANGES);
AT(shim_answers, action, SHIM_ANSWERS_ACTION);
AT(shim_answers, brk, SHIM_ANSWERS_BRK);
AT(shim_answers, alone, SHIM_ANSWERS_ALONE);
AT(shim_action, handler, SHIM_ACTION_HANDLER);
AT(shim_action, flags, SHIM_ACTION_FLAGS);
AT(shim_action, restorer, SHIM_ACTION_RESTORER);
AT(shim_action, mask, SHIM_ACTION_MASK);
static_assert(sizeof(struct shim_action) == 1 << SHIM_ACTION_SHIFT,
              "guest-shim.S");
#undef AT
#endif

#endif
