/* procfs.c: /proc/self as the program expects it. */
#include "vmm/procfs.h"

#include "vmm/gmem.h"
#include "vmm/mm.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

struct proc_file {
    const char *name; /* below /proc/PID/ or /proc/PID/task/TID/ */
    /* Write what the program sees to (out); NULL: the file is refused. */
    int (*show)(const struct process *process, const char *path, FILE *out);
    int refuse_errno;
    bool open_to_others; /* tells nothing that leads into a process */
};

/* Copy guest memory [start, end) to (out). */
static int show_memory(gva_t start, gva_t end, FILE *out)
{
    char buf[4096];

    while (start < end) {
        size_t n = min_u64(sizeof(buf), end - start);

        if (gmem_read(buf, start, n) < 0)
            return -EFAULT;
        fwrite(buf, 1, n, out);
        start += n;
    }
    return 0;
}

static int show_cmdline(const struct process *p, const char *path, FILE *out)
{
    (void)path;
    return show_memory(p->program.stack.arg_start, p->program.stack.arg_end,
                       out);
}

static int show_environ(const struct process *p, const char *path, FILE *out)
{
    (void)path;
    return show_memory(p->program.stack.env_start, p->program.stack.env_end,
                       out);
}

static int show_auxv(const struct process *p, const char *path, FILE *out)
{
    gva_t auxv = p->program.stack.auxv;

    (void)path;
    return show_memory(auxv, auxv + p->program.stack.auxv_size, out);
}

/* Name the program's heap and stack, which to the host are like any memory. */
static const char *label_of(const struct process *p, gva_t start, gva_t end)
{
    gva_t brk_start, brk;

    if (start < p->program.stack_end && p->program.stack_end <= end)
        return "[stack]";
    mm_heap(p->mm, &brk_start, &brk);
    if (brk > brk_start && start < brk && brk_start < end)
        return "[heap]";
    return NULL;
}

/*
 * maps and smaps: the host's text, of which the lines of the program's areas
 * are kept. Offset, device, inode and path are then the host kernel's own.
 */
static int show_maps(const struct process *p, const char *path, FILE *out)
{
    FILE *host = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    bool keep = false;

    if (!host)
        return -errno;
    while (getline(&line, &size, host) > 0) {
        uint64_t start, end;
        int n = 0;
        const char *label;

        if (sscanf(line, "%lx-%lx %*s %*s %*s %*s%n", &start, &end, &n) == 2 &&
            n > 0) {
            keep = gmem_in_window(start, end - start);
            label = keep && !strpbrk(line + n, "/[(") ? label_of(p, start, end)
                                                      : NULL;
            if (label) {
                fprintf(out, "%-73.*s%s\n", n, line, label);
                continue;
            }
        }
        if (keep)
            fputs(line, out);
    }
    free(line);
    fclose(host);
    return 0;
}

/* Files about the process that are not the program's, or act on the monitor.
 * What is not named here is the host kernel's own (stat, status, limits...). */
static const struct proc_file proc_files[] = {
    {"maps", show_maps, 0, false},
    {"smaps", show_maps, 0, false},
    {"numa_maps", NULL, EACCES, false},
    {"smaps_rollup", NULL, EACCES, false},
    {"cmdline", show_cmdline, 0, true},
    {"environ", show_environ, 0, true},
    {"auxv", show_auxv, 0, false},
    {"mem", NULL, EACCES, false},
    {"pagemap", NULL, EACCES, false},
    {"clear_refs", NULL, EACCES, false},
    {"syscall", NULL, EACCES, false},
    {"stack", NULL, EACCES, false},
    {"wchan", NULL, EACCES, false},
    {"timers", NULL, EACCES, false},
    {"coredump_filter", NULL, EACCES, false},
    {"map_files", NULL, EACCES, false},
    {"attr", NULL, EACCES, false},
};

/*
 * The part of (path), which the kernel made from an opened file, behind
 * "/PID/" or "/PID/task/TID/", and whose it is; NULL if there is none.
 */
static const char *entry_of(const char *path, pid_t *pid)
{
    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        size_t digits = strspn(at + 1, "0123456789");
        int tid, used = 0;

        if (!digits || at[1 + digits] != '/')
            continue;
        *pid = atoi(at + 1);
        at += digits + 2;
        if (sscanf(at, "task/%d/%n", &tid, &used) == 1 && used > 0)
            at += used;
        return at;
    }
    return NULL;
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

/* An unlinked file with what (file) shows, as the program would have opened
 * it. */
static int make_file(const struct process *p, const struct proc_file *file,
                     const char *path, int flags)
{
    int fd = memfd_create(file->name, flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
    int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    FILE *out = copy < 0 ? NULL : fdopen(copy, "w");
    int rc = out ? file->show(p, path, out) : -errno;

    if (out && fclose(out) != 0 && rc == 0)
        rc = -errno;
    if (!out && copy >= 0)
        close(copy);
    if (rc < 0) {
        if (fd >= 0)
            close(fd);
        return rc;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static int path_of(int fd, char *path, size_t size)
{
    char link[64];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    n = readlink(link, path, size - 1);
    if (n < 0)
        return -errno;
    path[n] = '\0';
    return 0;
}

int procfs_replace(const struct process *process, int fd, int flags)
{
    const struct proc_file *file;
    const char *entry;
    char path[4096];
    struct statfs fs;
    pid_t pid = 0;
    bool own;
    int made;

    if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
        return fd;
    if (path_of(fd, path, sizeof(path)) < 0) {
        close(fd);
        return -EACCES;
    }
    /* Other processes are other monitors of the session, or stand outside of
     * it: their memory is no business of the program. */
    entry = entry_of(path, &pid);
    own = pid == getpid();
    file = entry ? find_file(entry) : NULL;
    if (!file || (!own && file->open_to_others))
        return fd;
    /* The program gets the number that the kernel chose. */
    made = own && file->show && (flags & O_ACCMODE) == O_RDONLY &&
                   !(flags & O_PATH)
               ? make_file(process, file, path, flags)
               : -(file->refuse_errno ? file->refuse_errno : EACCES);
    if (made >= 0) {
        int rc = dup3(made, fd, flags & O_CLOEXEC);

        close(made);
        return rc < 0 ? -errno : fd;
    }
    close(fd);
    return made;
}

const char *procfs_program_path(const struct process *process, const char *path)
{
    char own[64];

    snprintf(own, sizeof(own), "/proc/%d/exe", getpid());
    return strcmp(path, "/proc/self/exe") == 0 || strcmp(path, own) == 0
               ? process->program.exe
               : path;
}

void procfs_fix_link(const struct process *process, int dirfd, const char *path,
                     char *target, size_t size, int64_t *len)
{
    char self[4096], link[4096];
    const char *entry;
    pid_t pid;
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
    size_t exe_len = strlen(process->program.exe);
    int fd;

    if (n <= 0 || *len != (int64_t)min_u64((uint64_t)n, size) ||
        memcmp(self, target, (size_t)*len) != 0)
        return;
    fd = openat(dirfd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (path_of(fd, link, sizeof(link)) == 0 &&
        (entry = entry_of(link, &pid)) && pid == getpid() &&
        strcmp(entry, "exe") == 0) {
        *len = (int64_t)min_u64(exe_len, size);
        memcpy(target, process->program.exe, (size_t)*len);
    }
    close(fd);
}
