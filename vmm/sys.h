/*
 * sys.h: the emulated system calls, as the table names them. Layer 2.
 *
 * Each returns the call's result or a negative errno. It finds the values in
 * call->args, what pointers lead to with capsule_arg(), and checked in-place
 * pointers in call->host.
 */
#ifndef VMM_SYS_H
#define VMM_SYS_H

#include <stdint.h>

struct syscall_call;

int64_t sys_stat(struct syscall_call *call);
int64_t sys_lstat(struct syscall_call *call);
int64_t sys_fstat(struct syscall_call *call);
int64_t sys_newfstatat(struct syscall_call *call);
int64_t sys_statx(struct syscall_call *call);
int64_t sys_read(struct syscall_call *call);
int64_t sys_write(struct syscall_call *call);
int64_t sys_open(struct syscall_call *call);
int64_t sys_lseek(struct syscall_call *call);
int64_t sys_getdents(struct syscall_call *call);
int64_t sys_getdents64(struct syscall_call *call);
int64_t sys_mmap(struct syscall_call *call);
int64_t sys_mprotect(struct syscall_call *call);
int64_t sys_munmap(struct syscall_call *call);
int64_t sys_brk(struct syscall_call *call);
int64_t sys_rt_sigaction(struct syscall_call *call);
int64_t sys_rt_sigprocmask(struct syscall_call *call);
int64_t sys_rt_sigpending(struct syscall_call *call);
int64_t sys_rt_sigtimedwait(struct syscall_call *call);
int64_t sys_rt_sigreturn(struct syscall_call *call);
int64_t sys_send(struct syscall_call *call);
int64_t sys_wait_masked(struct syscall_call *call);
int64_t sys_pread64(struct syscall_call *call);
int64_t sys_pwrite64(struct syscall_call *call);
int64_t sys_readv(struct syscall_call *call);
int64_t sys_writev(struct syscall_call *call);
int64_t sys_mremap(struct syscall_call *call);
int64_t sys_msync(struct syscall_call *call);
int64_t sys_mincore(struct syscall_call *call);
int64_t sys_madvise(struct syscall_call *call);
int64_t sys_exit(struct syscall_call *call);
int64_t sys_creat(struct syscall_call *call);
int64_t sys_readlink(struct syscall_call *call);
int64_t sys_setpgid(struct syscall_call *call);
int64_t sys_sigaltstack(struct syscall_call *call);
int64_t sys_personality(struct syscall_call *call);
int64_t sys_mlock(struct syscall_call *call);
int64_t sys_munlock(struct syscall_call *call);
int64_t sys_mlockall(struct syscall_call *call);
int64_t sys_munlockall(struct syscall_call *call);
int64_t sys_arch_prctl(struct syscall_call *call);
int64_t sys_set_tid_address(struct syscall_call *call);
int64_t sys_exit_group(struct syscall_call *call);
int64_t sys_openat(struct syscall_call *call);
int64_t sys_readlinkat(struct syscall_call *call);
int64_t sys_set_robust_list(struct syscall_call *call);
int64_t sys_get_robust_list(struct syscall_call *call);
int64_t sys_preadv(struct syscall_call *call);
int64_t sys_pwritev(struct syscall_call *call);
int64_t sys_preadv2(struct syscall_call *call);
int64_t sys_pwritev2(struct syscall_call *call);
int64_t sys_mlock2(struct syscall_call *call);
int64_t sys_pkey_mprotect(struct syscall_call *call);
int64_t sys_close_range(struct syscall_call *call);
int64_t sys_openat2(struct syscall_call *call);
int64_t sys_clone(struct syscall_call *call);
int64_t sys_clone3(struct syscall_call *call);
int64_t sys_unshare(struct syscall_call *call);
int64_t sys_fork(struct syscall_call *call);
int64_t sys_vfork(struct syscall_call *call);
int64_t sys_execve(struct syscall_call *call);
int64_t sys_execveat(struct syscall_call *call);
int64_t sys_timer_create(struct syscall_call *call);
int64_t sys_mq_notify(struct syscall_call *call);
int64_t sys_sched_setattr(struct syscall_call *call);
int64_t sys_shmat(struct syscall_call *call);
int64_t sys_shmdt(struct syscall_call *call);
int64_t sys_mseal(struct syscall_call *call);
int64_t sys_vmsplice(struct syscall_call *call);

int64_t sys_io_setup(struct syscall_call *call);
int64_t sys_io_destroy(struct syscall_call *call);
int64_t sys_io_submit(struct syscall_call *call);
int64_t sys_io_cancel(struct syscall_call *call);
int64_t sys_io_getevents(struct syscall_call *call);
int64_t sys_io_pgetevents(struct syscall_call *call);

#endif
