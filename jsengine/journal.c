/* journal.c: entries one after the other in shared memory. */
#include "jsengine/journal.h"

#include "vmm/shmem.h"
#include "vmm/util.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

struct journal {
    size_t mapped;
    size_t used; /* published: all before it is whole */
    uint8_t bytes[];
};

struct header {
    uint32_t kind;
    uint32_t name_size; /* with its NUL, padded: the text is aligned */
    uint64_t size;
};

static size_t entry_size(size_t name_size, size_t size)
{
    return ALIGN_UP(sizeof(struct header) + name_size + size,
                    _Alignof(struct header));
}

struct journal *journal_create(size_t size)
{
    struct journal *j = shmem_map(size);

    if (!j)
        return NULL;
    j->mapped = size;
    return j;
}

void journal_destroy(struct journal *j)
{
    if (j)
        munmap(j, j->mapped);
}

int journal_add(struct journal *j, enum journal_kind kind, const char *name,
                const void *text, size_t size)
{
    const struct header header = {
        kind, (uint32_t)ALIGN_UP(strlen(name) + 1, sizeof(uint64_t)), size};
    size_t space = j->mapped - sizeof(*j) - j->used;
    uint8_t *at = j->bytes + j->used;

    if (size > space || entry_size(header.name_size, size) > space)
        return -ENOSPC;
    memcpy(at, &header, sizeof(header));
    strcpy((char *)at + sizeof(header), name);
    if (size)
        memcpy(at + sizeof(header) + header.name_size, text, size);
    __atomic_store_n(&j->used, j->used + entry_size(header.name_size, size),
                     __ATOMIC_RELEASE);
    return 0;
}

bool journal_next(const struct journal *j, size_t *at,
                  struct journal_entry *out)
{
    const struct header *header = (const void *)(j->bytes + *at);
    const char *name = (const char *)(header + 1);

    if (*at >= __atomic_load_n(&j->used, __ATOMIC_ACQUIRE))
        return false;
    *out = (struct journal_entry){
        .kind = header->kind,
        .name = name,
        .text = name + header->name_size,
        .size = header->size,
    };
    *at += entry_size(header->name_size, header->size);
    return true;
}

bool journal_find(const struct journal *j, enum journal_kind kind,
                  const char *name, struct journal_entry *out)
{
    struct journal_entry entry;
    bool found = false;

    for (size_t at = 0; journal_next(j, &at, &entry);)
        if (entry.kind == kind && strcmp(entry.name, name) == 0) {
            *out = entry;
            found = true;
        }
    return found;
}
