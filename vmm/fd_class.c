/* fd_class.c: the class of a descriptor, from its inode. */
#include "vmm/fd_class.h"

#include "vmm/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define MAJOR_MEMORY 1

/* Majors of terminals: Linux, Documentation/admin-guide/devices.txt. */
static const struct {
    unsigned first, last;
} tty_majors[] = {
    {2, 5},     /* old ptys, consoles, serial lines, /dev/tty, ptmx */
    {136, 143}, /* pseudo terminals */
    {166, 166}, /* modems by USB */
    {188, 188}, /* serial lines by USB */
    {204, 205}, /* serial lines of many kinds */
    {229, 229}, /* consoles of hypervisors */
};

static unsigned class_of_device(dev_t device)
{
    unsigned number = major(device);

    for (size_t i = 0; i < ARRAY_SIZE(tty_majors); i++)
        if (number >= tty_majors[i].first && number <= tty_majors[i].last)
            return FD_CLASS_TTY;
    if (number == MAJOR_MEMORY && (minor(device) == 8 || minor(device) == 9))
        return FD_CLASS_RANDOM;
    return FD_CLASS_OTHER;
}

static unsigned class_of(const struct stat *st)
{
    switch (st->st_mode & S_IFMT) {
    case S_IFREG:
    case S_IFDIR:
        return FD_CLASS_FILE;
    case S_IFSOCK:
        return FD_CLASS_SOCKET;
    case S_IFIFO:
        return FD_CLASS_PIPE;
    case S_IFBLK:
        return FD_CLASS_BLOCK;
    case S_IFCHR:
        return class_of_device(st->st_rdev);
    default:
        return FD_CLASS_ANON;
    }
}

bool fd_is_open(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && !(flags & O_PATH);
}

int fd_class_check(int fd, uint16_t classes)
{
    struct stat st;
    unsigned is;

    if (!fd_is_open(fd) || fstat(fd, &st) < 0)
        return -EBADF;
    is = class_of(&st);
    if (is & classes)
        return 0;
    return is == FD_CLASS_RANDOM ? -EINVAL : -ENOTTY;
}
