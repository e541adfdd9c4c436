/*
 * syscall.h: the form in which a system call is described. Layer 2.
 *
 * A call's arguments and a structure's fields are the same thing seen twice:
 * named values at known offsets, some of which point to more of the kind. Both
 * are arrays of struct datum; a call's arguments are a structure of six 8-byte
 * fields. Dispatch, checking, copying, --list-syscalls, traces, documentation
 * and tests are loops over these arrays.
 */
#ifndef VMM_SYSCALL_H
#define VMM_SYSCALL_H

#include "vmm/util.h"

#define SYSCALL_ARGS 6
#define SYSCALL_MAX  463 /* Linux 6.12: 0 .. 462 (mseal) */

enum datum_kind {
    DATUM_NONE, /* ends an array */

    /* Values: nothing is dereferenced. */
    DATUM_INT,    /* signed, (width) bytes */
    DATUM_UINT,   /* unsigned, (width) bytes */
    DATUM_HEX,    /* unsigned, shown in hexadecimal; opaque cookies too */
    DATUM_OFFSET, /* file offset, signed */
    DATUM_FD,     /* descriptor; the monitor's own answer EBADF */
    DATUM_DIRFD,  /* the same or AT_FDCWD */
    DATUM_PID,
    DATUM_UID,
    DATUM_GID,
    DATUM_MODE, /* permission bits, shown in octal */
    DATUM_SIGNO,
    DATUM_DEV,
    DATUM_FLAGS, /* bits of (names) */
    DATUM_ENUM,  /* one of (names) */
    DATUM_GVA,   /* an address that the call itself does not access (mmap) */

    /* Pointers: checked against the windows. */
    DATUM_BUF,    /* bulk bytes: range-checked, passed in place */
    DATUM_STRING, /* NUL-terminated: captured */
    DATUM_PATH,   /* NUL-terminated file name: captured, at most PATH_MAX */
    DATUM_STRUCT, /* (count) elements of (size) bytes, fields in (type) */
    DATUM_STRV,   /* NULL-terminated vector of strings: captured */
    DATUM_KINDS
};

/* Which way the bytes behind a pointer go, as the program sees it. */
#define DIR_IN    1 /* the call reads them */
#define DIR_OUT   2 /* the call writes them */
#define DIR_INOUT 3

/* How many elements lie behind a pointer. */
enum datum_count {
    COUNT_ONE, /* exactly one (or for DATUM_BUF: (size) bytes) */
    COUNT_OF,  /* as many as sibling (count_of) says */
    COUNT_AT,  /* sibling (count_of) points to a 32-bit count (socklen_t *) */
    COUNT_BITS /* sibling (count_of) counts bits; whole 8-byte words */
};

/* What becomes of a symbolic link at the end of a path; path_resolution(7). */
enum datum_link {
    LINK_FOLLOWED,
    LINK_ITSELF,
    LINK_UNLESS, /* followed unless sibling (flag_of) has the bit (flag) */
    LINK_IF      /* followed if it has */
};

struct struct_desc;
struct xlat;

struct datum {
    const char *name; /* as in the man page; hooks and traces show it */
    uint8_t kind;     /* enum datum_kind */
    uint8_t dir;      /* pointers: DIR_* */
    uint8_t width;    /* bytes of the value itself: 1, 2, 4, 8. Arguments are
                       * 8 bytes wide in their register, of which (width) count */
    uint8_t count;    /* pointers: enum datum_count */
    uint8_t count_of; /* index of the sibling that counts */
    uint8_t link;     /* PATH: enum datum_link */
    uint8_t flag_of;  /* PATH: index of the sibling that has (flag) */
    uint16_t offset;  /* in its structure; arguments: 8 * index, filled in by
                       * the table's macros or left 0 */
    uint32_t size;    /* pointers: bytes of one element (BUF: 1) */
    uint32_t flag;    /* PATH: see LINK_UNLESS */
    uint32_t max;     /* pointers: most elements the kernel takes; 0: no limit
                       * but the capsule's own (CAPSULE_MAX bytes) */
    const struct struct_desc *type; /* STRUCT: fields, or NULL: opaque. BUF:
                                     * what the bytes are, for who shows them */
    const struct xlat *names;       /* FLAGS, ENUM */
};

/* A structure of the kernel's user interface. */
struct struct_desc {
    const char *name;          /* as in C, without "struct" */
    uint32_t size;             /* bytes */
    const struct datum *field; /* ends with DATUM_NONE */
};

/* A set of constants, for names of flags and enumerations. */
struct xlat_entry {
    uint64_t value;
    const char *name;
};
struct xlat {
    const char *name;               /* of the set, e.g. "open_flags" */
    const struct xlat_entry *entry; /* ends with name NULL */
    uint64_t choice; /* bits that are no flags, but one number together */
};

enum syscall_route {
    ROUTE_NONE,    /* no such call number: ENOSYS */
    ROUTE_PASS,    /* arguments checked, then the host kernel runs it */
    ROUTE_EMULATE, /* fn runs it */
    ROUTE_REFUSE   /* answers (refuse_errno), because (why) */
};

/* What happens to the call when a signal handler interrupted it;
 * signal(7), "Interruption of system calls". Of a call that the host's kernel
 * makes this is what listings show: what counts is what the kernel did. */
enum syscall_restart {
    RESTART_NEVER, /* does not block, or always EINTR */
    RESTART_SA,    /* restarted if the handler has SA_RESTART */
    RESTART_BLOCK, /* restart_syscall: continues with the time that is left */
    RESTART_ALWAYS /* restarted behind any handler; variants only */
};

enum syscall_ret {
    RET_ZERO,  /* 0 or error */
    RET_INT,   /* a number without further meaning */
    RET_COUNT, /* bytes or elements transferred */
    RET_FD,    /* a new descriptor */
    RET_PID,
    RET_GVA,
    RET_HEX,
    RET_NONE /* does not return */
};

/* Groups, as strace's classes; a call may be in several. */
#define GROUP_FILE    (1u << 0) /* takes a file name */
#define GROUP_DESC    (1u << 1) /* takes or gives descriptors */
#define GROUP_PROCESS (1u << 2) /* life of processes */
#define GROUP_NETWORK (1u << 3)
#define GROUP_SIGNAL  (1u << 4)
#define GROUP_IPC     (1u << 5)
#define GROUP_MEMORY  (1u << 6)
#define GROUP_TIME    (1u << 7) /* clocks and timers */
#define GROUP_CREDS   (1u << 8)
#define GROUP_SCHED   (1u << 9)
#define GROUP_SYSTEM  (1u << 10) /* the machine as a whole */
#define GROUP_COUNT   11

struct syscall_call;

/*
 * One meaning of a call whose arguments depend on a selector (ioctl, fcntl,
 * futex, prctl, ...): the arguments, and where it differs the route, that hold
 * where the selecting argument equals (key) under (mask).
 */
struct syscall_variant {
    uint64_t key;
    uint64_t mask;    /* 0 means all bits of the argument's width */
    const char *name; /* the constant's name, e.g. "TIOCGWINSZ" */
    uint8_t route;    /* ROUTE_NONE: the row's own */
    uint8_t restart;  /* RESTART_NEVER: as the row's */
    uint16_t refuse_errno;
    const char *why;
    /* FD_CLASS_* of the descriptor in the first argument for which the key has
     * this meaning; 0: of any. Others are answered as Linux does. */
    uint16_t fd_class;
    struct datum arg[SYSCALL_ARGS];
};

struct syscall_desc {
    const char *name;
    uint8_t nargs;
    uint8_t route;         /* enum syscall_route */
    uint8_t restart;       /* enum syscall_restart */
    uint8_t ret;           /* enum syscall_ret */
    uint8_t select;        /* variants: index of the selecting argument */
    uint8_t select2;       /* variants: index of a second one, or 0. Then both
                            * count 4 bytes; keys are (first << 32 | second) */
    uint16_t refuse_errno; /* ROUTE_REFUSE: positive errno */
    uint32_t groups;       /* GROUP_* */
    const char *why;       /* ROUTE_REFUSE: the reason, one sentence */
    int64_t (*fn)(struct syscall_call *call); /* ROUTE_EMULATE */
    struct datum arg[SYSCALL_ARGS];
    const struct syscall_variant *variants; /* ends with name NULL; or NULL */
    /* Variants only: what a selector that no variant names gets. ROUTE_PASS:
     * the row's own arguments; ROUTE_REFUSE: refuse_errno. */
    uint8_t other_route;
};

/* THE table, by sysno; rows without a name are numbers Linux does not use. */
extern const struct syscall_desc syscall_table[SYSCALL_MAX];

/* The row for (sysno), or NULL where Linux has no such call. */
const struct syscall_desc *syscall_row(uint64_t sysno);

/* The number of the call named (name), or -ENOENT. */
int syscall_number(const char *name);

/* The variant of (row) that (args) select, or NULL. */
const struct syscall_variant *
syscall_variant(const struct syscall_desc *row,
                const uint64_t args[SYSCALL_ARGS]);

/* Names of the enums above and of group bit (i), for listings. */
const char *syscall_route_name(unsigned route);
const char *syscall_restart_name(unsigned restart);
const char *syscall_ret_name(unsigned ret);
const char *syscall_group_name(unsigned i);
const char *datum_kind_name(unsigned kind);

/* True for kinds that point to guest memory the call accesses. */
static inline bool datum_is_pointer(unsigned kind)
{
    return kind >= DATUM_BUF && kind < DATUM_KINDS;
}

/* "EACCES" for 13; NULL for what Linux does not define. */
const char *errno_name(int err);

#endif
