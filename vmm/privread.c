/* privread.c: read a file, or a directory, here or apart. */
#include "vmm/privread.h"

#include "vmm/apart.h"
#include "vmm/privfd.h"
#include "vmm/util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEXT_STEP  (64 * KIB)
#define NAMES_SIZE (16 * KIB)

/* What was read so far. */
struct reading {
    const char *path;
    int (*read)(struct reading *r, int fd);
    char *at;
    size_t len, size;
    size_t pos; /* of who reads the text */
};

/* Room for (more) bytes. */
static bool make_room(struct reading *r, size_t more)
{
    char *larger;

    if (r->len + more <= r->size)
        return true;
    larger = realloc(r->at, 2 * r->size + more);
    if (!larger)
        return false;
    r->at = larger;
    r->size = 2 * r->size + more;
    return true;
}

static int read_text(struct reading *r, int fd)
{
    ssize_t n;

    do {
        if (!make_room(r, TEXT_STEP))
            return -ENOMEM;
        n = read(fd, r->at + r->len, r->size - r->len);
        r->len += n > 0 ? (size_t)n : 0;
    } while (n > 0);
    return n < 0 ? -errno : 0;
}

static int add_number(struct reading *r, const char *name, int fd)
{
    const int number = atoi(name);

    if (!*name || name[strspn(name, "0123456789")] || number == fd)
        return 0;
    if (!make_room(r, sizeof(number)))
        return -ENOMEM;
    memcpy(r->at + r->len, &number, sizeof(number));
    r->len += sizeof(number);
    return 0;
}

static int read_numbers(struct reading *r, int fd)
{
    _Alignas(struct dirent64) char names[NAMES_SIZE];
    long n;

    while ((n = syscall(SYS_getdents64, fd, names, sizeof(names))) > 0) {
        const struct dirent64 *e;

        for (long at = 0; at < n; at += e->d_reclen) {
            e = (const struct dirent64 *)(const void *)(names + at);
            if (add_number(r, e->d_name, fd) < 0)
                return -ENOMEM;
        }
    }
    return n < 0 ? -errno : 0;
}

/* Nobody else has the table: it goes with the thread. */
static int read_apart(void *arg)
{
    struct reading *r = arg;
    const int fd = privfd_open_apart(r->path, O_RDONLY);

    return fd < 0 ? fd : r->read(r, fd);
}

static int read_here(struct reading *r)
{
    const int fd = privfd_open(r->path, O_RDONLY);
    const int rc = fd < 0 ? fd : r->read(r, fd);

    privfd_close(fd);
    return rc;
}

static int read_path(struct reading *r)
{
    return privfd_is_alone() ? read_here(r) : apart_run(read_apart, r);
}

static ssize_t text_read(void *cookie, char *buf, size_t size)
{
    struct reading *r = cookie;
    const size_t n = min_u64(size, r->len - r->pos);

    memcpy(buf, r->at + r->pos, n);
    r->pos += n;
    return (ssize_t)n;
}

static int text_close(void *cookie)
{
    struct reading *r = cookie;

    free(r->at);
    free(r);
    return 0;
}

FILE *privread_text(const char *path)
{
    const cookie_io_functions_t io = {.read = text_read, .close = text_close};
    struct reading *r = malloc(sizeof(*r));
    FILE *file = NULL;
    int rc;

    if (!r)
        return NULL;
    *r = (struct reading){.path = path, .read = read_text};
    rc = read_path(r);
    if (rc == 0)
        file = fopencookie(r, "r", io);
    if (!file)
        text_close(r);
    if (rc < 0)
        errno = -rc;
    return file;
}

int privread_numbers(const char *path, int **out)
{
    struct reading r = {.path = path, .read = read_numbers};
    const int rc = read_path(&r);

    *out = (void *)r.at;
    if (rc == 0)
        return (int)(r.len / sizeof(**out));
    free(r.at);
    *out = NULL;
    return rc;
}
