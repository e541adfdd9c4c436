/*
 * xlat.h: the sets of constants that flags and enumerations are made of.
 * Layer 2. Commands that select a variant (ioctl, fcntl, futex, ...) are not
 * among them: variants carry their names.
 */
#ifndef VMM_XLAT_H
#define VMM_XLAT_H

#include "vmm/syscall.h"

/* XLATS(X): X(name) */
#define XLATS(X_)                                                              \
    X_(accept_flags)                                                           \
    X_(access_mode)                                                            \
    X_(address_families)                                                       \
    X_(at_flags)                                                               \
    X_(clocks)                                                                 \
    X_(clone_flags)                                                            \
    X_(close_range_flags)                                                      \
    X_(descriptor_flags)                                                       \
    X_(epoll_ctl_ops)                                                          \
    X_(epoll_events)                                                           \
    X_(eventfd_flags)                                                          \
    X_(faccessat_flags)                                                        \
    X_(fadvise_advice)                                                         \
    X_(fallocate_mode)                                                         \
    X_(fd_flags)                                                               \
    X_(fd_status_flags)                                                        \
    X_(flock_cmds)                                                             \
    X_(flock_types)                                                            \
    X_(fs_flags)                                                               \
    X_(futex2_flags)                                                           \
    X_(getrandom_flags)                                                        \
    X_(inotify_mask)                                                           \
    X_(ioprio_which)                                                           \
    X_(ipc_flags)                                                              \
    X_(itimer_which)                                                           \
    X_(madvise_advice)                                                         \
    X_(membarrier_cmds)                                                        \
    X_(memfd_flags)                                                            \
    X_(mlock2_flags)                                                           \
    X_(mlockall_flags)                                                         \
    X_(mmap_flags)                                                             \
    X_(mmap_prot)                                                              \
    X_(mount_flags)                                                            \
    X_(mremap_flags)                                                           \
    X_(msg_flags)                                                              \
    X_(msgq_flags)                                                             \
    X_(msync_flags)                                                            \
    X_(notify_flags)                                                           \
    X_(open_flags)                                                             \
    X_(pidfd_flags)                                                            \
    X_(poll_events)                                                            \
    X_(priority_which)                                                         \
    X_(rename_flags)                                                           \
    X_(resolve_flags)                                                          \
    X_(rlimit_resources)                                                       \
    X_(rusage_who)                                                             \
    X_(rwf_flags)                                                              \
    X_(sa_flags)                                                               \
    X_(sched_policies)                                                         \
    X_(seal_flags)                                                             \
    X_(seek_whence)                                                            \
    X_(sem_flags)                                                              \
    X_(shmat_flags)                                                            \
    X_(shmget_flags)                                                           \
    X_(shutdown_how)                                                           \
    X_(sigev_notify)                                                           \
    X_(sigprocmask_how)                                                        \
    X_(socket_levels)                                                          \
    X_(socket_types)                                                           \
    X_(splice_flags)                                                           \
    X_(ss_flags)                                                               \
    X_(statx_mask)                                                             \
    X_(sync_file_range_flags)                                                  \
    X_(tcflow_actions)                                                         \
    X_(tcflush_queues)                                                         \
    X_(timer_flags)                                                            \
    X_(timerfd_flags)                                                          \
    X_(timerfd_settime_flags)                                                  \
    X_(umount_flags)                                                           \
    X_(unlinkat_flags)                                                         \
    X_(wait_options)                                                           \
    X_(waitid_which)                                                           \
    X_(xattr_flags)

#define XLATS_DECLARE(name_) extern const struct xlat xlat_##name_;
XLATS(XLATS_DECLARE)
#undef XLATS_DECLARE

/* All of them, for listings and tests; ends with NULL. */
extern const struct xlat *const xlat_list[];

#endif
