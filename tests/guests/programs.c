/* programs.c SCENARIO: running other programs: ways to name them, limits, what
 * they inherit and what not, and what a failure leaves. */
#include "scenario.h"

#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static char *const no_environment[] = {NULL};
static char directory[64];

/* Run (fn) in a child and tell how it ended; what fn returns is an error. */
static void in_child(const char *what, void (*fn)(void))
{
    pid_t pid = fork();

    if (pid == 0) {
        fn();
        printf("%s: %s\n", what, strerror(errno));
        _exit(0);
    }
    show_status(what, pid);
}

static void enter_directory(void)
{
    snprintf(directory, sizeof(directory), "/tmp/guest-programs-%d", getpid());
    mkdir(directory, 0755);
    if (chdir(directory) < 0)
        perror("chdir");
}

static void leave_directory(void)
{
    static const char *const names[] = {"script", "link",  "file",  "text",
                                        "loop",   "deep0", "deep1", "deep2",
                                        "deep3",  "deep4", "deep5", "empty"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlink(names[i]);
    if (chdir("/") < 0 || rmdir(directory) < 0)
        perror("rmdir");
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (write(fd, text, strlen(text)) < 0)
        perror("write");
    fchmod(fd, mode);
    close(fd);
}

/* Absolute, as the directory changes. */
static const char *own_path(void)
{
    static char path[4096];

    if (path[0] == 0 && readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
        perror("readlink");
    return path;
}

/* --- the program that is run --- */

static int given_count;
static char **given;

static void show_arguments(void)
{
    printf("%d arguments:", given_count);
    for (int i = 2; i < given_count; i++)
        printf(" [%.40s]", given[i]);
    printf("\n");
    exit(17);
}

static void count_bytes(void)
{
    unsigned long sum = 0;

    for (int i = 0; i < given_count; i++)
        sum += strlen(given[i]) + 1;
    printf("%d arguments, %lu bytes\n", given_count - 2,
           sum - strlen(given[0]) - 1);
}

/* --- names --- */

static char *const args[] = {"programs", "show-arguments", "a b", "", NULL};

static void by_descriptor(void)
{
    fexecve(open(own_path(), O_RDONLY | O_CLOEXEC), args, no_environment);
}

static void by_path_descriptor(void)
{
    fexecve(open(own_path(), O_PATH), args, no_environment);
}

static void by_empty_path(void)
{
    syscall(SYS_execveat, open(own_path(), O_RDONLY), "", args, no_environment,
            AT_EMPTY_PATH);
}

static void by_empty_path_without_flag(void)
{
    syscall(SYS_execveat, open(own_path(), O_RDONLY), "", args, no_environment,
            0);
}

static void by_relative_path(void)
{
    char path[4096];
    int dir;

    snprintf(path, sizeof(path), "%s", own_path());
    *strrchr(path, '/') = '\0';
    dir = open(path, O_PATH | O_DIRECTORY);
    syscall(SYS_execveat, dir, path + strlen(path) + 1, args, no_environment,
            0);
}

static void by_absolute_path(void)
{
    syscall(SYS_execveat, -5, own_path(), args, no_environment, 0);
}

static void by_link(void)
{
    symlink(own_path(), "link");
    execve("link", args, no_environment);
}

static void by_link_not_followed(void)
{
    syscall(SYS_execveat, AT_FDCWD, "link", args, no_environment,
            AT_SYMLINK_NOFOLLOW);
}

static void by_bad_descriptor(void)
{
    syscall(SYS_execveat, 999, "x", args, no_environment, 0);
}

static void by_bad_flags(void)
{
    syscall(SYS_execveat, AT_FDCWD, own_path(), args, no_environment, 0x8000);
}

static void by_directory_of_file(void)
{
    syscall(SYS_execveat, open(own_path(), O_RDONLY), "x", args, no_environment,
            0);
}

static void names(void)
{
    own_path();
    enter_directory();
    in_child("descriptor", by_descriptor);
    in_child("path descriptor", by_path_descriptor);
    in_child("AT_EMPTY_PATH", by_empty_path);
    in_child("empty path", by_empty_path_without_flag);
    in_child("relative", by_relative_path);
    in_child("absolute", by_absolute_path);
    in_child("link", by_link);
    in_child("link not followed", by_link_not_followed);
    in_child("bad descriptor", by_bad_descriptor);
    in_child("bad flags", by_bad_flags);
    in_child("file as directory", by_directory_of_file);
    leave_directory();
}

/* --- scripts --- */

static void run_script(void)
{
    execl("./script", "zero", "one", "", "three", NULL);
}

static void script_by_descriptor(void)
{
    char *const argv[] = {"zero", "one", NULL};

    fexecve(open("script", O_RDONLY), argv, no_environment);
}

static void script_by_closing_descriptor(void)
{
    char *const argv[] = {"zero", "one", NULL};

    fexecve(open("script", O_RDONLY | O_CLOEXEC), argv, no_environment);
}

static void run_deep(void)
{
    execl("./deep4", "x", NULL);
}

static void run_deeper(void)
{
    execl("./deep5", "x", NULL);
}

static void run_loop(void)
{
    execl("./loop", "x", NULL);
}

static void scripts(void)
{
    char text[4200];

    snprintf(text, sizeof(text), "#!%s show-arguments  and more \nrest",
             own_path());
    enter_directory();
    write_file("script", text, 0755);
    in_child("script", run_script);
    /* The descriptor's number is not told: it may differ. */
    write_file("script", "#!/bin/sh\necho shell; exit 5\n", 0755);
    in_child("by descriptor", script_by_descriptor);
    in_child("by one that closes", script_by_closing_descriptor);
    write_file("script", "#!/nowhere/interpreter\n", 0755);
    in_child("no interpreter", run_script);
    write_file("script", "#!\n", 0755);
    in_child("empty line", run_script);
    write_file("script", "#!   \t \n", 0755);
    in_child("blank line", run_script);
    snprintf(text, sizeof(text), "#! \t%s\tshow-arguments", own_path());
    write_file("script", text, 0755);
    in_child("tabs, no end", run_script);
    snprintf(text, sizeof(text), "#!%s show-arguments\n", own_path());
    write_file("deep0", text, 0755);
    for (int i = 1; i < 6; i++) {
        char name[8];

        snprintf(name, sizeof(name), "deep%d", i);
        snprintf(text, sizeof(text), "#!./deep%d %d\n", i - 1, i);
        write_file(name, text, 0755);
    }
    in_child("deep", run_deep);
    in_child("deeper", run_deeper);
    write_file("loop", "#!./loop\n", 0755);
    in_child("loop", run_loop);
    leave_directory();
}

/* --- failures --- */

static void try_run(const char *what, const char *path)
{
    char *const argv[] = {"x", NULL};

    errno = 0;
    show(what, execve(path, argv, no_environment));
}

static void failures(void)
{
    void *volatile bad = (void *)8;
    char *const bad_argument[] = {"x", bad, NULL};
    const char elf[] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\76\0\1\0\0\0";
    int fd;

    enter_directory();
    try_run("nothing", "nothing");
    try_run("directory", ".");
    try_run("empty path", "");
    try_run("file as directory", "/bin/sh/x");
    try_run("device", "/dev/null");
    write_file("text", "no program\n", 0755);
    try_run("text", "text");
    write_file("empty", "", 0755);
    try_run("empty", "empty");
    write_file("file", "#!/bin/sh\n", 0644);
    try_run("not executable", "file");
    fd = open("file", O_WRONLY | O_TRUNC);
    if (write(fd, elf, sizeof(elf)) < 0)
        perror("write");
    fchmod(fd, 0755);
    close(fd);
    try_run("half a header", "file");
    symlink("loop", "loop");
    try_run("link to itself", "loop");
    show("bad path", execve(bad, args, no_environment));
    show("bad vector", execve(own_path(), bad, no_environment));
    show("bad argument", execve(own_path(), bad_argument, no_environment));
    show("bad environment", execve(own_path(), args, bad));
    {
        static char path[5000];

        memset(path, 'x', sizeof(path) - 1);
        try_run("long path", path);
    }
    leave_directory();
    printf("still here\n");
}

/* --- limits --- */

static char **many(size_t count, size_t length)
{
    char **list = calloc(count + 3, sizeof(*list));
    char *text = malloc(length + 1);

    memset(text, 'x', length);
    text[length] = '\0';
    list[0] = "programs";
    list[1] = "count-bytes";
    for (size_t i = 0; i < count; i++)
        list[i + 2] = text;
    return list;
}

static size_t count_wanted, length_wanted;

static void run_many(void)
{
    execve(own_path(), many(count_wanted, length_wanted), no_environment);
}

static void run_environment(void)
{
    char *const argv[] = {"programs", "count-bytes", NULL};

    execve(own_path(), argv, many(count_wanted, length_wanted));
}

static void try_many(size_t count, size_t length)
{
    char what[64];

    snprintf(what, sizeof(what), "%lu of %lu", (unsigned long)count,
             (unsigned long)length);
    count_wanted = count;
    length_wanted = length;
    in_child(what, run_many);
}

static void argument_limits(void)
{
    struct rlimit stack = {1 << 20, RLIM_INFINITY};

    try_many(1, 131071);
    try_many(1, 131072);
    try_many(10, 131071);
    try_many(14, 131071);
    try_many(20, 131071);
    try_many(20000, 20);
    try_many(200000, 1);
    try_many(250000, 0);
    in_child("environment", run_environment);
    count_wanted = 2;
    length_wanted = 131072;
    in_child("long variable", run_environment);
    setrlimit(RLIMIT_STACK, &stack);
    try_many(1, 131071);
    try_many(2, 131071);
    try_many(1000, 100);
    try_many(3000, 100);
}

/* --- inheritance --- */

static void show_inherited(void)
{
    struct itimerval timer;
    struct rlimit files;
    struct sigaction act;
    sigset_t mask, pending;
    stack_t stack;
    int sig = 0;
    char name[16] = "";

    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigpending(&pending);
    printf("blocked %d %d pending %d\n", sigismember(&mask, SIGUSR1),
           sigismember(&mask, SIGUSR2), sigismember(&pending, SIGUSR1));
    sigaction(SIGHUP, NULL, &act);
    printf("ignored %d", act.sa_handler == SIG_IGN);
    sigaction(SIGTERM, NULL, &act);
    printf(" handled %d flags %#x mask %d\n", act.sa_handler != SIG_DFL,
           (unsigned)act.sa_flags & ~0x04000000U,
           sigismember(&act.sa_mask, SIGINT));
    sigaltstack(NULL, &stack);
    printf("stack flags %d size %lu\n", stack.ss_flags,
           (unsigned long)stack.ss_size);
    getitimer(ITIMER_REAL, &timer);
    printf("timer %d\n", timer.it_value.tv_sec > 1000);
    getrlimit(RLIMIT_NOFILE, &files);
    printf("files %lu nice %d umask %o\n", (unsigned long)files.rlim_cur,
           getpriority(PRIO_PROCESS, 0), (unsigned)umask(0));
    prctl(PR_GET_PDEATHSIG, &sig);
    prctl(PR_GET_NAME, name);
    printf("death signal %d name %s\n", sig, name);
    printf("keepcaps %d dumpable %d new privileges %d slack %d\n",
           prctl(PR_GET_KEEPCAPS), prctl(PR_GET_DUMPABLE),
           prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_TIMERSLACK));
    printf("kept %d closed %d\n", fcntl(40, F_GETFD), fcntl(41, F_GETFD));
    exit(18);
}

static void on_term(int sig)
{
    (void)sig;
}

/* What a program has from the one before it, and what not. */
static void inherited(void)
{
    static char memory[16384];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
    const struct itimerval timer = {.it_value = {.tv_sec = 5000}};
    struct sigaction act = {.sa_handler = on_term, .sa_flags = SA_RESTART};
    const struct rlimit files = {77, 88};
    sigset_t mask;

    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    raise(SIGUSR1);
    signal(SIGHUP, SIG_IGN);
    sigaddset(&act.sa_mask, SIGINT);
    sigaction(SIGTERM, &act, NULL);
    sigaltstack(&stack, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    setrlimit(RLIMIT_NOFILE, &files);
    setpriority(PRIO_PROCESS, 0, 7);
    umask(031);
    prctl(PR_SET_PDEATHSIG, SIGUSR2);
    prctl(PR_SET_NAME, "before");
    prctl(PR_SET_KEEPCAPS, 1);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_TIMERSLACK, 123456);
    dup2(0, 40);
    dup3(0, 41, O_CLOEXEC);
    mlockall(MCL_FUTURE);
    execl(own_path(), "other", "show-inherited", NULL);
    perror("execl");
}

static void show_vector(void)
{
    static const struct {
        unsigned long type;
        const char *name;
    } entries[] = {{AT_PAGESZ, "pagesz"}, {AT_CLKTCK, "clktck"},
                   {AT_PHENT, "phent"},   {AT_UID, "uid"},
                   {AT_EUID, "euid"},     {AT_GID, "gid"},
                   {AT_EGID, "egid"},     {AT_SECURE, "secure"},
                   {AT_FLAGS, "flags"},   {AT_MINSIGSTKSZ, "minsigstksz"}};
    char **envp = given + given_count + 1;
    const Elf64_auxv_t *aux;

    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        printf("%s %lu\n", entries[i].name, getauxval(entries[i].type));
    printf("execfn %s\n", (char *)getauxval(AT_EXECFN));
    printf("platform %s\n", (char *)getauxval(AT_PLATFORM));
    while (*envp)
        printf("[%s]\n", *envp++);
    /* The strings lie above the vector, in order. */
    aux = (const Elf64_auxv_t *)(envp + 1);
    while (aux->a_type != AT_NULL)
        aux++;
    printf("order %d %d\n", (char *)aux < given[0],
           given[given_count - 1] < *(given + given_count + 1));
    exit(19);
}

static void vector_and_environment(void)
{
    char *const argv[] = {"other", "show-vector", "x", NULL};
    char *const envp[] = {"A=b", "", "no equals sign", "A=again", NULL};

    enter_directory();
    if (symlink(own_path(), "link") == 0 && fork() == 0)
        execve("./link", argv, envp);
    wait(NULL);
    leave_directory();
}

/* Without an argument there is one, and it is empty. */
static void run_without_arguments(void)
{
    char *const argv[] = {NULL};

    execve(own_path(), argv, no_environment);
}

static void run_without_vectors(void)
{
    char *const *volatile none = NULL;

    execve(own_path(), none, none);
}

static void no_arguments(void)
{
    in_child("empty", run_without_arguments);
    in_child("none", run_without_vectors);
}

static void *run_in_thread(void *arg)
{
    prctl(PR_SET_NAME, "thread");
    execl(own_path(), "other", "show-arguments", "from a thread", NULL);
    return arg;
}

static void by_thread(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        pthread_t thread;

        pthread_create(&thread, NULL, run_in_thread, NULL);
        for (;;)
            pause();
    }
    show_status("pid stays", pid);
}

static void chain_of_programs(void)
{
    char left[24];
    long n = given_count > 2 ? strtol(given[2], NULL, 10) : 50;

    if (n == 0) {
        printf("end of the chain\n");
        exit(4);
    }
    snprintf(left, sizeof(left), "%ld", n - 1);
    execl(own_path(), "programs", "chain", left, NULL);
}

static const struct scenario scenarios[] = {
    {"show-arguments", show_arguments},
    {"count-bytes", count_bytes},
    {"show-inherited", show_inherited},
    {"show-vector", show_vector},
    {"names", names},
    {"scripts", scripts},
    {"failures", failures},
    {"argument-limits", argument_limits},
    {"inherited", inherited},
    {"vector", vector_and_environment},
    {"no-arguments", no_arguments},
    {"by-thread", by_thread},
    {"chain", chain_of_programs},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    given_count = argc;
    given = argv;
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
