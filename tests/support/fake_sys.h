/*
 * fake_sys.h: stand-ins for the emulated calls, so that the table links without
 * the monitor. Weak: where the real ones are linked too, those are used.
 */
#ifndef TESTS_SUPPORT_FAKE_SYS_H
#define TESTS_SUPPORT_FAKE_SYS_H

#include "vmm/sys.h"

#include <errno.h>

#define FAKE_SYS(name_)                                                        \
    __attribute__((weak)) int64_t sys_##name_(struct syscall_call *call)       \
    {                                                                          \
        (void)call;                                                            \
        return -ENOSYS;                                                        \
    }

FAKE_SYS(open)
FAKE_SYS(close)
FAKE_SYS(mmap)
FAKE_SYS(mprotect)
FAKE_SYS(munmap)
FAKE_SYS(brk)
FAKE_SYS(rt_sigaction)
FAKE_SYS(rt_sigprocmask)
FAKE_SYS(rt_sigreturn)
FAKE_SYS(mremap)
FAKE_SYS(msync)
FAKE_SYS(mincore)
FAKE_SYS(madvise)
FAKE_SYS(dup2)
FAKE_SYS(exit)
FAKE_SYS(creat)
FAKE_SYS(readlink)
FAKE_SYS(sigaltstack)
FAKE_SYS(personality)
FAKE_SYS(mlock)
FAKE_SYS(munlock)
FAKE_SYS(mlockall)
FAKE_SYS(munlockall)
FAKE_SYS(arch_prctl)
FAKE_SYS(set_tid_address)
FAKE_SYS(exit_group)
FAKE_SYS(openat)
FAKE_SYS(readlinkat)
FAKE_SYS(set_robust_list)
FAKE_SYS(get_robust_list)
FAKE_SYS(dup3)
FAKE_SYS(mlock2)
FAKE_SYS(pkey_mprotect)
FAKE_SYS(close_range)
FAKE_SYS(openat2)
FAKE_SYS(mseal)

#undef FAKE_SYS

#endif
