/*
 * syscall_table.c: THE table: one row a system call, in the order of numbers.
 */
#include "vmm/datum.h"
#include "vmm/sys.h"
#include "vmm/sysno.h"
#include "vmm/variants.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/inotify.h>

/* clang-format off */

/*
 * Rules of a row
 *
 * - Name and number come from one token. A row that stands twice does not
 *   compile (-Woverride-init).
 * - PASS    the host kernel runs it, with checked and captured arguments.
 *   EMULATE sys_NAME() of sys.h runs it: whatever touches the address space,
 *           dispositions, the task's identity in the kernel or which file may
 *           be opened, or is a file of the monitor's making.
 *   REFUSE  answers with the errno, because of the reason; its arguments are
 *           described all the same, for hooks and listings.
 *   A _BY behind it: the arguments depend on a selector, see variants.h.
 * - Then come groups, kind of result, restart class (signal(7)), arguments.
 * - Arguments have the names of the kernel's prototypes, and the width that
 *   the kernel looks at: a count that is wider or narrower than the kernel's
 *   own would check another number of bytes than the kernel touches.
 * - Structures and strings are captured; bulk bytes (BUF) stay in place. What
 *   the kernel keeps beyond the call, or measures by itself, is not passed:
 *   such calls are emulated or refused.
 * - A limit (the last parameter of some data) is one that the kernel itself
 *   enforces before it reads; there is none where the kernel has none.
 */
#define ARGS(...)                                                              \
    .nargs = sizeof((struct datum[]){__VA_ARGS__}) / sizeof(struct datum),     \
    .arg = {__VA_ARGS__}

#define PASS(n_, groups_, ret_, restart_, ...)                                 \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_PASS, .groups = (groups_),       \
                  .ret = RET_##ret_, .restart = RESTART_##restart_,            \
                  ARGS(__VA_ARGS__)}
#define PASS_BY(n_, groups_, ret_, restart_, select_, err_, ...)               \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_PASS, .groups = (groups_),       \
                  .ret = RET_##ret_, .restart = RESTART_##restart_,            \
                  .select = (select_), .variants = variants_##n_,              \
                  .other_route = ROUTE_REFUSE, .refuse_errno = (err_),         \
                  .why = WHY_OTHER, ARGS(__VA_ARGS__)}
/* Selected by arguments (select_) and (select2_) together. */
#define PASS_BY2(n_, groups_, ret_, restart_, select_, select2_, err_, ...)    \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_PASS, .groups = (groups_),       \
                  .ret = RET_##ret_, .restart = RESTART_##restart_,            \
                  .select = (select_), .select2 = (select2_),                  \
                  .variants = variants_##n_, .other_route = ROUTE_REFUSE,      \
                  .refuse_errno = (err_), .why = WHY_OTHER, ARGS(__VA_ARGS__)}

#define EMULATE(n_, groups_, ret_, restart_, ...)                              \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_EMULATE, .groups = (groups_),    \
                  .ret = RET_##ret_, .restart = RESTART_##restart_,            \
                  .fn = sys_##n_, ARGS(__VA_ARGS__)}
#define EMULATE_BY(n_, groups_, ret_, restart_, select_, err_, ...)            \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_EMULATE, .groups = (groups_),    \
                  .ret = RET_##ret_, .restart = RESTART_##restart_,            \
                  .fn = sys_##n_, .select = (select_),                         \
                  .variants = variants_##n_, .other_route = ROUTE_REFUSE,      \
                  .refuse_errno = (err_), .why = WHY_OTHER, ARGS(__VA_ARGS__)}

/* Waits with another mask of signals, in part the monitor's affair. */
#define WAIT(n_, groups_, ret_, ...)                                           \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_EMULATE, .groups = (groups_),    \
                  .ret = RET_##ret_, .restart = RESTART_NEVER,                 \
                  .fn = sys_wait_masked, ARGS(__VA_ARGS__)}

/* Sends a signal, which is passed; some of them not without ado. */
#define SEND(n_, groups_, ...)                                                 \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_EMULATE, .groups = (groups_),    \
                  .ret = RET_ZERO, .restart = RESTART_NEVER,                   \
                  .fn = sys_send, ARGS(__VA_ARGS__)}

#define REFUSE(n_, groups_, ret_, restart_, err_, why_, ...)                   \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_REFUSE, .groups = (groups_),     \
                  .ret = RET_##ret_, .restart = RESTART_##restart_,            \
                  .refuse_errno = (err_), .why = (why_), ARGS(__VA_ARGS__)}
#define REFUSE_BY(n_, groups_, ret_, restart_, select_, err_, why_, ...)       \
    [SYS_##n_] = {.name = #n_, .route = ROUTE_REFUSE, .groups = (groups_),     \
                  .ret = RET_##ret_, .restart = RESTART_##restart_,            \
                  .refuse_errno = (err_), .why = (why_), .select = (select_),  \
                  .variants = variants_##n_, .other_route = ROUTE_REFUSE,      \
                  ARGS(__VA_ARGS__)}

#define TF GROUP_FILE
#define TD GROUP_DESC
#define TP GROUP_PROCESS
#define TN GROUP_NETWORK
#define TS GROUP_SIGNAL
#define TI GROUP_IPC
#define TM GROUP_MEMORY
#define TT GROUP_TIME
#define TC GROUP_CREDS
#define TR GROUP_SCHED
#define TY GROUP_SYSTEM

/* Reasons that several rows share. */
#define WHY_ABSENT "not implemented by Linux on x86-64"
#define WHY_OTHER  "nobody described what this selector makes of the arguments"
#define WHY_MOUNT  "the tree of mounts belongs to the host"
#define WHY_HOST   "would act on the host as a whole"
#define WHY_MODULE "would load code into the host's kernel"
#define WHY_CLOCK  "may set the host's clock"
#define WHY_IMAGE  "reaches into address spaces from outside, so into the monitor's"
#define WHY_RING   "carries out operations that no system call shows"
#define WHY_KEYS   "keyrings are shared with the host; answered as without CONFIG_KEYS"
#define WHY_NUMA   "placement of pages is the host's; answered as without CONFIG_NUMA"
#define WHY_PORTS  "gives access to the host's I/O ports"
#define WHY_FAN    "sees what other processes of the host do"
#define WHY_LAND   "would restrict the monitor's own thread"
#define WHY_INSIDE "its size stands inside the structure; answered as by kernels before it"
#define WHY_LSM    "security modules are the host's; answered as by kernels before 6.8"
#define WHY_QUOTA  "disk quotas are the host's"
#define WHY_LDT    "segment tables are the monitor's; answered as without CONFIG_MODIFY_LDT_SYSCALL"

const struct syscall_desc syscall_table[SYSCALL_MAX] = {
EMULATE(read,           TD, COUNT, SA, FD(fd), BUF_OUT(buf, 2), SIZE(count)),
EMULATE(write,          TD, COUNT, SA, FD(fd), BUF_IN(buf, 2), SIZE(count)),
EMULATE(open,           TD | TF, FD, SA, PATH(filename), FLAGS(flags, open_flags), MODE(mode)),
PASS(close,             TD, ZERO, NEVER, FD(fd)),
EMULATE(stat,           TF, ZERO, NEVER, PATH(filename), ST_OUT(statbuf, stat)),
EMULATE(fstat,          TD, ZERO, NEVER, FD(fd), ST_OUT(statbuf, stat)),
EMULATE(lstat,          TF, ZERO, NEVER, PATH_ITSELF(filename), ST_OUT(statbuf, stat)),
PASS(poll,              TD, COUNT, BLOCK, ARR_INOUT(ufds, pollfd, 1, 0), UINT(nfds), INT(timeout)),
EMULATE(lseek,          TD, INT, NEVER, FD(fd), OFFSET(offset), ENUM(whence, seek_whence)),
EMULATE(mmap,           TD | TM, GVA, NEVER, GVA(addr), SIZE(len), FLAGS64(prot, mmap_prot), FLAGS64(flags, mmap_flags), FD(fd), OFFSET(off)),
EMULATE(mprotect,       TM, ZERO, NEVER, GVA(start), SIZE(len), FLAGS64(prot, mmap_prot)),
EMULATE(munmap,         TM, ZERO, NEVER, GVA(addr), SIZE(len)),
EMULATE(brk,            TM, GVA, NEVER, GVA(brk)),
EMULATE(rt_sigaction,   TS, ZERO, NEVER, SIGNO(sig), ST_IN(act, sigaction), ST_OUT(oact, sigaction), SIZE(sigsetsize)),
EMULATE(rt_sigprocmask, TS, ZERO, NEVER, ENUM(how, sigprocmask_how), SIGSET_IN(nset, 3), SIGSET_OUT(oset, 3), SIZE(sigsetsize)),
EMULATE(rt_sigreturn,   TS, HEX, NEVER),
PASS_BY(ioctl,          TD, INT, SA, 1, ENOTTY, FD(fd), HEX32(cmd), HEX(arg)),
EMULATE(pread64,        TD, COUNT, SA, FD(fd), BUF_OUT(buf, 2), SIZE(count), OFFSET(pos)),
EMULATE(pwrite64,       TD, COUNT, SA, FD(fd), BUF_IN(buf, 2), SIZE(count), OFFSET(pos)),
EMULATE(readv,          TD, COUNT, SA, FD(fd), IOV_OUT(vec, 2), ULONG(vlen)),
EMULATE(writev,         TD, COUNT, SA, FD(fd), IOV_IN(vec, 2), ULONG(vlen)),
PASS(access,            TF, ZERO, NEVER, PATH(filename), FLAGS(mode, access_mode)),
PASS(pipe,              TD, ZERO, NEVER, ST_OUT(fildes, fd_pair)),
PASS(select,            TD, COUNT, NEVER, INT(n), FD_MASK(inp), FD_MASK(outp), FD_MASK(exp), ST_INOUT(tvp, timeval)),
PASS(sched_yield,       TR, ZERO, NEVER),
EMULATE(mremap,         TM, GVA, NEVER, GVA(addr), SIZE(old_len), SIZE(new_len), FLAGS64(flags, mremap_flags), GVA(new_addr)),
EMULATE(msync,          TM, ZERO, NEVER, GVA(start), SIZE(len), FLAGS(flags, msync_flags)),
EMULATE(mincore,        TM, ZERO, NEVER, GVA(start), SIZE(len), GVA(vec)),
EMULATE(madvise,        TM, ZERO, NEVER, GVA(start), SIZE(len), ENUM(behavior, madvise_advice)),
PASS(shmget,            TI, INT, NEVER, HEX32(key), SIZE(size), FLAGS(shmflg, shmget_flags)),
EMULATE(shmat,          TI | TM, GVA, NEVER, INT(shmid), GVA(shmaddr), FLAGS(shmflg, shmat_flags)),
PASS_BY(shmctl,         TI, INT, NEVER, 1, EINVAL, INT(shmid), INT(cmd), HEX(buf)),
PASS(dup,               TD, FD, NEVER, FD(fildes)),
PASS(dup2,              TD, FD, NEVER, FD(oldfd), FD(newfd)),
PASS(pause,             TS, ZERO, NEVER),
PASS(nanosleep,         TT, ZERO, BLOCK, ST_IN(rqtp, timespec), ST_OUT(rmtp, timespec)),
PASS(getitimer,         TT, ZERO, NEVER, ENUM(which, itimer_which), ST_OUT(value, itimerval)),
PASS(alarm,             TT, INT, NEVER, UINT(seconds)),
PASS(setitimer,         TT, ZERO, NEVER, ENUM(which, itimer_which), ST_IN(value, itimerval), ST_OUT(ovalue, itimerval)),
PASS(getpid,            TP, PID, NEVER),
PASS(sendfile,          TD | TN, COUNT, SA, FD(out_fd), FD(in_fd), ST_INOUT(offset, int64), SIZE(count)),
PASS(socket,            TD | TN, FD, NEVER, ENUM(family, address_families), FLAGS(type, socket_types), INT(protocol)),
PASS(connect,           TD | TN, ZERO, SA, FD(fd), SOCKADDR_IN(uservaddr, 2), INT(addrlen)),
PASS(accept,            TD | TN, FD, SA, FD(fd), SOCKADDR_OUT(upeer_sockaddr, 2), ST_INOUT(upeer_addrlen, int32)),
PASS(sendto,            TD | TN, COUNT, SA, FD(fd), BUF_IN(buff, 2), SIZE(len), FLAGS(flags, msg_flags), SOCKADDR_IN(addr, 5), INT(addr_len)),
PASS(recvfrom,          TD | TN, COUNT, SA, FD(fd), BUF_OUT(ubuf, 2), SIZE(size), FLAGS(flags, msg_flags), SOCKADDR_OUT(addr, 5), ST_INOUT(addr_len, int32)),
PASS(sendmsg,           TD | TN, COUNT, SA, FD(fd), ST_IN(msg, msghdr_in), FLAGS(flags, msg_flags)),
PASS(recvmsg,           TD | TN, COUNT, SA, FD(fd), ST_INOUT(msg, msghdr_out), FLAGS(flags, msg_flags)),
PASS(shutdown,          TD | TN, ZERO, NEVER, FD(fd), ENUM(how, shutdown_how)),
PASS(bind,              TD | TN, ZERO, NEVER, FD(fd), SOCKADDR_IN(umyaddr, 2), INT(addrlen)),
PASS(listen,            TD | TN, ZERO, NEVER, FD(fd), INT(backlog)),
PASS(getsockname,       TD | TN, ZERO, NEVER, FD(fd), SOCKADDR_OUT(usockaddr, 2), ST_INOUT(usockaddr_len, int32)),
PASS(getpeername,       TD | TN, ZERO, NEVER, FD(fd), SOCKADDR_OUT(usockaddr, 2), ST_INOUT(usockaddr_len, int32)),
PASS(socketpair,        TD | TN, ZERO, NEVER, ENUM(family, address_families), FLAGS(type, socket_types), INT(protocol), ST_OUT(usockvec, fd_pair)),
PASS_BY2(setsockopt,    TD | TN, ZERO, NEVER, 1, 2, ENOPROTOOPT, FD(fd), ENUM(level, socket_levels), INT(optname), BUF_IN(optval, 4), INT(optlen)),
PASS_BY2(getsockopt,    TD | TN, ZERO, NEVER, 1, 2, ENOPROTOOPT, FD(fd), ENUM(level, socket_levels), INT(optname), BUF_OUT_AT(optval, 4), ST_INOUT(optlen, int32)),
EMULATE(clone,          TP, PID, NEVER, FLAGS64(clone_flags, clone_flags), GVA(newsp), ST_OUT(parent_tidptr, pid), GVA(child_tidptr), GVA(tls)),
EMULATE(fork,           TP, PID, NEVER),
EMULATE(vfork,          TP, PID, NEVER),
EMULATE(execve,         TF | TP, ZERO, NEVER, PATH(filename), STRV(argv), STRV(envp)),
EMULATE(exit,           TP, NONE, NEVER, INT(error_code)),
PASS(wait4,             TP, PID, SA, PID(upid), ST_OUT(stat_addr, int32), FLAGS(options, wait_options), ST_OUT(ru, rusage)),
SEND(kill,              TS | TP, PID(pid), SIGNO(sig)),
PASS(uname,             TY, ZERO, NEVER, ST_OUT(name, utsname)),
PASS(semget,            TI, INT, NEVER, HEX32(key), INT(nsems), FLAGS(semflg, ipc_flags)),
PASS(semop,             TI, ZERO, NEVER, INT(semid), ARR_IN(tsops, sembuf, 2, 0), UINT(nsops)),
PASS_BY(semctl,         TI, INT, NEVER, 2, EINVAL, INT(semid), INT(semnum), INT(cmd), HEX(arg)),
EMULATE(shmdt,          TI | TM, ZERO, NEVER, GVA(shmaddr)),
PASS(msgget,            TI, INT, NEVER, HEX32(key), FLAGS(msgflg, ipc_flags)),
/* A message begins with its type, which its length does not count. */
PASS(msgsnd,            TI, ZERO, NEVER, INT(msqid), IN_PLACE(msgp, 8), SIZE(msgsz), FLAGS(msgflg, msgq_flags)),
PASS(msgrcv,            TI, COUNT, NEVER, INT(msqid), IN_PLACE(msgp, 8), SIZE(msgsz), LONG(msgtyp), FLAGS(msgflg, msgq_flags)),
PASS_BY(msgctl,         TI, INT, NEVER, 1, EINVAL, INT(msqid), INT(cmd), HEX(buf)),
PASS_BY(fcntl,          TD, INT, SA, 1, EINVAL, FD(fd), UINT(cmd), HEX(arg)),
PASS(flock,             TD, ZERO, SA, FD(fd), FLAGS(cmd, flock_cmds)),
PASS(fsync,             TD, ZERO, NEVER, FD(fd)),
PASS(fdatasync,         TD, ZERO, NEVER, FD(fd)),
PASS(truncate,          TF, ZERO, NEVER, PATH(path), OFFSET(length)),
PASS(ftruncate,         TD, ZERO, NEVER, FD(fd), OFFSET(length)),
EMULATE(getdents,       TD, COUNT, NEVER, FD(fd), BUF_OUT(dirent, 2), UINT(count)),
PASS(getcwd,            TF, COUNT, NEVER, BUF_OUT(buf, 1), SIZE(size)),
PASS(chdir,             TF, ZERO, NEVER, PATH(filename)),
PASS(fchdir,            TD, ZERO, NEVER, FD(fd)),
PASS(rename,            TF, ZERO, NEVER, PATH_ITSELF(oldname), PATH_ITSELF(newname)),
PASS(mkdir,             TF, ZERO, NEVER, PATH_ITSELF(pathname), MODE(mode)),
PASS(rmdir,             TF, ZERO, NEVER, PATH_ITSELF(pathname)),
EMULATE(creat,          TD | TF, FD, SA, PATH(pathname), MODE(mode)),
PASS(link,              TF, ZERO, NEVER, PATH_ITSELF(oldname), PATH_ITSELF(newname)),
PASS(unlink,            TF, ZERO, NEVER, PATH_ITSELF(pathname)),
PASS(symlink,           TF, ZERO, NEVER, STRING(oldname, 4096), PATH_ITSELF(newname)),
EMULATE(readlink,       TF, COUNT, NEVER, PATH_ITSELF(path), BUF_OUT(buf, 2), INT(bufsiz)),
PASS(chmod,             TF, ZERO, NEVER, PATH(filename), MODE(mode)),
PASS(fchmod,            TD, ZERO, NEVER, FD(fd), MODE(mode)),
PASS(chown,             TF, ZERO, NEVER, PATH(filename), UID(user), GID(group)),
PASS(fchown,            TD, ZERO, NEVER, FD(fd), UID(user), GID(group)),
PASS(lchown,            TF, ZERO, NEVER, PATH_ITSELF(filename), UID(user), GID(group)),
PASS(umask,             TF, INT, NEVER, MODE(mask)),
PASS(gettimeofday,      TT, ZERO, NEVER, ST_OUT(tv, timeval), ST_OUT(tz, timezone)),
PASS(getrlimit,         TP, ZERO, NEVER, ENUM(resource, rlimit_resources), ST_OUT(rlim, rlimit)),
PASS(getrusage,         TP, ZERO, NEVER, ENUM(who, rusage_who), ST_OUT(ru, rusage)),
PASS(sysinfo,           TY, ZERO, NEVER, ST_OUT(info, sysinfo)),
PASS(times,             TT, INT, NEVER, ST_OUT(tbuf, tms)),
REFUSE(ptrace,          TP, INT, NEVER, EPERM, "would let a program control threads of the monitor", LONG(request), LONG(pid), GVA(addr), GVA(data)),
PASS(getuid,            TC, INT, NEVER),
REFUSE(syslog,          TY, INT, NEVER, EPERM, "the kernel's log is the host's", INT(type), BUF_OUT(buf, 2), INT(len)),
PASS(getgid,            TC, INT, NEVER),
PASS(setuid,            TC, ZERO, NEVER, UID(uid)),
PASS(setgid,            TC, ZERO, NEVER, GID(gid)),
PASS(geteuid,           TC, INT, NEVER),
PASS(getegid,           TC, INT, NEVER),
EMULATE(setpgid,        TP, ZERO, NEVER, PID(pid), PID(pgid)),
PASS(getppid,           TP, PID, NEVER),
PASS(getpgrp,           TP, PID, NEVER),
PASS(setsid,            TP, PID, NEVER),
PASS(setreuid,          TC, ZERO, NEVER, UID(ruid), UID(euid)),
PASS(setregid,          TC, ZERO, NEVER, GID(rgid), GID(egid)),
PASS(getgroups,         TC, COUNT, NEVER, INT(gidsetsize), ARR_OUT(grouplist, gid, 0, 65536)),
PASS(setgroups,         TC, ZERO, NEVER, INT(gidsetsize), ARR_IN(grouplist, gid, 0, 65536)),
PASS(setresuid,         TC, ZERO, NEVER, UID(ruid), UID(euid), UID(suid)),
PASS(getresuid,         TC, ZERO, NEVER, ST_OUT(ruidp, uid), ST_OUT(euidp, uid), ST_OUT(suidp, uid)),
PASS(setresgid,         TC, ZERO, NEVER, GID(rgid), GID(egid), GID(sgid)),
PASS(getresgid,         TC, ZERO, NEVER, ST_OUT(rgidp, gid), ST_OUT(egidp, gid), ST_OUT(sgidp, gid)),
PASS(getpgid,           TP, PID, NEVER, PID(pid)),
PASS(setfsuid,          TC, INT, NEVER, UID(uid)),
PASS(setfsgid,          TC, INT, NEVER, GID(gid)),
PASS(getsid,            TP, PID, NEVER, PID(pid)),
PASS(capget,            TC, ZERO, NEVER, ST_INOUT(header, cap_header), ST_OUT(dataptr, cap_data)),
PASS(capset,            TC, ZERO, NEVER, ST_INOUT(header, cap_header), ST_IN(data, cap_data)),
EMULATE(rt_sigpending,  TS, ZERO, NEVER, SIGSET_OUT(uset, 1), SIZE(sigsetsize)),
EMULATE(rt_sigtimedwait, TS, INT, NEVER, SIGSET_IN(uthese, 3), ST_OUT(uinfo, siginfo), ST_IN(uts, timespec), SIZE(sigsetsize)),
SEND(rt_sigqueueinfo,   TS, PID(pid), SIGNO(sig), ST_IN(uinfo, siginfo)),
WAIT(rt_sigsuspend,     TS, ZERO, SIGSET_IN(unewset, 1), SIZE(sigsetsize)),
EMULATE(sigaltstack,    TS, ZERO, NEVER, ST_IN(uss, stack), ST_OUT(uoss, stack)),
PASS(utime,             TF, ZERO, NEVER, PATH(filename), ST_IN(times, utimbuf)),
PASS(mknod,             TF, ZERO, NEVER, PATH_ITSELF(filename), MODE(mode), DEV(dev)),
REFUSE(uselib,          TF, ZERO, NEVER, ENOSYS, "obsolete; answered as without CONFIG_USELIB", PATH(library)),
EMULATE(personality,    TP, HEX, NEVER, HEX32(personality)),
REFUSE(ustat,           TF, ZERO, NEVER, ENOSYS, "obsolete; statfs tells the same", DEV(dev), ST_OUT(ubuf, ustat)),
PASS(statfs,            TF, ZERO, NEVER, PATH(pathname), ST_OUT(buf, statfs)),
PASS(fstatfs,           TD, ZERO, NEVER, FD(fd), ST_OUT(buf, statfs)),
REFUSE(sysfs,           TY, INT, NEVER, ENOSYS, "obsolete; answered as without CONFIG_SYSFS_SYSCALL", INT(option), HEX(arg1), HEX(arg2)),
PASS(getpriority,       TR, INT, NEVER, ENUM(which, priority_which), INT(who)),
PASS(setpriority,       TR, ZERO, NEVER, ENUM(which, priority_which), INT(who), INT(niceval)),
PASS(sched_setparam,    TR, ZERO, NEVER, PID(pid), ST_IN(param, sched_param)),
PASS(sched_getparam,    TR, ZERO, NEVER, PID(pid), ST_OUT(param, sched_param)),
PASS(sched_setscheduler, TR, ZERO, NEVER, PID(pid), ENUM(policy, sched_policies), ST_IN(param, sched_param)),
PASS(sched_getscheduler, TR, INT, NEVER, PID(pid)),
PASS(sched_get_priority_max, TR, INT, NEVER, ENUM(policy, sched_policies)),
PASS(sched_get_priority_min, TR, INT, NEVER, ENUM(policy, sched_policies)),
PASS(sched_rr_get_interval, TR, ZERO, NEVER, PID(pid), ST_OUT(interval, timespec)),
EMULATE(mlock,          TM, ZERO, NEVER, GVA(start), SIZE(len)),
EMULATE(munlock,        TM, ZERO, NEVER, GVA(start), SIZE(len)),
EMULATE(mlockall,       TM, ZERO, NEVER, FLAGS(flags, mlockall_flags)),
EMULATE(munlockall,     TM, ZERO, NEVER),
REFUSE(vhangup,         TY, ZERO, NEVER, EPERM, "would hang up the monitor's terminal for everybody"),
REFUSE(modify_ldt,      TM, INT, NEVER, ENOSYS, WHY_LDT, INT(func), BUF_OUT(ptr, 2), ULONG(bytecount)),
REFUSE(pivot_root,      TF, ZERO, NEVER, EPERM, WHY_MOUNT, PATH(new_root), PATH(put_old)),
REFUSE(_sysctl,         TY, INT, NEVER, ENOSYS, WHY_ABSENT, GVA(args)),
PASS_BY(prctl,          TP, INT, NEVER, 0, EINVAL, INT(option), HEX(arg2), HEX(arg3), HEX(arg4), HEX(arg5)),
EMULATE_BY(arch_prctl,  TP, INT, NEVER, 0, EINVAL, HEX32(option), HEX(arg2)),
REFUSE(adjtimex,        TT, INT, NEVER, EPERM, WHY_CLOCK, ST_INOUT(txc_p, timex)),
PASS(setrlimit,         TP, ZERO, NEVER, ENUM(resource, rlimit_resources), ST_IN(rlim, rlimit)),
PASS(chroot,            TF, ZERO, NEVER, PATH(filename)),
PASS(sync,              TY, ZERO, NEVER),
REFUSE(acct,            TF, ZERO, NEVER, EPERM, WHY_HOST, PATH(name)),
REFUSE(settimeofday,    TT, ZERO, NEVER, EPERM, WHY_CLOCK, ST_IN(tv, timeval), ST_IN(tz, timezone)),
REFUSE(mount,           TF, ZERO, NEVER, EPERM, WHY_MOUNT, STRING(dev_name, 4096), PATH(dir_name), STRING(type, 4096), FLAGS64(flags, mount_flags), HEX(data)),
REFUSE(umount2,         TF, ZERO, NEVER, EPERM, WHY_MOUNT, PATH(name), FLAGS(flags, umount_flags)),
REFUSE(swapon,          TF, ZERO, NEVER, EPERM, WHY_HOST, PATH(specialfile), HEX32(swap_flags)),
REFUSE(swapoff,         TF, ZERO, NEVER, EPERM, WHY_HOST, PATH(specialfile)),
REFUSE(reboot,          TY, ZERO, NEVER, EPERM, WHY_HOST, HEX32(magic1), HEX32(magic2), HEX32(cmd), HEX(arg)),
REFUSE(sethostname,     TY, ZERO, NEVER, EPERM, WHY_HOST, BUF_IN(name, 1), INT(len)),
REFUSE(setdomainname,   TY, ZERO, NEVER, EPERM, WHY_HOST, BUF_IN(name, 1), INT(len)),
REFUSE(iopl,            TY, ZERO, NEVER, EPERM, WHY_PORTS, UINT(level)),
REFUSE(ioperm,          TY, ZERO, NEVER, EPERM, WHY_PORTS, ULONG(from), ULONG(num), INT(turn_on)),
REFUSE(create_module,   TY, INT, NEVER, ENOSYS, WHY_ABSENT, GVA(name), SIZE(size)),
REFUSE(init_module,     TY, ZERO, NEVER, EPERM, WHY_MODULE, BUF_IN(umod, 1), ULONG(len), STRING(uargs, 0)),
REFUSE(delete_module,   TY, ZERO, NEVER, EPERM, WHY_MODULE, STRING(name, 56), FLAGS(flags, open_flags)),
REFUSE(get_kernel_syms, TY, INT, NEVER, ENOSYS, WHY_ABSENT, GVA(table)),
REFUSE(query_module,    TY, INT, NEVER, ENOSYS, WHY_ABSENT, GVA(name), INT(which), GVA(buf), SIZE(bufsize), GVA(ret)),
REFUSE(quotactl,        TF, ZERO, NEVER, EPERM, WHY_QUOTA, HEX32(cmd), PATH(special), UINT(id), GVA(addr)),
REFUSE(nfsservctl,      TY, INT, NEVER, ENOSYS, WHY_ABSENT, INT(cmd), GVA(argp), GVA(resp)),
REFUSE(getpmsg,         TN, INT, NEVER, ENOSYS, WHY_ABSENT),
REFUSE(putpmsg,         TN, INT, NEVER, ENOSYS, WHY_ABSENT),
REFUSE(afs_syscall,     TY, INT, NEVER, ENOSYS, WHY_ABSENT),
REFUSE(tuxcall,         TY, INT, NEVER, ENOSYS, WHY_ABSENT),
REFUSE(security,        TY, INT, NEVER, ENOSYS, WHY_ABSENT),
PASS(gettid,            TP, PID, NEVER),
PASS(readahead,         TD, ZERO, NEVER, FD(fd), OFFSET(offset), SIZE(count)),
PASS(setxattr,          TF, ZERO, NEVER, PATH(pathname), STRING(name, 255), BUF_IN(value, 3), SIZE(size), FLAGS(flags, xattr_flags)),
PASS(lsetxattr,         TF, ZERO, NEVER, PATH_ITSELF(pathname), STRING(name, 255), BUF_IN(value, 3), SIZE(size), FLAGS(flags, xattr_flags)),
PASS(fsetxattr,         TD, ZERO, NEVER, FD(fd), STRING(name, 255), BUF_IN(value, 3), SIZE(size), FLAGS(flags, xattr_flags)),
PASS(getxattr,          TF, COUNT, NEVER, PATH(pathname), STRING(name, 255), BUF_OUT(value, 3), SIZE(size)),
PASS(lgetxattr,         TF, COUNT, NEVER, PATH_ITSELF(pathname), STRING(name, 255), BUF_OUT(value, 3), SIZE(size)),
PASS(fgetxattr,         TD, COUNT, NEVER, FD(fd), STRING(name, 255), BUF_OUT(value, 3), SIZE(size)),
PASS(listxattr,         TF, COUNT, NEVER, PATH(pathname), BUF_OUT(list, 2), SIZE(size)),
PASS(llistxattr,        TF, COUNT, NEVER, PATH_ITSELF(pathname), BUF_OUT(list, 2), SIZE(size)),
PASS(flistxattr,        TD, COUNT, NEVER, FD(fd), BUF_OUT(list, 2), SIZE(size)),
PASS(removexattr,       TF, ZERO, NEVER, PATH(pathname), STRING(name, 255)),
PASS(lremovexattr,      TF, ZERO, NEVER, PATH_ITSELF(pathname), STRING(name, 255)),
PASS(fremovexattr,      TD, ZERO, NEVER, FD(fd), STRING(name, 255)),
SEND(tkill,             TS | TP, PID(pid), SIGNO(sig)),
PASS(time,              TT, INT, NEVER, ST_OUT(tloc, int64)),
PASS_BY(futex,          TI, INT, SA, 1, ENOSYS, IN_PLACE(uaddr, 4), HEX32(op), UINT(val), HEX(utime), HEX(uaddr2), UINT(val3)),
PASS(sched_setaffinity, TR, ZERO, NEVER, PID(pid), UINT(len), BUF_IN(user_mask_ptr, 1)),
PASS(sched_getaffinity, TR, COUNT, NEVER, PID(pid), UINT(len), BUF_OUT(user_mask_ptr, 1)),
REFUSE(set_thread_area, TP, ZERO, NEVER, ENOSYS, WHY_ABSENT, ST_INOUT(u_info, user_desc)),
EMULATE(io_setup,        TM, ZERO, NEVER, UINT(nr_reqs), ST_INOUT(ctx, uint64)),
EMULATE(io_destroy,      TM, ZERO, NEVER, HEX(ctx)),
EMULATE(io_getevents,    TD, COUNT, NEVER, HEX(ctx_id), LONG(min_nr), LONG(nr), ARR_OUT(events, io_event, 2, 0), ST_IN(timeout, timespec)),
EMULATE(io_submit,       TD, COUNT, NEVER, HEX(ctx_id), LONG(nr), ARR_IN(iocbpp, iocb_ptr, 1, 0)),
EMULATE(io_cancel,       TD, ZERO, NEVER, HEX(ctx_id), ST_IN(iocb, iocb), ST_OUT(result, io_event)),
REFUSE(get_thread_area, TP, ZERO, NEVER, ENOSYS, WHY_ABSENT, ST_INOUT(u_info, user_desc)),
REFUSE(lookup_dcookie,  TF, COUNT, NEVER, ENOSYS, "removed from Linux in 6.7", HEX(cookie), BUF_OUT(buf, 2), SIZE(len)),
PASS(epoll_create,      TD, FD, NEVER, INT(size)),
REFUSE(epoll_ctl_old,   TD, ZERO, NEVER, ENOSYS, WHY_ABSENT),
REFUSE(epoll_wait_old,  TD, COUNT, NEVER, ENOSYS, WHY_ABSENT),
REFUSE(remap_file_pages, TM, ZERO, NEVER, ENOSYS, "obsolete; mmap does the same", GVA(start), SIZE(size), FLAGS64(prot, mmap_prot), ULONG(pgoff), FLAGS64(flags, mmap_flags)),
EMULATE(getdents64,     TD, COUNT, NEVER, FD(fd), BUF_OUT(dirent, 2), UINT(count)),
EMULATE(set_tid_address, TP, PID, NEVER, GVA(tidptr)),
REFUSE(restart_syscall, TP, INT, NEVER, EINTR, "the monitor restarts calls by itself, so there is none to go on with"),
PASS(semtimedop,        TI, ZERO, NEVER, INT(semid), ARR_IN(tsops, sembuf, 2, 0), UINT(nsops), ST_IN(timeout, timespec)),
PASS(fadvise64,         TD, ZERO, NEVER, FD(fd), OFFSET(offset), SIZE(len), ENUM(advice, fadvise_advice)),
EMULATE(timer_create,    TT, ZERO, NEVER, ENUM(which_clock, clocks), ST_IN(timer_event_spec, sigevent), ST_OUT(created_timer_id, int32)),
PASS(timer_settime,     TT, ZERO, NEVER, INT(timer_id), FLAGS(flags, timer_flags), ST_IN(new_setting, itimerspec), ST_OUT(old_setting, itimerspec)),
PASS(timer_gettime,     TT, ZERO, NEVER, INT(timer_id), ST_OUT(setting, itimerspec)),
PASS(timer_getoverrun,  TT, INT, NEVER, INT(timer_id)),
PASS(timer_delete,      TT, ZERO, NEVER, INT(timer_id)),
REFUSE(clock_settime,   TT, ZERO, NEVER, EPERM, WHY_CLOCK, ENUM(which_clock, clocks), ST_IN(tp, timespec)),
PASS(clock_gettime,     TT, ZERO, NEVER, ENUM(which_clock, clocks), ST_OUT(tp, timespec)),
PASS(clock_getres,      TT, ZERO, NEVER, ENUM(which_clock, clocks), ST_OUT(tp, timespec)),
PASS(clock_nanosleep,   TT, ZERO, BLOCK, ENUM(which_clock, clocks), FLAGS(flags, timer_flags), ST_IN(rqtp, timespec), ST_OUT(rmtp, timespec)),
EMULATE(exit_group,     TP, NONE, NEVER, INT(error_code)),
PASS(epoll_wait,        TD, COUNT, NEVER, FD(epfd), ARR_OUT(events, epoll_event, 2, 178956970), INT(maxevents), INT(timeout)),
PASS(epoll_ctl,         TD, ZERO, NEVER, FD(epfd), ENUM(op, epoll_ctl_ops), FD(fd), ST_IN(event, epoll_event)),
SEND(tgkill,            TS | TP, PID(tgid), PID(pid), SIGNO(sig)),
PASS(utimes,            TF, ZERO, NEVER, PATH(filename), ST_IN(utimes, timeval_pair)),
REFUSE(vserver,         TY, INT, NEVER, ENOSYS, WHY_ABSENT),
REFUSE(mbind,           TM, ZERO, NEVER, ENOSYS, WHY_NUMA, GVA(start), ULONG(len), ULONG(mode), GVA(nmask), ULONG(maxnode), HEX32(flags)),
REFUSE(set_mempolicy,   TM, ZERO, NEVER, ENOSYS, WHY_NUMA, INT(mode), GVA(nmask), ULONG(maxnode)),
REFUSE(get_mempolicy,   TM, ZERO, NEVER, ENOSYS, WHY_NUMA, GVA(policy), GVA(nmask), ULONG(maxnode), GVA(addr), HEX(flags)),
PASS(mq_open,           TD | TI, FD, NEVER, STRING(u_name, 4096), FLAGS(oflag, open_flags), MODE(mode), ST_IN(u_attr, mq_attr)),
PASS(mq_unlink,         TI, ZERO, NEVER, STRING(u_name, 4096)),
PASS(mq_timedsend,      TD | TI, ZERO, SA, FD(mqdes), BUF_IN(u_msg_ptr, 2), SIZE(msg_len), UINT(msg_prio), ST_IN(u_abs_timeout, timespec)),
PASS(mq_timedreceive,   TD | TI, COUNT, SA, FD(mqdes), BUF_OUT(u_msg_ptr, 2), SIZE(msg_len), ST_OUT(u_msg_prio, uint32), ST_IN(u_abs_timeout, timespec)),
EMULATE(mq_notify,      TD | TI, ZERO, NEVER, FD(mqdes), ST_IN(u_notification, sigevent)),
PASS(mq_getsetattr,     TD | TI, ZERO, NEVER, FD(mqdes), ST_IN(u_mqstat, mq_attr), ST_OUT(u_omqstat, mq_attr)),
REFUSE(kexec_load,      TY, ZERO, NEVER, EPERM, WHY_HOST, GVA(entry), ULONG(nr_segments), ARR_IN(segments, kexec_segment, 1, 16), HEX(flags)),
PASS(waitid,            TP, ZERO, SA, ENUM(which, waitid_which), PID(upid), ST_OUT(infop, siginfo), FLAGS(options, wait_options), ST_OUT(ru, rusage)),
REFUSE(add_key,         TY, INT, NEVER, ENOSYS, WHY_KEYS, STRING(_type, 32), STRING(_description, 4096), BUF_IN(_payload, 3), SIZE(plen), INT(ringid)),
REFUSE(request_key,     TY, INT, NEVER, ENOSYS, WHY_KEYS, STRING(_type, 32), STRING(_description, 4096), STRING(_callout_info, 4096), INT(destringid)),
REFUSE(keyctl,          TY, INT, NEVER, ENOSYS, WHY_KEYS, INT(option), HEX(arg2), HEX(arg3), HEX(arg4), HEX(arg5)),
PASS(ioprio_set,        TR, ZERO, NEVER, ENUM(which, ioprio_which), INT(who), HEX32(ioprio)),
PASS(ioprio_get,        TR, INT, NEVER, ENUM(which, ioprio_which), INT(who)),
PASS(inotify_init,      TD, FD, NEVER),
PASS(inotify_add_watch, TD | TF, INT, NEVER, FD(fd), PATH_UNLESS(pathname, 2, IN_DONT_FOLLOW), FLAGS(mask, inotify_mask)),
PASS(inotify_rm_watch,  TD, ZERO, NEVER, FD(fd), INT(wd)),
REFUSE(migrate_pages,   TM, INT, NEVER, ENOSYS, WHY_NUMA, PID(pid), ULONG(maxnode), GVA(old_nodes), GVA(new_nodes)),
EMULATE(openat,         TD | TF, FD, SA, DIRFD(dfd), PATH(filename), FLAGS(flags, open_flags), MODE(mode)),
PASS(mkdirat,           TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_ITSELF(pathname), MODE(mode)),
PASS(mknodat,           TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_ITSELF(filename), MODE(mode), DEV(dev)),
PASS(fchownat,          TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_UNLESS(filename, 4, AT_SYMLINK_NOFOLLOW), UID(user), GID(group), FLAGS(flag, at_flags)),
PASS(futimesat,         TD | TF, ZERO, NEVER, DIRFD(dfd), PATH(filename), ST_IN(utimes, timeval_pair)),
EMULATE(newfstatat,     TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_UNLESS(filename, 3, AT_SYMLINK_NOFOLLOW), ST_OUT(statbuf, stat), FLAGS(flag, at_flags)),
PASS(unlinkat,          TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_ITSELF(pathname), FLAGS(flag, unlinkat_flags)),
PASS(renameat,          TD | TF, ZERO, NEVER, DIRFD(olddfd), PATH_ITSELF(oldname), DIRFD(newdfd), PATH_ITSELF(newname)),
PASS(linkat,            TD | TF, ZERO, NEVER, DIRFD(olddfd), PATH_IF(oldname, 4, AT_SYMLINK_FOLLOW), DIRFD(newdfd), PATH_ITSELF(newname), FLAGS(flags, at_flags)),
PASS(symlinkat,         TD | TF, ZERO, NEVER, STRING(oldname, 4096), DIRFD(newdfd), PATH_ITSELF(newname)),
EMULATE(readlinkat,     TD | TF, COUNT, NEVER, DIRFD(dfd), PATH_ITSELF(pathname), BUF_OUT(buf, 3), INT(bufsiz)),
PASS(fchmodat,          TD | TF, ZERO, NEVER, DIRFD(dfd), PATH(filename), MODE(mode)),
PASS(faccessat,         TD | TF, ZERO, NEVER, DIRFD(dfd), PATH(filename), FLAGS(mode, access_mode)),
WAIT(pselect6,          TD, COUNT, INT(n), FD_MASK(inp), FD_MASK(outp), FD_MASK(exp), ST_INOUT(tsp, timespec), ST_IN(sig, sigset_arg)),
WAIT(ppoll,             TD, COUNT, ARR_INOUT(ufds, pollfd, 1, 0), UINT(nfds), ST_INOUT(tsp, timespec), SIGSET_IN(sigmask, 4), SIZE(sigsetsize)),
EMULATE(unshare,        TP, ZERO, NEVER, FLAGS64(unshare_flags, clone_flags)),
EMULATE(set_robust_list, TP, ZERO, NEVER, GVA(head), SIZE(len)),
EMULATE(get_robust_list, TP, ZERO, NEVER, PID(pid), ST_OUT(head_ptr, uint64), ST_OUT(len_ptr, uint64)),
PASS(splice,            TD, COUNT, SA, FD(fd_in), ST_INOUT(off_in, int64), FD(fd_out), ST_INOUT(off_out, int64), SIZE(len), FLAGS(flags, splice_flags)),
PASS(tee,               TD, COUNT, SA, FD(fdin), FD(fdout), SIZE(len), FLAGS(flags, splice_flags)),
PASS(sync_file_range,   TD, ZERO, NEVER, FD(fd), OFFSET(offset), OFFSET(nbytes), FLAGS(flags, sync_file_range_flags)),
EMULATE(vmsplice,       TD, COUNT, SA, FD(fd), IOV_IN(uiov, 2), ULONG(nr_segs), FLAGS(flags, splice_flags)),
REFUSE(move_pages,      TM, ZERO, NEVER, ENOSYS, WHY_NUMA, PID(pid), ULONG(nr_pages), GVA(pages), GVA(nodes), GVA(status), HEX32(flags)),
PASS(utimensat,         TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_UNLESS(filename, 3, AT_SYMLINK_NOFOLLOW), ST_IN(utimes, timespec_pair), FLAGS(flags, at_flags)),
WAIT(epoll_pwait,       TD, COUNT, FD(epfd), ARR_OUT(events, epoll_event, 2, 178956970), INT(maxevents), INT(timeout), SIGSET_IN(sigmask, 5), SIZE(sigsetsize)),
PASS(signalfd,          TD | TS, FD, NEVER, FD(ufd), SIGSET_IN(user_mask, 2), SIZE(sizemask)),
PASS(timerfd_create,    TD | TT, FD, NEVER, ENUM(clockid, clocks), FLAGS(flags, timerfd_flags)),
PASS(eventfd,           TD, FD, NEVER, UINT(count)),
PASS(fallocate,         TD, ZERO, NEVER, FD(fd), FLAGS(mode, fallocate_mode), OFFSET(offset), OFFSET(len)),
PASS(timerfd_settime,   TD | TT, ZERO, NEVER, FD(ufd), FLAGS(flags, timerfd_settime_flags), ST_IN(utmr, itimerspec), ST_OUT(otmr, itimerspec)),
PASS(timerfd_gettime,   TD | TT, ZERO, NEVER, FD(ufd), ST_OUT(otmr, itimerspec)),
PASS(accept4,           TD | TN, FD, SA, FD(fd), SOCKADDR_OUT(upeer_sockaddr, 2), ST_INOUT(upeer_addrlen, int32), FLAGS(flags, accept_flags)),
PASS(signalfd4,         TD | TS, FD, NEVER, FD(ufd), SIGSET_IN(user_mask, 2), SIZE(sizemask), FLAGS(flags, fd_flags)),
PASS(eventfd2,          TD, FD, NEVER, UINT(count), FLAGS(flags, eventfd_flags)),
PASS(epoll_create1,     TD, FD, NEVER, FLAGS(flags, fd_flags)),
PASS(dup3,              TD, FD, NEVER, FD(oldfd), FD(newfd), FLAGS(flags, open_flags)),
PASS(pipe2,             TD, ZERO, NEVER, ST_OUT(fildes, fd_pair), FLAGS(flags, open_flags)),
PASS(inotify_init1,     TD, FD, NEVER, FLAGS(flags, fd_flags)),
EMULATE(preadv,         TD, COUNT, SA, FD(fd), IOV_OUT(vec, 2), ULONG(vlen), OFFSET(pos_l), ULONG(pos_h)),
EMULATE(pwritev,        TD, COUNT, SA, FD(fd), IOV_IN(vec, 2), ULONG(vlen), OFFSET(pos_l), ULONG(pos_h)),
SEND(rt_tgsigqueueinfo, TS | TP, PID(tgid), PID(pid), SIGNO(sig), ST_IN(uinfo, siginfo)),
REFUSE(perf_event_open, TD, FD, NEVER, EACCES, "counts and samples the monitor together with the program", GVA(attr_uptr), PID(pid), INT(cpu), FD(group_fd), HEX(flags)),
PASS(recvmmsg,          TD | TN, COUNT, SA, FD(fd), ARR_INOUT(mmsg, mmsghdr_out, 2, 0), UINT(vlen), FLAGS(flags, msg_flags), ST_INOUT(timeout, timespec)),
REFUSE(fanotify_init,   TD, FD, NEVER, EPERM, WHY_FAN, HEX32(flags), FLAGS(event_f_flags, open_flags)),
REFUSE(fanotify_mark,   TD | TF, ZERO, NEVER, EPERM, WHY_FAN, FD(fanotify_fd), HEX32(flags), HEX(mask), DIRFD(dfd), PATH(pathname)),
PASS(prlimit64,         TP, ZERO, NEVER, PID(pid), ENUM(resource, rlimit_resources), ST_IN(new_rlim, rlimit), ST_OUT(old_rlim, rlimit)),
REFUSE(name_to_handle_at, TD | TF, ZERO, NEVER, EOPNOTSUPP, "handles could only be opened by a call that is refused", DIRFD(dfd), PATH(name), GVA(handle), GVA(mnt_id), FLAGS(flag, at_flags)),
REFUSE(open_by_handle_at, TD, FD, NEVER, EPERM, "opens files whatever path leads to them", FD(mountdirfd), GVA(handle), FLAGS(flags, open_flags)),
REFUSE(clock_adjtime,   TT, INT, NEVER, EPERM, WHY_CLOCK, ENUM(which_clock, clocks), ST_INOUT(utx, timex)),
PASS(syncfs,            TD, ZERO, NEVER, FD(fd)),
PASS(sendmmsg,          TD | TN, COUNT, SA, FD(fd), ARR_INOUT(mmsg, mmsghdr_in, 2, 1024), UINT(vlen), FLAGS(flags, msg_flags)),
REFUSE(setns,           TD | TP, ZERO, NEVER, EPERM, "namespaces hold the monitor as well", FD(fd), FLAGS(flags, clone_flags)),
PASS(getcpu,            TR, ZERO, NEVER, ST_OUT(cpup, uint32), ST_OUT(nodep, uint32), UNUSED),
REFUSE(process_vm_readv, TP | TM, COUNT, NEVER, EPERM, WHY_IMAGE, PID(pid), IOV_OUT(lvec, 2), ULONG(liovcnt), GVA(rvec), ULONG(riovcnt), HEX(flags)),
REFUSE(process_vm_writev, TP | TM, COUNT, NEVER, EPERM, WHY_IMAGE, PID(pid), IOV_IN(lvec, 2), ULONG(liovcnt), GVA(rvec), ULONG(riovcnt), HEX(flags)),
REFUSE(kcmp,            TP, INT, NEVER, EPERM, "compares what the monitor holds with what the program holds", PID(pid1), PID(pid2), INT(type), HEX(idx1), HEX(idx2)),
REFUSE(finit_module,    TD | TY, ZERO, NEVER, EPERM, WHY_MODULE, FD(fd), STRING(uargs, 0), HEX32(flags)),
EMULATE(sched_setattr,  TR, ZERO, NEVER, PID(pid), HEAD_IN(uattr, sched_attr, SCHED_ATTR_LEAST), HEX32(flags)),
PASS(sched_getattr,     TR, ZERO, NEVER, PID(pid), EXT_OUT(uattr, sched_attr, 2, 4096), UINT(usize), HEX32(flags)),
PASS(renameat2,         TD | TF, ZERO, NEVER, DIRFD(olddfd), PATH_ITSELF(oldname), DIRFD(newdfd), PATH_ITSELF(newname), FLAGS(flags, rename_flags)),
REFUSE(seccomp,         TP, INT, NEVER, EINVAL, "a filter would apply to the monitor's own calls", UINT(op), HEX32(flags), GVA(uargs)),
PASS(getrandom,         TY, COUNT, SA, BUF_OUT(buf, 1), SIZE(count), FLAGS(flags, getrandom_flags)),
PASS(memfd_create,      TD, FD, NEVER, STRING(uname, 249), FLAGS(flags, memfd_flags)),
REFUSE(kexec_file_load, TD | TY, ZERO, NEVER, EPERM, WHY_HOST, FD(kernel_fd), FD(initrd_fd), ULONG(cmdline_len), BUF_IN(cmdline_ptr, 2), HEX(flags)),
REFUSE(bpf,             TD, INT, NEVER, EPERM, WHY_MODULE, INT(cmd), GVA(uattr), UINT(size)),
EMULATE(execveat,       TD | TF | TP, ZERO, NEVER, DIRFD(fd), PATH_UNLESS(filename, 4, AT_SYMLINK_NOFOLLOW), STRV(argv), STRV(envp), FLAGS(flags, at_flags)),
REFUSE(userfaultfd,     TD | TM, FD, NEVER, EPERM, "serves page faults of ranges that the monitor maps", FLAGS(flags, fd_flags)),
PASS(membarrier,        TM, INT, NEVER, ENUM(cmd, membarrier_cmds), HEX32(flags), INT(cpu_id)),
EMULATE(mlock2,         TM, ZERO, NEVER, GVA(start), SIZE(len), FLAGS(flags, mlock2_flags)),
PASS(copy_file_range,   TD, COUNT, SA, FD(fd_in), ST_INOUT(off_in, int64), FD(fd_out), ST_INOUT(off_out, int64), SIZE(len), HEX32(flags)),
EMULATE(preadv2,        TD, COUNT, SA, FD(fd), IOV_OUT(vec, 2), ULONG(vlen), OFFSET(pos_l), ULONG(pos_h), FLAGS(flags, rwf_flags)),
EMULATE(pwritev2,       TD, COUNT, SA, FD(fd), IOV_IN(vec, 2), ULONG(vlen), OFFSET(pos_l), ULONG(pos_h), FLAGS(flags, rwf_flags)),
EMULATE(pkey_mprotect,  TM, ZERO, NEVER, GVA(start), SIZE(len), FLAGS64(prot, mmap_prot), INT(pkey)),
REFUSE(pkey_alloc,      TM, INT, NEVER, ENOSPC, "the virtual CPU has no protection keys", HEX(flags), HEX(init_val)),
REFUSE(pkey_free,       TM, ZERO, NEVER, EINVAL, "the virtual CPU has no protection keys", INT(pkey)),
EMULATE(statx,          TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_UNLESS(filename, 2, AT_SYMLINK_NOFOLLOW), FLAGS(flags, at_flags), FLAGS(mask, statx_mask), ST_OUT(buffer, statx)),
EMULATE(io_pgetevents,   TD, COUNT, NEVER, HEX(ctx_id), LONG(min_nr), LONG(nr), ARR_OUT(events, io_event, 2, 0), ST_IN(timeout, timespec), ST_IN(usig, aio_sigset)),
REFUSE(rseq,            TP, ZERO, NEVER, ENOSYS, "keeps an address at which the host's kernel writes beyond the call", GVA(rseq), UINT(rseq_len), HEX32(flags), HEX32(sig)),
REFUSE(uretprobe,       TP, INT, NEVER, ENOSYS, "entered by the kernel's own trampolines only"),

SEND(pidfd_send_signal, TD | TS | TP, FD(pidfd), SIGNO(sig), ST_IN(info, siginfo), HEX32(flags)),
REFUSE(io_uring_setup,  TD, FD, NEVER, ENOSYS, WHY_RING, UINT(entries), GVA(params)),
REFUSE(io_uring_enter,  TD, INT, NEVER, ENOSYS, WHY_RING, FD(fd), UINT(to_submit), UINT(min_complete), HEX32(flags), GVA(argp), SIZE(argsz)),
REFUSE(io_uring_register, TD, INT, NEVER, ENOSYS, WHY_RING, FD(fd), UINT(opcode), GVA(arg), UINT(nr_args)),
REFUSE(open_tree,       TD | TF, FD, NEVER, EPERM, WHY_MOUNT, DIRFD(dfd), PATH(filename), HEX32(flags)),
REFUSE(move_mount,      TD | TF, ZERO, NEVER, EPERM, WHY_MOUNT, DIRFD(from_dfd), PATH(from_pathname), DIRFD(to_dfd), PATH(to_pathname), HEX32(flags)),
REFUSE(fsopen,          TD, FD, NEVER, EPERM, WHY_MOUNT, STRING(_fs_name, 4096), HEX32(flags)),
REFUSE(fsconfig,        TD | TF, ZERO, NEVER, EPERM, WHY_MOUNT, FD(fd), UINT(cmd), STRING(_key, 256), GVA(_value), INT(aux)),
REFUSE(fsmount,         TD, FD, NEVER, EPERM, WHY_MOUNT, FD(fs_fd), HEX32(flags), HEX32(attr_flags)),
REFUSE(fspick,          TD | TF, FD, NEVER, EPERM, WHY_MOUNT, DIRFD(dfd), PATH(path), HEX32(flags)),
PASS(pidfd_open,        TD | TP, FD, NEVER, PID(pid), FLAGS(flags, pidfd_flags)),
EMULATE(clone3,         TP, PID, NEVER, EXT_IN(uargs, clone_args, 1, 4096), SIZE(size)),
EMULATE(close_range,    TD, ZERO, NEVER, UINT(fd), UINT(max_fd), FLAGS(flags, close_range_flags)),
EMULATE(openat2,        TD | TF, FD, SA, DIRFD(dfd), PATH(filename), EXT_IN(how, open_how, 3, 4096), SIZE(usize)),
REFUSE(pidfd_getfd,     TD | TP, FD, NEVER, EPERM, "would fetch the monitor's own descriptors", FD(pidfd), FD(fd), HEX32(flags)),
PASS(faccessat2,        TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_UNLESS(filename, 3, AT_SYMLINK_NOFOLLOW), FLAGS(mode, access_mode), FLAGS(flags, faccessat_flags)),
REFUSE(process_madvise, TD | TM, COUNT, NEVER, EPERM, WHY_IMAGE, FD(pidfd), GVA(vec), SIZE(vlen), ENUM(behavior, madvise_advice), HEX32(flags)),
WAIT(epoll_pwait2,      TD, COUNT, FD(epfd), ARR_OUT(events, epoll_event, 2, 178956970), INT(maxevents), ST_IN(timeout, timespec), SIGSET_IN(sigmask, 5), SIZE(sigsetsize)),
REFUSE(mount_setattr,   TD | TF, ZERO, NEVER, EPERM, WHY_MOUNT, DIRFD(dfd), PATH(path), HEX32(flags), EXT_IN(uattr, mount_attr, 4, 4096), SIZE(usize)),
REFUSE(quotactl_fd,     TD, ZERO, NEVER, EPERM, WHY_QUOTA, FD(fd), HEX32(cmd), UINT(id), GVA(addr)),
REFUSE(landlock_create_ruleset, TD, FD, NEVER, EOPNOTSUPP, WHY_LAND, EXT_IN(attr, landlock_ruleset_attr, 1, 4096), SIZE(size), HEX32(flags)),
REFUSE(landlock_add_rule, TD, ZERO, NEVER, EOPNOTSUPP, WHY_LAND, FD(ruleset_fd), INT(rule_type), GVA(rule_attr), HEX32(flags)),
REFUSE(landlock_restrict_self, TD, ZERO, NEVER, EOPNOTSUPP, WHY_LAND, FD(ruleset_fd), HEX32(flags)),
REFUSE(memfd_secret,    TD, FD, NEVER, ENOSYS, "its pages cannot be given to a guest; answered as where it is disabled", FLAGS(flags, fd_flags)),
REFUSE(process_mrelease, TD | TM, ZERO, NEVER, ENOSYS, WHY_IMAGE, FD(pidfd), HEX32(flags)),
PASS(futex_waitv,       TI, INT, SA, ARR_IN(waiters, futex_waitv, 1, 128), UINT(nr_futexes), HEX32(flags), ST_IN(timeout, timespec), ENUM(clockid, clocks)),
REFUSE(set_mempolicy_home_node, TM, ZERO, NEVER, ENOSYS, WHY_NUMA, GVA(start), ULONG(len), ULONG(home_node), HEX(flags)),
PASS(cachestat,         TD, ZERO, NEVER, FD(fd), ST_IN(cstat_range, cachestat_range), ST_OUT(cstat, cachestat), HEX32(flags)),
PASS(fchmodat2,         TD | TF, ZERO, NEVER, DIRFD(dfd), PATH_UNLESS(filename, 3, AT_SYMLINK_NOFOLLOW), MODE(mode), FLAGS(flags, at_flags)),
REFUSE(map_shadow_stack, TM, GVA, NEVER, EOPNOTSUPP, "the virtual CPU has no shadow stacks", GVA(addr), SIZE(size), HEX32(flags)),
PASS(futex_wake,        TI, INT, NEVER, IN_PLACE(uaddr, 4), HEX(mask), INT(nr), FLAGS(flags, futex2_flags)),
PASS(futex_wait,        TI, ZERO, SA, IN_PLACE(uaddr, 4), ULONG(val), HEX(mask), FLAGS(flags, futex2_flags), ST_IN(timeout, timespec), ENUM(clockid, clocks)),
PASS(futex_requeue,     TI, INT, NEVER, ST_IN(waiters, futex_waitv_pair), HEX32(flags), INT(nr_wake), INT(nr_requeue)),
REFUSE(statmount,       TF, ZERO, NEVER, ENOSYS, WHY_INSIDE, GVA(req), BUF_OUT(buf, 2), SIZE(bufsize), HEX32(flags)),
REFUSE(listmount,       TF, COUNT, NEVER, ENOSYS, WHY_INSIDE, GVA(req), ARR_OUT(mnt_ids, uint64, 2, 0), SIZE(nr_mnt_ids), HEX32(flags)),
REFUSE(lsm_get_self_attr, TC, INT, NEVER, ENOSYS, WHY_LSM, UINT(attr), GVA(ctx), ST_INOUT(size, uint32), HEX32(flags)),
REFUSE(lsm_set_self_attr, TC, ZERO, NEVER, ENOSYS, WHY_LSM, UINT(attr), BUF_IN(ctx, 2), UINT(size), HEX32(flags)),
REFUSE(lsm_list_modules, TC, INT, NEVER, ENOSYS, WHY_LSM, BUF_OUT_AT(ids, 1), ST_INOUT(size, uint32), HEX32(flags)),
EMULATE(mseal,          TM, ZERO, NEVER, GVA(start), SIZE(len), HEX(flags)),
};
