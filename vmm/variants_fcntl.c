/*
 * variants_fcntl.c: fcntl(fd, cmd, arg) by command; fcntl(2).
 *
 * What is not listed is answered EINVAL, as the kernel does: a later kernel may
 * give another command a pointer.
 */
#include "vmm/datum.h"
#include "vmm/variants.h"

#include <fcntl.h>
#include <stddef.h>

/* Linux 6.10 and 6.12, of which the headers may not know. */
#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027
#endif
#ifndef F_CREATED_QUERY
#define F_CREATED_QUERY 1028
#endif
#ifndef F_GETOWNER_UIDS
#define F_GETOWNER_UIDS 17
#endif

/* clang-format off */
#define FC(c_, ...)                                                            \
    {.key = (c_), .name = #c_, .arg = {FD(fd), UINT(cmd), __VA_ARGS__}}

const struct syscall_variant variants_fcntl[] = {
FC(F_DUPFD,         INT(arg)), /* the lowest number that will do */
FC(F_DUPFD_CLOEXEC, INT(arg)),
FC(F_DUPFD_QUERY,   FD(arg)),
FC(F_CREATED_QUERY),
FC(F_GETFD),
FC(F_SETFD,         FLAGS(arg, descriptor_flags)),
FC(F_GETFL),
FC(F_SETFL,         FLAGS(arg, fd_status_flags)),
FC(F_GETLK,         ST_INOUT(arg, flock)),
FC(F_SETLK,         ST_IN(arg, flock)),
FC(F_SETLKW,        ST_IN(arg, flock)),
FC(F_OFD_GETLK,     ST_INOUT(arg, flock)),
FC(F_OFD_SETLK,     ST_IN(arg, flock)),
FC(F_OFD_SETLKW,    ST_IN(arg, flock)),
FC(F_GETOWN),
FC(F_SETOWN,        PID(arg)),
FC(F_GETOWN_EX,     ST_OUT(arg, f_owner_ex)),
FC(F_SETOWN_EX,     ST_IN(arg, f_owner_ex)),
FC(F_GETOWNER_UIDS, ST_OUT(arg, uid_pair)),
FC(F_GETSIG),
FC(F_SETSIG,        SIGNO(arg)),
FC(F_GETLEASE),
FC(F_SETLEASE,      ENUM(arg, flock_types)),
FC(F_NOTIFY,        FLAGS(arg, notify_flags)),
FC(F_GETPIPE_SZ),
FC(F_SETPIPE_SZ,    INT(arg)),
FC(F_GET_SEALS),
FC(F_ADD_SEALS,     FLAGS(arg, seal_flags)),
FC(F_GET_RW_HINT,   ST_OUT(arg, uint64)),
FC(F_SET_RW_HINT,   ST_IN(arg, uint64)),
FC(F_GET_FILE_RW_HINT, ST_OUT(arg, uint64)),
FC(F_SET_FILE_RW_HINT, ST_IN(arg, uint64)),
{.name = NULL},
};
/* clang-format on */
