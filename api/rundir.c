/* rundir.c: the directory in which a user's running sessions are found. */
#include "api/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG  128
#define NAME_LEN 32
#define JSON_MAX (1 << 20)

static bool is_directory(const char *path)
{
    struct stat st;

    return path && path[0] == '/' && stat(path, &st) == 0 &&
           S_ISDIR(st.st_mode);
}

static void find_path(char path[PATH_MAX])
{
    const char *xdg = getenv("XDG_RUNTIME_DIR");
    unsigned uid = geteuid();
    char run[64];

    snprintf(run, sizeof(run), "/run/user/%u", uid);
    if (is_directory(xdg))
        snprintf(path, PATH_MAX, "%s/microvm-hook", xdg);
    else if (is_directory(run))
        snprintf(path, PATH_MAX, "%s/microvm-hook", run);
    else
        snprintf(path, PATH_MAX, "/tmp/microvm-hook-%u", uid);
}

int rundir_open(struct rundir *r, bool create, struct diag *d)
{
    struct stat st;

    find_path(r->path);
    if (create && mkdir(r->path, 0700) < 0 && errno != EEXIST)
        return diag_set(d, -errno, "cannot make the directory %s", r->path);
    r->fd = open(r->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (r->fd < 0 && errno == ENOENT)
        return -ENOENT;
    if (r->fd < 0 || fstat(r->fd, &st) < 0)
        return diag_set(d, -errno, "cannot open the directory %s", r->path);
    if (st.st_uid == geteuid() && (st.st_mode & 077) == 0)
        return 0;
    rundir_close(r);
    diag_set(d, -EPERM, "the directory %s is not this user's alone", r->path);
    diag_hint(d, "remove it");
    return -EPERM;
}

void rundir_close(struct rundir *r)
{
    close(r->fd);
    r->fd = -1;
}

static void name_of(char name[NAME_LEN], pid_t pid, const char *ending)
{
    snprintf(name, NAME_LEN, "%d.%s", (int)pid, ending);
}

/* Through the descriptor, so that no long path and no other directory is in
 * the way. unix(7): sun_path has 108 bytes. */
static struct sockaddr_un address_of(const struct rundir *r, pid_t pid)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    snprintf(un.sun_path, sizeof(un.sun_path), "/proc/self/fd/%d/%d.sock",
             r->fd, (int)pid);
    return un;
}

int rundir_connect(const struct rundir *r, pid_t pid)
{
    const struct sockaddr_un un = address_of(r, pid);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

    if (fd >= 0 && connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0)
        return fd;
    err = errno;
    if (fd >= 0)
        close(fd);
    return -err;
}

static void remove_entry(const struct rundir *r, pid_t pid)
{
    char name[NAME_LEN];

    name_of(name, pid, "sock");
    unlinkat(r->fd, name, 0);
    name_of(name, pid, "json");
    unlinkat(r->fd, name, 0);
}

int rundir_entry(const struct rundir *r, pid_t pid)
{
    char name[NAME_LEN];
    int fd;

    name_of(name, pid, "json");
    fd = openat(r->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static bool is_locked(const struct rundir *r, pid_t pid)
{
    int fd = rundir_entry(r, pid);
    bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;

    if (fd >= 0)
        close(fd);
    return locked;
}

static bool listens(const struct rundir *r, pid_t pid)
{
    int fd = rundir_connect(r, pid);

    if (fd >= 0)
        close(fd);
    return fd >= 0 || fd == -EAGAIN; /* its queue is full */
}

/* Whether the session lives and can be talked to; else remove its entry. The
 * caller has the directory's lock. */
static bool is_alive(const struct rundir *r, pid_t pid)
{
    bool alive = is_locked(r, pid) && listens(r, pid);

    if (!alive)
        remove_entry(r, pid);
    return alive;
}

static bool same_file(int a, int b)
{
    struct stat x, y;

    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

void rundir_remove(const struct rundir *r, pid_t pid, int entry)
{
    int fd;

    flock(r->fd, LOCK_EX);
    fd = rundir_entry(r, pid);
    if (same_file(fd, entry))
        remove_entry(r, pid);
    if (fd >= 0)
        close(fd);
    flock(r->fd, LOCK_UN);
}

static int bind_and_listen(const struct rundir *r, pid_t pid)
{
    const struct sockaddr_un un = address_of(r, pid);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0177);
    int err = 0;

    if (fd < 0 || bind(fd, (const struct sockaddr *)&un, sizeof(un)) < 0 ||
        listen(fd, BACKLOG) < 0)
        err = errno;
    umask(mask);
    if (err && fd >= 0)
        close(fd);
    return err ? -err : fd;
}

/* Whole, and locked, or not at all, for whoever reads at the same time. Returns
 * the descriptor that has the lock, or a negative errno. */
static int write_json(const struct rundir *r, pid_t pid, const char *json,
                      size_t size)
{
    char new[NAME_LEN], name[NAME_LEN];
    int fd, rc;

    name_of(new, pid, "new");
    name_of(name, pid, "json");
    fd = openat(r->fd, new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    rc = write(fd, json, size) == (ssize_t)size ? 0 : -EIO;
    if (rc == 0 && (flock(fd, LOCK_EX | LOCK_NB) < 0 ||
                    renameat(r->fd, new, r->fd, name) < 0))
        rc = -errno;
    if (rc == 0)
        return fd;
    close(fd);
    unlinkat(r->fd, new, 0);
    return rc;
}

int rundir_listen(const struct rundir *r, pid_t pid, const char *json,
                  size_t size, int *life, struct diag *d)
{
    int fd = -EADDRINUSE, rc;

    /* Else a list would take a session without its description for dead. */
    flock(r->fd, LOCK_EX);
    if (!is_alive(r, pid))
        fd = bind_and_listen(r, pid);
    rc = fd < 0 ? fd : write_json(r, pid, json, size);
    *life = rc;
    if (rc < 0 && fd >= 0) {
        close(fd);
        remove_entry(r, pid);
    }
    flock(r->fd, LOCK_UN);
    if (rc < 0)
        return diag_set(d, rc, "cannot listen at %s/%d.sock", r->path,
                        (int)pid);
    return fd;
}

static int by_number(const void *a, const void *b)
{
    const pid_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* PID of "PID.sock", else 0. */
static pid_t pid_of(const char *name)
{
    char *end;
    long pid = strtol(name, &end, 10);

    return strcmp(end, ".sock") == 0 && pid > 0 && pid <= INT_MAX ? (pid_t)pid
                                                                  : 0;
}

ssize_t rundir_list(const struct rundir *r, pid_t **pids)
{
    struct dirent **names;
    ssize_t count = 0;
    int n;

    n = scandirat(r->fd, ".", &names, NULL, NULL);
    if (n < 0)
        return -errno;
    *pids = calloc((size_t)n + 1, sizeof(**pids));
    flock(r->fd, LOCK_EX);
    for (int i = 0; i < n; i++) {
        pid_t pid = pid_of(names[i]->d_name);

        if (*pids && pid && is_alive(r, pid))
            (*pids)[count++] = pid;
        free(names[i]);
    }
    flock(r->fd, LOCK_UN);
    free(names);
    if (!*pids)
        return -ENOMEM;
    qsort(*pids, (size_t)count, sizeof(**pids), by_number);
    return count;
}

char *rundir_read(const struct rundir *r, pid_t pid, size_t *size)
{
    char *text = NULL;
    struct stat st;
    ssize_t n = -1;
    int fd = rundir_entry(r, pid);

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && st.st_size <= JSON_MAX)
        text = malloc((size_t)st.st_size + 1);
    if (text)
        n = read(fd, text, (size_t)st.st_size);
    close(fd);
    if (n < 0) {
        free(text);
        return NULL;
    }
    text[n] = '\0';
    *size = (size_t)n;
    return text;
}
