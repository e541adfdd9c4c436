/* hostproc.c: see hostproc.h. */
#include "vmm/hostproc.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PROC "/proc"

static int proc = AT_FDCWD;

void hostproc_set(int fd)
{
    proc = fd;
}

int hostproc(const char **path)
{
    const char *rest;

    if (proc == AT_FDCWD || strncmp(*path, PROC, strlen(PROC)) != 0)
        return AT_FDCWD;
    rest = *path + strlen(PROC);
    if (*rest && *rest != '/')
        return AT_FDCWD;
    *path = *rest ? rest + 1 : ".";
    return proc;
}

ssize_t hostproc_readlink(const char *path, char *target, size_t size)
{
    const int dir = hostproc(&path);

    return readlinkat(dir, path, target, size);
}
