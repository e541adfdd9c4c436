/*
 * variants_ipc.c: semctl, shmctl and msgctl by command; semctl(2), shmctl(2),
 * msgctl(2).
 */
#include "vmm/datum.h"
#include "vmm/variants.h"

#include <stddef.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

/* Of which glibc's headers may not know. */
#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif
#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif

/* clang-format off */
#define SEM(c_, ...)                                                           \
    {.key = (c_), .name = #c_,                                                 \
     .arg = {INT(semid), INT(semnum), INT(cmd), __VA_ARGS__}}

const struct syscall_variant variants_semctl[] = {
SEM(IPC_RMID),
SEM(IPC_SET,      ST_IN(arg, semid_ds)),
SEM(IPC_STAT,     ST_OUT(arg, semid_ds)),
SEM(IPC_INFO,     ST_OUT(arg, seminfo)),
SEM(SEM_STAT,     ST_OUT(arg, semid_ds)),
SEM(SEM_STAT_ANY, ST_OUT(arg, semid_ds)),
SEM(SEM_INFO,     ST_OUT(arg, seminfo)),
SEM(GETPID),
SEM(GETVAL),
SEM(GETNCNT),
SEM(GETZCNT),
SEM(SETVAL,       INT(arg)),
/* The set knows how many values there are, at least one. */
SEM(GETALL,       IN_PLACE(arg, 2)),
SEM(SETALL,       IN_PLACE(arg, 2)),
{.name = NULL},
};

#define SHM(c_, ...)                                                           \
    {.key = (c_), .name = #c_, .arg = {INT(shmid), INT(cmd), __VA_ARGS__}}

const struct syscall_variant variants_shmctl[] = {
SHM(IPC_RMID),
SHM(IPC_SET,      ST_IN(buf, shmid_ds)),
SHM(IPC_STAT,     ST_OUT(buf, shmid_ds)),
SHM(IPC_INFO,     ST_OUT(buf, shminfo)),
SHM(SHM_STAT,     ST_OUT(buf, shmid_ds)),
SHM(SHM_STAT_ANY, ST_OUT(buf, shmid_ds)),
SHM(SHM_INFO,     ST_OUT(buf, shm_info)),
SHM(SHM_LOCK),
SHM(SHM_UNLOCK),
{.name = NULL},
};

#define MSG(c_, ...)                                                           \
    {.key = (c_), .name = #c_, .arg = {INT(msqid), INT(cmd), __VA_ARGS__}}

const struct syscall_variant variants_msgctl[] = {
MSG(IPC_RMID),
MSG(IPC_SET,      ST_IN(buf, msqid_ds)),
MSG(IPC_STAT,     ST_OUT(buf, msqid_ds)),
MSG(IPC_INFO,     ST_OUT(buf, msginfo)),
MSG(MSG_STAT,     ST_OUT(buf, msqid_ds)),
MSG(MSG_STAT_ANY, ST_OUT(buf, msqid_ds)),
MSG(MSG_INFO,     ST_OUT(buf, msginfo)),
{.name = NULL},
};
/* clang-format on */
