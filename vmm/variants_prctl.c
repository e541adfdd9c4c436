/*
 * variants_prctl.c: prctl(option, ...) and arch_prctl(option, addr); prctl(2),
 * arch_prctl(2).
 *
 * What acts on the program's own threads is passed. What acts on the address
 * space, on system calls or on who may look into the process acts on the
 * monitor too and is refused with the errno of a kernel that lacks it; so are
 * options that are not listed.
 */
#include "vmm/datum.h"
#include "vmm/variants.h"

#include <asm/prctl.h>
#include <errno.h>
#include <linux/prctl.h>
#include <stddef.h>

/* Of which the headers may not know. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif
#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

/* clang-format off */
#define PR(c_, ...)                                                            \
    {.key = (c_), .name = #c_, .arg = {INT(option), __VA_ARGS__}}
#define NO(c_, err_, why_)                                                     \
    {.key = (c_), .name = #c_, .route = ROUTE_REFUSE, .refuse_errno = (err_),  \
     .why = (why_),                                                            \
     .arg = {INT(option), HEX(arg2), HEX(arg3), HEX(arg4), HEX(arg5)}}

#define WHY_SPACE "acts on the address space, which is the monitor's too"
/* The kernel answers EINVAL unless these are 0. */
#define ZERO2 HEX(arg2), HEX(arg3), HEX(arg4), HEX(arg5)
#define ZERO3 HEX(arg3), HEX(arg4), HEX(arg5)

const struct syscall_variant variants_prctl[] = {
PR(PR_SET_PDEATHSIG,      SIGNO(arg2)),
PR(PR_GET_PDEATHSIG,      ST_OUT(arg2, int32)),
PR(PR_GET_DUMPABLE),
PR(PR_SET_DUMPABLE,       ULONG(arg2)),
PR(PR_GET_KEEPCAPS),
PR(PR_SET_KEEPCAPS,       ULONG(arg2)),
PR(PR_GET_TIMING),
PR(PR_SET_TIMING,         ULONG(arg2)),
PR(PR_SET_NAME,           STRING(arg2, 15)),
PR(PR_GET_NAME,           BYTES_OUT(arg2, 16)),
PR(PR_GET_SECCOMP),
NO(PR_SET_SECCOMP,        EINVAL, "a filter would apply to the monitor's own calls"),
PR(PR_CAPBSET_READ,       ULONG(arg2)),
PR(PR_CAPBSET_DROP,       ULONG(arg2)),
PR(PR_GET_TSC,            ST_OUT(arg2, int32)),
NO(PR_SET_TSC,            EINVAL, "the time-stamp counter is the virtual CPU's"),
PR(PR_GET_SECUREBITS),
PR(PR_SET_SECUREBITS,     HEX(arg2)),
PR(PR_GET_TIMERSLACK),
PR(PR_SET_TIMERSLACK,     ULONG(arg2)),
NO(PR_SET_MM,             EPERM, WHY_SPACE),
PR(PR_SET_CHILD_SUBREAPER, ULONG(arg2)),
PR(PR_GET_CHILD_SUBREAPER, ST_OUT(arg2, int32)),
PR(PR_SET_NO_NEW_PRIVS,   ULONG(arg2), ZERO3),
PR(PR_GET_NO_NEW_PRIVS,   ZERO2),
NO(PR_GET_TID_ADDRESS,    EINVAL, "the host's kernel knows the monitor's address, not the program's"),
PR(PR_SET_THP_DISABLE,    ULONG(arg2), ZERO3),
PR(PR_GET_THP_DISABLE,    ZERO2),
PR(PR_CAP_AMBIENT,        ULONG(arg2), ULONG(arg3), HEX(arg4), HEX(arg5)),
PR(PR_GET_SPECULATION_CTRL, ULONG(arg2), ZERO3),
PR(PR_SET_SPECULATION_CTRL, ULONG(arg2), HEX(arg3), HEX(arg4), HEX(arg5)),
NO(PR_SET_SYSCALL_USER_DISPATCH, EINVAL, "would redirect the monitor's own calls"),
NO(PR_SCHED_CORE,         EINVAL, "core scheduling would bind the monitor's threads"),
NO(PR_SET_MDWE,           EINVAL, WHY_SPACE),
NO(PR_GET_MDWE,           EINVAL, WHY_SPACE),
NO(PR_SET_MEMORY_MERGE,   EINVAL, WHY_SPACE),
NO(PR_GET_MEMORY_MERGE,   EINVAL, WHY_SPACE),
NO(PR_SET_VMA,            EINVAL, WHY_SPACE),
NO(PR_SET_PTRACER,        EINVAL, "would let others control threads of the monitor"),
NO(PR_GET_AUXV,           EINVAL, "the host's kernel knows the monitor's vector, not the program's"),
{.name = NULL},
};

/* Of which the headers may not know. */
#ifndef ARCH_GET_XCOMP_SUPP
#define ARCH_GET_XCOMP_SUPP     0x1021
#define ARCH_GET_XCOMP_PERM     0x1022
#define ARCH_REQ_XCOMP_PERM     0x1023
#endif

#define AP(c_, ...)                                                            \
    {.key = (c_), .name = #c_, .arg = {HEX32(option), __VA_ARGS__}}

const struct syscall_variant variants_arch_prctl[] = {
AP(ARCH_SET_GS,         GVA(addr)),
AP(ARCH_SET_FS,         GVA(addr)),
AP(ARCH_GET_FS,         ST_OUT(addr, uint64)),
AP(ARCH_GET_GS,         ST_OUT(addr, uint64)),
AP(ARCH_GET_CPUID),
AP(ARCH_SET_CPUID,      ULONG(on)),
AP(ARCH_GET_XCOMP_SUPP, ST_OUT(addr, uint64)),
AP(ARCH_GET_XCOMP_PERM, ST_OUT(addr, uint64)),
AP(ARCH_REQ_XCOMP_PERM, ULONG(feature)),
{.name = NULL},
};
/* clang-format on */
