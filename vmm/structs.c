/*
 * structs.c: fields of the structures that system calls point to.
 *
 * Offsets and widths come from the headers' own types, and every size in
 * structs.h is compared with the type's. The kernel's layout is what counts:
 * where glibc has another one under the same name, or the headers are too old,
 * the type is written out here. Only fields that have a meaning by themselves
 * are described; what lies between them is opaque.
 */
#include "vmm/structs.h"

#include "vmm/xlat.h"

#include <assert.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <fcntl.h>
#include <mqueue.h>
#include <termio.h>
#include <time.h>
#include <utime.h>
#include <asm/ldt.h>
#include <linux/aio_abi.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/if.h>
#include <linux/openat2.h>
#include <linux/serial.h>

/* clang-format off */

/* --- the kernel's own, where glibc's differ or the headers lack them --- */
struct k_int32 { int32_t value; };
struct k_uint32 { uint32_t value; };
struct k_int64 { int64_t value; };
struct k_uint64 { uint64_t value; };
struct k_fd_pair { int fd[2]; };
struct k_uid_pair { uint32_t uid[2]; };
struct k_timespec_pair { struct timespec ts[2]; };
struct k_timeval_pair { struct timeval tv[2]; };
struct k_sigset_arg { const void *ss; uint64_t ss_len; };
#undef sa_handler
struct k_sigaction { uint64_t sa_handler, sa_flags, sa_restorer, sa_mask; };
struct k_msghdr {
    void *msg_name; int msg_namelen; struct iovec *msg_iov; uint64_t msg_iovlen;
    void *msg_control; uint64_t msg_controllen; uint32_t msg_flags;
};
struct k_mmsghdr { struct k_msghdr msg_hdr; uint32_t msg_len; };
struct k_ustat { int f_tfree; uint64_t f_tinode; char f_fname[6], f_fpack[6]; };
struct k_aio_sigset { const void *sigmask; uint64_t sigsetsize; };
struct k_iocb_ptr { struct iocb *iocb; };
struct k_futex_waitv { uint64_t val, uaddr; uint32_t flags, reserved; };
struct k_futex_waitv_pair { struct k_futex_waitv waiters[2]; };
struct k_clone_args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
        stack_size, tls, set_tid, set_tid_size, cgroup;
};
struct k_cachestat_range { uint64_t off, len; };
struct k_cachestat {
    uint64_t nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted;
};
struct k_mount_attr { uint64_t attr_set, attr_clr, propagation, userns_fd; };
struct k_landlock_ruleset_attr {
    uint64_t handled_access_fs, handled_access_net, scoped;
};
struct k_sched_attr {
    uint32_t size, sched_policy; uint64_t sched_flags; int32_t sched_nice;
    uint32_t sched_priority;
    uint64_t sched_runtime, sched_deadline, sched_period;
    uint32_t sched_util_min, sched_util_max;
};
struct k_cap_data { struct __user_cap_data_struct set[2]; };
struct k_kexec_segment { const void *buf; uint64_t bufsz, mem, memsz; };
struct k_termios {
    uint32_t c_iflag, c_oflag, c_cflag, c_lflag; uint8_t c_line, c_cc[19];
};
struct k_termios2 {
    uint32_t c_iflag, c_oflag, c_cflag, c_lflag; uint8_t c_line, c_cc[19];
    uint32_t c_ispeed, c_ospeed;
};

/* --- fields: F value, FN with names, P... pointers --- */
#define F(T_, kind_, f_)                                                       \
    {.name = #f_, .kind = DATUM_##kind_, .width = sizeof(((T_ *)0)->f_),       \
     .offset = offsetof(T_, f_)}
#define FN(T_, kind_, f_, set_)                                                \
    {.name = #f_, .kind = DATUM_##kind_, .width = sizeof(((T_ *)0)->f_),       \
     .offset = offsetof(T_, f_), .names = &xlat_##set_}
/* Where the kernel takes only the low 4 bytes, as it does of descriptors. */
#define F4(T_, kind_, f_)                                                      \
    {.name = #f_, .kind = DATUM_##kind_, .width = 4,                           \
     .offset = offsetof(T_, f_)}
#define PBUF(T_, f_, dir_, i_)                                                 \
    {.name = #f_, .kind = DATUM_BUF, .dir = (dir_), .width = 8,                \
     .offset = offsetof(T_, f_), .count = COUNT_OF, .count_of = (i_),          \
     .size = 1}
/* The same, of bytes that are a (t_) for who shows them. */
#define PBUF_OF(T_, f_, dir_, i_, t_)                                          \
    {.name = #f_, .kind = DATUM_BUF, .dir = (dir_), .width = 8,                \
     .offset = offsetof(T_, f_), .count = COUNT_OF, .count_of = (i_),          \
     .size = 1, .type = &struct_##t_}
/* A futex word: see IN_PLACE. */
#define PWORD(T_, f_)                                                          \
    {.name = #f_, .kind = DATUM_BUF, .dir = DIR_OUT, .width = 8,               \
     .offset = offsetof(T_, f_), .count = COUNT_ONE, .size = 4}
#define PSTRUCT(T_, f_, dir_, t_, count_, i_, size_, max_)                     \
    {.name = #f_, .kind = DATUM_STRUCT, .dir = (dir_), .width = 8,             \
     .offset = offsetof(T_, f_), .count = (count_), .count_of = (i_),          \
     .size = (size_), .max = (max_), .type = &struct_##t_}

#define DESC(name_, T_, ...)                                                   \
    static_assert(sizeof(T_) == SIZEOF_##name_, "structs.h: " #name_);         \
    const struct struct_desc struct_##name_ = {                                \
        .name = #name_,                                                        \
        .size = SIZEOF_##name_,                                                \
        .field = (const struct datum[]){__VA_ARGS__ {.kind = DATUM_NONE}},     \
    };

/* --- scalars --- */
DESC(int32, struct k_int32, F(struct k_int32, INT, value),)
DESC(uint32, struct k_uint32, F(struct k_uint32, UINT, value),)
DESC(int64, struct k_int64, F(struct k_int64, INT, value),)
DESC(uint64, struct k_uint64, F(struct k_uint64, UINT, value),)
DESC(gid, struct k_uint32, F(struct k_uint32, GID, value),)
DESC(uid, struct k_uint32, F(struct k_uint32, UID, value),)
DESC(pid, struct k_int32, F(struct k_int32, PID, value),)
DESC(fd_mask, struct k_uint64, F(struct k_uint64, HEX, value),)
DESC(fd_pair, struct k_fd_pair,
     F(struct k_fd_pair, FD, fd[0]), F(struct k_fd_pair, FD, fd[1]),)
DESC(uid_pair, struct k_uid_pair,
     F(struct k_uid_pair, UID, uid[0]), F(struct k_uid_pair, UID, uid[1]),)

/* --- time --- */
DESC(timespec, struct timespec,
     F(struct timespec, INT, tv_sec), F(struct timespec, INT, tv_nsec),)
DESC(timespec_pair, struct k_timespec_pair,
     F(struct k_timespec_pair, INT, ts[0].tv_sec),
     F(struct k_timespec_pair, INT, ts[0].tv_nsec),
     F(struct k_timespec_pair, INT, ts[1].tv_sec),
     F(struct k_timespec_pair, INT, ts[1].tv_nsec),)
DESC(timeval, struct timeval,
     F(struct timeval, INT, tv_sec), F(struct timeval, INT, tv_usec),)
DESC(timeval_pair, struct k_timeval_pair,
     F(struct k_timeval_pair, INT, tv[0].tv_sec),
     F(struct k_timeval_pair, INT, tv[0].tv_usec),
     F(struct k_timeval_pair, INT, tv[1].tv_sec),
     F(struct k_timeval_pair, INT, tv[1].tv_usec),)
DESC(timezone, struct timezone,
     F(struct timezone, INT, tz_minuteswest),
     F(struct timezone, INT, tz_dsttime),)
DESC(itimerspec, struct itimerspec,
     F(struct itimerspec, INT, it_interval.tv_sec),
     F(struct itimerspec, INT, it_interval.tv_nsec),
     F(struct itimerspec, INT, it_value.tv_sec),
     F(struct itimerspec, INT, it_value.tv_nsec),)
DESC(itimerval, struct itimerval,
     F(struct itimerval, INT, it_interval.tv_sec),
     F(struct itimerval, INT, it_interval.tv_usec),
     F(struct itimerval, INT, it_value.tv_sec),
     F(struct itimerval, INT, it_value.tv_usec),)
DESC(timex, struct timex,
     F(struct timex, HEX, modes), F(struct timex, INT, offset),
     F(struct timex, INT, freq), F(struct timex, INT, maxerror),
     F(struct timex, INT, esterror), F(struct timex, HEX, status),
     F(struct timex, INT, constant), F(struct timex, INT, precision),
     F(struct timex, INT, tolerance), F(struct timex, INT, time.tv_sec),
     F(struct timex, INT, time.tv_usec), F(struct timex, INT, tick),)
DESC(tms, struct tms,
     F(struct tms, INT, tms_utime), F(struct tms, INT, tms_stime),
     F(struct tms, INT, tms_cutime), F(struct tms, INT, tms_cstime),)
DESC(utimbuf, struct utimbuf,
     F(struct utimbuf, INT, actime), F(struct utimbuf, INT, modtime),)

/* --- signals --- */
DESC(sigset, struct k_uint64, F(struct k_uint64, HEX, value),)
DESC(sigset_arg, struct k_sigset_arg,
     PSTRUCT(struct k_sigset_arg, ss, DIR_IN, sigset, COUNT_OF, 1, 1, 8),
     F(struct k_sigset_arg, UINT, ss_len),)
DESC(aio_sigset, struct k_aio_sigset,
     PSTRUCT(struct k_aio_sigset, sigmask, DIR_IN, sigset, COUNT_OF, 1, 1, 8),
     F(struct k_aio_sigset, UINT, sigsetsize),)
DESC(sigaction, struct k_sigaction,
     F(struct k_sigaction, GVA, sa_handler),
     FN(struct k_sigaction, FLAGS, sa_flags, sa_flags),
     F(struct k_sigaction, GVA, sa_restorer),
     F(struct k_sigaction, HEX, sa_mask),)
DESC(stack, stack_t,
     F(stack_t, GVA, ss_sp), FN(stack_t, FLAGS, ss_flags, ss_flags),
     F(stack_t, UINT, ss_size),)
DESC(siginfo, siginfo_t,
     F(siginfo_t, SIGNO, si_signo), F(siginfo_t, INT, si_errno),
     F(siginfo_t, INT, si_code), F(siginfo_t, PID, si_pid),
     F(siginfo_t, UID, si_uid), F(siginfo_t, HEX, si_value),)
DESC(sigevent, struct sigevent,
     F(struct sigevent, HEX, sigev_value),
     F(struct sigevent, SIGNO, sigev_signo),
     FN(struct sigevent, ENUM, sigev_notify, sigev_notify),
     F(struct sigevent, PID, _sigev_un._tid),)

/* --- vectors and messages --- */
DESC(iovec_in, struct iovec,
     PBUF(struct iovec, iov_base, DIR_IN, 1), F(struct iovec, UINT, iov_len),)
DESC(iovec_out, struct iovec,
     PBUF(struct iovec, iov_base, DIR_OUT, 1), F(struct iovec, UINT, iov_len),)
/* A name is cut at a sockaddr_storage; more than UIO_MAXIOV vectors and more
 * than INT_MAX bytes of control data are refused. */
#define MSGHDR_IN                                                              \
     PSTRUCT(struct k_msghdr, msg_name, DIR_IN, sockaddr, COUNT_OF, 1, 1, 128),\
     F(struct k_msghdr, INT, msg_namelen),                                     \
     PSTRUCT(struct k_msghdr, msg_iov, DIR_IN, iovec_in, COUNT_OF, 3, 16, 1024),\
     F(struct k_msghdr, UINT, msg_iovlen),                                     \
     PSTRUCT(struct k_msghdr, msg_control, DIR_IN, cmsghdr, COUNT_OF, 5, 1, 0),\
     F(struct k_msghdr, UINT, msg_controllen),                                 \
     FN(struct k_msghdr, FLAGS, msg_flags, msg_flags),
#define MSGHDR_OUT                                                             \
     PBUF_OF(struct k_msghdr, msg_name, DIR_OUT, 1, sockaddr),                 \
     F(struct k_msghdr, INT, msg_namelen),                                     \
     PSTRUCT(struct k_msghdr, msg_iov, DIR_IN, iovec_out, COUNT_OF, 3, 16, 1024),\
     F(struct k_msghdr, UINT, msg_iovlen),                                     \
     PBUF_OF(struct k_msghdr, msg_control, DIR_OUT, 5, cmsghdr),               \
     F(struct k_msghdr, UINT, msg_controllen),                                 \
     FN(struct k_msghdr, FLAGS, msg_flags, msg_flags),
DESC(msghdr_in, struct k_msghdr, MSGHDR_IN)
DESC(msghdr_out, struct k_msghdr, MSGHDR_OUT)
DESC(mmsghdr_in, struct k_mmsghdr, MSGHDR_IN
     F(struct k_mmsghdr, UINT, msg_len),)
DESC(mmsghdr_out, struct k_mmsghdr, MSGHDR_OUT
     F(struct k_mmsghdr, UINT, msg_len),)
static_assert(sizeof(struct k_msghdr) == sizeof(struct msghdr), "msghdr");
static_assert(offsetof(struct k_msghdr, msg_control) ==
              offsetof(struct msghdr, msg_control), "msghdr");
static_assert(sizeof(struct k_mmsghdr) == sizeof(struct mmsghdr), "mmsghdr");
/* The first of several; the others follow where cmsg_len says. */
DESC(cmsghdr, struct cmsghdr,
     F(struct cmsghdr, UINT, cmsg_len), F(struct cmsghdr, INT, cmsg_level),
     F(struct cmsghdr, INT, cmsg_type),)
DESC(sockaddr, struct sockaddr,
     FN(struct sockaddr, ENUM, sa_family, address_families),)
DESC(sock_filter, struct sock_filter,
     F(struct sock_filter, HEX, code), F(struct sock_filter, UINT, jt),
     F(struct sock_filter, UINT, jf), F(struct sock_filter, HEX, k),)
/* BPF_MAXINSNS: sk_attach_filter() refuses more. */
DESC(sock_fprog, struct sock_fprog,
     F(struct sock_fprog, UINT, len),
     PSTRUCT(struct sock_fprog, filter, DIR_IN, sock_filter, COUNT_OF, 0, 8,
             4096),)

/* --- waiting --- */
DESC(pollfd, struct pollfd,
     F(struct pollfd, FD, fd), FN(struct pollfd, FLAGS, events, poll_events),
     FN(struct pollfd, FLAGS, revents, poll_events),)
DESC(epoll_event, struct epoll_event,
     FN(struct epoll_event, FLAGS, events, epoll_events),
     F(struct epoll_event, HEX, data),)
DESC(futex_waitv, struct k_futex_waitv,
     F(struct k_futex_waitv, UINT, val), PWORD(struct k_futex_waitv, uaddr),
     FN(struct k_futex_waitv, FLAGS, flags, futex2_flags),)
DESC(futex_waitv_pair, struct k_futex_waitv_pair,
     F(struct k_futex_waitv_pair, UINT, waiters[0].val),
     PWORD(struct k_futex_waitv_pair, waiters[0].uaddr),
     FN(struct k_futex_waitv_pair, FLAGS, waiters[0].flags, futex2_flags),
     F(struct k_futex_waitv_pair, UINT, waiters[1].val),
     PWORD(struct k_futex_waitv_pair, waiters[1].uaddr),
     FN(struct k_futex_waitv_pair, FLAGS, waiters[1].flags, futex2_flags),)

/* --- processes, resources, the system --- */
DESC(rlimit, struct rlimit,
     F(struct rlimit, UINT, rlim_cur), F(struct rlimit, UINT, rlim_max),)
DESC(rusage, struct rusage,
     F(struct rusage, INT, ru_utime.tv_sec),
     F(struct rusage, INT, ru_utime.tv_usec),
     F(struct rusage, INT, ru_stime.tv_sec),
     F(struct rusage, INT, ru_stime.tv_usec), F(struct rusage, INT, ru_maxrss),
     F(struct rusage, INT, ru_minflt), F(struct rusage, INT, ru_majflt),
     F(struct rusage, INT, ru_inblock), F(struct rusage, INT, ru_oublock),
     F(struct rusage, INT, ru_nvcsw), F(struct rusage, INT, ru_nivcsw),)
DESC(utsname, struct utsname, )
DESC(sysinfo, struct sysinfo,
     F(struct sysinfo, INT, uptime), F(struct sysinfo, UINT, loads[0]),
     F(struct sysinfo, UINT, loads[1]), F(struct sysinfo, UINT, loads[2]),
     F(struct sysinfo, UINT, totalram), F(struct sysinfo, UINT, freeram),
     F(struct sysinfo, UINT, sharedram), F(struct sysinfo, UINT, bufferram),
     F(struct sysinfo, UINT, totalswap), F(struct sysinfo, UINT, freeswap),
     F(struct sysinfo, UINT, procs), F(struct sysinfo, UINT, totalhigh),
     F(struct sysinfo, UINT, freehigh), F(struct sysinfo, UINT, mem_unit),)
DESC(sched_attr, struct k_sched_attr,
     F(struct k_sched_attr, UINT, size),
     FN(struct k_sched_attr, ENUM, sched_policy, sched_policies),
     F(struct k_sched_attr, HEX, sched_flags),
     F(struct k_sched_attr, INT, sched_nice),
     F(struct k_sched_attr, UINT, sched_priority),
     F(struct k_sched_attr, UINT, sched_runtime),
     F(struct k_sched_attr, UINT, sched_deadline),
     F(struct k_sched_attr, UINT, sched_period),
     F(struct k_sched_attr, UINT, sched_util_min),
     F(struct k_sched_attr, UINT, sched_util_max),)
DESC(sched_param, struct sched_param,
     F(struct sched_param, INT, sched_priority),)
DESC(cap_header, struct __user_cap_header_struct,
     F(struct __user_cap_header_struct, HEX, version),
     F(struct __user_cap_header_struct, PID, pid),)
DESC(cap_data, struct k_cap_data,
     F(struct k_cap_data, HEX, set[0].effective),
     F(struct k_cap_data, HEX, set[0].permitted),
     F(struct k_cap_data, HEX, set[0].inheritable),
     F(struct k_cap_data, HEX, set[1].effective),
     F(struct k_cap_data, HEX, set[1].permitted),
     F(struct k_cap_data, HEX, set[1].inheritable),)
/* MAX_PID_NS_LEVEL: more in set_tid are refused. */
DESC(clone_args, struct k_clone_args,
     FN(struct k_clone_args, FLAGS, flags, clone_flags),
     PSTRUCT(struct k_clone_args, pidfd, DIR_OUT, int32, COUNT_ONE, 0, 4, 0),
     F(struct k_clone_args, GVA, child_tid),
     PSTRUCT(struct k_clone_args, parent_tid, DIR_OUT, pid, COUNT_ONE, 0, 4, 0),
     F(struct k_clone_args, SIGNO, exit_signal),
     F(struct k_clone_args, GVA, stack),
     F(struct k_clone_args, UINT, stack_size),
     F(struct k_clone_args, GVA, tls),
     PSTRUCT(struct k_clone_args, set_tid, DIR_IN, pid, COUNT_OF, 9, 4, 32),
     F(struct k_clone_args, UINT, set_tid_size),
     F4(struct k_clone_args, FD, cgroup),)
DESC(kexec_segment, struct k_kexec_segment,
     PBUF(struct k_kexec_segment, buf, DIR_IN, 1),
     F(struct k_kexec_segment, UINT, bufsz),
     F(struct k_kexec_segment, HEX, mem),
     F(struct k_kexec_segment, UINT, memsz),)
DESC(user_desc, struct user_desc,
     F(struct user_desc, INT, entry_number), F(struct user_desc, HEX, base_addr),
     F(struct user_desc, HEX, limit),)
DESC(landlock_ruleset_attr, struct k_landlock_ruleset_attr,
     F(struct k_landlock_ruleset_attr, HEX, handled_access_fs),
     F(struct k_landlock_ruleset_attr, HEX, handled_access_net),
     F(struct k_landlock_ruleset_attr, HEX, scoped),)

/* --- files --- */
DESC(stat, struct stat,
     F(struct stat, DEV, st_dev), F(struct stat, UINT, st_ino),
     F(struct stat, UINT, st_nlink), F(struct stat, MODE, st_mode),
     F(struct stat, UID, st_uid), F(struct stat, GID, st_gid),
     F(struct stat, DEV, st_rdev), F(struct stat, OFFSET, st_size),
     F(struct stat, INT, st_blksize), F(struct stat, INT, st_blocks),
     F(struct stat, INT, st_atim.tv_sec), F(struct stat, INT, st_atim.tv_nsec),
     F(struct stat, INT, st_mtim.tv_sec), F(struct stat, INT, st_mtim.tv_nsec),
     F(struct stat, INT, st_ctim.tv_sec), F(struct stat, INT, st_ctim.tv_nsec),)
DESC(statx, struct statx,
     FN(struct statx, FLAGS, stx_mask, statx_mask),
     F(struct statx, UINT, stx_blksize), F(struct statx, HEX, stx_attributes),
     F(struct statx, UINT, stx_nlink), F(struct statx, UID, stx_uid),
     F(struct statx, GID, stx_gid), F(struct statx, MODE, stx_mode),
     F(struct statx, UINT, stx_ino), F(struct statx, UINT, stx_size),
     F(struct statx, UINT, stx_blocks),
     F(struct statx, HEX, stx_attributes_mask),
     F(struct statx, INT, stx_atime.tv_sec),
     F(struct statx, UINT, stx_atime.tv_nsec),
     F(struct statx, INT, stx_btime.tv_sec),
     F(struct statx, UINT, stx_btime.tv_nsec),
     F(struct statx, INT, stx_ctime.tv_sec),
     F(struct statx, UINT, stx_ctime.tv_nsec),
     F(struct statx, INT, stx_mtime.tv_sec),
     F(struct statx, UINT, stx_mtime.tv_nsec),
     F(struct statx, UINT, stx_rdev_major), F(struct statx, UINT, stx_rdev_minor),
     F(struct statx, UINT, stx_dev_major), F(struct statx, UINT, stx_dev_minor),)
DESC(statfs, struct statfs,
     F(struct statfs, HEX, f_type), F(struct statfs, INT, f_bsize),
     F(struct statfs, UINT, f_blocks), F(struct statfs, UINT, f_bfree),
     F(struct statfs, UINT, f_bavail), F(struct statfs, UINT, f_files),
     F(struct statfs, UINT, f_ffree), F(struct statfs, HEX, f_fsid),
     F(struct statfs, INT, f_namelen), F(struct statfs, INT, f_frsize),
     F(struct statfs, HEX, f_flags),)
DESC(ustat, struct k_ustat,
     F(struct k_ustat, INT, f_tfree), F(struct k_ustat, UINT, f_tinode),)
DESC(open_how, struct open_how,
     FN(struct open_how, FLAGS, flags, open_flags),
     F(struct open_how, MODE, mode),
     FN(struct open_how, FLAGS, resolve, resolve_flags),)
DESC(flock, struct flock,
     FN(struct flock, ENUM, l_type, flock_types),
     FN(struct flock, ENUM, l_whence, seek_whence),
     F(struct flock, OFFSET, l_start), F(struct flock, OFFSET, l_len),
     F(struct flock, PID, l_pid),)
DESC(f_owner_ex, struct f_owner_ex,
     F(struct f_owner_ex, INT, type), F(struct f_owner_ex, PID, pid),)
DESC(cachestat_range, struct k_cachestat_range,
     F(struct k_cachestat_range, UINT, off),
     F(struct k_cachestat_range, UINT, len),)
DESC(cachestat, struct k_cachestat,
     F(struct k_cachestat, UINT, nr_cache),
     F(struct k_cachestat, UINT, nr_dirty),
     F(struct k_cachestat, UINT, nr_writeback),
     F(struct k_cachestat, UINT, nr_evicted),
     F(struct k_cachestat, UINT, nr_recently_evicted),)
DESC(mount_attr, struct k_mount_attr,
     F(struct k_mount_attr, HEX, attr_set), F(struct k_mount_attr, HEX, attr_clr),
     F(struct k_mount_attr, HEX, propagation),
     F4(struct k_mount_attr, FD, userns_fd),)
DESC(file_clone_range, struct file_clone_range,
     F4(struct file_clone_range, FD, src_fd),
     F(struct file_clone_range, UINT, src_offset),
     F(struct file_clone_range, UINT, src_length),
     F(struct file_clone_range, UINT, dest_offset),)
DESC(fs_flags, struct k_uint32, FN(struct k_uint32, FLAGS, value, fs_flags),)
DESC(fsxattr, struct fsxattr,
     F(struct fsxattr, HEX, fsx_xflags), F(struct fsxattr, UINT, fsx_extsize),
     F(struct fsxattr, UINT, fsx_nextents), F(struct fsxattr, UINT, fsx_projid),
     F(struct fsxattr, UINT, fsx_cowextsize),)
DESC(iocb, struct iocb,
     F(struct iocb, HEX, aio_data), F(struct iocb, UINT, aio_lio_opcode),
     F(struct iocb, INT, aio_reqprio), F(struct iocb, FD, aio_fildes),
     F(struct iocb, GVA, aio_buf), F(struct iocb, UINT, aio_nbytes),
     F(struct iocb, OFFSET, aio_offset), F(struct iocb, HEX, aio_flags),
     F(struct iocb, FD, aio_resfd),)
DESC(iocb_ptr, struct k_iocb_ptr,
     PSTRUCT(struct k_iocb_ptr, iocb, DIR_IN, iocb, COUNT_ONE, 0, 64, 0),)
DESC(io_event, struct io_event,
     F(struct io_event, HEX, data), F(struct io_event, HEX, obj),
     F(struct io_event, INT, res), F(struct io_event, INT, res2),)

/* --- System V and POSIX ipc --- */
DESC(mq_attr, struct mq_attr,
     FN(struct mq_attr, FLAGS, mq_flags, fd_flags),
     F(struct mq_attr, INT, mq_maxmsg), F(struct mq_attr, INT, mq_msgsize),
     F(struct mq_attr, INT, mq_curmsgs),)
DESC(sembuf, struct sembuf,
     F(struct sembuf, UINT, sem_num), F(struct sembuf, INT, sem_op),
     FN(struct sembuf, FLAGS, sem_flg, sem_flags),)
#define IPC_PERM(T_, p_)                                                       \
     F(T_, HEX, p_.__key), F(T_, UID, p_.uid), F(T_, GID, p_.gid),             \
     F(T_, UID, p_.cuid), F(T_, GID, p_.cgid), F(T_, MODE, p_.mode)
DESC(semid_ds, struct semid_ds,
     IPC_PERM(struct semid_ds, sem_perm), F(struct semid_ds, INT, sem_otime),
     F(struct semid_ds, INT, sem_ctime), F(struct semid_ds, UINT, sem_nsems),)
DESC(seminfo, struct seminfo,
     F(struct seminfo, INT, semmap), F(struct seminfo, INT, semmni),
     F(struct seminfo, INT, semmns), F(struct seminfo, INT, semmnu),
     F(struct seminfo, INT, semmsl), F(struct seminfo, INT, semopm),
     F(struct seminfo, INT, semume), F(struct seminfo, INT, semusz),
     F(struct seminfo, INT, semvmx), F(struct seminfo, INT, semaem),)
DESC(shmid_ds, struct shmid_ds,
     IPC_PERM(struct shmid_ds, shm_perm), F(struct shmid_ds, UINT, shm_segsz),
     F(struct shmid_ds, INT, shm_atime), F(struct shmid_ds, INT, shm_dtime),
     F(struct shmid_ds, INT, shm_ctime), F(struct shmid_ds, PID, shm_cpid),
     F(struct shmid_ds, PID, shm_lpid), F(struct shmid_ds, UINT, shm_nattch),)
DESC(shminfo, struct shminfo,
     F(struct shminfo, UINT, shmmax), F(struct shminfo, UINT, shmmin),
     F(struct shminfo, UINT, shmmni), F(struct shminfo, UINT, shmseg),
     F(struct shminfo, UINT, shmall),)
DESC(shm_info, struct shm_info,
     F(struct shm_info, INT, used_ids), F(struct shm_info, UINT, shm_tot),
     F(struct shm_info, UINT, shm_rss), F(struct shm_info, UINT, shm_swp),)
DESC(msqid_ds, struct msqid_ds,
     IPC_PERM(struct msqid_ds, msg_perm), F(struct msqid_ds, INT, msg_stime),
     F(struct msqid_ds, INT, msg_rtime), F(struct msqid_ds, INT, msg_ctime),
     F(struct msqid_ds, UINT, msg_qnum), F(struct msqid_ds, UINT, msg_qbytes),
     F(struct msqid_ds, PID, msg_lspid), F(struct msqid_ds, PID, msg_lrpid),)
DESC(msginfo, struct msginfo,
     F(struct msginfo, INT, msgpool), F(struct msginfo, INT, msgmap),
     F(struct msginfo, INT, msgmax), F(struct msginfo, INT, msgmnb),
     F(struct msginfo, INT, msgmni), F(struct msginfo, INT, msgssz),
     F(struct msginfo, INT, msgtql), F(struct msginfo, UINT, msgseg),)

/* --- devices --- */
DESC(termios, struct k_termios,
     F(struct k_termios, HEX, c_iflag), F(struct k_termios, HEX, c_oflag),
     F(struct k_termios, HEX, c_cflag), F(struct k_termios, HEX, c_lflag),
     F(struct k_termios, UINT, c_line),)
DESC(termios2, struct k_termios2,
     F(struct k_termios2, HEX, c_iflag), F(struct k_termios2, HEX, c_oflag),
     F(struct k_termios2, HEX, c_cflag), F(struct k_termios2, HEX, c_lflag),
     F(struct k_termios2, UINT, c_line), F(struct k_termios2, UINT, c_ispeed),
     F(struct k_termios2, UINT, c_ospeed),)
DESC(termio, struct termio,
     F(struct termio, HEX, c_iflag), F(struct termio, HEX, c_oflag),
     F(struct termio, HEX, c_cflag), F(struct termio, HEX, c_lflag),
     F(struct termio, UINT, c_line),)
DESC(winsize, struct winsize,
     F(struct winsize, UINT, ws_row), F(struct winsize, UINT, ws_col),
     F(struct winsize, UINT, ws_xpixel), F(struct winsize, UINT, ws_ypixel),)
DESC(serial_icounter, struct serial_icounter_struct,
     F(struct serial_icounter_struct, INT, cts),
     F(struct serial_icounter_struct, INT, dsr),
     F(struct serial_icounter_struct, INT, rng),
     F(struct serial_icounter_struct, INT, dcd),
     F(struct serial_icounter_struct, INT, rx),
     F(struct serial_icounter_struct, INT, tx),)
/* The length counts bytes, in and out. */
DESC(ifconf, struct ifconf,
     F(struct ifconf, INT, ifc_len), PBUF(struct ifconf, ifc_buf, DIR_OUT, 0),)
DESC(ifreq, struct ifreq, )
DESC(hd_geometry, struct hd_geometry,
     F(struct hd_geometry, UINT, heads), F(struct hd_geometry, UINT, sectors),
     F(struct hd_geometry, UINT, cylinders), F(struct hd_geometry, UINT, start),)


const struct struct_desc *const struct_list[] = {
#define STRUCTS_ADDRESS(name_, size_) &struct_##name_,
    STRUCTS(STRUCTS_ADDRESS)
#undef STRUCTS_ADDRESS
    NULL,
};
/* clang-format on */
