/* ownfile.c: /proc/PID/exe is the file of the program that runs, whatever has
 * become of its name, for every call that follows the link, and who runs it
 * again runs that file. */
#include "scenario.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

extern char **environ;

static char directory[] = "/tmp/ownfile-XXXXXX";
static char copy[64], other[64];

static void show_target(const char *what, const char *text, ssize_t n)
{
    const char *slash = n > 0 ? memrchr(text, '/', (size_t)n) : NULL;

    printf("%s: %.*s%s\n", what, slash ? (int)(text + n - slash) : 0,
           slash ? slash : "", n < 0 ? strerror(errno) : "");
}

/* What calls tell of (path), which leads to the program of this file, here
 * without a name it would have if that were the monitor's. */
static void look_at(const char *path)
{
    char text[PATH_MAX], head[4] = "";
    struct statx now;
    struct stat st = {0};
    int fd;

    show_target("readlink", text, readlink(path, text, sizeof(text)));
    show("stat", stat(path, &st));
    printf("links %lu, mode %o, ", (unsigned long)st.st_nlink,
           (unsigned)st.st_mode);
    show("statx", statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &now));
    printf("same: %d\n", now.stx_ino == st.st_ino);
    show("lstat", lstat(path, &st));
    printf("a link: %d\n", S_ISLNK(st.st_mode));
    show("fstatat", fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW));
    printf("a link: %d\n", S_ISLNK(st.st_mode));
    show("access", access(path, R_OK));
    fd = open(path, O_RDONLY);
    show("read", fd < 0 ? -1 : read(fd, head, sizeof(head)));
    close(fd);
    fd = open(path, O_PATH);
    show("fstat", fstat(fd, &st));
    printf("links %lu, an ELF: %d\n", (unsigned long)st.st_nlink,
           memcmp(head, "\177ELF", 4) == 0);
    close(fd);
    fd = open(path, O_PATH | O_NOFOLLOW);
    show("fstat", fstat(fd, &st));
    printf("a link: %d\n", S_ISLNK(st.st_mode));
    show_target("readlinkat", text, readlinkat(fd, "", text, sizeof(text)));
    close(fd);
    show("O_NOFOLLOW", open(path, O_RDONLY | O_NOFOLLOW));
}

static void run_again(const char *path, const char *scenario)
{
    char *const argv[] = {"again", (char *)(unsigned long)scenario, copy, other,
                          NULL};

    fflush(stdout);
    execv(path, argv);
    printf("exec: %s\n", strerror(errno));
}

static void look_and_run_again(void)
{
    look_at("/proc/self/exe");
    run_again("/proc/self/exe", "look");
}

static void show_name(void)
{
    char name[32] = "";
    FILE *file = fopen("/proc/self/comm", "re");

    if (!file || !fgets(name, sizeof(name), file))
        exit(79);
    fclose(file);
    printf("name: %s", name);
}

/* The program that is run again. */
static void look(void)
{
    show_name();
    look_at("/proc/self/exe");
}

static void in_child(const char *path, const char *scenario)
{
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        run_again(path, scenario);
        _exit(1);
    }
    waitpid(pid, &status, 0);
    show("status", status);
}

static void make_copy(void)
{
    char buf[65536];
    int in = open("/proc/self/exe", O_RDONLY);
    int out = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    ssize_t n;

    while ((n = read(in, buf, sizeof(buf))) > 0)
        if (write(out, buf, (size_t)n) != n)
            exit(78);
    close(in);
    close(out);
}

static void in_copy(const char *scenario)
{
    if (!mkdtemp(directory))
        exit(77);
    snprintf(copy, sizeof(copy), "%s/copy", directory);
    snprintf(other, sizeof(other), "%s/other", directory);
    make_copy();
    in_child(copy, scenario);
    unlink(copy);
    unlink(other);
    rmdir(directory);
}

/* --- in the copy --- */

static void unlinked(void)
{
    show("unlink", unlink(copy));
    look_and_run_again();
}

static void renamed(void)
{
    show("rename", rename(copy, other));
    look_and_run_again();
}

static void replaced(void)
{
    show("rename", rename(copy, other));
    show("symlink", symlink("/bin/true", copy));
    look_and_run_again();
}

/* The directory is root's alone. */
static void dropped(void)
{
    show("setgid", setgid(NOBODY));
    show("setuid", setuid(NOBODY));
    look_and_run_again();
}

static void by_links(void)
{
    char text[PATH_MAX];
    int proc = open("/proc/self", O_PATH | O_DIRECTORY);

    show("symlink", symlink("/proc/self/exe", other));
    show_target("readlinkat", text,
                readlinkat(proc, "exe", text, sizeof(text)));
    show("faccessat", faccessat(proc, "exe", X_OK, 0));
    close(open(other, O_RDONLY));
    look_at("/proc/thread-self/exe");
    run_again(other, "look");
}

static void attributes(void)
{
    const struct timespec times[2] = {{1000, 0}, {2000, 0}};
    struct stat st;
    int watch = inotify_init1(IN_NONBLOCK);
    char events[4096];

    show("watch", inotify_add_watch(watch, "/proc/self/exe", IN_ATTRIB));
    show("chmod", chmod("/proc/self/exe", 0711));
    show("events", read(watch, events, sizeof(events)) > 0);
    show("utimensat", utimensat(AT_FDCWD, "/proc/self/exe", times, 0));
    show("stat", stat(copy, &st));
    printf("mode %o, time %ld\n", (unsigned)st.st_mode, (long)st.st_mtime);
    show("linkat", linkat(AT_FDCWD, "/proc/self/exe", AT_FDCWD, other,
                          AT_SYMLINK_FOLLOW));
    show("stat", stat(copy, &st));
    printf("links %lu\n", (unsigned long)st.st_nlink);
    show("chdir", chdir("/proc/self/exe"));
    show("truncate", truncate("/proc/self/exe/", 0));
}

/* Of the parent, which runs another program, and of the child. */
static void of_others(void)
{
    char path[64];
    int ready[2];
    pid_t pid;

    snprintf(path, sizeof(path), "/proc/%d/exe", (int)getppid());
    look_at(path);
    fflush(stdout);
    if (pipe2(ready, O_CLOEXEC) < 0)
        return;
    pid = fork();
    if (pid == 0) {
        execl("/bin/sleep", "sleep", "60", NULL);
        _exit(1);
    }
    close(ready[1]);
    show("runs", read(ready[0], path, 1));
    snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
    look_at(path);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* --- */

#define IN_COPY(name_, scenario_)                                              \
    static void name_(void)                                                    \
    {                                                                          \
        in_copy(scenario_);                                                    \
    }

IN_COPY(copy_unlinked, "unlinked")
IN_COPY(copy_renamed, "renamed")
IN_COPY(copy_replaced, "replaced")
IN_COPY(copy_dropped, "dropped")
IN_COPY(copy_by_links, "by-links")
IN_COPY(copy_attributes, "attributes")
IN_COPY(copy_of_others, "of-others")

static void in_memory(void)
{
    char *const argv[] = {"again", "again-look", NULL};
    char buf[65536];
    int in = open("/proc/self/exe", O_RDONLY);
    int out = memfd_create("program", MFD_CLOEXEC);
    ssize_t n;

    while ((n = read(in, buf, sizeof(buf))) > 0)
        if (write(out, buf, (size_t)n) != n)
            exit(78);
    fflush(stdout);
    syscall(SYS_execveat, out, "", argv, environ, AT_EMPTY_PATH);
    printf("exec: %s\n", strerror(errno));
}

int main(int argc, char **argv)
{
    const struct scenario scenarios[] = {
        {"copy-unlinked", copy_unlinked},
        {"copy-renamed", copy_renamed},
        {"copy-replaced", copy_replaced},
        {"copy-dropped", copy_dropped},
        {"copy-by-links", copy_by_links},
        {"copy-attributes", copy_attributes},
        {"copy-of-others", copy_of_others},
        {"in-memory", in_memory},
        {"unlinked", unlinked},
        {"renamed", renamed},
        {"replaced", replaced},
        {"dropped", dropped},
        {"by-links", by_links},
        {"attributes", attributes},
        {"of-others", of_others},
        {"again-look", look_and_run_again},
        {"look", look},
    };

    if (argc > 3) {
        snprintf(copy, sizeof(copy), "%s", argv[2]);
        snprintf(other, sizeof(other), "%s", argv[3]);
    }
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(*scenarios));
}
