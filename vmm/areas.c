/* areas.c: a sorted set of disjoint address ranges with rights. */
#include "vmm/areas.h"

#include "vmm/lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void areas_clear(struct areas *set)
{
    free(set->v);
    *set = (struct areas){0};
}

size_t areas_from(const struct areas *set, gva_t addr)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (set->v[mid].end > addr)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

struct area *areas_at(const struct areas *set, gva_t addr)
{
    size_t i = areas_from(set, addr);

    return i < set->count && set->v[i].start <= addr ? &set->v[i] : NULL;
}

bool areas_free(const struct areas *set, gva_t start, gva_t end)
{
    size_t i = areas_from(set, start);

    return i == set->count || set->v[i].start >= end;
}

int areas_reserve(struct areas *set)
{
    size_t capacity = set->capacity ? set->capacity * 2 : 64;
    struct area *v, *old = set->v;

    /* A removal splits at most one area in two, an insertion adds one. */
    if (set->count + 2 <= set->capacity)
        return 0;
    v = lock_larger(old, set->count * sizeof(*v), capacity * sizeof(*v));
    if (!v)
        return -ENOMEM;
    set->v = v;
    set->capacity = capacity;
    free(old);
    return 0;
}

static void open_slot(struct areas *set, size_t i)
{
    memmove(&set->v[i + 1], &set->v[i], (set->count - i) * sizeof(*set->v));
    set->count++;
}

static void close_slots(struct areas *set, size_t i, size_t n)
{
    memmove(&set->v[i], &set->v[i + n], (set->count - i - n) * sizeof(*set->v));
    set->count -= n;
}

void areas_remove(struct areas *set, gva_t start, gva_t end)
{
    size_t i = areas_from(set, start);
    size_t n = 0;

    if (i < set->count && set->v[i].start < start) {
        struct area *a = &set->v[i];

        if (a->end > end) {
            open_slot(set, i);
            set->v[i].end = start;
            set->v[i + 1].start = end;
            return;
        }
        a->end = start;
        i++;
    }
    while (i + n < set->count && set->v[i + n].end <= end)
        n++;
    close_slots(set, i, n);
    if (i < set->count && set->v[i].start < end)
        set->v[i].start = end;
}

static bool joinable(const struct area *a, const struct area *b)
{
    return a->end == b->start && a->prot == b->prot && a->flags == b->flags;
}

void areas_add(struct areas *set, struct area area)
{
    size_t i = areas_from(set, area.start);

    if (i > 0 && joinable(&set->v[i - 1], &area)) {
        set->v[--i].end = area.end;
    } else {
        open_slot(set, i);
        set->v[i] = area;
    }
    if (i + 1 < set->count && joinable(&set->v[i], &set->v[i + 1])) {
        set->v[i].end = set->v[i + 1].end;
        close_slots(set, i + 1, 1);
    }
}

gva_t areas_find_gap(const struct areas *set, gva_t low, gva_t high,
                     uint64_t len, uint64_t align)
{
    /* From the top: the gap under (top) reaches down to the area before. */
    size_t i = areas_from(set, high - 1);
    gva_t top = high;

    if (i < set->count && set->v[i].start < top)
        top = set->v[i].start;
    for (;;) {
        gva_t bottom = i > 0 ? max_u64(set->v[i - 1].end, low) : low;

        if (top > bottom && top - bottom >= len) {
            gva_t start = ALIGN_DOWN(top - len, align);

            if (start >= bottom)
                return start;
        }
        if (i == 0 || set->v[i - 1].start <= low)
            return 0;
        top = set->v[--i].start;
    }
}

uint64_t areas_accessible(const struct areas *set, gva_t start, gva_t end)
{
    uint64_t sum = 0;

    for (size_t i = areas_from(set, start);
         i < set->count && set->v[i].start < end; i++)
        if (set->v[i].prot)
            sum +=
                min_u64(set->v[i].end, end) - max_u64(set->v[i].start, start);
    return sum;
}
