/* session_shared.c: the threads of a session, a slot each. */
#include "vmm/session_shared.h"

#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"
#include "vmm/shmem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int session_shared_create(struct session_shared **out, struct diag *d)
{
    struct session_shared *s = shmem_map(sizeof(*s));

    if (!s)
        return diag_set(d, -ENOMEM, "cannot map what processes share");
    for (unsigned i = 0; i < SESSION_STOPS; i++)
        lock_init(&s->stop[i].gate);
    *out = s;
    return 0;
}

void session_shared_destroy(struct session_shared *s)
{
    if (s)
        munmap(s, sizeof(*s));
}

bool session_try_lock(pthread_mutex_t *lock, bool *died)
{
    int rc = pthread_mutex_trylock(lock);

    if (rc == EOWNERDEAD)
        pthread_mutex_consistent(lock);
    if (died)
        *died = rc == EOWNERDEAD;
    return rc == 0 || rc == EOWNERDEAD;
}

static size_t count(struct session_shared *s)
{
    return min_u64(__atomic_load_n(&s->threads, __ATOMIC_SEQ_CST),
                   SESSION_THREADS);
}

/* A slot whose lock the caller now holds. */
static struct thread_slot *take(struct session_shared *s)
{
    size_t n = count(s);
    struct thread_slot *slot;

    for (size_t i = 0; i < n; i++) {
        slot = &s->thread[i];
        if (__atomic_load_n(&slot->ready, __ATOMIC_ACQUIRE) &&
            session_try_lock(&slot->alive, NULL))
            return slot;
    }
    n = __atomic_fetch_add(&s->threads, 1, __ATOMIC_SEQ_CST);
    if (n >= SESSION_THREADS) {
        __atomic_fetch_sub(&s->threads, 1, __ATOMIC_SEQ_CST);
        return NULL;
    }
    slot = &s->thread[n];
    lock_init(&slot->alive);
    pthread_mutex_lock(&slot->alive);
    __atomic_store_n(&slot->ready, 1, __ATOMIC_RELEASE);
    return slot;
}

struct thread_slot *session_join(struct session_shared *s)
{
    struct thread_slot *slot = take(s);

    if (slot) {
        slot->running = 0;
        slot->writes = 0;
        slot->tid = gettid();
        __atomic_store_n(&slot->pid, getpid(), __ATOMIC_RELEASE);
    }
    return slot;
}

static void clear(struct thread_slot *slot)
{
    __atomic_store_n(&slot->running, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&slot->pid, 0, __ATOMIC_SEQ_CST);
    slot->tid = 0;
    pthread_mutex_unlock(&slot->alive);
}

void session_leave(struct thread_slot *slot)
{
    if (slot)
        clear(slot);
}

bool session_bury(struct thread_slot *slot)
{
    if (!__atomic_load_n(&slot->ready, __ATOMIC_ACQUIRE))
        return true;
    if (!session_try_lock(&slot->alive, NULL))
        return false;
    clear(slot);
    return true;
}

static pid_t find(struct session_shared *s, pid_t tid, pid_t process)
{
    size_t n = count(s);

    for (size_t i = 0; i < n; i++) {
        struct thread_slot *slot = &s->thread[i];
        pid_t pid = __atomic_load_n(&slot->pid, __ATOMIC_ACQUIRE);

        if (pid && (tid ? slot->tid == tid : pid == process) &&
            !session_bury(slot))
            return pid;
    }
    return 0;
}

/* The parent of a process that has not ended, proc(5); or 0. */
static pid_t parent_of(pid_t pid)
{
    char path[64], text[512];
    const char *end;
    pid_t parent;
    char state;
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    file = privread_text(path);
    if (!file)
        return 0;
    n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = '\0';
    end = strrchr(text, ')');
    return end && sscanf(end + 1, " %c %d", &state, &parent) == 2 &&
                   state != 'Z'
               ? parent
               : 0;
}

/* Who was just forked has no slot yet; but whoever has a parent in the session
 * belongs to it. */
pid_t session_find(struct session_shared *s, pid_t tid)
{
    pid_t pid = tid > 0 ? find(s, tid, 0) : 0;
    pid_t parent;

    if (pid || tid <= 0)
        return pid;
    parent = parent_of(tid);
    return parent && find(s, 0, parent) ? tid : 0;
}

static int ascending(const void *a, const void *b)
{
    pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

    return (x > y) - (x < y);
}

size_t session_list(struct session_shared *s, pid_t pid, pid_t *out, size_t max)
{
    size_t n = count(s), found = 0;

    for (size_t i = 0; i < n; i++) {
        struct thread_slot *slot = &s->thread[i];

        if (__atomic_load_n(&slot->pid, __ATOMIC_ACQUIRE) != pid ||
            session_bury(slot))
            continue;
        if (found < max)
            out[found] = slot->tid;
        found++;
    }
    if (max)
        qsort(out, min_u64(found, max), sizeof(*out), ascending);
    return found;
}
