/* procfs.c: which files of /proc the program may open, what it opens instead,
 * and where their links lead. */
#include "vmm/procfs.h"

#include "vmm/fdtable.h"
#include "vmm/hostproc.h"
#include "vmm/limit.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"
#include "vmm/procfs_internal.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* MAXSYMLINKS of Linux */

struct proc_file {
    const char *name;  /* below /proc/PID/ or /proc/PID/task/TID/ */
    procfs_show *show; /* NULL: refused */
    bool strangers;    /* of processes outside of the session it is the host's:
                        * it tells nothing that leads into a process */
    /* Instead, for the process's own file; or NULL. */
    int (*open_own)(struct task *task, int flags);
};

/* The program's own memory, for the calls of sys_rw.c. */
static int open_memory(struct task *task, int flags)
{
    struct process *process = task->process;
    int made;

    pthread_mutex_lock(&process->lock);
    made = procmem_open(&process->procmem, flags, fdtable_is_alone(task));
    pthread_mutex_unlock(&process->lock);
    return made;
}

/* Files about the process that are not the program's, or act on the monitor.
 * What is not named here is the host kernel's own (limits, io, cgroup...). */
static const struct proc_file proc_files[] = {
    {"maps", procfs_maps, false, NULL},
    {"smaps", procfs_maps, false, NULL},
    {"stat", procfs_stat, true, NULL},
    {"statm", procfs_statm, true, NULL},
    {"status", procfs_status, true, NULL},
    {"cmdline", procfs_cmdline, true, NULL},
    {"environ", procfs_environ, true, NULL},
    {"auxv", procfs_auxv, false, NULL},
    {"numa_maps", NULL, false, NULL},
    {"smaps_rollup", procfs_smaps_rollup, false, NULL},
    {"mem", NULL, false, open_memory},
    {"pagemap", NULL, false, NULL},
    {"clear_refs", NULL, false, NULL},
    {"syscall", NULL, false, NULL},
    {"stack", NULL, false, NULL},
    {"wchan", procfs_wchan, true, NULL},
    {"timers", NULL, false, NULL},
    {"coredump_filter", NULL, false, NULL},
    {"map_files", NULL, false, NULL},
    {"attr", NULL, false, NULL},
};

/*
 * Find out where below /proc (path) leads, which the kernel made from an opened
 * file. False where that is no process.
 */
static bool find_place(const char *path, struct place *out)
{
    bool found = false, in_task = false;

    out->path = path;
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        size_t digits = strspn(at + 1, "0123456789");

        if (!digits || at[1 + digits] != '/') {
            in_task = strncmp(at, "/task/", 6) == 0;
            continue;
        }
        out->tid = atoi(at + 1);
        if (!found || !in_task)
            out->pid = out->tid;
        out->entry = at + digits + 2;
        found = true;
    }
    return found;
}

static const struct proc_file *find_file(const char *entry)
{
    for (size_t i = 0; i < ARRAY_SIZE(proc_files); i++) {
        size_t n = strlen(proc_files[i].name);

        if (strncmp(entry, proc_files[i].name, n) == 0 &&
            (entry[n] == '\0' || entry[n] == '/' || entry[n] == ' '))
            return &proc_files[i];
    }
    return NULL;
}

/* An unlinked file with (text), opened for reading only. */
static int make_file(const char *name, const char *text, size_t len)
{
    const int fd = privfd_memfd(name, 0);
    struct limit size;
    char path[64];
    int rc = fd;

    snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
    /* Beyond it there would be a signal, too. */
    if (!limit_raise(&size, RLIMIT_FSIZE, len) && rc >= 0)
        rc = -EFBIG;
    for (size_t at = 0; at < len && rc >= 0; at += (size_t)rc) {
        ssize_t n = write(fd, text + at, min_u64(len - at, GIB));

        rc = n < 0 ? -errno : (int)n;
    }
    limit_restore(&size);
    if (rc >= 0)
        rc = privfd_open(path, O_RDONLY);
    privfd_close(fd);
    return rc;
}

/* What (file) shows, as such a file. */
static int show(const struct peer *peer, const struct proc_file *file,
                const struct place *place)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    int rc;

    if (!out)
        return -errno;
    rc = file->show(peer, place, out);
    if (fclose(out) != 0 && rc == 0)
        rc = -ENOMEM;
    if (rc == 0)
        rc = make_file(file->name, text, len);
    free(text);
    return rc;
}

/* The part of (path) that begins with a number, or NULL. */
static const char *at_number(const char *path)
{
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        const size_t digits = strspn(at + 1, "0123456789");

        if (digits && (at[1 + digits] == '/' || !at[1 + digits]))
            return at;
    }
    return NULL;
}

/*
 * Where a file of /proc, (fd), lies. The program may have another root, and see
 * it by another mount; the monitor has it below /proc, hostproc.h.
 */
static int path_of(int fd, char *path, size_t size)
{
    char link[64], text[PATH_MAX];
    const char *at;
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
    n = hostproc_readlink(link, text, sizeof(text) - 1);
    if (n < 0)
        return -errno;
    text[n] = '\0';
    at = strncmp(text, "/proc/", 6) == 0 ? NULL : at_number(text);
    n = snprintf(path, size, "%s%s", at ? "/proc" : "", at ? at : text);
    return (size_t)n < size ? 0 : -ENAMETOOLONG;
}

static bool is_proc(int fd)
{
    struct statfs fs;

    return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* The number in "fd/N" and "fdinfo/N", or -1. */
static int fd_of(const struct place *place)
{
    const char *slash = strchr(place->entry, '/');
    bool lists = strncmp(place->entry, "fd/", 3) == 0 ||
                 strncmp(place->entry, "fdinfo/", 7) == 0;

    return lists && slash[1] ? atoi(slash + 1) : -1;
}

/* Whether (path) of an opened file of /proc stands for a descriptor or a thread
 * of a monitor of the session that is not its program's, or did. */
static bool is_monitors(struct process *process, const char *path)
{
    char below[PATH_MAX + 1]; /* a thread's directory is a place, too */
    const char *at = path;
    struct place place;
    struct peer peer;
    struct stat st;
    int fd = find_place(path, &place) ? fd_of(&place) : -1, root;

    if (fd >= 0) {
        if (!peer_find(&peer, process, place.pid))
            return peer_is_between(place.pid);
        peer.tid = place.tid;
        /* Of what is not open any more it cannot be told whose it was. */
        root = hostproc(&at);
        return peer_owns_fd(&peer, fd) ||
               fstatat(root, at, &st, AT_SYMLINK_NOFOLLOW) < 0;
    }
    snprintf(below, sizeof(below), "%s/", path);
    return find_place(below, &place) && peer_find(&peer, process, place.pid) &&
           !peer_has_thread(&peer, place.tid);
}

static bool stands_for_monitors(struct process *process, int fd)
{
    char path[PATH_MAX];

    return is_proc(fd) && path_of(fd, path, sizeof(path)) == 0 &&
           is_monitors(process, path);
}

/* Memory and ports of the host, the monitor's among them; mem(4). */
static bool shows_host_memory(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
           (st.st_rdev == makedev(1, 1) || st.st_rdev == makedev(1, 2) ||
            st.st_rdev == makedev(1, 4));
}

/* Close (fd) and answer (rc). */
static int refuse(int fd, int rc)
{
    close(fd);
    return rc;
}

/* What the program gets for (file) of the session's process (peer); it is the
 * monitor's. */
static int make(struct task *task, const struct peer *peer,
                const struct proc_file *file, const struct place *place,
                int flags)
{
    if (file->open_own && peer->process == task->process)
        return file->open_own(task, flags);
    if (file->show && (flags & O_ACCMODE) == O_RDONLY)
        return show(peer, file, place);
    return -EACCES;
}

int procfs_judge(struct task *task, int fd, int flags, int *made)
{
    const struct proc_file *file;
    char path[PATH_MAX];
    struct place place;
    struct peer peer;
    bool known;

    if (!is_proc(fd))
        return shows_host_memory(fd) ? -EPERM : 0;
    if (path_of(fd, path, sizeof(path)) < 0)
        return -EACCES;
    if (!find_place(path, &place))
        return strcmp(strrchr(path, '/'), "/kcore") == 0 ? -EPERM : 0;
    /* Before the open there may have been nothing that procfs_hides saw. */
    if (fd_of(&place) >= 0)
        return is_monitors(task->process, path) ? -ENOENT : 0;
    file = find_file(place.entry);
    known = peer_find(&peer, task->process, place.pid);
    if (known && !peer_has_thread(&peer, place.tid))
        return -ENOENT;
    if (!file || (!known && file->strangers))
        return 0;
    *made = known ? make(task, &peer, file, &place, flags) : -EACCES;
    return *made < 0 ? *made : 1;
}

int procfs_replace(struct task *task, int fd, int flags)
{
    int made = -1, rc;

    if (flags & O_PATH) /* tells nothing; to be opened it comes here again */
        return stands_for_monitors(task->process, fd) ? refuse(fd, -ENOENT)
                                                      : fd;
    rc = procfs_judge(task, fd, flags, &made);
    if (rc == 0)
        return fd;
    if (rc < 0)
        return refuse(fd, rc);
    /* The program gets the number that the kernel chose. */
    rc = dup3(made, fd, flags & O_CLOEXEC) < 0 ? -errno : fd;
    privfd_close(made);
    return rc;
}

/* --- links --- */

/* Only numbers can name a descriptor: so few paths need to be looked at. */
static bool ends_in_a_number(const char *path)
{
    size_t end = strlen(path), start;

    while (end > 0 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/'; start--)
        if (path[start - 1] < '0' || path[start - 1] > '9')
            return false;
    return start < end;
}

bool procfs_hides(struct process *process, int dirfd, const char *path)
{
    bool hidden;
    int fd;

    if (!ends_in_a_number(path))
        return false;
    fd = openat(dirfd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    hidden = stands_for_monitors(process, fd);
    close(fd);
    return hidden;
}

/* Where the link (fd), read as (path), leads by its text: (path) becomes that,
 * relative to what it was relative to. */
static int follow_text(int fd, char path[PATH_MAX])
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(fd, "", target, sizeof(target) - 1);
    char *slash = strrchr(path, '/');
    size_t dir = slash ? (size_t)(slash + 1 - path) : 0;

    if (n < 0)
        return -errno;
    target[n] = '\0';
    if (target[0] == '/')
        dir = 0;
    if (dir + (size_t)n >= PATH_MAX)
        return -ENAMETOOLONG;
    memcpy(path + dir, target, (size_t)n + 1);
    return 0;
}

int procfs_follow(int dirfd, char path[PATH_MAX])
{
    int fd = openat(dirfd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return 0;
    if (fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode))
        return refuse(fd, 0);
    return refuse(fd, follow_text(fd, path));
}

/* Whether the kernel follows the link of /proc to an object, not by text. */
static bool is_magic(const struct place *place)
{
    return fd_of(place) >= 0 || strcmp(place->entry, "exe") == 0 ||
           strcmp(place->entry, "cwd") == 0 ||
           strcmp(place->entry, "root") == 0 ||
           strncmp(place->entry, "ns/", 3) == 0;
}

/*
 * Where (place) is the link to the program of a process of the session, (path)
 * becomes what leads there; the kernel's own leads to the monitor. For the
 * process itself that is a link. Of others it is a name, as by the time that it
 * is used their number may stand for something else.
 */
static int program_of(struct process *process, const struct place *place,
                      char path[PATH_MAX])
{
    const pid_t pid = place->pid;
    char link[64];
    struct peer peer;
    ssize_t n;

    if (strcmp(place->entry, "exe") != 0 || !peer_find(&peer, process, pid))
        return PROCFS_NO_LINK;
    if (peer.process == process) {
        snprintf(path, PATH_MAX, "/proc/thread-self/fd/%d",
                 process->program.file);
        return PROCFS_OWN_PROGRAM;
    }
    snprintf(link, sizeof(link), "/proc/%d/fd/%d", pid,
             peer.process->program.file);
    n = hostproc_readlink(link, path, PATH_MAX - 1);
    /* It may have ended, or run another program. */
    if (n <= 0 || path[0] != '/')
        return -ENOENT;
    path[n] = '\0';
    return PROCFS_OTHERS_PROGRAM;
}

/* What link of /proc that is followed to an object (place) is. */
static int link_at(struct process *process, const struct place *place,
                   char link[PATH_MAX])
{
    int rc;

    if (!is_magic(place))
        return PROCFS_NO_LINK;
    if (is_monitors(process, link))
        return -ENOENT;
    rc = program_of(process, place, link);
    return rc == PROCFS_NO_LINK ? PROCFS_LINK : rc;
}

int procfs_find_link(struct process *process, int dirfd, const char *path,
                     char link[PATH_MAX])
{
    char at[PATH_MAX];
    int rc = 0;

    snprintf(at, sizeof(at), "%s", path);
    for (int i = 0; i < LINKS_MAX; i++) {
        struct stat st;
        struct place place;
        int fd = openat(dirfd, at, O_PATH | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
            return PROCFS_NO_LINK;
        if (fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode))
            return refuse(fd, PROCFS_NO_LINK);
        if (is_proc(fd) && path_of(fd, link, PATH_MAX) == 0 &&
            find_place(link, &place)) {
            rc = link_at(process, &place, link);
            if (rc != PROCFS_NO_LINK)
                return refuse(fd, rc);
        }
        rc = follow_text(fd, at);
        close(fd);
        if (rc < 0)
            return rc;
    }
    return -ELOOP;
}

bool procfs_may_be_program(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash ? slash + 1 : path, "exe") == 0;
}

static bool hides_fd(const struct peer *peer, int number)
{
    return peer_owns_fd(peer, number);
}

static bool hides_thread(const struct peer *peer, int number)
{
    return !peer_has_thread(peer, number);
}

static bool hides_all(const struct peer *peer, int number)
{
    (void)peer;
    (void)number;
    return true;
}

procfs_hidden *procfs_listing(struct process *process, int fd,
                              struct peer *peer)
{
    char path[PATH_MAX];
    struct place place;
    procfs_hidden *hidden;

    if (!is_proc(fd) || path_of(fd, path, sizeof(path) - 1) < 0 ||
        !find_place(strcat(path, "/"), &place))
        return NULL;
    if (strcmp(place.entry, "fd/") == 0 || strcmp(place.entry, "fdinfo/") == 0)
        hidden = hides_fd;
    else if (strcmp(place.entry, "task/") == 0)
        hidden = hides_thread;
    else
        return NULL;
    if (peer_find(peer, process, place.pid)) {
        peer->tid = place.tid;
        return hidden;
    }
    return peer_is_between(place.pid) ? hides_all : NULL;
}

/* Of the numbers in directory (path), how many are the program's. */
static uint64_t count_shown(const struct peer *peer, const char *path,
                            procfs_hidden *hidden)
{
    int *all, count = privread_numbers(path, &all);
    uint64_t shown = 0;

    for (int i = 0; i < count; i++)
        shown += !hidden(peer, all[i]);
    free(all);
    return shown;
}

void procfs_fix_counts(struct process *process, int fd, uint64_t *links,
                       uint64_t *size)
{
    char path[PATH_MAX];
    struct peer peer;
    procfs_hidden *hidden = procfs_listing(process, fd, &peer);

    if (!hidden || hidden == hides_all || path_of(fd, path, sizeof(path)) < 0)
        return;
    if (hidden == hides_thread)
        *links = 2 + count_shown(&peer, path, hidden);
    else if (*size > 0)
        *size = count_shown(&peer, path, hidden);
}

void procfs_fix_link(struct process *process, int dirfd, const char *path,
                     char *target, size_t size, int64_t *len)
{
    char link[PATH_MAX];
    struct place place;
    ssize_t n;
    int fd = -1, rc;

    /* Without a path, (dirfd) is the link. */
    if (!path[0])
        fd = fcntl(dirfd, F_DUPFD_CLOEXEC, 0);
    else if (procfs_may_be_program(path))
        fd = openat(dirfd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (!is_proc(fd) || path_of(fd, link, sizeof(link)) < 0 ||
        !find_place(link, &place)) {
        close(fd);
        return;
    }
    close(fd);
    rc = program_of(process, &place, link);
    if (rc == PROCFS_OWN_PROGRAM) {
        n = hostproc_readlink(link, target, size);
        *len = n < 0 ? -errno : n;
    } else if (rc == PROCFS_OTHERS_PROGRAM) {
        *len = (int64_t)min_u64(strlen(link), size);
        memcpy(target, link, (size_t)*len);
    } else if (rc < 0) {
        *len = rc;
    }
}
