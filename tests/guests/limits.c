/* limits.c: what the system says of itself and of this process's limits; and
 * what is refused for good. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "good");
}

static void system_itself(void)
{
    struct utsname name;
    struct sysinfo info;

    answer("uname", uname(&name));
    printf("%s %s %s %s %s\n", name.sysname, name.nodename, name.release,
           name.version, name.machine);
    answer("sysinfo", sysinfo(&info));
    printf("memory %lu swap %lu unit %u\n", info.totalram, info.totalswap,
           info.mem_unit);
    printf("running %d up %d\n", info.procs > 0, info.uptime > 0);
    printf("processors %d %d, page %ld\n", get_nprocs(), get_nprocs_conf(),
           sysconf(_SC_PAGESIZE));
}

static void show_limits(const char *what)
{
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        struct rlimit one, two;

        memset(&two, 0, sizeof(two));
        answer(what, getrlimit(i, &one));
        syscall(SYS_prlimit64, getpid(), i, NULL, &two);
        printf("%d: %lu %lu %s\n", i, (unsigned long)one.rlim_cur,
               (unsigned long)one.rlim_max,
               one.rlim_cur == two.rlim_cur && one.rlim_max == two.rlim_max
                   ? "same"
                   : "differs");
    }
}

static void *nothing(void *arg)
{
    return arg;
}

/* Descriptors end at the limit; threads and processes do not need them. */
static void few_descriptors(void)
{
    struct rlimit few;
    pthread_t thread;
    int status = -1, last = 0, fd;
    pid_t pid;

    for (fd = 3; fd < 300; fd++)
        close(fd);
    getrlimit(RLIMIT_NOFILE, &few);
    few.rlim_cur = 20;
    answer("set", setrlimit(RLIMIT_NOFILE, &few));
    while ((fd = open("/dev/null", O_RDONLY)) >= 0)
        last = fd;
    printf("last %d: %s\n", last, strerror(errno));
    answer("dup", dup2(0, 20));
    printf("thread %d\n", pthread_create(&thread, NULL, nothing, NULL));
    pthread_join(thread, NULL);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        getrlimit(RLIMIT_NOFILE, &few);
        _exit((int)few.rlim_cur);
    }
    waitpid(pid, &status, 0);
    printf("child %d\n", WEXITSTATUS(status));
    show_limits("then");
    few.rlim_max = few.rlim_cur = 10;
    answer("lower", setrlimit(RLIMIT_NOFILE, &few));
    close(3);
    answer("open", open("/dev/null", O_RDONLY));
    close(4);
    answer("next", open("/dev/null", O_RDONLY));
    answer("beyond", dup2(0, 10));
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        /* Not as natively: there is no tracing, and no ring. */
        answer("trace me", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
        answer("attach", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
        answer("seize", ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
        answer("ring", syscall(SYS_io_uring_setup, 4, NULL));
        return 0;
    }
    system_itself();
    show_limits("at first");
    few_descriptors();
    return 0;
}
