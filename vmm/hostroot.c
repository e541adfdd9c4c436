/* hostroot.c: see hostroot.h. */
#include "vmm/hostroot.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

static int root = AT_FDCWD;

void hostroot_set(int fd)
{
    root = fd;
}

int hostroot(const char **path)
{
    assert(**path == '/');
    if (root != AT_FDCWD)
        ++*path;
    return root;
}

ssize_t hostroot_readlink(const char *path, char *target, size_t size)
{
    const int dir = hostroot(&path);

    return readlinkat(dir, path, target, size);
}
