/*
 * image.c: write everything that the monitor has into an executable file, and
 * execute that. image_rebuild.c goes on.
 */
#include "vmm/image.h"

#include "vmm/hostproc.h"
#include "vmm/image_internal.h"
#include "vmm/limit.h"
#include "vmm/maps.h"
#include "vmm/privfd.h"
#include "vmm/shmem.h"

#include <asm/prctl.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#define STEPS_MAX 32768
#define IMAGE_SIZE                                                             \
    (sizeof(struct image) + STEPS_MAX * sizeof(struct image_step))
#define TEXT_SIZE   (16 * MIB) /* of /proc/self/maps: vm.max_map_count lines */
#define LARGEST     (16 * GIB) /* of a mapping: pagemap is read whole */
#define FILES_MAX   64         /* that are mapped */
#define STACK_LIMIT (8 * MIB)
#define FILE_SIZE   GIB /* is more than any image has */

#define PM_BATCH UINT64_C(16384)
#define PM_LOOK  UINT64_C(64)

/* What making an image needs, in a mapping of its own that is left out of it:
 * the allocator's state is being written meanwhile. */
struct maker {
    int fd, pagemap;
    struct stat shared; /* what the session shares */
    uint64_t end;       /* of the file, as far as it is in use */
    uint64_t machine_end;
    struct {
        struct stat st;
        int fd;
    } file[FILES_MAX];
    size_t files;
    char maps[TEXT_SIZE];
    uint64_t entry[PM_BATCH];
    bool own[PM_BATCH];
    uint8_t look[PM_LOOK * PAGE_SIZE];
    struct image image;
};
#define MAKER_SIZE ALIGN_UP(sizeof(struct maker) + IMAGE_SIZE, PAGE_SIZE)

static int open_proc(const char *path)
{
    const int dir = hostproc(&path);

    return openat(dir, path, O_RDONLY | O_CLOEXEC);
}

static int add(struct maker *m, struct image_step step)
{
    struct image *im = &m->image;

    if (im->step_count == STEPS_MAX)
        return -ENOMEM;
    im->step[im->step_count++] = step;
    return 0;
}

/* Write [start, end) of memory; what cannot be read, behind the end of a file,
 * stays 0. */
static int put(struct maker *m, uint64_t start, uint64_t end)
{
    for (uint64_t at = start; at < end;) {
        ssize_t n = pwrite(m->fd, (const void *)at, end - at,
                           (off_t)(m->end + at - start));

        if (n < 0 && errno != EFAULT)
            return -errno;
        at = n > 0 ? at + (uint64_t)n : ALIGN_DOWN(at, PAGE_SIZE) + PAGE_SIZE;
    }
    m->end += end - start;
    return 0;
}

static int put_run(struct maker *m, uint64_t start, uint64_t end)
{
    const struct image_step step = {IMAGE_READ, 0,           m->fd,
                                    start,      end - start, m->end};

    if (start == end)
        return 0;
    return add(m, step) < 0 ? -ENOMEM : put(m, start, end);
}

static bool is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_SIZE - 1) == 0;
}

/*
 * Look at up to PM_LOOK pages from (at) on: those that are not 0 are the
 * process's own. Another thread may have unmapped them since maps was read.
 * Returns of how many that is known now.
 */
static size_t look_at(struct maker *m, uint64_t at, size_t pages)
{
    const size_t n = min_u64(PM_LOOK, pages);
    const struct iovec here = {m->look, n * PAGE_SIZE};
    const struct iovec there = {(void *)at, n * PAGE_SIZE};
    const ssize_t got = process_vm_readv(getpid(), &here, 1, &there, 1, 0);
    const size_t read = got < 0 ? 0 : (size_t)got / PAGE_SIZE;

    for (size_t i = 0; i < read; i++)
        m->own[i] = !is_zero(m->look + i * PAGE_SIZE);
    if (read == n)
        return n;
    m->own[read] = false;
    return read + 1;
}

/*
 * Of pages from (at) on, whether each is the process's own. Returns of how
 * many, or a negative errno. Who gave up privileges may not open pagemap
 * (PR_SET_DUMPABLE in prctl(2)): then all of a (file) are.
 */
static ssize_t find_own(struct maker *m, uint64_t at, size_t pages, bool file)
{
    size_t n = min_u64(PM_BATCH, pages);
    ssize_t got;

    if (m->pagemap < 0 && !file)
        return (ssize_t)look_at(m, at, n);
    if (m->pagemap < 0) {
        memset(m->own, true, n * sizeof(m->own[0]));
        return (ssize_t)n;
    }
    got = pread(m->pagemap, m->entry, n * sizeof(m->entry[0]),
                (off_t)(at / PAGE_SIZE * sizeof(m->entry[0])));
    if (got <= 0)
        return -EIO;
    n = (size_t)got / sizeof(m->entry[0]);
    for (size_t i = 0; i < n; i++)
        m->own[i] = (m->entry[i] & PM_SWAPPED) ||
                    (m->entry[i] & (PM_PRESENT | PM_FILE)) == PM_PRESENT;
    return (ssize_t)n;
}

/* The pages of [start, end) that are the process's own. */
static int put_own(struct maker *m, uint64_t start, uint64_t end, bool file)
{
    uint64_t at = start, run = at;
    int rc = 0;

    while (rc == 0 && at < end) {
        ssize_t n = find_own(m, at, (end - at) / PAGE_SIZE, file);

        if (n < 0)
            return (int)n;
        for (ssize_t i = 0; rc == 0 && i < n; i++, at += PAGE_SIZE) {
            if (m->own[i])
                continue;
            rc = put_run(m, run, at);
            run = at + PAGE_SIZE;
        }
    }
    return rc < 0 ? rc : put_run(m, run, end);
}

/* Map by (step), then what was written there. */
static int put_private(struct maker *m, const struct map_info *map,
                       struct image_step step)
{
    const int rights = PROT_READ | PROT_WRITE;
    uint64_t end = map->end;
    int rc;

    step.start = map->start;
    step.size = map->end - map->start;
    step.prot = map->prot | rights;
    if (step.size > LARGEST)
        return -ENOMEM;
    if (map->start == MACHINE_BASE)
        end = min_u64(end, m->machine_end);
    rc = add(m, step);
    if (rc == 0 && (map->prot & PROT_READ))
        rc = put_own(m, map->start, end, step.what == IMAGE_FILE);
    step.what = IMAGE_RIGHTS;
    step.prot = map->prot;
    if (rc == 0 && (map->prot & rights) != rights)
        rc = add(m, step);
    return rc;
}

static bool is_file(const struct map_info *map, const struct stat *st)
{
    return st->st_dev == makedev(map->major, map->minor) &&
           st->st_ino == map->inode;
}

/* The file of (map), if its name still leads there; or -1. */
static int file_of(struct maker *m, const struct map_info *map)
{
    struct stat st;
    int fd;

    for (size_t i = 0; i < m->files; i++)
        if (is_file(map, &m->file[i].st))
            return m->file[i].fd;
    fd = open(map->path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -1;
    if (m->files == FILES_MAX || fstat(fd, &st) < 0 || !is_file(map, &st) ||
        !S_ISREG(st.st_mode)) {
        close(fd);
        return -1;
    }
    m->file[m->files].st = st;
    m->file[m->files++].fd = fd;
    return fd;
}

/* Of a file that cannot be mapped again everything is written. */
static int put_file(struct maker *m, const struct map_info *map)
{
    struct image_step step = {.what = IMAGE_FILE,
                              .prot = map->prot,
                              .fd = file_of(m, map),
                              .start = map->start,
                              .size = map->end - map->start,
                              .offset = map->offset};

    if (step.fd >= 0)
        return put_private(m, map, step);
    step.fd = m->fd;
    step.offset = m->end;
    return add(m, step) < 0 ? -ENOMEM : put(m, map->start, map->end);
}

static int close_files(struct maker *m, bool there)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < m->files; i++) {
        if (there)
            rc = add(m, (struct image_step){.what = IMAGE_CLOSE,
                                            .fd = m->file[i].fd});
        else
            close(m->file[i].fd);
    }
    return rc;
}

static int put_vdso(struct image *im, const struct map_info *map)
{
    if (im->part_count == IMAGE_PARTS)
        return -ENOMEM;
    im->part[im->part_count++] =
        (struct image_part){map->start, map->end - map->start};
    if (strcmp(map->path, "[vdso]") == 0)
        im->vdso = map->start;
    return 0;
}

/* A line of the guest's, of which there may be many. */
static bool is_guests(const char *line)
{
    const uint64_t start = strtoul(line, NULL, 16);

    return start < LOW_END || range_within(start, 1, ARENA_BASE, ARENA_END);
}

static int put_mapping(struct maker *m, const struct map_info *map)
{
    if (map->start == (uintptr_t)m || strcmp(map->path, "[vsyscall]") == 0 ||
        strncmp(map->path, "/[aio]", 6) == 0) /* io_setup(2): not inherited */
        return 0;
    if (strncmp(map->path, "[vvar", 5) == 0 || strcmp(map->path, "[vdso]") == 0)
        return put_vdso(&m->image, map);
    if ((map->flags & MAP_SHARED) && is_file(map, &m->shared))
        return add(m, (struct image_step){IMAGE_SHARE, map->prot, shmem_fd(),
                                          map->start, map->end - map->start,
                                          map->offset});
    /* A vcpu's page: nothing else may be there before that is destroyed. */
    if (strncmp(map->path, "anon_inode:", 11) == 0)
        return add(m, (struct image_step){IMAGE_ZERO, PROT_NONE, -1, map->start,
                                          map->end - map->start, 0});
    if (map->inode)
        return put_file(m, map);
    return put_private(m, map,
                       (struct image_step){.what = IMAGE_ZERO, .fd = -1});
}

static int read_maps(struct maker *m)
{
    int fd = open_proc("/proc/self/maps");
    size_t size = 0;
    ssize_t n = fd < 0 ? -1 : 1;

    while (n > 0 && size < TEXT_SIZE - 1) {
        n = read(fd, m->maps + size, TEXT_SIZE - 1 - size);
        size += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0)
        close(fd);
    return n == 0 ? 0 : -ENOMEM;
}

/*
 * In the order of addresses: by what lies on the stack of the first thread, the
 * last one, others know a process of the session, peer.h, which then has all
 * that leads there.
 */
static int put_mappings(struct maker *m)
{
    int rc = read_maps(m);

    if (rc < 0)
        return rc;
    fstat(shmem_fd(), &m->shared);
    for (char *line = m->maps, *next; rc == 0 && *line; line = next) {
        struct map_info map;

        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        if (!is_guests(line))
            rc = maps_parse(line, &map) ? put_mapping(m, &map) : -ENOMEM;
    }
    return rc;
}

/* The pages of the code that begins. Each function has less than a page. */
static int put_code(struct maker *m, Elf64_Phdr *out)
{
    const uintptr_t code[] = {(uintptr_t)image_start, (uintptr_t)image_begin,
                              (uintptr_t)image_continue,
                              (uintptr_t)image_rebuild,
                              (uintptr_t)image_resume};
    uint64_t start = UINT64_MAX, end = 0;

    for (size_t i = 0; i < ARRAY_SIZE(code); i++) {
        start = min_u64(start, ALIGN_DOWN(code[i], PAGE_SIZE));
        end = max_u64(end, ALIGN_UP(code[i] + PAGE_SIZE, PAGE_SIZE));
    }
    *out = (Elf64_Phdr){.p_type = PT_LOAD,
                        .p_flags = PF_R | PF_X,
                        .p_offset = m->end,
                        .p_vaddr = start,
                        .p_filesz = end - start,
                        .p_memsz = end - start,
                        .p_align = PAGE_SIZE};
    return put(m, start, end);
}

/* Headers, then (struct image), then all content. elf(5) */
static int put_head(struct maker *m)
{
    const uint64_t size = ALIGN_UP(
        sizeof(m->image) + m->image.step_count * sizeof(m->image.step[0]),
        PAGE_SIZE);
    struct {
        Elf64_Ehdr file;
        Elf64_Phdr program[3];
    } head = {
        .file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                             ELFDATA2LSB, EV_CURRENT},
                 .e_type = ET_EXEC,
                 .e_machine = EM_X86_64,
                 .e_version = EV_CURRENT,
                 .e_entry = (uintptr_t)image_start,
                 .e_phoff = sizeof(Elf64_Ehdr),
                 .e_ehsize = sizeof(Elf64_Ehdr),
                 .e_phentsize = sizeof(Elf64_Phdr),
                 .e_phnum = 3},
        .program = {{0},
                    {.p_type = PT_LOAD,
                     .p_flags = PF_R | PF_W,
                     .p_offset = PAGE_SIZE,
                     .p_vaddr = IMAGE_AT,
                     .p_filesz = size,
                     .p_memsz = size + IMAGE_STACK,
                     .p_align = PAGE_SIZE},
                    {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W}},
    };

    int rc = put_code(m, &head.program[0]);

    m->image.stack_top = IMAGE_AT + size + IMAGE_STACK;
    if (rc < 0)
        return rc;
    if (pwrite(m->fd, &head, sizeof(head), 0) != sizeof(head) ||
        pwrite(m->fd, &m->image, size, PAGE_SIZE) != (ssize_t)size)
        return -EIO;
    return 0;
}

static int describe_thread(struct image *im)
{
    if (syscall(SYS_arch_prctl, ARCH_GET_FS, &im->fs_base) < 0 ||
        prctl(PR_GET_TID_ADDRESS, &im->tid_address) < 0)
        return -errno;
    return 0;
}

static int make(struct maker *m, int fd, uint64_t machine_end)
{
    int rc = describe_thread(&m->image);

    m->fd = fd;
    m->machine_end = machine_end;
    m->end = PAGE_SIZE + ALIGN_UP(IMAGE_SIZE, PAGE_SIZE);
    m->pagemap = open_proc("/proc/self/pagemap");
    if (rc == 0)
        rc = put_mappings(m);
    if (m->pagemap >= 0)
        close(m->pagemap);
    if (rc == 0)
        rc = close_files(m, true);
    if (rc == 0)
        rc = put_head(m);
    if (rc < 0)
        close_files(m, false);
    return rc;
}

/* The monitor's own descriptors are kept through execve(2), or not. */
static void set_kept(bool kept)
{
    for (int fd = 0; (fd = privfd_next(fd)) >= 0; fd++)
        fcntl(fd, F_SETFD, kept ? 0 : FD_CLOEXEC);
}

/* Between pages without rights, so that it is a line of maps by itself. */
static struct maker *maker_create(void)
{
    uint8_t *p = mmap(NULL, MAKER_SIZE + 2 * PAGE_SIZE, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (p == MAP_FAILED)
        return NULL;
    mprotect(p + PAGE_SIZE, MAKER_SIZE, PROT_READ | PROT_WRITE);
    return (struct maker *)(p + PAGE_SIZE);
}

static void maker_destroy(struct maker *m)
{
    if (m)
        munmap((uint8_t *)m - PAGE_SIZE, MAKER_SIZE + 2 * PAGE_SIZE);
}

/*
 * Limits are others for a moment. The kernel places mappings below as much room
 * as the stack may need, and those of a process without a limit where the
 * guest's low window is; and what there was already must not be too much now.
 */
static const struct {
    int resource;
    rlim_t most;
} limits[] = {
    {RLIMIT_STACK, STACK_LIMIT},
    {RLIMIT_AS, RLIM_INFINITY},
    {RLIMIT_DATA, RLIM_INFINITY},
};

static void change_limits(struct rlimit was[ARRAY_SIZE(limits)])
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
        struct rlimit now;

        getrlimit(limits[i].resource, &was[i]);
        now = was[i];
        now.rlim_cur = min_u64(limits[i].most, now.rlim_max);
        setrlimit(limits[i].resource, &now);
    }
}

static void restore_limits(const struct rlimit was[ARRAY_SIZE(limits)])
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        setrlimit(limits[i].resource, &was[i]);
}

/* What the kernel forgets at execve(2), or is to know for that alone. */
struct thread {
    struct robust_list_head *robust;
    size_t robust_size;
    struct rlimit limits[ARRAY_SIZE(limits)];
};

static int remember(struct thread *t)
{
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
        getrlimit(limits[i].resource, &t->limits[i]);
    return syscall(SYS_get_robust_list, 0, &t->robust, &t->robust_size) < 0
               ? -errno
               : 0;
}

static void go_on(const struct thread *t, int fd)
{
    munmap((void *)IMAGE_AT, IMAGE_SIZE + IMAGE_STACK);
    syscall(SYS_set_robust_list, t->robust, t->robust_size);
    restore_limits(t->limits);
    set_kept(false);
    privfd_drop(fd);
}

bool image_possible(void)
{
    struct limit size;
    bool large;
    int maps;

#ifdef SANITIZED
    return false; /* what shadows the memory is too large */
#endif
    large = limit_raise(&size, RLIMIT_FSIZE, FILE_SIZE);
    limit_restore(&size);
    maps = privfd_open("/proc/self/maps", O_RDONLY);
    privfd_close(maps);
    return large && shmem_is_file() && maps >= 0;
}

int image_file(void)
{
    return privfd_memfd(IMAGE_NAME, 0);
}

int image_take(int fd, uint64_t machine_end)
{
    struct maker *m = maker_create();
    struct thread thread = {0};
    struct limit size;
    int rc = m ? remember(&thread) : -ENOMEM;

    if (rc == 0 && image_save(m->image.context)) {
        go_on(&thread, fd);
        maker_destroy(m); /* what is around it */
        return IMAGE_ENTERED;
    }
    if (rc == 0) {
        limit_raise(&size, RLIMIT_FSIZE, FILE_SIZE);
        rc = make(m, fd, machine_end);
        limit_restore(&size);
    }
    maker_destroy(m);
    return rc;
}

int image_enter(int fd)
{
    static char name[] = "microvm-hook";
    char *const argv[] = {name, NULL}, *const envp[] = {NULL};
    struct rlimit was[ARRAY_SIZE(limits)];
    int err;

    change_limits(was);
    set_kept(true);
    syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
    err = errno;
    set_kept(false);
    restore_limits(was);
    return -err;
}
