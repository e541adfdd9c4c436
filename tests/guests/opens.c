/* opens.c: files are opened by a program alone and by one that has a thread,
 * which must not make a difference. */
#include "scenario.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Tell what opening gives: its number, mode, flags; and close it. */
static void tell_fd(const char *what, long fd)
{
    struct stat st;

    if (fd < 0 || fstat((int)fd, &st) < 0) {
        show(what, fd);
        return;
    }
    printf("%s: %ld, mode %o, size %ld, flags %o, %d\n", what, fd, st.st_mode,
           S_ISREG(st.st_mode) ? st.st_size : 0L, fcntl((int)fd, F_GETFL),
           fcntl((int)fd, F_GETFD));
    close((int)fd);
}

static void made_files(void)
{
    umask(027);
    tell_fd("made", open("made", O_CREAT | O_WRONLY, 0666));
    tell_fd("made again", open("made", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    tell_fd("made only once", open("made", O_CREAT | O_EXCL | O_RDWR, 0600));
    tell_fd("made once", open("once", O_CREAT | O_EXCL | O_RDWR, 0604));
    tell_fd("by creat", creat("other", 0444));
    tell_fd("in no directory", open("none/made", O_CREAT | O_RDWR, 0600));
    tell_fd("not made", open("none", O_RDWR));
    tell_fd("a directory", open("dir", O_CREAT | O_RDONLY, 0600));
    tell_fd("a new directory", open("new/", O_CREAT | O_RDWR, 0600));
    tell_fd("in it", open("dir/made", O_CREAT | O_RDWR, 0600));
    tell_fd("below a file", open("made/made", O_CREAT | O_RDWR, 0600));
    tell_fd("no name", open("", O_CREAT | O_RDWR, 0600));
    tell_fd("no address", open((char *)8, O_CREAT | O_RDWR, 0600));
    tell_fd("temporary", open(".", O_TMPFILE | O_RDWR, 0640));
}

static void links(void)
{
    if (symlink("target", "link") < 0 || symlink("../link", "dir/link") < 0 ||
        symlink("none/target", "astray") < 0 || symlink("loop", "loop") < 0)
        exit(99);
    tell_fd("led nowhere", open("dir/link", O_RDWR));
    tell_fd("made once there", open("link", O_CREAT | O_EXCL | O_RDWR, 0600));
    tell_fd("not by a link", open("link", O_CREAT | O_NOFOLLOW | O_RDWR, 0600));
    tell_fd("made where two lead", open("dir/link", O_CREAT | O_RDWR, 0640));
    tell_fd("is there", open("target", O_RDONLY));
    tell_fd("made where it cannot be", open("astray", O_CREAT | O_RDWR, 0600));
    tell_fd("made in a loop", open("loop", O_CREAT | O_RDWR, 0600));
    tell_fd("not followed", open("link", O_NOFOLLOW | O_RDONLY));
    tell_fd("followed", open("link", O_TRUNC | O_RDWR | O_APPEND));
    tell_fd("a path", open("link", O_PATH | O_NOFOLLOW));
    tell_fd("a directory", open("dir", O_RDONLY | O_DIRECTORY));
    tell_fd("a directory to write", open("dir", O_RDWR));
    tell_fd("no directory", open("made", O_RDONLY | O_DIRECTORY));
}

static void resolved(const char *what, const char *path, uint64_t flags,
                     uint64_t resolve)
{
    struct open_how how = {.flags = flags, .resolve = resolve};

    if (flags & O_CREAT)
        how.mode = 0600;
    tell_fd(what, syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)));
}

static void ways(void)
{
    resolved("beneath", "dir/made", O_RDWR, RESOLVE_BENEATH);
    resolved("above", "dir/../../x", O_CREAT | O_RDWR, RESOLVE_BENEATH);
    resolved("no link", "dir/link", O_RDWR, RESOLVE_NO_SYMLINKS);
    resolved("no magic link", "/proc/self/fd/0", O_RDONLY,
             RESOLVE_NO_MAGICLINKS);
    if (symlink("/rooted", "absolute") < 0)
        exit(99);
    resolved("in another root", "absolute", O_CREAT | O_RDWR, RESOLVE_IN_ROOT);
    tell_fd("is there", open("rooted", O_RDONLY));
    resolved("an unknown way", "made", O_RDWR, 1 << 20);
}

static void special_files(void)
{
    struct sockaddr_un name = {AF_UNIX, "socket"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0), ends[2], fd;
    char link[64];

    if (mkfifo("fifo", 0600) < 0 || pipe(ends) < 0 ||
        bind(s, (struct sockaddr *)&name, sizeof(name)) < 0)
        exit(99);
    tell_fd("a socket", open("socket", O_RDWR));
    tell_fd("a fifo without readers", open("fifo", O_WRONLY | O_NONBLOCK));
    tell_fd("a fifo", open("fifo", O_RDWR));
    tell_fd("a device", open("/dev/null", O_WRONLY));
    tell_fd("a device, made", open("/dev/zero", O_CREAT | O_RDWR, 0600));
    fd = open("/dev/ptmx", O_RDWR | O_NOCTTY);
    show("a terminal's name", ioctl(fd, 0x80045430 /* TIOCGPTN */, link));
    close(fd);
    snprintf(link, sizeof(link), "/proc/self/fd/%d", ends[1]);
    fd = open(link, O_WRONLY | O_CREAT, 0600);
    show("a pipe again", write(fd, "x", 1));
    close(fd);
    unlink("made");
    fd = open("made", O_CREAT | O_RDWR, 0600);
    unlink("made");
    snprintf(link, sizeof(link), "/dev/fd/%d", fd);
    tell_fd("what is gone", open(link, O_RDONLY));
    snprintf(link, sizeof(link), "/proc/self/fd/%d", 77);
    tell_fd("what never was", open(link, O_RDONLY));
    tell_fd("of the process", open("/proc/self/limits", O_RDONLY));
    tell_fd("not to write", open("/proc/self/maps", O_DIRECTORY));
    tell_fd("its directory", open("/proc/self/task", O_RDONLY));
}

static void all(void)
{
    char dir[] = "/tmp/opens-XXXXXX", command[64];

    if (!mkdtemp(dir) || chdir(dir) < 0 || mkdir("dir", 0700) < 0)
        exit(99);
    made_files();
    links();
    ways();
    special_files();
    snprintf(command, sizeof(command), "rm -r %s", dir);
    show("removed", system(command));
}

static void *wait_for_end(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void beside_a_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, wait_for_end, NULL);
    all();
}

static const struct scenario scenarios[] = {
    {"alone", all},
    {"beside-a-thread", beside_a_thread},
};

int main(int argc, char **argv)
{
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
