/* robust.c: the robust list of an ending thread, and its tid word. */
#include "vmm/robust.h"

#include "vmm/gmem.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIMIT 2048 /* ROBUST_LIST_LIMIT of linux/futex.h */
#define PI    1u   /* in the lowest bit of an entry: a PI futex */

/* The address of a futex word lies within this of its list entry. */
struct robust_head {
    uint64_t next;
    int64_t futex_offset;
    uint64_t pending;
};

static void wake_one(gva_t addr)
{
    if (gmem_in_window(addr, sizeof(uint32_t)))
        syscall(SYS_futex, addr, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* As handle_futex_death() of Linux's kernel/futex/core.c. Returns false where
 * the list is to be left. */
static bool owner_died(gva_t addr, uint32_t tid, bool pi, bool pending)
{
    uint32_t value;

    if (addr % sizeof(value) != 0 || gmem_read(&value, addr, sizeof(value)) < 0)
        return false;
    for (;;) {
        uint32_t seen = value;

        /* It was being unlocked: a waiter may not have been woken. */
        if (pending && !pi && value == 0) {
            wake_one(addr);
            return true;
        }
        if ((value & FUTEX_TID_MASK) != tid)
            return true;
        if (gmem_compare_exchange(
                addr, &seen, (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED) < 0)
            return false;
        if (seen == value)
            break;
        value = seen;
    }
    if (!pi && (value & FUTEX_WAITERS))
        wake_one(addr);
    return true;
}

static gva_t word_of(const struct robust_head *head, uint64_t entry)
{
    return (entry & ~(uint64_t)PI) + (uint64_t)head->futex_offset;
}

void robust_list_end(gva_t at, pid_t tid)
{
    struct robust_head head;
    uint64_t entry;

    if (!at || gmem_read(&head, at, sizeof(head)) < 0)
        return;
    entry = head.next;
    for (int i = 0; i < LIMIT && (entry & ~(uint64_t)PI) != at; i++) {
        uint64_t next;
        /* The next one first: a woken thread may free this entry. */
        bool last = gmem_read(&next, entry & ~(uint64_t)PI, sizeof(next)) < 0;

        if ((entry & ~(uint64_t)PI) != (head.pending & ~(uint64_t)PI) &&
            !owner_died(word_of(&head, entry), (uint32_t)tid, entry & PI,
                        false))
            return;
        if (last)
            return;
        entry = next;
    }
    if (head.pending & ~(uint64_t)PI)
        owner_died(word_of(&head, head.pending), (uint32_t)tid,
                   head.pending & PI, true);
}

void robust_clear_tid(gva_t addr)
{
    const uint32_t none = 0;

    if (gmem_write(addr, &none, sizeof(none)) == 0)
        wake_one(addr);
}
