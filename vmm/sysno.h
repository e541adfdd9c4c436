/*
 * sysno.h: SYS_* for every x86-64 call of Linux 6.12, also those that the
 * installed headers are too old to name. Layer 2.
 */
#ifndef VMM_SYSNO_H
#define VMM_SYSNO_H

#include <sys/syscall.h>

/* clang-format off */
#ifndef SYS_uretprobe
#define SYS_uretprobe         335
#endif
#ifndef SYS_cachestat
#define SYS_cachestat         451
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2         452
#endif
#ifndef SYS_map_shadow_stack
#define SYS_map_shadow_stack  453
#endif
#ifndef SYS_futex_wake
#define SYS_futex_wake        454
#endif
#ifndef SYS_futex_wait
#define SYS_futex_wait        455
#endif
#ifndef SYS_futex_requeue
#define SYS_futex_requeue     456
#endif
#ifndef SYS_statmount
#define SYS_statmount         457
#endif
#ifndef SYS_listmount
#define SYS_listmount         458
#endif
#ifndef SYS_lsm_get_self_attr
#define SYS_lsm_get_self_attr 459
#endif
#ifndef SYS_lsm_set_self_attr
#define SYS_lsm_set_self_attr 460
#endif
#ifndef SYS_lsm_list_modules
#define SYS_lsm_list_modules  461
#endif
#ifndef SYS_mseal
#define SYS_mseal             462
#endif
/* clang-format on */

#endif
