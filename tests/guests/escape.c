/* escape.c [CASE]: what a hostile program tries. Without an argument it prints
 * the names of its cases; with one it tries that and prints "ok" if nothing
 * outside its own memory answered. */
#include "escape.h"

#include <sched.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/aio_abi.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

sigjmp_buf back;
volatile int caught;

static void on_fault(int sig)
{
    caught = sig;
    siglongjmp(back, 1);
}

static int try_buffers(void *p)
{
    int null = open("/dev/null", O_WRONLY), zero = open("/dev/zero", O_RDONLY);
    int pipe_ends[2], ok;

    if (pipe(pipe_ends) < 0)
        return 0;
    ok = fails(read(zero, p, 64), EFAULT) &&
         fails(write(pipe_ends[1], p, 64), EFAULT) &&
         fails(syscall(SYS_getrandom, p, 64, 0), EFAULT) &&
         fails(syscall(SYS_pread64, zero, p, 64, 0), EFAULT);
    close(null);
    close(zero);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return ok;
}

static int buffers(void)
{
    return all_outside(try_buffers);
}

static int try_structures(void *p)
{
    return fails(syscall(SYS_stat, "/", p), EFAULT) &&
           fails(syscall(SYS_open, p, O_RDONLY), EFAULT) &&
           fails(syscall(SYS_uname, p), EFAULT) &&
           fails(syscall(SYS_nanosleep, p, NULL), EFAULT) &&
           fails(syscall(SYS_pipe2, p, 0), EFAULT) &&
           fails(syscall(SYS_getcwd, p, 100), EFAULT) &&
           fails(syscall(SYS_rt_sigaction, SIGUSR1, p, NULL, 8), EFAULT);
}

static int structures(void)
{
    return all_outside(try_structures);
}

static int try_nested(void *p)
{
    struct iovec iov = {p, 16}, own = {(char[16]){0}, 16};
    struct msghdr msg = {.msg_iov = p, .msg_iovlen = 1};
    int zero = open("/dev/zero", O_RDONLY), ends[2], ok;

    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
        return 0;
    ok = fails(readv(zero, &iov, 1), EFAULT) &&
         fails(readv(zero, p, 1), EFAULT) &&
         fails(sendmsg(ends[0], &msg, 0), EFAULT);
    msg = (struct msghdr){.msg_iov = &iov, .msg_iovlen = 1};
    ok = ok && fails(sendmsg(ends[0], &msg, 0), EFAULT);
    msg = (struct msghdr){.msg_iov = &own,
                          .msg_iovlen = 1,
                          .msg_control = p,
                          .msg_controllen = 32};
    ok = ok && fails(sendmsg(ends[0], &msg, 0), EFAULT) &&
         fails(sendmsg(ends[0], p, 0), EFAULT);
    close(zero);
    close(ends[0]);
    close(ends[1]);
    return ok;
}

static int nested_structures(void)
{
    return all_outside(try_nested);
}

static aio_context_t aio;

/* The result of one request: its event's, or the submission's. */
static int64_t aio_result(struct iocb *cb)
{
    struct io_event event = {0};

    if (syscall(SYS_io_submit, aio, 1L, &cb) < 0)
        return -errno;
    return syscall(SYS_io_getevents, aio, 1L, 1L, &event, NULL) == 1 ? event.res
                                                                     : 0;
}

static int try_requests(void *p)
{
    int zero = open("/dev/zero", O_RDONLY);
    struct iovec iov = {p, 16};
    struct iocb cb = {.aio_fildes = (uint32_t)zero,
                      .aio_lio_opcode = IOCB_CMD_PREAD,
                      .aio_buf = (uintptr_t)p,
                      .aio_nbytes = 16},
                *none = p;
    int ok = aio_result(&cb) == -EFAULT;

    cb.aio_lio_opcode = IOCB_CMD_PREADV;
    cb.aio_nbytes = 1;
    ok = ok && aio_result(&cb) == -EFAULT;
    cb.aio_buf = (uintptr_t)&iov;
    ok = ok && aio_result(&cb) == -EFAULT &&
         fails(syscall(SYS_io_submit, aio, 1L, p), EFAULT) &&
         fails(syscall(SYS_io_submit, aio, 1L, &none), EFAULT) &&
         fails(syscall(SYS_io_cancel, aio, p, NULL), EFAULT) &&
         fails(syscall(SYS_io_setup, 1, p), EFAULT) &&
         fails(syscall(SYS_io_submit, p, 1L, &none), EINVAL);
    close(zero);
    return ok;
}

/* Requests at addresses outside, and on descriptors of the monitor. */
static int asynchronous_io(void)
{
    char byte;
    struct iocb cb = {.aio_lio_opcode = IOCB_CMD_PREAD,
                      .aio_buf = (uintptr_t)&byte,
                      .aio_nbytes = 1};

    if (syscall(SYS_io_setup, 4, &aio) < 0)
        return 0;
    for (int fd = 3; fd < 4200; fd++) {
        cb.aio_fildes = (uint32_t)fd;
        if (fcntl(fd, F_GETFD) < 0 && aio_result(&cb) != -EBADF)
            return 0;
    }
    return all_outside(try_requests);
}

static int try_memory_calls(void *p)
{
    void *got = mmap(p, PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    /* Free to the program or not there: never the monitor's. */
    if (got != MAP_FAILED && got == p)
        munmap(got, PAGE);
    return mprotect(p, PAGE, PROT_READ | PROT_WRITE) == -1 &&
           mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED &&
           madvise(p, PAGE, MADV_DONTNEED) == -1 && mlock(p, PAGE) == -1 &&
           msync(p, PAGE, MS_SYNC) == -1 && syscall(SYS_munmap, p, PAGE) <= 0;
}

static int memory_calls(void)
{
    return all_outside(try_memory_calls);
}

static int try_fixed(void *p)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    char *mine =
        mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return mmap(p, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED &&
           mremap(mine, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) ==
               MAP_FAILED &&
           munmap(mine, PAGE) == 0;
}

static int fixed_mappings(void)
{
    return all_outside(try_fixed);
}

/* The shim's code, at MACHINE, may be read, and what it answers from, the
 * two pages behind it; nothing else may. To the first of them a program may
 * write: page_of_answers. */
static int try_touch(void *p)
{
    if ((uintptr_t)p - (MACHINE + PAGE) < PAGE)
        return 1;
    if ((uintptr_t)p - MACHINE >= 3 * PAGE &&
        !FAULTS(SIGSEGV, (void)*(volatile char *)p))
        return 0;
    return FAULTS(SIGSEGV, *(volatile char *)p = 1);
}

static int direct_access(void)
{
    return all_outside(try_touch);
}

static int lengths(void)
{
    static char mine[PAGE];
    int zero = open("/dev/zero", O_RDONLY), ends[2];
    struct iovec iov = {mine, SIZE_MAX - 8};

    return pipe(ends) == 0 &&
           fails(syscall(SYS_read, zero, mine, SIZE_MAX), EFAULT) &&
           fails(syscall(SYS_write, ends[1], mine,
                         (size_t)0 - (uintptr_t)mine + 64),
                 EFAULT) &&
           fails(syscall(SYS_readv, zero, &iov, 1), EINVAL) &&
           fails(syscall(SYS_readv, zero, &iov, 100000), EINVAL) &&
           fails(syscall(SYS_readv, zero, &iov, -1), EINVAL) &&
           syscall(SYS_write, ends[1], NULL, 0) == 0 &&
           fails(syscall(SYS_mmap, 0, SIZE_MAX, 3, 0x22, -1, 0), ENOMEM) &&
           fails(syscall(SYS_munmap, mine, SIZE_MAX & ~(PAGE - 1)), EINVAL) &&
           madvise(0, SIZE_MAX & ~(PAGE - 1), MADV_NORMAL) == -1;
}

static int messages(void)
{
    static struct mmsghdr many[2];
    struct iovec iov = {(char[1]){1}, 1};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_name = (char[8]){1},
                         .msg_namelen = 0x7fffffff};
    int ends[2], file = open("/etc/passwd", O_RDONLY);
    char buf[256];

    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
        return 0;
    many[0].msg_hdr = (struct msghdr){.msg_iov = &iov, .msg_iovlen = 1};
    many[1].msg_hdr.msg_iov = (void *)MACHINE;
    many[1].msg_hdr.msg_iovlen = 1;
    /* The length of a name is cut; then it is no address of this family. */
    return sendmsg(ends[0], &msg, 0) == -1 &&
           syscall(SYS_sendmmsg, ends[0], many, 0x7fffffff, 0) <= 1 &&
           fails(syscall(SYS_getdents64, file, buf, sizeof(buf)), ENOTDIR);
}

static int port_output(void)
{
    static char bytes[64];

    return FAULTS(SIGSEGV, __asm__ volatile("outb %%al, $0x30" ::"a"(60))) &&
           FAULTS(SIGSEGV, __asm__ volatile("outl %%eax, $0x31" ::"a"(0))) &&
           FAULTS(SIGSEGV, __asm__ volatile("inb $0x32, %%al" ::
                                                : "rax")) &&
           FAULTS(SIGSEGV,
                  __asm__ volatile("outb %%al, %%dx" ::"a"(1), "d"(0x402))) &&
           FAULTS(SIGSEGV,
                  __asm__ volatile("outb %%al, %%dx" ::"a"(1), "d"(0x30))) &&
           FAULTS(SIGSEGV,
                  __asm__ volatile("rep insb" ::"c"(64), "d"(0x30), "D"(bytes)
                                   : "memory")) &&
           FAULTS(SIGSEGV, __asm__ volatile("rep outsb" ::"c"(64), "d"(0x30),
                                            "S"(bytes)));
}

static int privileged_instructions(void)
{
    return FAULTS(SIGSEGV, __asm__ volatile("hlt")) &&
           FAULTS(SIGSEGV, __asm__ volatile("cli")) &&
           FAULTS(SIGSEGV, __asm__ volatile("mov %%cr3, %%rax" ::
                                                : "rax")) &&
           FAULTS(SIGSEGV, __asm__ volatile("wrmsr" ::"a"(0), "c"(0xc0000082),
                                            "d"(0))) &&
           FAULTS(SIGSEGV, __asm__ volatile("rdmsr" ::"c"(0xc0000082)
                                            : "rax", "rdx")) &&
           FAULTS(SIGSEGV, __asm__ volatile("lidt (%0)" ::"r"(&back))) &&
           FAULTS(SIGSEGV, __asm__ volatile("invlpg (%0)" ::"r"(&back)));
}

static void jump_to(uint64_t at)
{
    caught = 0;
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile(
            "lea 1f(%%rip), %%rcx; mov $39, %%eax;"
            "xor %%esi, %%esi; mov $8, %%edx; mov $8, %%r10d;"
            "mov $10, %%edi; mov $0x202, %%r11d; jmp *%0; 1:" ::"b"(at)
            : "rax", "rcx", "rdx", "rsi", "rdi", "r10", "r11", "cc", "memory");
}

/* A jump to any place of the shim's code is a fault, or at most a system call
 * as any other. Amid an instruction it may lead astray: a child goes there. */
static int jump_into_the_shim(void)
{
    for (uint64_t at = MACHINE; at < MACHINE + 0x140; at += 8) {
        pid_t pid = fork();

        if (pid == 0) {
            alarm(1);
            for (volatile int i = 0; i < 8; i++)
                jump_to(at + (uint64_t)i);
            _exit(0);
        }
        if (pid < 0 || waitpid(pid, NULL, 0) != pid)
            return 0;
    }
    return getpid() > 0;
}

static int old_system_calls(void)
{
    /* The 32-bit ways to getpid must not answer. */
    if (!FAULTS(SIGSEGV, __asm__ volatile("mov $20, %%eax; int $0x80" ::
                                              : "rax")))
        return 0;
    if (!FAULTS(SIGILL, __asm__ volatile("sysenter" ::"a"(20))) &&
        caught != SIGSEGV)
        return 0;
    return fails(syscall(SYS_getpid | 0x40000000), ENOSYS) &&
           fails(syscall(5000), ENOSYS) && fails(syscall(-7), ENOSYS);
}

static int far_returns(void)
{
    return FAULTS(SIGSEGV, __asm__ volatile("iretq")) &&
           FAULTS(SIGSEGV, __asm__ volatile("push $0x10; push $0; lretq")) &&
           FAULTS(SIGSEGV, __asm__ volatile("mov %0, %%ss" ::"r"(0x18)));
}

/* What of the monitor is in the file? Nothing must be. */
static int shows_monitor(const char *name)
{
    static char text[1 << 20];
    size_t used = 0;
    ssize_t n;
    int fd = open(name, O_RDONLY);

    if (fd < 0)
        return 0;
    while (used < sizeof(text) - 1 &&
           (n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
        used += (size_t)n;
    close(fd);
    text[used] = '\0';
    if (!strstr(text, "microvm-hook") && !strstr(text, "kvm"))
        return 0;
    printf("%s shows the monitor\n", name);
    return 1;
}

static int own_maps(void)
{
    char name[64];

    snprintf(name, sizeof(name), "/proc/%d/task/%d/maps", getpid(), getpid());
    if (symlink("/proc/self/maps", "/tmp/escape-maps") < 0 && errno != EEXIST)
        return 0;
    return !shows_monitor("/proc/self/maps") && !shows_monitor(name) &&
           !shows_monitor("/proc/self/../self/smaps") &&
           !shows_monitor("/tmp/escape-maps") &&
           unlink("/tmp/escape-maps") == 0 &&
           !shows_monitor("/proc/thread-self/numa_maps");
}

static int foreign_memory_calls(void)
{
    char buf[8];
    struct iovec mine = {buf, 8}, other = {(void *)0x7ffff7dd0000, 8};
    long pid = getpid();

    return syscall(SYS_process_vm_readv, pid, &mine, 1, &other, 1, 0) == -1 &&
           syscall(SYS_process_vm_writev, pid, &mine, 1, &other, 1, 0) == -1 &&
           syscall(SYS_ptrace, 0, 0, 0, 0) == -1 &&
           syscall(SYS_io_uring_setup, 4, buf) == -1 &&
           syscall(SYS_userfaultfd, 0) == -1 &&
           syscall(SYS_perf_event_open, buf, 0, -1, -1, 0) == -1 &&
           syscall(SYS_bpf, 0, buf, 8) == -1 &&
           syscall(SYS_seccomp, 0, 0, NULL) == -1 &&
           syscall(SYS_modify_ldt, 1, buf, 8) == -1 &&
           syscall(SYS_iopl, 3) == -1 && syscall(SYS_ioperm, 0x30, 4, 1) == -1;
}

/* Devices that show the host's memory and ports, by any name; 1, 5 is /dev/zero
 * and must open, or the names would prove nothing. */
static int host_memory(void)
{
    static const int minors[] = {1, 2, 4, 5};
    static const char *const names[] = {"/dev/mem", "/dev/kmem", "/dev/port",
                                        "/proc/kcore"};
    const char *node = "/tmp/escape-node";
    int opened = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        opened += open(names[i], O_RDONLY) >= 0;
    for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++) {
        if (mknod(node, S_IFCHR | 0600, makedev(1, (unsigned)minors[i])) < 0)
            return opened == 0 && errno == EPERM; /* not root */
        opened += open(node, O_RDONLY) >= 0;
        unlink(node);
    }
    return opened == 1;
}

/* (link) leads to the program's own file, or tells of nothing: neither that it
 * is there, nor what was there before. */
static int shows_nothing(const char *link)
{
    struct stat own_file, st = {.st_ino = 7}, now;
    struct statx x;

    if (stat("/proc/self/exe", &own_file) < 0)
        return 0;
    if (stat(link, &st) == 0)
        return st.st_ino == own_file.st_ino || S_ISDIR(st.st_mode);
    now = (struct stat){.st_ino = 7};
    return errno == ENOENT && memcmp(&st, &now, sizeof(st)) == 0 &&
           fails(statx(AT_FDCWD, link, 0, STATX_BASIC_STATS, &x), ENOENT) &&
           fails(fstatat(AT_FDCWD, link, &st, 0), ENOENT);
}

/* What opens by the links to another process's descriptors, and its own. */
static int descriptor_links(void)
{
    static const char *const forms[] = {
        "/proc/self/fd/%d",      "/proc/thread-self/fd/%d",
        "/proc/self/fdinfo/%d",  "/dev/fd/%d",
        "/tmp/escape-fd/%d",     "/proc/%2$d/fd/%1$d",
        "/proc/%2$d/fdinfo/%1$d"};
    const char *link = "/tmp/escape-link";
    int good = symlink("/proc/self/fd", "/tmp/escape-fd") == 0;
    char path[64];

    for (int fd = 64; good && fd < 4200; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue; /* inherited */
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        good = fails(access(path, F_OK), ENOENT);
        if (fd < MONITORS || fd >= MONITORS + 64)
            continue;
        good = good && symlink(path, link) == 0 &&
               fails(open(link, O_RDWR), ENOENT) &&
               fails(open(link, O_PATH), ENOENT) &&
               fails(execl(link, link, NULL), ENOENT) &&
               fails(truncate(link, 0), ENOENT) &&
               fails(chmod(link, 0), ENOENT) && shows_nothing(link) &&
               unlink(link) == 0;
        for (size_t i = 0; good && i < sizeof(forms) / sizeof(forms[0]); i++) {
            snprintf(path, sizeof(path), forms[i], fd, getppid());
            /* The parent of a child has what its monitor has. */
            good = fails(open(path, O_RDONLY), ENOENT) &&
                   fails(open(path, O_PATH), ENOENT) &&
                   fails(truncate(path, 0), ENOENT) &&
                   fails(access(path, F_OK), ENOENT);
        }
    }
    unlink("/tmp/escape-fd");
    unlink(link);
    return good;
}

static int descriptor_links_of_a_parent(void)
{
    int status = -1;
    pid_t pid;

    /* The one that runs the monitor may have high numbers of its own. */
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        exit(!descriptor_links());
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* Close and replace every descriptor there may be; then go on. */
static int descriptors(void)
{
    struct stat st;
    int fd;

    for (fd = 3; fd < 4096; fd++)
        close(fd);
    for (fd = 3; fd < 1024; fd++)
        dup2(1, fd);
    syscall(SYS_close_range, 3, ~0U, 0);
    fd = open("/dev/zero", O_RDONLY);
    return fd == 3 && fstat(fd, &st) == 0 && getpid() > 0 &&
           mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0) != MAP_FAILED;
}

/* The files of another monitor of the session: its memory does not open, and
 * what opens shows its program. */
static int foreign_memory_files(pid_t pid)
{
    static const char *const names[] = {"mem", "pagemap", "clear_refs",
                                        "syscall", "map_files"};
    static const char *const shown[] = {"maps", "smaps", "smaps_rollup", "auxv",
                                        "stat"};
    char path[64];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[i]);
        if (!fails(open(path, O_RDONLY), EACCES))
            return 0;
    }
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        snprintf(path, sizeof(path), "/proc/%d/%s", pid, shown[i]);
        if (access(path, R_OK) < 0 || shows_monitor(path))
            return 0;
    }
    snprintf(path, sizeof(path), "/proc/%d/task/%d/mem", pid, pid);
    return fails(open(path, O_RDWR), EACCES);
}

int inside(void)
{
    return foreign_memory_files(getppid()) && descriptors() &&
           own_memory_files() && own_maps() && foreign_memory_calls() &&
           nested_structures();
}

static const struct {
    const char *name;
    int (*run)(void);
} cases[] = {
    {"buffers", buffers},
    {"structures", structures},
    {"nested_structures", nested_structures},
    {"asynchronous_io", asynchronous_io},
    {"memory_calls", memory_calls},
    {"fixed_mappings", fixed_mappings},
    {"direct_access", direct_access},
    {"page_of_answers", page_of_answers},
    {"page_after_exec", page_after_exec},
    {"lengths", lengths},
    {"messages", messages},
    {"port_output", port_output},
    {"privileged_instructions", privileged_instructions},
    {"jump_into_the_shim", jump_into_the_shim},
    {"old_system_calls", old_system_calls},
    {"far_returns", far_returns},
    {"own_memory_files", own_memory_files},
    {"own_memory_passed_on", own_memory_passed_on},
    {"files_in_passing", files_in_passing},
    {"memory_in_passing", memory_in_passing},
    {"pipes_in_passing", pipes_in_passing},
    {"own_maps", own_maps},
    {"foreign_memory_calls", foreign_memory_calls},
    {"descriptors", descriptors},
    {"host_memory", host_memory},
    {"descriptor_links", descriptor_links_of_a_parent},
    {"kept_pointers", kept_pointers},
    {"futex_words", futex_words},
    {"times", times},
    {"socket_options", socket_options},
    {"controls", controls},
    {"forged_frames", forged_frames},
    {"hypercalls", hypercalls},
    {"descriptors_by_other_ways", descriptors_by_other_ways},
    {"machine_descriptors", machine_descriptors},
    {"advice", advice},
    {"thread_pointers", thread_pointers},
    {"another_root", another_root},
    {"new_processes", new_processes},
    {"processes_that_begin", processes_that_begin},
    {"processes_that_leave", processes_that_leave},
    {"threads_with_descriptors", threads_with_descriptors},
    {"inside", inside},
};

int main(int argc, char **argv)
{
    static const int signals[] = {SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP};

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        signal(signals[i], on_fault);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (argc < 2)
            puts(cases[i].name);
        else if (strcmp(argv[1], cases[i].name) == 0)
            return cases[i].run() ? (puts("ok"), 0) : 1;
    return argc < 2 ? 0 : 2;
}
