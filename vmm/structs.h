/*
 * structs.h: the structures of the kernel's user interface that system calls
 * point to. Layer 2.
 *
 * One list gives the names and sizes; structs.c has the fields and checks the
 * sizes against the headers. Where a call reads or writes through a structure's
 * pointers, there is one description a direction (iovec_in, iovec_out).
 */
#ifndef VMM_STRUCTS_H
#define VMM_STRUCTS_H

#include "vmm/syscall.h"

/* STRUCTS(X): X(name, bytes) */
#define STRUCTS(X_)                                                            \
    X_(int32, 4)                                                               \
    X_(uint32, 4)                                                              \
    X_(int64, 8)                                                               \
    X_(uint64, 8)                                                              \
    X_(gid, 4)                                                                 \
    X_(uid, 4)                                                                 \
    X_(pid, 4)                                                                 \
    X_(fd_pair, 8)                                                             \
    X_(fd_mask, 8)                                                             \
    X_(timespec, 16)                                                           \
    X_(timespec_pair, 32)                                                      \
    X_(timeval, 16)                                                            \
    X_(timeval_pair, 32)                                                       \
    X_(timezone, 8)                                                            \
    X_(itimerspec, 32)                                                         \
    X_(itimerval, 32)                                                          \
    X_(timex, 208)                                                             \
    X_(tms, 32)                                                                \
    X_(utimbuf, 16)                                                            \
    X_(sigset, 8)                                                              \
    X_(sigset_arg, 16)                                                         \
    X_(sigaction, 32)                                                          \
    X_(stack, 24)                                                              \
    X_(siginfo, 128)                                                           \
    X_(sigevent, 64)                                                           \
    X_(iovec_in, 16)                                                           \
    X_(iovec_out, 16)                                                          \
    X_(msghdr_in, 56)                                                          \
    X_(msghdr_out, 56)                                                         \
    X_(mmsghdr_in, 64)                                                         \
    X_(mmsghdr_out, 64)                                                        \
    X_(cmsghdr, 16)                                                            \
    X_(sockaddr, 16)                                                           \
    X_(sock_filter, 8)                                                         \
    X_(sock_fprog, 16)                                                         \
    X_(pollfd, 8)                                                              \
    X_(epoll_event, 12)                                                        \
    X_(rlimit, 16)                                                             \
    X_(rusage, 144)                                                            \
    X_(stat, 144)                                                              \
    X_(statx, 256)                                                             \
    X_(statfs, 120)                                                            \
    X_(utsname, 390)                                                           \
    X_(sysinfo, 112)                                                           \
    X_(ustat, 32)                                                              \
    X_(flock, 32)                                                              \
    X_(f_owner_ex, 8)                                                          \
    X_(uid_pair, 8)                                                            \
    X_(mq_attr, 64)                                                            \
    X_(sembuf, 6)                                                              \
    X_(semid_ds, 104)                                                          \
    X_(seminfo, 40)                                                            \
    X_(shmid_ds, 112)                                                          \
    X_(shminfo, 72)                                                            \
    X_(shm_info, 48)                                                           \
    X_(msqid_ds, 120)                                                          \
    X_(msginfo, 32)                                                            \
    X_(iocb, 64)                                                               \
    X_(iocb_ptr, 8)                                                            \
    X_(io_event, 32)                                                           \
    X_(aio_sigset, 16)                                                         \
    X_(futex_waitv, 24)                                                        \
    X_(futex_waitv_pair, 48)                                                   \
    X_(open_how, 24)                                                           \
    X_(clone_args, 88)                                                         \
    X_(cachestat_range, 16)                                                    \
    X_(cachestat, 40)                                                          \
    X_(mount_attr, 32)                                                         \
    X_(landlock_ruleset_attr, 24)                                              \
    X_(sched_attr, 56)                                                         \
    X_(sched_param, 4)                                                         \
    X_(cap_header, 8)                                                          \
    X_(cap_data, 24)                                                           \
    X_(kexec_segment, 32)                                                      \
    X_(user_desc, 16)                                                          \
    X_(file_clone_range, 32)                                                   \
    X_(fs_flags, 4)                                                            \
    X_(fsxattr, 28)                                                            \
    X_(termios, 36)                                                            \
    X_(termios2, 44)                                                           \
    X_(termio, 18)                                                             \
    X_(winsize, 8)                                                             \
    X_(serial_icounter, 80)                                                    \
    X_(ifconf, 16)                                                             \
    X_(ifreq, 40)                                                              \
    X_(hd_geometry, 16)

/* SCHED_ATTR_SIZE_VER0 of linux/sched/types.h, which sched.h is not compatible
 * with. */
#define SCHED_ATTR_LEAST 48

#define STRUCTS_SIZE(name_, size_) SIZEOF_##name_ = (size_),
enum struct_size { STRUCTS(STRUCTS_SIZE) };
#undef STRUCTS_SIZE

#define STRUCTS_DECLARE(name_, size_)                                          \
    extern const struct struct_desc struct_##name_;
STRUCTS(STRUCTS_DECLARE)
#undef STRUCTS_DECLARE

/* All of them, for listings and tests; ends with NULL. */
extern const struct struct_desc *const struct_list[];

#endif
