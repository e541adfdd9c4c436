/*
 * datum.h: the words in which the tables are written: one macro a datum, so
 * that a row of syscall_table.c reads like the call's prototype. Layer 2; for
 * the tables only.
 *
 * The first parameter is the datum's name; (i_) is the index of the sibling
 * that counts, (t_) a structure of structs.h, (set_) a set of xlat.h.
 */
#ifndef VMM_DATUM_H
#define VMM_DATUM_H

#include "vmm/structs.h"
#include "vmm/syscall.h"
#include "vmm/xlat.h"

/* clang-format off */

/* --- values; the kernel looks at so many bytes of the register --- */
#define VALUE(n_, kind_, width_)                                               \
    {.name = #n_, .kind = DATUM_##kind_, .width = (width_)}
#define INT(n_)     VALUE(n_, INT, 4)
#define UINT(n_)    VALUE(n_, UINT, 4)
#define LONG(n_)    VALUE(n_, INT, 8)
#define ULONG(n_)   VALUE(n_, UINT, 8)
#define SIZE(n_)    VALUE(n_, UINT, 8)
#define HEX(n_)     VALUE(n_, HEX, 8)
#define HEX32(n_)   VALUE(n_, HEX, 4)
#define OFFSET(n_)  VALUE(n_, OFFSET, 8)
#define FD(n_)      VALUE(n_, FD, 4)
#define DIRFD(n_)   VALUE(n_, DIRFD, 4)
#define PID(n_)     VALUE(n_, PID, 4)
#define UID(n_)     VALUE(n_, UID, 4)
#define GID(n_)     VALUE(n_, GID, 4)
#define MODE(n_)    VALUE(n_, MODE, 4)
#define SIGNO(n_)   VALUE(n_, SIGNO, 4)
#define DEV(n_)     VALUE(n_, DEV, 4)
#define GVA(n_)     VALUE(n_, GVA, 8)
/* An argument that holds its place and means nothing. */
#define UNUSED      VALUE(unused, HEX, 8)

#define NAMED(n_, kind_, width_, set_)                                         \
    {.name = #n_, .kind = DATUM_##kind_, .width = (width_),                    \
     .names = &xlat_##set_}
#define FLAGS(n_, set_)   NAMED(n_, FLAGS, 4, set_)
#define FLAGS64(n_, set_) NAMED(n_, FLAGS, 8, set_)
#define ENUM(n_, set_)    NAMED(n_, ENUM, 4, set_)

/* --- bulk bytes --- */
#define BUF(n_, dir_, count_, i_, size_, max_)                                 \
    {.name = #n_, .kind = DATUM_BUF, .dir = (dir_), .width = 8,                \
     .count = (count_), .count_of = (i_), .size = (size_), .max = (max_)}
#define BUF_IN(n_, i_)      BUF(n_, DIR_IN, COUNT_OF, i_, 1, 0)
#define BUF_OUT(n_, i_)     BUF(n_, DIR_OUT, COUNT_OF, i_, 1, 0)
#define BUF_OUT_AT(n_, i_)  BUF(n_, DIR_OUT, COUNT_AT, i_, 1, 0)
#define BYTES_OUT(n_, size_) BUF(n_, DIR_OUT, COUNT_ONE, 0, size_, 0)
/* An address that the kernel writes, as long as the sibling's count says. */
#define SOCKADDR_OUT(n_, i_)                                                   \
    {.name = #n_, .kind = DATUM_BUF, .dir = DIR_OUT, .width = 8,               \
     .count = COUNT_AT, .count_of = (i_), .size = 1, .type = &struct_sockaddr}
/*
 * What the kernel must find at the guest's own address, because it keeps the
 * address (futex words), or because only the kernel knows how far it reaches
 * (extents, arrays of semaphores). DIR_OUT is never copied, whatever hooks do.
 */
#define IN_PLACE(n_, size_) BUF(n_, DIR_OUT, COUNT_ONE, 0, size_, 0)

/* --- strings --- */
#define TEXT(n_, kind_, max_)                                                  \
    {.name = #n_, .kind = DATUM_##kind_, .dir = DIR_IN, .width = 8, .size = 1, \
     .max = (max_)}
/* A path; whether a link at its end is followed. (i_) is the index of the
 * flags. */
#define PATH_OF(n_, link_, i_, flag_)                                          \
    {.name = #n_, .kind = DATUM_PATH, .dir = DIR_IN, .width = 8, .size = 1,    \
     .link = (link_), .flag_of = (i_), .flag = (flag_)}
#define PATH(n_)                  PATH_OF(n_, LINK_FOLLOWED, 0, 0)
#define PATH_ITSELF(n_)           PATH_OF(n_, LINK_ITSELF, 0, 0)
#define PATH_UNLESS(n_, i_, flag_) PATH_OF(n_, LINK_UNLESS, i_, flag_)
#define PATH_IF(n_, i_, flag_)     PATH_OF(n_, LINK_IF, i_, flag_)
#define STRING(n_, max_) TEXT(n_, STRING, max_)
#define STRV(n_)                                                               \
    {.name = #n_, .kind = DATUM_STRV, .dir = DIR_IN, .width = 8, .size = 8}

/* --- structures --- */
#define STRUCT(n_, dir_, t_, count_, i_, size_, max_)                          \
    {.name = #n_, .kind = DATUM_STRUCT, .dir = (dir_), .width = 8,             \
     .count = (count_), .count_of = (i_), .size = (size_), .max = (max_),      \
     .type = &struct_##t_}
#define ST_IN(n_, t_)    STRUCT(n_, DIR_IN, t_, COUNT_ONE, 0, SIZEOF_##t_, 0)
#define ST_OUT(n_, t_)   STRUCT(n_, DIR_OUT, t_, COUNT_ONE, 0, SIZEOF_##t_, 0)
#define ST_INOUT(n_, t_) STRUCT(n_, DIR_INOUT, t_, COUNT_ONE, 0, SIZEOF_##t_, 0)
/* Arrays; the last parameter is the most elements that the kernel takes. */
#define ARR_IN(n_, t_, i_, max_)                                               \
    STRUCT(n_, DIR_IN, t_, COUNT_OF, i_, SIZEOF_##t_, max_)
#define ARR_OUT(n_, t_, i_, max_)                                              \
    STRUCT(n_, DIR_OUT, t_, COUNT_OF, i_, SIZEOF_##t_, max_)
#define ARR_INOUT(n_, t_, i_, max_)                                            \
    STRUCT(n_, DIR_INOUT, t_, COUNT_OF, i_, SIZEOF_##t_, max_)
/* One structure whose size in bytes the caller chooses. */
#define EXT_IN(n_, t_, i_, max_)  STRUCT(n_, DIR_IN, t_, COUNT_OF, i_, 1, max_)
/* The same, where that is said inside: what is always there. The rest is up to
 * who runs the call. */
#define HEAD_IN(n_, t_, size_)    STRUCT(n_, DIR_IN, t_, COUNT_ONE, 0, size_, 0)
#define EXT_OUT(n_, t_, i_, max_) STRUCT(n_, DIR_OUT, t_, COUNT_OF, i_, 1, max_)

/* A signal mask; the kernel refuses any size but 8 before it reads. */
#define SIGSET_IN(n_, i_)  EXT_IN(n_, sigset, i_, 8)
#define SIGSET_OUT(n_, i_) EXT_OUT(n_, sigset, i_, 8)
/* move_addr_to_kernel() refuses more than a sockaddr_storage. */
#define SOCKADDR_IN(n_, i_) EXT_IN(n_, sockaddr, i_, 128)
/* select: the kernel reads and writes whole words. */
#define FD_MASK(n_)                                                            \
    {.name = #n_, .kind = DATUM_STRUCT, .dir = DIR_INOUT, .width = 8,          \
     .count = COUNT_BITS, .count_of = 0, .size = 8, .type = &struct_fd_mask}
/* UIO_MAXIOV. */
#define IOV_IN(n_, i_)  ARR_IN(n_, iovec_in, i_, 1024)
#define IOV_OUT(n_, i_) ARR_IN(n_, iovec_out, i_, 1024)

/* clang-format on */

#endif
