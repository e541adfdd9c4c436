/* chrooted.c: processes with another root directory, in which there is no
 * /proc: they begin others, run programs, and see of /proc what they had opened
 * before. Linked statically, as there are no libraries either. */
#include "scenario.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

extern char **environ;

static char jail[] = "/tmp/chrooted-XXXXXX";
static int proc; /* of the old root */

/* A directory with this program in it. */
static void make_jail(void)
{
    char buf[65536], path[64];
    int in = open("/proc/self/exe", O_RDONLY), out;
    ssize_t n;

    if (!mkdtemp(jail))
        exit(77);
    chmod(jail, 0755);
    snprintf(path, sizeof(path), "%s/program", jail);
    out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    while ((n = read(in, buf, sizeof(buf))) > 0)
        if (write(out, buf, (size_t)n) != n)
            exit(78);
    close(in);
    close(out);
    proc = open("/proc", O_PATH | O_DIRECTORY);
}

static void enter_jail(void)
{
    show("chroot", chroot(jail));
    show("chdir", chdir("/"));
}

static void end_of(const char *what, pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    printf("%s: %#x\n", what, (unsigned)status);
}

static void spawn(const char *path)
{
    char *const argv[] = {"program", "inside", NULL};
    pid_t pid = -1;
    int rc;

    fflush(stdout);
    rc = posix_spawn(&pid, path, NULL, NULL, argv, environ);
    printf("%s: %s\n", path, strerror(rc));
    if (rc == 0)
        end_of(path, pid);
}

static void inside(void)
{
    char name[PATH_MAX] = "";

    show("getcwd", getcwd(name, sizeof(name)) == NULL);
    printf("%s\n", name);
    show("no proc", open("/proc/self/maps", O_RDONLY));
    show("the program", access("/program", X_OK));
    show("the old root", access("/usr", F_OK));
}

static void *spawn_in_thread(void *arg)
{
    spawn("/program");
    return arg;
}

static void begin_many(void)
{
    static volatile int written;
    pthread_t thread;
    pid_t pid;

    fflush(stdout);
    pid = vfork();
    if (pid == 0) {
        written = 5;
        _exit(3);
    }
    end_of("vfork", pid);
    printf("written: %d\n", written);
    spawn("/program");
    spawn("/bin/sh");
    pthread_create(&thread, NULL, spawn_in_thread, NULL);
    pthread_join(thread, NULL);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        char *const argv[] = {"program", "inside", NULL};

        fexecve(open("/program", O_RDONLY), argv, environ);
        _exit(9);
    }
    end_of("fork", pid);
}

static void remove_jail(const char *in)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/program", in);
    unlink(path);
    rmdir(in);
}

/* In a child, so that the parent can clear up. */
static void in_child(void (*fn)(void))
{
    pid_t pid;

    make_jail();
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        enter_jail();
        fn();
        exit(0);
    }
    end_of("child", pid);
    remove_jail(jail);
}

static void as_nobody(void)
{
    if (syscall(SYS_setgroups, 0, NULL) < 0 || setgid(NOBODY) < 0 ||
        setuid(NOBODY) < 0)
        exit(79);
    begin_many();
    show("chroot", chroot("/"));
}

static ssize_t read_proc(const char *name, char *text, size_t size)
{
    int fd = openat(proc, name, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n;
}

static void by_the_old_proc(void)
{
    static const char *const names[] = {
        "self/maps", "self/status",      "self/stat", "self/cmdline",
        "self/auxv", "thread-self/comm", "uptime"};
    char text[4096];
    struct stat st;
    int fd;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        printf("%s: %d\n", names[i],
               read_proc(names[i], text, sizeof(text)) > 0);
    read_proc("self/maps", text, sizeof(text));
    printf("the program: %d, the monitor: %d\n",
           strstr(text, "/program") || strstr(text, "chrooted") ? 1 : 0,
           strstr(text, "microvm") || strstr(text, "kvm") ? 1 : 0);
    show("links", fstatat(proc, "self/task", &st, 0));
    printf("%lu\n", (unsigned long)st.st_nlink);
    show("exe", readlinkat(proc, "self/exe", text, sizeof(text)) > 0);
    fd = openat(proc, "self/exe", O_RDONLY);
    show("read", fd < 0 ? -1 : read(fd, text, 4));
    fd = openat(proc, "self/fd/0", O_RDONLY);
    tell("descriptor", fd >= 0);
    fd = openat(proc, "self/mem", O_RDONLY);
    show("memory",
         fd < 0 ? -1 : pread(fd, text, 4, (off_t)(unsigned long)jail));
    printf("%.4s\n", text);
}

static void plain(void)
{
    in_child(begin_many);
}

static void dropped(void)
{
    in_child(as_nobody);
}

static void old_proc(void)
{
    in_child(by_the_old_proc);
}

static void errors(void)
{
    show("nothing", chroot("/no/such/directory"));
    show("a file", chroot("/etc/passwd"));
    show("bad", chroot((const char *)8));
    show("empty", chroot(""));
}

int main(int argc, char **argv)
{
    const struct scenario scenarios[] = {
        {"plain", plain},   {"dropped", dropped}, {"old-proc", old_proc},
        {"errors", errors}, {"inside", inside},
    };

    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(*scenarios));
}
