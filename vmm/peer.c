/* peer.c: read what another monitor of the session knows. */
#include "vmm/peer.h"

#include "vmm/gmem.h"
#include "vmm/hostproc.h"
#include "vmm/image.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"
#include "vmm/task.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* More tasks than a process can have: a list that changes while it is read may
 * lead anywhere. */
#define TASKS_MAX 65536

/* How often to look whether descriptors that are being made have marks: each
 * time takes as long as some of them do. */
#define CHANGES_MAX 1000

static bool is_own(const struct peer *peer)
{
    return peer->process != &peer->copy;
}

/* Copy memory of the monitor of (pid). */
static bool fetch(pid_t pid, void *dst, const void *src, size_t len)
{
    const struct iovec local = {dst, len};
    const struct iovec remote = {(void *)(uintptr_t)src, len};

    return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)len;
}

static bool peek(const struct peer *peer, void *dst, const void *src,
                 size_t len)
{
    if (!is_own(peer))
        return fetch(peer->pid, dst, src, len);
    memcpy(dst, src, len);
    return true;
}

/* The process whose thread (tid) is, or (tid); proc_pid_status(5). */
static pid_t process_of(pid_t tid)
{
    char path[64], line[128];
    pid_t pid = tid;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", tid);
    file = privread_text(path);
    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "Tgid: %d", &pid) == 1)
            break;
    if (file)
        fclose(file);
    return pid;
}

static bool fetch_process(struct peer *peer, const struct process *at)
{
    peer->at = at;
    return fetch(peer->pid, &peer->copy, at, sizeof(peer->copy));
}

/*
 * Copy the one of process (pid) from the list that begins at (at). *begins: one
 * that does not know its pid yet, or the first.
 */
static bool find_sharer(struct peer *peer, const struct process *at, pid_t pid,
                        const struct process **begins)
{
    *begins = at;
    for (unsigned i = 0; at && i < TASKS_MAX;
         i++, at = peer->copy.sharer.next) {
        if (!fetch_process(peer, at))
            return false;
        if (peer->copy.sharer.pid == pid)
            return true;
        if (peer->copy.sharer.pid == 0)
            *begins = at;
    }
    return false;
}

/* Whoever's memory it is: one that begins has its parent's descriptors. */
static bool find_in_list(struct peer *peer, const struct process *first)
{
    const struct process *begins;

    return find_sharer(peer, first, peer->pid, &begins) ||
           find_sharer(peer, first, process_of(peer->pid), &begins) ||
           fetch_process(peer, begins);
}

bool peer_find(struct peer *out, struct process *self, pid_t pid)
{
    const struct process *root = self->root, *first;
    uint64_t session;

    out->pid = out->tid = pid;
    out->process = pid == getpid() ? self : &out->copy;
    out->at = self;
    return is_own(out) ||
           (fetch(pid, &session, &root->session, sizeof(session)) &&
            session == root->session &&
            fetch(pid, &first, &root->sharer.first, sizeof(first)) &&
            find_in_list(out, first));
}

/* Whether (pid) is being put together from an image. */
static bool is_image(pid_t pid)
{
    static const char name[] = "/memfd:" IMAGE_NAME;
    char path[64], exe[sizeof(name)];

    snprintf(path, sizeof(path), "/proc/%d/exe", pid);
    return hostproc_readlink(path, exe, sizeof(exe)) >=
               (ssize_t)sizeof(name) - 1 &&
           memcmp(exe, name, sizeof(name) - 1) == 0;
}

bool peer_is_between(pid_t pid)
{
    char byte = 0;

    /* The address does not matter. */
    return (!fetch(pid, &byte, &byte, sizeof(byte)) && errno == ESRCH) ||
           is_image(pid);
}

int peer_read(const struct peer *peer, void *dst, gva_t src, size_t len)
{
    if (is_own(peer))
        return gmem_read(dst, src, len);
    if (!gmem_in_window(src, len) ||
        !fetch(peer->pid, dst, (const void *)(uintptr_t)src, len))
        return -EFAULT;
    return 0;
}

void peer_heap(const struct peer *peer, gva_t *start, gva_t *end)
{
    gva_t words[2];

    if (!peek(peer, words, mm_heap_words(peer->process->mm), sizeof(words)))
        words[0] = words[1] = 0;
    *start = words[0];
    *end = words[1];
}

/* The lock is for the caller's own list; a copy's is nobody's. */
static void hold(const struct peer *peer, bool held)
{
    struct process *p = (struct process *)(uintptr_t)peer->process;

    if (!is_own(peer))
        return;
    if (held)
        pthread_mutex_lock(&p->lock);
    else
        pthread_mutex_unlock(&p->lock);
}

/*
 * Walk the list of tasks until one of id (tid), which is copied to (task).
 * Returns how many came before it; -1: it is not there, (*all) is set.
 */
static int walk(const struct peer *peer, pid_t tid, struct task *task,
                unsigned *all)
{
    const struct task *at = peer->process->tasks;
    unsigned i = 0;

    for (*all = 0; at && i < TASKS_MAX; at = task->next, *all = ++i) {
        if (!peek(peer, task, at, sizeof(*task)))
            break;
        if (task->tid == tid)
            return (int)i;
    }
    return -1;
}

static int find_task(const struct peer *peer, pid_t tid, struct task *task,
                     unsigned *all)
{
    int found;

    hold(peer, true);
    found = walk(peer, tid, task, all);
    hold(peer, false);
    return found;
}

bool peer_signals(const struct peer *peer, pid_t tid, struct peer_signals *out)
{
    struct signal_actions actions;
    struct task task;
    unsigned all;

    if (find_task(peer, tid, &task, &all) < 0 ||
        !peek(peer, &actions, peer->process->actions, sizeof(actions)))
        return false;
    *out = (struct peer_signals){.blocked = task.signals.mask};
    for (int sig = 1; sig <= SIGNAL_MAX; sig++) {
        uint64_t handler = actions.action[sig].handler;
        uint64_t bit = UINT64_C(1) << (sig - 1);

        if (handler == (uint64_t)(uintptr_t)SIG_IGN)
            out->ignored |= bit;
        else if (handler != (uint64_t)(uintptr_t)SIG_DFL)
            out->caught |= bit;
    }
    return true;
}

bool peer_has_thread(const struct peer *peer, pid_t tid)
{
    struct task task;
    unsigned all;

    return tid == peer->pid || find_task(peer, tid, &task, &all) >= 0;
}

unsigned peer_threads(const struct peer *peer)
{
    struct task task;
    unsigned all, leader = 0;

    find_task(peer, -1, &task, &all);
    /* The first thread counts as long as there is any. */
    if (find_task(peer, peer->pid, &task, &leader) < 0)
        all++;
    return all;
}

/* The table of the thread that is asked for; NULL: it has none any more. */
static const struct privfds *table_of(const struct peer *peer)
{
    const pid_t leader = peer->process->sharer.pid;
    const struct privfds *table;
    struct task task;
    unsigned all;

    /* One that begins has no id yet, nor tasks. */
    if (leader == 0 || leader == peer->tid)
        return peek(peer, &table, &peer->at->fds, sizeof(table)) ? table : NULL;
    return walk(peer, peer->tid, &task, &all) >= 0 ? task.fds : NULL;
}

static bool is_marked(const struct peer *peer, const struct privfds *table,
                      int fd)
{
    const void *marks, *at;
    uint64_t mask, word, changes = 1;

    if (!table || !peek(peer, &marks, privfd_marks(table), sizeof(marks)))
        return true;
    at = privfd_word(marks, fd, &mask);
    for (unsigned i = 0; at && changes && i < CHANGES_MAX; i++) {
        if (!peek(peer, &changes, privfd_changes(marks), sizeof(changes)) ||
            !peek(peer, &word, at, sizeof(word)) || (word & mask))
            return true;
        if (changes)
            sched_yield();
    }
    return false;
}

bool peer_owns_fd(const struct peer *peer, int fd)
{
    const struct privfds *table;
    bool owns;

    hold(peer, true);
    table = table_of(peer);
    /* Of one that ends meanwhile the memory may be used for another. */
    owns = is_marked(peer, table, fd) || table_of(peer) != table;
    hold(peer, false);
    return owns;
}
