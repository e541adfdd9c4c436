/* procself.c: what /proc tells of this process, its threads and its child, in
 * words that do not depend on addresses. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define KIB  1024UL

static char **arguments;
static char touched[1024 * KIB];

static void tell(const char *what, int ok)
{
    printf("%s: %s\n", what, ok ? "ok" : "wrong");
}

static char *slurp(const char *path)
{
    static char text[1 << 18];
    int fd = open(path, O_RDONLY);
    size_t used = 0;
    ssize_t n;

    while (fd >= 0 && (n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
        used += (size_t)n;
    if (fd < 0)
        printf("%s: %s\n", path, strerror(errno));
    else
        close(fd);
    text[used] = '\0';
    return text;
}

/* Fields of stat, by their numbers. */
static void read_stat(const char *path, uint64_t field[64])
{
    char *at = strrchr(slurp(path), ')');

    memset(field, 0, 64 * sizeof(*field));
    for (int n = 3; at && n < 64; n++) {
        at = strchr(at + 1, ' ');
        if (at)
            field[n] = strtoull(at + 1, NULL, 10);
    }
}

/* The value in the line of (label) of status. */
static uint64_t status_of(const char *path, const char *label, int base)
{
    const char *at = strstr(slurp(path), label);

    return at ? strtoull(at + strlen(label), NULL, base) : (uint64_t)-1;
}

struct sizes {
    uint64_t all, stack, heap, data;
};

static struct sizes read_maps(const char *path)
{
    struct sizes s = {0};
    char *rest = NULL;

    for (char *line = strtok_r(slurp(path), "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        uint64_t start, end;
        char rights[8];

        if (sscanf(line, "%lx-%lx %7s", &start, &end, rights) != 3 ||
            strstr(line, "[vsyscall]"))
            continue;
        s.all += end - start;
        if (strstr(line, "[stack]"))
            s.stack += end - start;
        else if (rights[1] == 'w' && rights[3] == 'p')
            s.data += end - start;
        if (strstr(line, "[heap]"))
            s.heap += end - start;
    }
    return s;
}

static void memory_of(pid_t pid)
{
    char stat[64], status[64], statm[64], maps[64];
    uint64_t f[64], total, resident, shared;
    struct sizes s;

    snprintf(stat, sizeof(stat), "/proc/%d/stat", pid);
    snprintf(status, sizeof(status), "/proc/%d/status", pid);
    snprintf(statm, sizeof(statm), "/proc/%d/statm", pid);
    snprintf(maps, sizeof(maps), "/proc/%d/maps", pid);
    s = read_maps(maps);
    read_stat(stat, f);
    tell("vsize", f[23] == s.all);
    tell("VmSize", status_of(status, "VmSize:", 10) == s.all / KIB);
    tell("VmStk", status_of(status, "VmStk:", 10) == s.stack / KIB);
    tell("VmData", status_of(status, "VmData:", 10) == s.data / KIB);
    tell("VmPeak", status_of(status, "VmPeak:", 10) >= s.all / KIB);
    tell("VmHWM",
         status_of(status, "VmHWM:", 10) >= status_of(status, "RssAnon:", 10));
    tell("rss", f[24] > 0 && f[24] * PAGE < s.all);
    tell("VmRSS", status_of(status, "VmRSS:", 10) ==
                      status_of(status, "RssAnon:", 10) +
                          status_of(status, "RssFile:", 10) +
                          status_of(status, "RssShmem:", 10));
    sscanf(slurp(statm), "%lu %lu %lu", &total, &resident, &shared);
    tell("statm",
         total == s.all / PAGE && resident < total && shared <= resident);
}

static void addresses(void)
{
    extern char **environ;
    uint64_t f[64];
    int local = 0;

    read_stat("/proc/self/stat", f);
    tell("code",
         f[26] <= (uintptr_t)&addresses && (uintptr_t)&addresses < f[27]);
    tell("data", f[45] <= (uintptr_t)&arguments && f[46] < f[45] + 64 * KIB &&
                     f[45] < f[46]);
    tell("stack", (uintptr_t)&local < f[28] && f[28] < f[48]);
    tell("arguments", f[48] == (uintptr_t)arguments[0]);
    tell("environment",
         f[50] == (uintptr_t)environ[0] && f[51] > f[50] && f[49] == f[50]);
    tell("break", f[47] <= (uint64_t)syscall(SYS_brk, 0) && f[47] > f[46]);
    tell("no registers", f[29] == 0 && f[30] == 0);
    printf("tracer %d, seccomp %d\n",
           (int)status_of("/proc/self/status", "TracerPid:", 10),
           (int)status_of("/proc/self/status", "Seccomp:", 10));
}

/* The sum of what smaps says of (label), in KiB. */
static uint64_t sum_of_smaps(const char *label)
{
    uint64_t sum = 0;

    for (const char *at = slurp("/proc/self/smaps"); (at = strstr(at, label));
         at += strlen(label))
        sum += strtoul(at + strlen(label), NULL, 10);
    return sum;
}

/* The sums of smaps in one. */
static void rollup(void)
{
    const size_t size = 8 * KIB * KIB;
    uint64_t anonymous = status_of("/proc/self/smaps_rollup", "Anonymous:", 10);
    uint64_t rss = sum_of_smaps("\nRss:");
    char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const char *text;

    memset(p, 1, size);
    tell("all of it",
         status_of("/proc/self/smaps_rollup", "Rss:", 10) >= rss + 8 * KIB &&
             status_of("/proc/self/smaps_rollup", "Rss:", 10) <= rss + 9 * KIB);
    anonymous =
        status_of("/proc/self/smaps_rollup", "Anonymous:", 10) - anonymous;
    tell("anonymous", anonymous >= 8 * KIB && anonymous < 9 * KIB);
    munmap(p, size);
    text = slurp("/proc/self/smaps_rollup");
    printf("in one: %d", strstr(text, " ---p 00000000 00:00 0 ") != NULL &&
                             strstr(text, "[rollup]\n") != NULL);
    for (const char *at = strchr(text, '\n') + 1; *at;
         at = strchr(at, '\n') + 1)
        if (strncmp(at, "Pss_A", 5) != 0 && strncmp(at, "Pss_F", 5) != 0 &&
            strncmp(at, "Pss_S", 5) != 0)
            printf(" %.*s", (int)strcspn(at, " "), at);
    puts("");
}

/* What grows shows. */
static void growth(void)
{
    uint64_t rss = status_of("/proc/self/status", "VmRSS:", 10);
    uint64_t size = status_of("/proc/self/status", "VmSize:", 10);
    char *p = mmap(NULL, 64 * KIB * KIB, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *shared;

    memset(p, 1, 8 * KIB * KIB);
    tell("size grew",
         status_of("/proc/self/status", "VmSize:", 10) == size + 64 * KIB);
    rss = status_of("/proc/self/status", "VmRSS:", 10) - rss;
    tell("resident grew", rss >= 8 * KIB && rss < 16 * KIB);
    munmap(p, 64 * KIB * KIB);
    tell("peak stays",
         status_of("/proc/self/status", "VmPeak:", 10) >= size + 64 * KIB);
    shared = mmap(NULL, KIB * KIB, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(shared, 1, KIB * KIB);
    /* Before Linux 6.2 a thread may keep 64 pages to itself before it counts
     * them. */
    rss = status_of("/proc/self/status", "RssShmem:", 10);
    tell("shared memory", rss >= KIB - 256 && rss <= KIB);
    munmap(shared, KIB * KIB);
}

static void on_signal(int sig)
{
    (void)sig;
}

static void show_signals(const char *what, const char *path)
{
    uint64_t f[64];
    char stat[64];

    printf("%s: blocked %#lx ignored %#lx caught %#lx\n", what,
           status_of(path, "SigBlk:", 16), status_of(path, "SigIgn:", 16),
           status_of(path, "SigCgt:", 16));
    snprintf(stat, sizeof(stat), "%.*s", (int)(strlen(path) - 2), path);
    read_stat(stat, f);
    printf("%s: blocked %lu ignored %lu caught %lu\n", what, f[32], f[33],
           f[34]);
}

static void signals(void)
{
    sigset_t set, old;

    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGBUS);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGRTMAX);
    show_signals("at first", "/proc/self/status");
    signal(SIGSEGV, on_signal);
    signal(SIGUSR1, on_signal);
    signal(SIGBUS, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, &old);
    show_signals("as set", "/proc/self/status");
    raise(SIGUSR2);
    printf("pending %#lx\n", status_of("/proc/self/status", "SigPnd:", 16) |
                                 status_of("/proc/self/status", "ShdPnd:", 16));
    signal(SIGUSR2, SIG_IGN);
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
}

static int compare_names(const void *a, const void *b)
{
    return atoi(*(char *const *)a) - atoi(*(char *const *)b);
}

/* Numbers in a directory, sorted; without the directory's own descriptor. */
static void list(const char *path, int values)
{
    DIR *dir = opendir(path);
    const struct dirent *e;
    char *names[64];
    size_t n = 0;

    while (dir && (e = readdir(dir)) && n < 64)
        if (e->d_name[0] != '.' && (!values || atoi(e->d_name) != dirfd(dir)))
            names[n++] = strdup(e->d_name);
    if (dir)
        closedir(dir);
    qsort(names, n, sizeof(names[0]), compare_names);
    printf("%s: %d:", strrchr(path, '/') + 1, (int)n);
    for (size_t i = 0; i < n; i++)
        if (values && atoi(names[i]) < 100)
            printf(" %s", names[i]);
    putchar('\n');
}

static void descriptors(void)
{
    int null = open("/dev/null", O_RDONLY), found = 0;
    char path[64], target[64] = "";
    struct stat st;

    for (int fd = 3; fd < 100; fd++)
        if (fd != null && fd != 50)
            close(fd);
    dup2(null, 50);
    list("/proc/self/fd", 1);
    list("/proc/self/fdinfo", 1);
    list("/proc/thread-self/fd", 1);
    list("/dev/fd", 1);
    for (int fd = 100; fd < 5000; fd++) {
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        found += stat(path, &st) == 0 || lstat(path, &st) == 0 ||
                 readlink(path, target, sizeof(target)) >= 0 ||
                 open(path, O_RDONLY) >= 0 || errno != ENOENT;
    }
    printf("others: %d\n", found);
    printf("link: %d", (int)readlink("/proc/self/fd/50", target, 63));
    printf(" %s\n", target);
    printf("open: %d\n", open("/proc/self/fd/50", O_RDONLY) > 2);
    /* A table that was larger stays so natively. */
    tell("slots", status_of("/proc/self/status", "FDSize:", 10) <= 256);
}

static int told[2]; /* by the thread, that it has shown what it has to */

static void *wait_for_byte(void *arg)
{
    char byte;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    show_signals("thread", "/proc/thread-self/status");
    if (write(told[1], "x", 1) != 1)
        return NULL;
    return (void *)read(*(int *)arg, &byte, 1);
}

static void threads(void)
{
    pthread_t thread;
    uint64_t f[64];
    int ends[2];
    char byte;

    if (pipe(ends) < 0 || pipe(told) < 0)
        return;
    pthread_create(&thread, NULL, wait_for_byte, &ends[0]);
    if (read(told[0], &byte, 1) != 1)
        return;
    list("/proc/self/task", 0);
    read_stat("/proc/self/stat", f);
    printf("threads %lu %d\n", f[20],
           (int)status_of("/proc/self/status", "Threads:", 10));
    if (write(ends[1], "x", 1) != 1)
        puts("cannot write");
    pthread_join(thread, NULL);
    usleep(20000);
    list("/proc/self/task", 0);
}

/* Another process, which only waits. */
static void child(void)
{
    int ends[2], ready[2];
    char path[64], target[4096], byte, self[4096];
    pid_t pid;
    ssize_t n;

    if (pipe(ends) < 0 || pipe(ready) < 0)
        return;
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        signal(SIGBUS, SIG_IGN);
        signal(SIGTERM, on_signal);
        if (write(ready[1], "x", 1) == 1)
            _exit(read(ends[0], &byte, 1) == 1 ? 0 : 1);
        _exit(1);
    }
    if (read(ready[0], &byte, 1) != 1)
        return;
    puts("child");
    memory_of(pid);
    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    show_signals("child", path);
    snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
    tell("command", strcmp(slurp(path), arguments[0]) == 0);
    snprintf(path, sizeof(path), "/proc/%d/exe", pid);
    n = readlink(path, target, sizeof(target));
    tell("exe", n > 0 && n == readlink("/proc/self/exe", self, sizeof(self)) &&
                    memcmp(target, self, (size_t)n) == 0);
    snprintf(path, sizeof(path), "/proc/%d/fd", pid);
    list(path, 1);
    snprintf(path, sizeof(path), "/proc/%d/task", pid);
    list(path, 0);
    snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
    tell("auxv", ((Elf64_auxv_t *)slurp(path))->a_type != AT_NULL);
    if (write(ends[1], "x", 1) != 1)
        puts("cannot write");
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    (void)argc;
    arguments = argv;
    setvbuf(stdout, NULL, _IONBF, 0);
    /* The kernel counts a few pages only roughly. */
    memset(touched, 1, sizeof(touched));
    memory_of(getpid());
    addresses();
    growth();
    rollup();
    signals();
    descriptors();
    threads();
    child();
    return 0;
}
