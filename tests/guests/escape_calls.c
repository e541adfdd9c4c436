/* escape_calls.c: cases of "escape" with calls that other monitors of their
 * kind let through, and what the kernel or the CPU keeps for later. */
#include "escape.h"

#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define HIGHEST 4200 /* the monitor's descriptors are below */

/* --- what the kernel uses when the task ends --- */

static int leave(void *p)
{
    return (int)syscall(SYS_set_robust_list, p, 24);
}

static int try_kept(void *p)
{
    static char stack[1 << 16];
    int status = -1;
    pid_t pid;

    fflush(stdout);
    /* The word of a thread's id, the list of its locks, in a child's end. */
    pid = clone(leave, stack + sizeof(stack),
                CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD, p, NULL,
                NULL, p);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 &&
           syscall(SYS_set_tid_address, p) > 0 &&
           fails(syscall(SYS_rseq, p, 32, 0, 0), ENOSYS) &&
           syscall(SYS_set_robust_list, p, 24) == 0;
}

int kept_pointers(void)
{
    return all_outside(try_kept);
}

static int try_futex(void *p)
{
    static uint32_t word;
    const struct timespec none = {0, 0};

    return fails(syscall(SYS_futex, p, FUTEX_WAIT, 0, &none, NULL, 0),
                 EFAULT) &&
           fails(syscall(SYS_futex, p, FUTEX_LOCK_PI, 0, &none, NULL, 0),
                 EFAULT) &&
           fails(syscall(SYS_futex, &word, FUTEX_WAKE_OP, 1, 1, p,
                         FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0)),
                 EFAULT) &&
           fails(syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE, 1, 1, p, 0),
                 EFAULT) &&
           fails(syscall(SYS_futex, &word, FUTEX_WAIT, 0, p, NULL, 0),
                 EFAULT) &&
           fails(syscall(SYS_futex, &word, 99, 0, NULL, NULL, 0), ENOSYS);
}

int futex_words(void)
{
    return all_outside(try_futex);
}

static int try_times(void *p)
{
    struct timespec negative = {-1, 0}, many = {0, 1000000000};

    return fails(syscall(SYS_ppoll, NULL, 0, p, NULL, 0), EFAULT) &&
           fails(syscall(SYS_ppoll, NULL, 0, &negative, NULL, 0), EINVAL) &&
           fails(syscall(SYS_ppoll, NULL, 0, &many, NULL, 0), EINVAL) &&
           fails(syscall(SYS_clock_nanosleep, 0, 0, p, NULL), EFAULT) &&
           fails(syscall(SYS_clock_nanosleep, 0, 0, &negative, NULL), EINVAL) &&
           fails(syscall(SYS_timer_create, 0, p, NULL), EFAULT) &&
           fails(syscall(SYS_select, 64, p, NULL, NULL, NULL), EFAULT);
}

static void on_alarm(int sig)
{
    (void)sig;
}

/* A wait for ever ends with a signal. */
int times(void)
{
    struct timespec ever = {INT64_MAX, 999999999};
    struct sigaction act = {.sa_handler = on_alarm};

    sigaction(SIGALRM, &act, NULL);
    ualarm(50000, 50000); /* one of them comes while ppoll waits */
    return all_outside(try_times) &&
           fails(syscall(SYS_ppoll, NULL, 0, &ever, NULL, 0), EINTR);
}

/* --- sockets --- */

static int try_options(void *p)
{
    struct sock_fprog program = {.len = 4, .filter = p};
    int s = socket(AF_INET, SOCK_DGRAM, 0), ok, value = 4;
    socklen_t size = sizeof(value);

    ok = fails(setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                          sizeof(program)),
               EFAULT) &&
         fails(setsockopt(s, SOL_SOCKET, SO_RCVBUF, p, 4), EFAULT) &&
         fails(getsockopt(s, SOL_SOCKET, SO_RCVBUF, p, &size), EFAULT) &&
         fails(getsockopt(s, SOL_SOCKET, SO_RCVBUF, &value, p), EFAULT) &&
         fails(connect(s, p, 16), EFAULT) &&
         fails(syscall(SYS_sendto, s, "x", 1, 0, p, 16), EFAULT);
    close(s);
    return ok;
}

int socket_options(void)
{
    /* Rings in the kernel's memory, pages mapped from it. */
    static const struct {
        int level, option;
    } closed[] = {

        {263 /* SOL_PACKET */, PACKET_RX_RING},
        {263, PACKET_TX_RING},
        {IPPROTO_TCP, 35 /* TCP_ZEROCOPY_RECEIVE */},
        {IPPROTO_IP, 64 /* IPT_SO_SET_REPLACE */}};
    static char bytes[128];
    int s = socket(AF_INET, SOCK_STREAM, 0);

    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
        if (!fails(setsockopt(s, closed[i].level, closed[i].option, bytes,
                              sizeof(bytes)),
                   ENOPROTOOPT)) {
            printf("level %d option %d\n", closed[i].level, closed[i].option);
            return 0;
        }
    close(s);
    return all_outside(try_options);
}

/* --- calls about the process, the machine and others --- */

static int try_names(void *p)
{
    return fails(prctl(PR_GET_NAME, p), EFAULT) &&
           fails(prctl(PR_SET_NAME, p), EFAULT) &&
           fails(prctl(PR_GET_PDEATHSIG, p), EFAULT) &&
           prctl(PR_SET_MM, PR_SET_MM_START_STACK, p, 0, 0) == -1 &&
           prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, p, 16, p) == -1;
}

/* Whether what is in a pipe changes after the call that was looked at. */
static int changes_in_pipe(const int ends[2])
{
    char *page = aligned_alloc(PAGE, PAGE), found = 0;
    struct iovec iov = {page, PAGE};

    memset(page, 'a', PAGE);
    if (vmsplice(ends[1], &iov, 1, 0) != PAGE)
        return 1;
    memset(page, 'b', PAGE);
    return read(ends[0], &found, 1) != 1 || found != 'a';
}

int controls(void)
{
    struct iovec iov = {(char[8]){0}, 8};
    int ends[2], self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    int segment = shmget(IPC_PRIVATE, PAGE, 0600), ok;

    if (pipe(ends) < 0 || self < 0 || segment < 0)
        return 0;
    ok = fails(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), EINVAL) &&
         fails(syscall(SYS_personality, 0x0400000), EINVAL) &&
         !changes_in_pipe(ends) &&
         fails(syscall(SYS_pidfd_getfd, self, 0, 0), EPERM) &&
         fails(syscall(SYS_process_madvise, self, &iov, 1, 4, 0), EPERM) &&
         fails(syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0), EPERM) &&
         fails(syscall(SYS_open_by_handle_at, -1, iov.iov_base, 0), EPERM) &&
         fails(syscall(SYS_unshare, CLONE_NEWNS), EPERM) &&
         fails(syscall(SYS_setns, self, CLONE_NEWNS), EPERM) &&
         fails(syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL), EPERM) &&
         fails(syscall(SYS_init_module, iov.iov_base, 8, ""), EPERM) &&
         fails(syscall(SYS_io_uring_enter, 0, 0, 0, 0, NULL, 0), ENOSYS);
    for (size_t i = 0; ok && i < OUTSIDE; i++)
        ok = shmat(segment, (void *)outside[i], 0) == (void *)-1;
    shmctl(segment, IPC_RMID, NULL);
    return ok && all_outside(try_names);
}

/* --- the CPU --- */

static volatile int forgery;

static void forge(int sig, siginfo_t *info, void *context)
{
    greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;

    (void)sig;
    (void)info;
    switch (forgery) {
    case 0:
        g[REG_RIP] = (greg_t)0x8000000000000000;
        break;
    case 1:
        g[REG_RIP] = (greg_t)0xffff800000000000;
        break;
    case 2:
        g[REG_RSP] = (greg_t)0x8000000000000000;
        break;
    case 3: /* kernel's code and stack segments */
        g[REG_CSGSFS] = 0x0018000000000010;
        break;
    case 4:
        g[REG_EFL] |= 0x3000; /* IOPL 3 */
        break;
    case 5:
        ((ucontext_t *)context)->uc_mcontext.fpregs = (void *)outside[4];
        break;
    default:
        memset(((ucontext_t *)context)->uc_mcontext.fpregs, 0xff, 512);
        break;
    }
}

/* Whether the program is still at CPL 3 and without ports. */
static int forged(void)
{
    struct sigaction act = {.sa_sigaction = forge,
                            .sa_flags = SA_SIGINFO | SA_NODEFER};
    uint16_t cs = 0;

    sigaction(SIGUSR1, &act, NULL);
    if (sigsetjmp(back, 1) == 0)
        raise(SIGUSR1);
    __asm__ volatile("mov %%cs, %0" : "=r"(cs));
    return (cs & 3) == 3 &&
           FAULTS(SIGSEGV, __asm__ volatile("outb %%al, $0x80" ::"a"(0))) &&
           FAULTS(SIGSEGV, __asm__ volatile("cli"));
}

/* A program goes on as itself, or dies of it, as without a stack. */
int forged_frames(void)
{
    for (forgery = 0; forgery < 7; forgery++) {
        int status = -1;
        pid_t pid;

        fflush(stdout);
        pid = fork();
        if (pid == 0)
            _exit(!forged());
        if (waitpid(pid, &status, 0) != pid ||
            (status != 0 && WTERMSIG(status) != SIGSEGV)) {
            printf("forgery %d: status %#x\n", forgery, (unsigned)status);
            return 0;
        }
    }
    return 1;
}

int hypercalls(void)
{
    uint64_t answer = 1;

    if (!FAULTS(SIGSEGV, __asm__ volatile("vmcall"
                                          : "=a"(answer)
                                          : "a"(1))) &&
        caught != SIGILL && answer != (uint64_t)-1)
        return 0;
    answer = 1;
    if (!FAULTS(SIGSEGV, __asm__ volatile("vmmcall"
                                          : "=a"(answer)
                                          : "a"(1))) &&
        caught != SIGILL && caught != 0)
        return 0;
    return getpid() > 0;
}

static long raw(long number, long a, long b)
{
    long rc;

    __asm__ volatile("syscall"
                     : "=a"(rc)
                     : "a"(number), "D"(a), "S"(b)
                     : "rcx", "r11", "memory");
    return rc;
}

/* Segment bases that lead nowhere: the monitor does not use them. */
__attribute__((no_stack_protector)) int thread_pointers(void)
{
    unsigned long own = 0;
    long failed = raw(SYS_arch_prctl, ARCH_GET_FS, (long)&own);

    for (size_t i = 0; i < OUTSIDE; i++) {
        raw(SYS_arch_prctl, ARCH_SET_FS, (long)outside[i]);
        raw(SYS_arch_prctl, ARCH_SET_GS, (long)outside[i]);
        failed |= raw(SYS_getpid, 0, 0) < 0;
    }
    raw(SYS_arch_prctl, ARCH_SET_FS, 0);
    failed |= raw(SYS_getpid, 0, 0) < 0;
    raw(SYS_arch_prctl, ARCH_SET_FS, (long)own);
    return failed == 0 &&
           fails(syscall(SYS_arch_prctl, ARCH_SET_FS, outside[0]), EPERM) &&
           fails(syscall(SYS_arch_prctl, ARCH_GET_FS, outside[4]), EFAULT);
}

/* --- descriptors --- */

long send_along(int socket, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr head;
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
                          .cmsg_level = SOL_SOCKET,
                          .cmsg_type = SCM_RIGHTS}};
    struct iovec iov = {(char[1]){1}, 1};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = control.bytes,
                         .msg_controllen = sizeof(control.bytes)};

    memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
    return sendmsg(socket, &msg, MSG_DONTWAIT);
}

int descriptors_by_other_ways(void)
{
    int epoll = epoll_create1(0), null = open("/dev/null", O_RDWR), ends[2];

    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
        return 0;
    for (int fd = 64; fd < HIGHEST; fd++) {
        struct epoll_event event = {.events = EPOLLIN};
        char *const none[] = {NULL};

        if (fcntl(fd, F_GETFL) >= 0)
            continue; /* inherited */
        if (!fails(send_along(ends[0], fd), EBADF) ||
            !fails(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), EBADF) ||
            !fails(sendfile(null, fd, NULL, 1), EBADF) ||
            !fails(splice(fd, NULL, null, NULL, 1, 0), EBADF) ||
            !fails(syscall(SYS_copy_file_range, fd, NULL, null, NULL, 1, 0),
                   EBADF) ||
            !fails(syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH),
                   EBADF) ||
            !fails(ioctl(fd, 0xae01, 0), EBADF) ||
            !fails(syscall(SYS_fcntl, fd, F_DUPFD, 0), EBADF) ||
            mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED)
            return 0;
    }
    return 1;
}

/* KVM's own device opens like any other, and does nothing. */
int machine_descriptors(void)
{
    int fd = open("/dev/kvm", O_RDWR), tty = open("/dev/ptmx", O_RDWR);
    char letter = 'x';

    if (fd >= 0 && (!fails(ioctl(fd, 0xae00, 0), ENOTTY) ||
                    !fails(ioctl(fd, 0xae01, 0), ENOTTY) ||
                    !fails(ioctl(fd, 0xae04, 0), ENOTTY)))
        return 0;
    return tty < 0 || fails(ioctl(tty, TIOCSTI, &letter), EPERM);
}

/* Over everything but the program's own: nothing is there, and it ends soon. */
int advice(void)
{
    static const int kinds[] = {MADV_DONTNEED, MADV_REMOVE,       MADV_FREE,
                                MADV_DONTFORK, MADV_WIPEONFORK,   MADV_DOFORK,
                                MADV_COLD,     MADV_POPULATE_READ};
    const size_t end = 0x7ffffffff000;
    char *mine = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (!fails(madvise((void *)ARENA_END, end - ARENA_END, kinds[i]),
                   ENOMEM) ||
            !fails(madvise((void *)LOW_END, ARENA_BASE - LOW_END, kinds[i]),
                   ENOMEM))
            return 0;
    return fails(madvise(mine, PAGE, 100 /* MADV_HWPOISON */), EINVAL) &&
           fails(madvise(mine, PAGE, 101 /* MADV_SOFT_OFFLINE */), EINVAL);
}
