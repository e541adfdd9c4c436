/*
 * session_shared.h: memory that all processes of a session share: which
 * threads run the program, and who stops whom. Layer 2. One is mapped before
 * the first fork; a process that is killed leaves nothing behind that others
 * wait for, because what it holds are robust locks.
 */
#ifndef VMM_SESSION_SHARED_H
#define VMM_SESSION_SHARED_H

#include "vmm/diag.h"
#include "vmm/util.h"

#include <pthread.h>
#include <sys/types.h>

#define SESSION_THREADS 32768 /* more at a time cannot be stopped */
#define SESSION_STOPS   64    /* at a time; a bit each */

/* One thread that runs a task. Its owner holds (alive) as long as it lives. */
struct thread_slot {
    pthread_mutex_t alive;
    uint32_t ready;   /* (alive) is initialised */
    pid_t pid, tid;   /* 0: free */
    uint32_t running; /* a futex: 1 where it may touch the program's memory */
    uint64_t writes;  /* shared objects that it may write to, stop.h */
    int parked;       /* of its signals, signal_kick */
};

/* One stop in force: its owner holds (gate), and whom it concerns waits there.
 */
struct stop_record {
    pthread_mutex_t gate;
    pid_t pid, tid; /* the owner */
    uint64_t maps;  /* shared objects that its process maps */
};

struct session_shared {
    uint64_t stops;       /* bits of the stops in force */
    uint32_t threads;     /* slots that were ever in use */
    uint32_t objects;     /* counts shared memory without a file */
    uint64_t quiet_until; /* CLOCK_MONOTONIC, ns: no new stop before */
    struct stop_record stop[SESSION_STOPS];
    struct thread_slot thread[SESSION_THREADS];
};

/* Returns 0 or -ENOMEM, (d) set. */
int session_shared_create(struct session_shared **out, struct diag *d);
void session_shared_destroy(struct session_shared *shared);

/* A slot for the calling thread, or NULL where all are taken. */
struct thread_slot *session_join(struct session_shared *shared);
/* The calling thread gives its slot back. */
void session_leave(struct thread_slot *slot);

/* Whether the owner of (slot) has died without leaving; then it is free. */
bool session_bury(struct thread_slot *slot);

/* The process of the session's thread (tid), or 0 where there is none. */
pid_t session_find(struct session_shared *shared, pid_t tid);

/*
 * Write the ids of the session's threads in process (pid) to (out), at most
 * (max), in ascending order. Returns how many there are.
 */
size_t session_list(struct session_shared *shared, pid_t pid, pid_t *out,
                    size_t max);

/* Lock where that needs no waiting; a dead owner's lock is taken over, and
 * (*died), where not NULL, tells so. */
bool session_try_lock(pthread_mutex_t *lock, bool *died);

#endif
