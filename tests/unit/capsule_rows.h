/* capsule_rows.h: arguments and structures that the capsule's tests use. */
#ifndef TESTS_UNIT_CAPSULE_ROWS_H
#define TESTS_UNIT_CAPSULE_ROWS_H

#include "tests/unit/capsule_fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* clang-format off */
#define VALUE(kind_, w_) {.name = "value", .kind = (kind_), .width = (w_)}
#define INT(w_)          VALUE(DATUM_INT, w_)
#define UINT(w_)         VALUE(DATUM_UINT, w_)
#define FD               VALUE(DATUM_FD, 4)
#define POINTER(kind_, dir_, ...)                                              \
    {.name = "pointer", .kind = (kind_), .dir = (dir_), .width = 8, __VA_ARGS__}
#define STR(max_)        POINTER(DATUM_STRING, DIR_IN, .max = (max_))
#define PATH             POINTER(DATUM_PATH, DIR_IN, .max = 0)
#define STRV             POINTER(DATUM_STRV, DIR_IN, .max = 0)
#define BUF(dir_, count_, of_)                                                 \
    POINTER(DATUM_BUF, dir_, .count = (count_), .count_of = (of_), .size = 1)
#define STRUCT(dir_, size_, type_)                                             \
    POINTER(DATUM_STRUCT, dir_, .size = (size_), .type = (type_))
#define ARRAY(dir_, size_, type_, count_, of_, max_)                           \
    POINTER(DATUM_STRUCT, dir_, .size = (size_), .type = (type_),              \
            .count = (count_), .count_of = (of_), .max = (max_))
/* clang-format on */

static const struct datum open_args[SYSCALL_ARGS] = {PATH, INT(4), INT(4)};
static const struct datum execve_args[SYSCALL_ARGS] = {PATH, STRV, STRV};
static const struct datum read_args[SYSCALL_ARGS] = {
    FD, BUF(DIR_OUT, COUNT_OF, 2), UINT(8)};
static const struct datum bind_args[SYSCALL_ARGS] = {
    FD, ARRAY(DIR_IN, 1, NULL, COUNT_OF, 2, 128), INT(4)};
static const struct datum accept_args[SYSCALL_ARGS] = {
    FD, ARRAY(DIR_OUT, 1, NULL, COUNT_AT, 2, 0), STRUCT(DIR_INOUT, 4, NULL)};
static const struct datum inout_args[SYSCALL_ARGS] = {
    STRUCT(DIR_INOUT, 16, NULL)};

static const struct datum pollfd_fields[] = {
    {.name = "fd", .kind = DATUM_FD, .width = 4},
    {.name = "events", .kind = DATUM_HEX, .width = 2, .offset = 4},
    {.name = "revents", .kind = DATUM_HEX, .width = 2, .offset = 6},
    {.kind = DATUM_NONE}};
static const struct struct_desc pollfd_desc = {"pollfd", 8, pollfd_fields};
static const struct datum poll_args[SYSCALL_ARGS] = {
    ARRAY(DIR_INOUT, 8, &pollfd_desc, COUNT_OF, 1, 0), UINT(4), INT(4)};

#define IOVEC_FIELDS(dir_)                                                     \
    {                                                                          \
        {.name = "iov_base",                                                   \
         .kind = DATUM_BUF,                                                    \
         .dir = (dir_),                                                        \
         .width = 8,                                                           \
         .count = COUNT_OF,                                                    \
         .count_of = 1,                                                        \
         .size = 1},                                                           \
            {.name = "iov_len", .kind = DATUM_UINT, .width = 8, .offset = 8},  \
        {                                                                      \
            .kind = DATUM_NONE                                                 \
        }                                                                      \
    }
static const struct datum iovec_in_fields[] = IOVEC_FIELDS(DIR_IN);
static const struct datum iovec_out_fields[] = IOVEC_FIELDS(DIR_OUT);
static const struct struct_desc iovec_in = {"iovec", 16, iovec_in_fields};
static const struct struct_desc iovec_out = {"iovec", 16, iovec_out_fields};
static const struct datum writev_args[SYSCALL_ARGS] = {
    FD, ARRAY(DIR_IN, 16, &iovec_in, COUNT_OF, 2, IOV_MAX), UINT(8)};
static const struct datum signed_writev_args[SYSCALL_ARGS] = {
    FD, ARRAY(DIR_IN, 16, &iovec_in, COUNT_OF, 2, IOV_MAX), INT(4)};

static const struct datum msghdr_fields[] = {
    {.name = "msg_name",
     .kind = DATUM_STRUCT,
     .dir = DIR_OUT,
     .width = 8,
     .count = COUNT_OF,
     .count_of = 1,
     .size = 1},
    {.name = "msg_namelen", .kind = DATUM_INT, .width = 4, .offset = 8},
    {.name = "msg_iov",
     .kind = DATUM_STRUCT,
     .dir = DIR_IN,
     .width = 8,
     .count = COUNT_OF,
     .count_of = 3,
     .offset = 16,
     .size = 16,
     .max = IOV_MAX,
     .type = &iovec_out},
    {.name = "msg_iovlen", .kind = DATUM_UINT, .width = 8, .offset = 24},
    {.name = "msg_control",
     .kind = DATUM_BUF,
     .dir = DIR_OUT,
     .width = 8,
     .count = COUNT_OF,
     .count_of = 5,
     .offset = 32,
     .size = 1},
    {.name = "msg_controllen", .kind = DATUM_UINT, .width = 8, .offset = 40},
    {.name = "msg_flags", .kind = DATUM_INT, .width = 4, .offset = 48},
    {.kind = DATUM_NONE}};
static const struct struct_desc msghdr_desc = {"msghdr", 56, msghdr_fields};
static const struct datum recvmsg_args[SYSCALL_ARGS] = {
    FD, STRUCT(DIR_INOUT, 56, &msghdr_desc), INT(4)};
static const struct datum recvmsg_out_args[SYSCALL_ARGS] = {
    FD, STRUCT(DIR_OUT, 56, &msghdr_desc), INT(4)};

#endif
