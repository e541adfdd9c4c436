/* shmem.c: pieces of one file in memory. */
#include "vmm/shmem.h"

#include "vmm/limit.h"
#include "vmm/privfd.h"
#include "vmm/util.h"

#include <sys/mman.h>
#include <unistd.h>

/* Global because there is one for all that a session shares. */
static int fd = -1;
static uint64_t end;
static bool is_file = true;

static bool grow(uint64_t size)
{
    struct limit limit;
    bool grown = limit_raise(&limit, RLIMIT_FSIZE, size);

    if (grown && fd < 0)
        fd = privfd_memfd("microvm-hook", 0);
    grown = grown && fd >= 0 && ftruncate(fd, (off_t)size) == 0;
    limit_restore(&limit);
    return grown;
}

void *shmem_map(size_t size)
{
    const uint64_t at = end, next = at + ALIGN_UP(size, PAGE_SIZE);
    const bool file = grow(next);
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_NORESERVE | (file ? 0 : MAP_ANONYMOUS),
                   file ? fd : -1, file ? (off_t)at : 0);

    if (p == MAP_FAILED)
        return NULL;
    if (file)
        end = next;
    else
        is_file = false;
    return p;
}

bool shmem_is_file(void)
{
    return is_file;
}

int shmem_fd(void)
{
    return fd;
}
