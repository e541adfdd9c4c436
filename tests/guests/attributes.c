/* attributes.c SCENARIO: what a process and a thread can ask and set about
 * themselves: prctl, limits, priorities, scheduling, processors, names. */
#include "scenario.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

static void names(void)
{
    char name[32] = "";
    char *volatile bad = (char *)8;

    show("set", prctl(PR_SET_NAME, "a name that is much too long"));
    show("get", prctl(PR_GET_NAME, name));
    printf("[%s]\n", name);
    show("set empty", prctl(PR_SET_NAME, ""));
    prctl(PR_GET_NAME, name);
    printf("[%s]\n", name);
    show("bad", prctl(PR_SET_NAME, bad));
    show("bad", prctl(PR_GET_NAME, bad));
}

static void prctl_values(void)
{
    static const struct {
        const char *name;
        int get, set;
        unsigned long value, wrong;
    } kinds[] = {
        {"dumpable", PR_GET_DUMPABLE, PR_SET_DUMPABLE, 0, 2},
        {"keepcaps", PR_GET_KEEPCAPS, PR_SET_KEEPCAPS, 1, 2},
        {"timerslack", PR_GET_TIMERSLACK, PR_SET_TIMERSLACK, 70000, 0},
        {"no new privileges", PR_GET_NO_NEW_PRIVS, PR_SET_NO_NEW_PRIVS, 1, 0},
        {"huge pages off", PR_GET_THP_DISABLE, PR_SET_THP_DISABLE, 1, 0},
        {"timing", PR_GET_TIMING, PR_SET_TIMING, 0, 7},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        printf("%s: ", kinds[i].name);
        show("before", prctl(kinds[i].get, 0, 0, 0, 0));
        show("set", prctl(kinds[i].set, kinds[i].value, 0, 0, 0));
        show("then", prctl(kinds[i].get, 0, 0, 0, 0));
        show("wrong", prctl(kinds[i].set, kinds[i].wrong, 0, 0, 0));
        show("then", prctl(kinds[i].get, 0, 0, 0, 0));
    }
    show("unknown", prctl(99999, 0, 0, 0, 0));
    show("extra argument", prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
    show("seccomp", prctl(PR_GET_SECCOMP));
    show("securebits", prctl(PR_GET_SECUREBITS));
    show("capability", prctl(PR_CAPBSET_READ, CAP_CHOWN));
    show("no capability", prctl(PR_CAPBSET_READ, 99));
    show("ambient",
         prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0));
}

static void show_limit(const char *what, int resource)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) < 0)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s: %ld %ld\n", what, (long)limit.rlim_cur,
               (long)limit.rlim_max);
}

static void limits(void)
{
    struct rlimit limit = {5000, 3000}, old = {0, 0};
    void *volatile bad = (void *)8;

    for (int i = 0; i < 16; i++)
        show_limit("limit", i);
    show_limit("none", 16);
    show("above the hard one", setrlimit(RLIMIT_FSIZE, &limit));
    limit = (struct rlimit){1000, 2000};
    show("lower", setrlimit(RLIMIT_FSIZE, &limit));
    show_limit("now", RLIMIT_FSIZE);
    show("prlimit", prlimit(0, RLIMIT_CORE, &limit, &old));
    printf("old %ld\n", (long)old.rlim_cur);
    show("of nobody", prlimit(1 << 30, RLIMIT_CORE, NULL, &old));
    show("bad", getrlimit(RLIMIT_CORE, bad));
    if (fork() == 0) {
        show_limit("inherited", RLIMIT_FSIZE);
        _exit(0);
    }
    wait(NULL);
    prlimit(getpid(), RLIMIT_FSIZE, NULL, &limit);
    printf("own %ld\n", (long)limit.rlim_cur);
}

/* Limits that make calls fail; not those that are for other files. */
static void limits_hold(void)
{
    struct rlimit limit = {20, 20}, size;
    char bytes[64];
    ssize_t n;
    int fd;

    getrlimit(RLIMIT_FSIZE, &size);
    limit.rlim_max = size.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
    fd = open("/proc/self/maps", O_RDONLY);
    n = read(fd, bytes, sizeof(bytes));
    setrlimit(RLIMIT_FSIZE, &size);
    show("maps", n);
    close(fd);
    fd = 0;
    limit.rlim_max = 20;

    setrlimit(RLIMIT_NOFILE, &limit);
    while (fd >= 0 && fd < 100)
        fd = dup(0);
    show("dup", fd);
    show("dup2", dup2(0, 20));
    show("dup2 below", dup2(0, 19));
    close(19);
    show("again", dup(0));
    limit = (struct rlimit){0, 0};
    setrlimit(RLIMIT_NPROC, &limit);
    if (setresuid(12345, 12345, 12345) == 0)
        show("fork", fork());
}

static void priorities(void)
{
    errno = 0;
    show("begin", getpriority(PRIO_PROCESS, 0));
    show("nice", nice(5));
    show("higher", setpriority(PRIO_PROCESS, 0, 12));
    show("now", getpriority(PRIO_PROCESS, 0));
    show("more than there is", setpriority(PRIO_PROCESS, 0, 99));
    show("now", getpriority(PRIO_PROCESS, 0));
    show("bad kind", setpriority(7, 0, 1));
    show("nobody", getpriority(PRIO_PROCESS, 1 << 30));
    show("group", setpriority(PRIO_PGRP, 1 << 30, 1));
    if (fork() == 0) {
        show("inherited", getpriority(PRIO_PROCESS, 0));
        _exit(0);
    }
    wait(NULL);
    show("io priority", syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 6));
    show("io priority", syscall(SYS_ioprio_get, 1, 0));
}

static void scheduling(void)
{
    struct sched_param param = {0};
    struct timespec interval = {0};

    show("policy", sched_getscheduler(0));
    show("batch", sched_setscheduler(0, SCHED_BATCH, &param));
    show("policy", sched_getscheduler(0));
    show("idle", sched_setscheduler(0, SCHED_IDLE, &param));
    show("policy", sched_getscheduler(0));
    param.sched_priority = 7;
    show("bad priority", sched_setscheduler(0, SCHED_OTHER, &param));
    show("bad policy", sched_setscheduler(0, 77, &param));
    show("least", sched_get_priority_min(SCHED_FIFO));
    show("most", sched_get_priority_max(SCHED_RR));
    show("bad", sched_get_priority_max(99));
    show("param", sched_getparam(0, &param));
    show("nobody", sched_getparam(1 << 30, &param));
    param.sched_priority = 0;
    show("other",
         sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &param));
    show("policy", sched_getscheduler(0));
    show("interval", sched_rr_get_interval(0, &interval));
    show("yield", sched_yield());
}

/* What sched_setattr(2) takes; the first size that it had. */
struct attr {
    unsigned size, policy;
    unsigned long long flags;
    int nice;
    unsigned priority;
    unsigned long long runtime, deadline, period;
};
#define ATTR_SIZE 48

static long set_attr(void *attr)
{
    return syscall(SYS_sched_setattr, 0, attr, 0);
}

static void attributes_of_scheduling(void)
{
    /* At the end of a page, behind which there is nothing. */
    char *page = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct attr *attr = (struct attr *)page, got;

    mprotect(page + 2 * 4096, 4096, PROT_NONE);
    *attr = (struct attr){.size = ATTR_SIZE, .policy = SCHED_BATCH, .nice = 5};
    show("set", set_attr(attr));
    show("get", syscall(SYS_sched_getattr, 0, &got, sizeof(got), 0));
    printf("%u %u %d\n", got.size, got.policy, got.nice);
    attr->size = 0;
    attr->nice = 6;
    show("without size", set_attr(attr));
    show("nice", getpriority(PRIO_PROCESS, 0));
    attr->size = 4096;
    attr->nice = 7;
    show("a page", set_attr(attr));
    show("nice", getpriority(PRIO_PROCESS, 0));
    page[4095] = 1;
    show("unknown", set_attr(attr));
    show("size", attr->size);
    attr->size = 4097;
    show("too large", set_attr(attr));
    show("size", attr->size);
    attr->size = 20;
    show("too small", set_attr(attr));
    show("size", attr->size);
    attr->size = ATTR_SIZE;
    attr->policy = 77;
    show("no policy", set_attr(attr));
    show("flags", syscall(SYS_sched_setattr, 0, attr, 1));
    show("nobody", syscall(SYS_sched_setattr, 1 << 30, attr, 0));
    show("nothing", set_attr(NULL));
    show("bad", set_attr((void *)8));
    attr->size = ATTR_SIZE;
    attr->policy = SCHED_OTHER;
    memmove(page + 2 * 4096 - ATTR_SIZE, attr, ATTR_SIZE);
    show("at the end", set_attr(page + 2 * 4096 - ATTR_SIZE));
    show("nice", getpriority(PRIO_PROCESS, 0));
    attr->size = 100;
    memmove(page + 2 * 4096 - 60, attr, 60);
    show("beyond the end", set_attr(page + 2 * 4096 - 60));
}

static void *affinity_of_thread(void *arg)
{
    cpu_set_t set;

    sched_getaffinity(0, sizeof(set), &set);
    printf("inherited %d\n", CPU_COUNT(&set));
    return arg;
}

static void processors(void)
{
    cpu_set_t all, one, got;
    unsigned cpu = 999, node = 999;
    int first = 0, right = 0;
    pthread_t thread;

    tell("get", sched_getaffinity(0, sizeof(all), &all) == 0);
    printf("online %ld allowed %d\n", sysconf(_SC_NPROCESSORS_ONLN),
           CPU_COUNT(&all));
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    tell("set", sched_setaffinity(0, sizeof(one), &one) == 0);
    sched_getaffinity(0, sizeof(got), &got);
    printf("same %d\n", CPU_EQUAL(&one, &got));
    for (int i = 0; i < 20; i++)
        right += sched_getcpu() == first;
    printf("ran there %d\n", right);
    show("getcpu", syscall(SYS_getcpu, &cpu, &node, NULL));
    printf("cpu %d\n", (int)cpu == first);
    pthread_create(&thread, NULL, affinity_of_thread, NULL);
    pthread_join(thread, NULL);
    CPU_ZERO(&one);
    show("none", sched_setaffinity(0, sizeof(one), &one));
    show("too short", syscall(SYS_sched_getaffinity, 0, 4, &got));
    show("odd length", syscall(SYS_sched_getaffinity, 0, 13, &got));
    show("nobody", sched_getaffinity(1 << 30, sizeof(got), &got));
    show("back", sched_setaffinity(0, sizeof(all), &all));
}

static void memory_barriers(void)
{
    show("query", syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0));
    show("not registered",
         syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
    show("register", syscall(SYS_membarrier,
                             MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
    show("expedited",
         syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
    show("global", syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
    show("flags", syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 77, 0));
    show("unknown", syscall(SYS_membarrier, 1 << 20, 0, 0));
}

static void users(void)
{
    gid_t list[4] = {10, 20, 30, 40}, got[4] = {0};
    uid_t r = 1, e = 1, s = 1;

    show("groups", setgroups(3, list));
    show("count", getgroups(0, NULL));
    show("get", getgroups(4, got));
    printf("%d %d %d %d\n", got[0], got[1], got[2], got[3]);
    show("too few", getgroups(2, got));
    show("negative", syscall(SYS_getgroups, -1, got));
    show("setresgid", setresgid(11, 12, 13));
    show("setresuid", setresuid(21, 22, 23));
    getresuid(&r, &e, &s);
    printf("%d %d %d, %d %d\n", (int)r, (int)e, (int)s, (int)getgid(),
           (int)getegid());
    show("saved one", seteuid(23));
    show("other", setuid(99));
    show("no groups any more", setgroups(1, list));
    show("fsuid", syscall(SYS_setfsuid, -1));
    show("root's signal", kill(1, 0));
    show("setreuid", setreuid(-1, 21));
    printf("%d\n", (int)geteuid());
}

static void capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}};

    show("get", syscall(SYS_capget, &header, data));
    printf("effective %#x %#x\n", data[0].effective, data[1].effective);
    data[0].effective &= ~(1U << CAP_CHOWN);
    show("drop", syscall(SYS_capset, &header, data));
    show("get", syscall(SYS_capget, &header, data));
    printf("effective %d permitted %d\n", data[0].effective >> CAP_CHOWN & 1,
           data[0].permitted >> CAP_CHOWN & 1);
    header.version = 5;
    show("version", syscall(SYS_capget, &header, data));
    printf("told %#x\n", header.version);
    header.pid = -5;
    show("negative", syscall(SYS_capget, &header, data));
}

static void *own_name(void *arg)
{
    char name[16] = "";

    prctl(PR_GET_NAME, name);
    printf("inherits [%s]\n", name);
    pthread_setname_np(pthread_self(), "own");
    return arg;
}

static void names_of_threads(void)
{
    char name[16] = "";
    pthread_t thread;

    prctl(PR_SET_NAME, "first");
    pthread_create(&thread, NULL, own_name, NULL);
    pthread_join(thread, NULL);
    prctl(PR_GET_NAME, name);
    printf("keeps [%s]\n", name);
    show("too long", pthread_setname_np(pthread_self(), "0123456789012345"));
}

static void system_names(void)
{
    struct utsname name;
    struct tms used;
    void *volatile bad = (void *)8;

    show("uname", uname(&name));
    printf("%s %s %s\n", name.sysname, name.release, name.machine);
    show("bad", uname(bad));
    printf("times %d\n", times(&used) > 0);
    printf("page %ld ticks %ld\n", sysconf(_SC_PAGESIZE), sysconf(_SC_CLK_TCK));
}

static const struct scenario scenarios[] = {
    {"names", names},
    {"prctl", prctl_values},
    {"limits", limits},
    {"limits-hold", limits_hold},
    {"priorities", priorities},
    {"scheduling", scheduling},
    {"attributes-of-scheduling", attributes_of_scheduling},
    {"processors", processors},
    {"memory-barriers", memory_barriers},
    {"users", users},
    {"capabilities", capabilities},
    {"names-of-threads", names_of_threads},
    {"system", system_names},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
