/* files.c SCENARIO: calls on files and descriptors, in a directory of its own.
 */
#include "scenario.h"
#include "textfile.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

static char buffer[70000];

/* --- moving data --- */

static void sending_files(void)
{
    int in = make("in", "0123456789abcdef"), out = make("out", ""), ends[2];
    off_t at = 10;

    if (pipe(ends) < 0)
        return;
    show("file to file", sendfile(out, in, NULL, 5));
    show("from an offset", sendfile(out, in, &at, 100));
    printf("offset %d file's own %d\n", (int)at, (int)lseek(in, 0, SEEK_CUR));
    show_text("out", out);
    show("to a pipe", sendfile(ends[1], in, NULL, 3));
    show("from a pipe", sendfile(out, ends[0], NULL, 3));
    show("behind the end", sendfile(out, in, &(off_t){1000}, 3));
    show("negative", sendfile(out, in, &(off_t){-1}, 3));
    fcntl(out, F_SETFL, O_APPEND);
    show("to one that appends", sendfile(out, in, NULL, 3));
}

static void copying_ranges(void)
{
    int in = make("in", "0123456789abcdef"), out = make("out", "............");
    loff_t from = 3, to = 5;

    show("copy", copy_file_range(in, &from, out, &to, 4, 0));
    printf("offsets %d %d\n", (int)from, (int)to);
    show_text("out", out);
    show("to the end", copy_file_range(in, NULL, out, NULL, 1000, 0));
    show_text("out", out);
    show("at the end", copy_file_range(in, NULL, out, NULL, 1000, 0));
    show("flags", copy_file_range(in, NULL, out, NULL, 5, 1));
    from = 0;
    to = 2;
    show("overlapping", copy_file_range(in, &from, in, &to, 8, 0));
    show("directory",
         copy_file_range(open(".", O_RDONLY), NULL, out, NULL, 5, 0));
}

static void vectors(void)
{
    int fd = make("file", "");
    char a[4] = "aaa", b[5] = "bbbb", c[3] = "cc";
    const struct iovec vec[] = {{a, 3}, {NULL, 0}, {b, 4}, {c, 2}};

    show("writev", writev(fd, vec, 4));
    show("pwritev", pwritev(fd, vec, 2, 20));
    show("pwritev2", pwritev2(fd, vec, 1, -1, 0));
    show_text("file", fd);
    show("preadv", preadv(fd, vec, 4, 1));
    printf("%.3s %.4s %.2s\n", a, b, c);
    show("preadv2", preadv2(fd, vec, 4, 0, RWF_NOWAIT) >= 0 ||
                        errno == EOPNOTSUPP || errno == EAGAIN);
    show("many", syscall(SYS_writev, fd, vec, 1025));
    show("negative", syscall(SYS_writev, fd, vec, -1));
    show("none", writev(fd, vec, 0));
    show("flags", pwritev2(fd, vec, 1, 0, 0x10000));
    show("offset", preadv(fd, vec, 1, -5));
}

static void holes(void)
{
    int fd = make("file", "");
    struct stat st;

    show("allocate", fallocate(fd, 0, 0, 100000));
    fstat(fd, &st);
    printf("size %ld allocated %d\n", (long)st.st_size, st.st_blocks > 0);
    memset(buffer, 'x', sizeof(buffer));
    show("write", pwrite(fd, buffer, 16384, 0));
    show("punch",
         fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096));
    show("read", pread(fd, buffer, 12288, 0));
    printf("%d %d %d\n", buffer[4095], buffer[4096], buffer[8192]);
    show("keep size", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 200000));
    fstat(fd, &st);
    printf("size %ld\n", (long)st.st_size);
    show("punch alone", fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 100));
    show("nothing", fallocate(fd, 0, 0, 0));
    show("truncate", ftruncate(fd, 1000000));
    show("data", lseek(fd, 0, SEEK_DATA));
    show("no data", lseek(fd, 5000000, SEEK_DATA));
    show("end", lseek(fd, 0, SEEK_END));
    show("before", lseek(fd, -5, SEEK_SET));
    show("whence", lseek(fd, 0, 99));
}

/* --- names --- */

static void temporary(void)
{
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    char path[64];
    struct stat st;

    if (fd < 0) {
        show("O_TMPFILE", fd);
        return;
    }
    fstat(fd, &st);
    printf("links %d\n", (int)st.st_nlink);
    show("write", write(fd, "hidden", 6));
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    show("link", linkat(AT_FDCWD, path, AT_FDCWD, "found", AT_SYMLINK_FOLLOW));
    show_text("found", open("found", O_RDONLY));
    fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    show("not this",
         linkat(AT_FDCWD, path, AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
    show("read only", open(".", O_TMPFILE | O_RDONLY, 0600));
}

static void renames(void)
{
    close(make("a", "first"));
    close(make("b", "second"));
    show("no replace",
         renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
    show("exchange", renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE));
    show_text("a", open("a", O_RDONLY));
    show("flags", renameat2(AT_FDCWD, "a", AT_FDCWD, "b", 0x100));
    show("mkdir", mkdir("dir", 0700));
    show("over a directory", rename("a", "dir"));
    show("directory over a file", rename("dir", "a"));
    show("into itself", rename("dir", "dir/sub"));
    show("rmdir of a file", rmdir("a"));
    show("unlink of a directory", unlink("dir"));
    show("rename", rename("a", "dir/a"));
    show("not empty", rmdir("dir"));
    show("AT_REMOVEDIR", unlinkat(AT_FDCWD, "dir/a", AT_REMOVEDIR));
}

static void opening(void)
{
    struct open_how how = {.flags = O_RDONLY};
    int dir;

    mkdir("sub", 0755);
    close(make("sub/file", "text"));
    symlink("sub/file", "link");
    symlink("/", "up");
    dir = open("sub", O_PATH);
    show("in it", openat(dir, "file", O_RDONLY) >= 0);
    show("no follow", open("link", O_RDONLY | O_NOFOLLOW));
    show("directory", open("sub/file", O_DIRECTORY));
    show("exists", open("sub/file", O_CREAT | O_EXCL, 0600));
    show("write a directory", open("sub", O_WRONLY));
    show("read through O_PATH", read(dir, buffer, 1));
    show("negative flags", open("sub/file", -1));
    how.resolve = RESOLVE_NO_SYMLINKS;
    show("openat2", syscall(SYS_openat2, AT_FDCWD, "link", &how, sizeof(how)));
    how.resolve = RESOLVE_BENEATH;
    show("beneath", syscall(SYS_openat2, dir, "../link", &how, sizeof(how)));
    show("beneath",
         syscall(SYS_openat2, AT_FDCWD, "up/etc", &how, sizeof(how)));
    how.resolve = RESOLVE_IN_ROOT;
    show("in root",
         syscall(SYS_openat2, dir, "/../../file", &how, sizeof(how)) >= 0);
    how.resolve = 1 << 20;
    show("unknown", syscall(SYS_openat2, dir, "file", &how, sizeof(how)));
    show("small", syscall(SYS_openat2, dir, "file", &how, 8));
    show("bad", syscall(SYS_openat2, dir, "file", 8, sizeof(how)));
}

static void attributes_of_files(void)
{
    struct statx stx;
    struct stat st;
    const struct timespec times[2] = {{1000, 5}, {0, UTIME_OMIT}};
    int fd = make("file", "12345");

    show("statx", statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &stx));
    printf("size %d mode %o links %d kind %d\n", (int)stx.stx_size,
           stx.stx_mode & 07777, (int)stx.stx_nlink, S_ISREG(stx.stx_mode));
    show("empty path", statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &stx));
    show("no path", statx(fd, "", 0, STATX_SIZE, &stx));
    show("flags", statx(fd, "file", 0x40000, STATX_SIZE, &stx));
    show("times", futimens(fd, times));
    fstat(fd, &st);
    printf("accessed %ld.%ld\n", (long)st.st_atim.tv_sec,
           (long)st.st_atim.tv_nsec);
    show("chmod", fchmod(fd, 04751));
    fstat(fd, &st);
    printf("mode %o\n", st.st_mode & 07777);
    show("chown", fchown(fd, 77, 88));
    fstat(fd, &st);
    printf("mode %o owner %d %d\n", st.st_mode & 07777, (int)st.st_uid,
           (int)st.st_gid);
    show("access", access("file", X_OK));
    show("faccessat2", faccessat(AT_FDCWD, "file", W_OK, AT_EACCESS));
    show("bad mode", access("file", 99));
}

static void extended_attributes(void)
{
    int fd = make("file", "");

    if (setxattr("file", "user.name", "value", 5, 0) < 0) {
        show("setxattr", -1);
        return;
    }
    show("get", getxattr("file", "user.name", buffer, 100));
    printf("%.5s\n", buffer);
    show("size", fgetxattr(fd, "user.name", NULL, 0));
    show("small", fgetxattr(fd, "user.name", buffer, 2));
    show("create", fsetxattr(fd, "user.name", "x", 1, XATTR_CREATE));
    show("replace", fsetxattr(fd, "user.none", "x", 1, XATTR_REPLACE));
    show("list", listxattr("file", buffer, 100));
    printf("%s\n", buffer);
    show("remove", removexattr("file", "user.name"));
    show("none", getxattr("file", "user.name", buffer, 100));
    show("space", setxattr("file", "nowhere.name", "x", 1, 0));
}

/* Names of a large directory, whatever the size of the buffer. */
static int list(size_t size)
{
    int dir = open("many", O_RDONLY | O_DIRECTORY), n = 0;
    long got;

    while ((got = syscall(SYS_getdents64, dir, buffer, size)) > 0)
        for (long at = 0; at < got; n++) {
            unsigned short length;

            memcpy(&length, buffer + at + 16, sizeof(length));
            at += length;
        }
    close(dir);
    return got < 0 ? -errno : n;
}

static void directories(void)
{
    char name[32];

    mkdir("many", 0755);
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "many/file-%d", i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    printf("%d %d %d %d\n", list(65536), list(1024), list(64), list(10));
    show("no directory", syscall(SYS_getdents64, make("f", ""), buffer, 1000));
    show("removed", rmdir("many"));
    printf("cwd %d\n", getcwd(buffer, 1000) != NULL);
    show("small", syscall(SYS_getcwd, buffer, 2));
}

/* --- what tells of events --- */

static void watches(void)
{
    int fd = inotify_init1(IN_NONBLOCK), id;
    ssize_t n;

    mkdir("watched", 0755);
    id = inotify_add_watch(fd, "watched",
                           IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVE |
                               IN_DELETE_SELF);
    show("watch", id);
    show("nothing", read(fd, buffer, 1000));
    close(make("watched/a", "text"));
    rename("watched/a", "watched/b");
    unlink("watched/b");
    rmdir("watched");
    n = read(fd, buffer, sizeof(buffer));
    for (ssize_t at = 0; at < n;) {
        struct inotify_event event;

        memcpy(&event, buffer + at, sizeof(event));
        printf("%#x %s cookie %d\n", event.mask,
               event.len ? buffer + at + sizeof(event) : "", event.cookie != 0);
        at += (ssize_t)(sizeof(event) + event.len);
    }
    show("small", read(fd, buffer, 3));
    show("gone", inotify_rm_watch(fd, id));
    show("nothing there", inotify_add_watch(fd, "nowhere", IN_OPEN));
    show("no events", inotify_add_watch(fd, ".", 0));
}

static void event_counters(void)
{
    int fd = eventfd(3, EFD_NONBLOCK),
        one = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
    uint64_t value = 5;

    show("write", write(fd, &value, 8));
    show("read", read(fd, &value, 8));
    printf("%d\n", (int)value);
    show("empty", read(fd, &value, 8));
    value = UINT64_MAX - 1;
    show("full", write(fd, &value, 8));
    value = 1;
    show("more", write(fd, &value, 8));
    value = UINT64_MAX;
    show("too much", write(fd, &value, 8));
    show("small", read(fd, &value, 4));
    for (int i = 0; i < 3; i++) {
        show("one", read(one, &value, 8));
        printf("%d\n", i < 2 ? (int)value : 0);
    }
    show("flags", eventfd(0, 0x1000));
}

static void show_events(int ep)
{
    struct epoll_event events[8];
    int n = epoll_wait(ep, events, 8, 0);

    printf("%d:", n);
    for (int i = 0; i < n; i++)
        printf(" %d=%#x", (int)events[i].data.u64, events[i].events);
    printf("\n");
}

static void event_polls(void)
{
    int ep = epoll_create1(EPOLL_CLOEXEC), ends[2];
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 1};

    if (pipe2(ends, O_NONBLOCK) < 0)
        return;
    show("add", epoll_ctl(ep, EPOLL_CTL_ADD, ends[0], &event));
    show_events(ep);
    show("write", write(ends[1], "abc", 3));
    show_events(ep);
    printf("edge: ");
    show_events(ep);
    show("write", write(ends[1], "d", 1));
    show_events(ep);
    event.events = EPOLLIN | EPOLLONESHOT;
    event.data.u64 = 2;
    show("one shot", epoll_ctl(ep, EPOLL_CTL_MOD, ends[0], &event));
    show_events(ep);
    show_events(ep);
    show("again", epoll_ctl(ep, EPOLL_CTL_MOD, ends[0], &event));
    show_events(ep);
    event.events = EPOLLOUT;
    event.data.u64 = 3;
    show("other end", epoll_ctl(ep, EPOLL_CTL_ADD, ends[1], &event));
    show_events(ep);
    close(ends[0]);
    show_events(ep);
    show("twice", epoll_ctl(ep, EPOLL_CTL_ADD, ends[1], &event));
    show("delete", epoll_ctl(ep, EPOLL_CTL_DEL, ends[1], NULL));
    show("not there", epoll_ctl(ep, EPOLL_CTL_DEL, ends[1], NULL));
    show("itself", epoll_ctl(ep, EPOLL_CTL_ADD, ep, &event));
    show("a file", epoll_ctl(ep, EPOLL_CTL_ADD, make("f", ""), &event));
    show("bad", syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, ends[1], 8));
    show("no room", epoll_wait(ep, &event, 0, 0));
    show("not one", epoll_wait(0, &event, 1, 0));
}

/* --- descriptors --- */

static void descriptors(void)
{
    int fd = make("file", "0123456789"), other = dup(fd), ends[2];

    show("seek", lseek(fd, 5, SEEK_SET));
    printf("shared %d\n", (int)lseek(other, 0, SEEK_CUR));
    show("dup2 itself", dup2(fd, fd) == fd);
    show("dup3 itself", dup3(fd, fd, 0));
    show("dup2 closed", dup2(900, 901));
    show("F_DUPFD", fcntl(fd, F_DUPFD, 100));
    show("F_DUPFD_CLOEXEC", fcntl(fd, F_DUPFD_CLOEXEC, 100));
    show("its flags", fcntl(101, F_GETFD));
    show("set flags", fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    printf("flags %#x of both\n", fcntl(other, F_GETFL));
    show("bad command", fcntl(fd, 9999));
    show("closed", fcntl(900, F_GETFL));
    show("close", close(900));
    if (pipe2(ends, O_DIRECT | O_CLOEXEC) < 0)
        return;
    show("pipe size", fcntl(ends[0], F_GETPIPE_SZ));
    show("smaller", fcntl(ends[0], F_SETPIPE_SZ, 8000));
    show("packet", write(ends[1], "one", 3) + write(ends[1], "three", 5));
    show("read", read(ends[0], buffer, 100));
    show("pipe flags", pipe2(ends, 0x40000000));
    show("close_range", syscall(SYS_close_range, 100, 200, 0));
    show("gone", fcntl(100, F_GETFD));
    show("odd range", syscall(SYS_close_range, 200, 100, 0));
}

static void sealed(void)
{
    int fd = memfd_create("sealed", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    char *p;

    show("truncate", ftruncate(fd, 8192));
    show("none", fcntl(fd, F_GET_SEALS));
    show("shrink", fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
    show("truncate", ftruncate(fd, 100));
    p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    show("write while mapped", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    munmap(p, 4096);
    show("write", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW));
    show("write", write(fd, "x", 1));
    show("grow", ftruncate(fd, 10000));
    tell("map", mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) !=
                    MAP_FAILED);
    p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    tell("map to read", p != MAP_FAILED);
    tell("then to write", mprotect(p, 4096, PROT_READ | PROT_WRITE) == 0);
    tell("privately", mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
                           0) != MAP_FAILED);
    show("no more seals", fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    show("no more", fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    printf("%#x\n", fcntl(fd, F_GET_SEALS));
    show("not sealable", fcntl(memfd_create("x", 0), F_ADD_SEALS, F_SEAL_GROW));
    show("flags", memfd_create("x", 0x1000));
}

static const struct scenario scenarios[] = {
    {"sendfile", sending_files},
    {"copy-file-range", copying_ranges},
    {"vectors", vectors},
    {"holes", holes},
    {"temporary", temporary},
    {"renames", renames},
    {"opening", opening},
    {"attributes", attributes_of_files},
    {"extended-attributes", extended_attributes},
    {"directories", directories},
    {"watches", watches},
    {"event-counters", event_counters},
    {"event-polls", event_polls},
    {"descriptors", descriptors},
    {"sealed", sealed},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    umask(022);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
