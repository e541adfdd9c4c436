/* ioctls.c: what each kind of descriptor answers to ioctl(2). */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/random.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define COMMAND(c_)                                                            \
    {                                                                          \
#c_, c_                                                                \
    }

static const struct {
    const char *name;
    unsigned long number;
} commands[] = {
    COMMAND(TCGETS),          COMMAND(TIOCGWINSZ),        COMMAND(TIOCGPGRP),
    COMMAND(TIOCGSID),        COMMAND(TIOCGPTN),          COMMAND(TIOCGPTLCK),
    COMMAND(TIOCGETD),        COMMAND(FIONREAD),          COMMAND(TIOCOUTQ),
    COMMAND(FIOQSIZE),        COMMAND(FIGETBSZ),          COMMAND(FIONBIO),
    COMMAND(FS_IOC_GETFLAGS), COMMAND(FS_IOC_FSGETXATTR), COMMAND(BLKGETSIZE64),
    COMMAND(BLKSSZGET),       COMMAND(RNDGETENTCNT),      COMMAND(SIOCATMARK),
    COMMAND(SIOCGPGRP),       COMMAND(SIOCGIFCONF),       COMMAND(SIOCGIFINDEX),
    COMMAND(SIOCOUTQNSD),     {"unknown", 0x7a7b},
};

static void ask(const char *what, int fd)
{
    printf("%s:", what);
    if (fd < 0)
        printf(" %s", strerror(errno));
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        static union {
            char bytes[512];
            struct ifreq interface;
        } out;
        long rc;

        memset(&out, 0, sizeof(out));
        if (commands[i].number == SIOCGIFINDEX)
            strcpy(out.interface.ifr_name, "lo");
        rc = ioctl(fd, commands[i].number, &out);
        printf(" %s %s", commands[i].name,
               rc < 0 ? strerrorname_np(errno) : "good");
    }
    putchar('\n');
}

static void files(void)
{
    char name[] = "/tmp/ioctls-XXXXXX";
    int ends[2], file = mkstemp(name), other = memfd_create("other", 0);
    int size = 0;

    unlink(name);
    if (file < 0 || write(file, "12345", 5) != 5 ||
        lseek(file, 2, SEEK_SET) < 0)
        return;
    ask("file", file);
    printf("left %d", ioctl(file, FIONREAD, &size));
    printf(" %d\n", size);
    printf("clone %s\n",
           ioctl(file, FICLONE, other) == 0 ? "good" : strerrorname_np(errno));
    printf("clone none %s\n",
           ioctl(file, FICLONE, 999) == 0 ? "good" : strerrorname_np(errno));
    ask("memory", other);
    ask("directory", open("/", O_RDONLY | O_DIRECTORY));
    ask("path", open("/", O_PATH));
    ask("proc", open("/proc/version", O_RDONLY));
    if (pipe(ends) < 0 || write(ends[1], "123", 3) != 3)
        return;
    ask("pipe", ends[0]);
    printf("in the pipe %d", ioctl(ends[0], FIONREAD, &size));
    printf(" %d\n", size);
}

static void sockets(void)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return;
    ask("unix", ends[0]);
    ask("stream", socket(AF_INET, SOCK_STREAM, 0));
    ask("datagram", socket(AF_INET, SOCK_DGRAM, 0));
    ask("netlink", socket(AF_NETLINK, SOCK_RAW, 0));
}

static void terminals(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY), packet = 1, got = 0, slave;

    ask("master", master);
    grantpt(master);
    unlockpt(master);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    ask("terminal", slave);
    printf("packets %d", ioctl(master, TIOCPKT, &packet));
    printf(" %d", ioctl(master, TIOCGPKT, &got));
    printf(" %d\n", got);
    printf("packets of the other end %s\n", ioctl(slave, TIOCPKT, &packet) == 0
                                                ? "good"
                                                : strerrorname_np(errno));
    ask("null", open("/dev/null", O_RDWR));
    ask("zero", open("/dev/zero", O_RDONLY));
}

static void others(void)
{
    sigset_t set;

    sigemptyset(&set);
    ask("eventfd", eventfd(0, 0));
    ask("timerfd", timerfd_create(CLOCK_MONOTONIC, 0));
    ask("inotify", inotify_init());
    ask("signalfd", signalfd(-1, &set, 0));
    ask("process", (int)syscall(SYS_pidfd_open, getpid(), 0));
    ask("none", 999);
}

int main(void)
{
    files();
    sockets();
    terminals();
    others();
    return 0;
}
