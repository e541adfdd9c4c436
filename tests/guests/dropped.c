/* dropped.c: processes that have given up privileges without running another
 * program, as servers do: the kernel then lets nobody look at them, and they
 * themselves not at all that /proc tells of them. */
#include "scenario.h"

#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534
#define STACK  (1 << 17)

extern char **environ;

static char stack[STACK] __attribute__((aligned(16)));

static void drop(void)
{
    if (syscall(SYS_setgroups, 0, NULL) < 0 ||
        syscall(SYS_setgid, NOBODY) < 0 || syscall(SYS_setuid, NOBODY) < 0)
        exit(77);
}

static void *wait_for_ever(void *arg)
{
    pause();
    return arg;
}

static void add_thread(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0)
        exit(78);
}

static void end_of(const char *what, pid_t pid)
{
    int status = -1;

    waitpid(pid, &status, 0);
    printf("%s: %#x\n", what, (unsigned)status);
}

static void spawn(const char *path)
{
    char *const argv[] = {(char *)(uintptr_t)path, NULL};
    pid_t pid = -1;
    int rc = posix_spawn(&pid, path, NULL, NULL, argv, environ);

    printf("%s: %s\n", path, strerror(rc));
    if (rc == 0)
        end_of(path, pid);
}

static void begin_many(void)
{
    static volatile int written;
    pid_t pid = vfork();

    if (pid == 0) {
        written = 5;
        _exit(3);
    }
    end_of("vfork", pid);
    printf("written: %d\n", written);
    spawn("/bin/true");
    spawn("/no/such/program");
    spawn("/etc/passwd");
    pid = fork();
    if (pid == 0) {
        spawn("/bin/false");
        exit(4);
    }
    end_of("fork", pid);
}

static void alone(void)
{
    drop();
    begin_many();
}

static void beside_threads(void)
{
    add_thread();
    drop();
    begin_many();
}

static void *nothing(void *arg)
{
    return arg;
}

static void *begin_threads(void *ends)
{
    pthread_t thread;

    while (!__atomic_load_n((int *)ends, __ATOMIC_RELAXED))
        if (pthread_create(&thread, NULL, nothing, NULL) == 0)
            pthread_join(thread, NULL);
    return NULL;
}

/* What is mapped changes meanwhile. */
static void beside_new_threads(void)
{
    static int ends;
    pthread_t thread;

    drop();
    pthread_create(&thread, NULL, begin_threads, &ends);
    for (int i = 0; i < 20; i++)
        spawn("/bin/true");
    __atomic_store_n(&ends, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
}

static void undumpable(void)
{
    prctl(PR_SET_DUMPABLE, 0);
    begin_many();
    show("dumpable", prctl(PR_GET_DUMPABLE));
}

static int drop_and_run(void *arg)
{
    drop();
    execl("/proc/self/exe", "dropped", "who", NULL);
    printf("exec: %s\n", strerror(errno));
    return arg != NULL;
}

static void who(void)
{
    show("user", getuid());
}

static void child_drops(void)
{
    const int kinds[] = {CLONE_VM | CLONE_VFORK, CLONE_VM, CLONE_VFORK, 0};

    for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(*kinds); i++) {
        if (i == sizeof(kinds) / sizeof(*kinds))
            add_thread();
        fflush(stdout);
        end_of("clone", clone(drop_and_run, stack + STACK,
                              kinds[i % 4] | SIGCHLD, NULL));
    }
}

/* What can be opened of (pid)'s, and the first ones' text. */
static void look_at(const char *pid)
{
    static const char *const names[] = {
        "cmdline", "comm", "stat", "statm",  "status", "maps",   "smaps",
        "environ", "auxv", "fd",   "fdinfo", "task",   "limits", "exe",
        "cwd",     "root", "io",   "wchan",  "mem"};
    /* The memory of others is nobody's business here, whoever asks. */
    const size_t count = sizeof(names) / sizeof(*names) - (*pid != 's');
    char path[64], to[256];
    ssize_t n;
    int fd;

    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "/proc/%s/%s", pid, names[i]);
        fd = open(path, O_RDONLY);
        n = fd < 0 ? -1 : read(fd, to, sizeof(to));
        printf("%s: %s, %s\n", names[i], fd < 0 ? strerror(errno) : "opened",
               n > 0 ? "said" : "said nothing");
        if (n > 0 && i < 2)
            fwrite(to, 1, (size_t)n, stdout);
        n = readlink(path, to, sizeof(to));
        printf("%s: %s\n", names[i], n < 0 ? strerror(errno) : "a link");
        if (fd >= 0)
            close(fd);
    }
}

static void sees_itself(void)
{
    drop();
    look_at("self");
    look_at("thread-self");
}

/* As ps(1) of one user shows the processes of others. */
static void sees_others(void)
{
    char parent[16];
    pid_t pid;

    fflush(stdout);
    snprintf(parent, sizeof(parent), "%d", (int)getpid());
    pid = fork();
    if (pid == 0) {
        drop();
        look_at(parent);
        exit(0);
    }
    end_of("child", pid);
}

static void others_see_it(void)
{
    char child[16];
    int ready[2];
    pid_t pid;

    fflush(stdout);
    if (pipe(ready) < 0)
        return;
    pid = fork();
    if (pid == 0) {
        drop();
        close(ready[1]);
        wait_for_ever(NULL);
    }
    close(ready[1]);
    show("ready", read(ready[0], child, 1));
    snprintf(child, sizeof(child), "%d", (int)pid);
    look_at(child);
    kill(pid, SIGKILL);
    end_of("child", pid);
}

static void back_and_forth(void)
{
    show("seteuid", seteuid(NOBODY));
    begin_many();
    show("seteuid", seteuid(0));
    begin_many();
    add_thread();
    show("seteuid", seteuid(NOBODY));
    begin_many();
    show("seteuid", seteuid(0));
    begin_many();
}

int main(int argc, char **argv)
{
    const struct scenario scenarios[] = {
        {"alone", alone},
        {"beside-threads", beside_threads},
        {"beside-new-threads", beside_new_threads},
        {"undumpable", undumpable},
        {"child-drops", child_drops},
        {"who", who},
        {"sees-itself", sees_itself},
        {"sees-others", sees_others},
        {"others-see-it", others_see_it},
        {"back-and-forth", back_and_forth},
    };

    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(*scenarios));
}
