/* maps.c: read a line of maps. */
#include "vmm/maps.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

bool maps_parse(char *line, struct map_info *out)
{
    char rights[5];
    int used = 0;

    *out = (struct map_info){0};
    if (sscanf(line, "%lx-%lx %4s %lx %x:%x %lu %n", &out->start, &out->end,
               rights, &out->offset, &out->major, &out->minor, &out->inode,
               &used) < 7 ||
        used == 0)
        return false;
    out->prot = (rights[0] == 'r' ? PROT_READ : 0) |
                (rights[1] == 'w' ? PROT_WRITE : 0) |
                (rights[2] == 'x' ? PROT_EXEC : 0);
    out->flags = rights[3] == 's' ? MAP_SHARED : MAP_PRIVATE;
    out->path = line + used;
    out->path[strcspn(out->path, "\n")] = '\0';
    return true;
}
