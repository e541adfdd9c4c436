/* jobs.c SCENARIO: statuses of children in every way of waiting, groups and
 * sessions, who gets an orphan, descriptors of processes. */
#include "scenario.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static pid_t child;

static pid_t sleeper(void)
{
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            pause();
    return pid;
}

static pid_t ended(int status)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(status);
    return pid;
}

static void show_wait(const char *what, int options)
{
    int status = 0;
    pid_t pid = waitpid(child, &status, options);

    printf("%s: %s", what,
           pid == child ? "it"
           : pid == 0   ? "nothing"
                        : strerror(errno));
    if (pid > 0)
        printf(" exited %d %d signaled %d %d core %d stopped %d %d cont %d",
               WIFEXITED(status), WEXITSTATUS(status), WIFSIGNALED(status),
               WTERMSIG(status), WCOREDUMP(status) != 0, WIFSTOPPED(status),
               WSTOPSIG(status), WIFCONTINUED(status));
    printf("\n");
}

static void show_waitid(const char *what, int type, id_t id, int options)
{
    siginfo_t info = {0};
    int rc = waitid((idtype_t)type, id, &info, options);

    if (rc < 0)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s: signal %d code %d status %d it %d\n", what, info.si_signo,
               info.si_code, info.si_status, info.si_pid == child);
}

static void stop_and_continue(void)
{
    child = sleeper();
    show_wait("runs", WNOHANG | WUNTRACED | WCONTINUED);
    kill(child, SIGSTOP);
    show_wait("stopped", WUNTRACED);
    show_wait("told once", WNOHANG | WUNTRACED);
    kill(child, SIGCONT);
    show_wait("continued", WCONTINUED);
    show_wait("told once", WNOHANG | WCONTINUED);
    kill(child, SIGTSTP);
    show_wait("stopped", WUNTRACED);
    /* What kills needs no SIGCONT, but SIGKILL. */
    kill(child, SIGTERM);
    show_wait("still", WNOHANG);
    kill(child, SIGCONT);
    show_wait("terminated", 0);
    show_wait("gone", 0);
    child = sleeper();
    kill(child, SIGSTOP);
    show_wait("stopped", WUNTRACED);
    kill(child, SIGKILL);
    show_wait("killed", 0);
}

static void waitid_options(void)
{
    child = ended(42);
    show_waitid("WNOWAIT", P_PID, (id_t)child, WEXITED | WNOWAIT);
    show_waitid("WNOWAIT again", P_ALL, 0, WEXITED | WNOWAIT);
    show_waitid("stops only", P_PID, (id_t)child, WSTOPPED | WNOHANG);
    show_waitid("no option", P_PID, (id_t)child, WNOHANG);
    show_waitid("bad option", P_PID, (id_t)child, WEXITED | 0x10000);
    show_waitid("bad type", 9, (id_t)child, WEXITED);
    show_waitid("of its group", P_PGID, (id_t)getpgrp(), WEXITED | WNOWAIT);
    show_waitid("of this group", P_PGID, 0, WEXITED | WNOWAIT);
    show_waitid("of another group", P_PGID, 1 << 30, WEXITED);
    show_waitid("at last", P_PID, (id_t)child, WEXITED);
    show_waitid("gone", P_PID, (id_t)child, WEXITED);
    child = sleeper();
    show_waitid("not yet", P_PID, (id_t)child, WEXITED | WNOHANG);
    kill(child, SIGSTOP);
    show_waitid("stopped", P_PID, (id_t)child, WSTOPPED);
    kill(child, SIGCONT);
    show_waitid("continued", P_PID, (id_t)child, WCONTINUED);
    kill(child, SIGUSR1);
    show_waitid("killed", P_PID, (id_t)child, WEXITED);
}

static void statuses(void)
{
    static const int signals[] = {SIGHUP,  SIGABRT, SIGKILL, SIGSEGV, SIGBUS,
                                  SIGPIPE, SIGXCPU, 37,      SIGQUIT, SIGTRAP};
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        child = fork();
        if (child == 0) {
            kill(getpid(), signals[i]);
            _exit(9);
        }
        show_wait("by signal", 0);
    }
    child = ended(0x1234);
    show_wait("low byte", 0);
    child = fork();
    if (child == 0)
        abort();
    show_wait("abort", 0);
}

static void ignored_children(void)
{
    const struct sigaction act = {.sa_handler = SIG_DFL,
                                  .sa_flags = SA_NOCLDWAIT};

    signal(SIGCHLD, SIG_IGN);
    child = ended(1);
    show_wait("ignored", 0);
    sigaction(SIGCHLD, &act, NULL);
    child = ended(2);
    show_wait("SA_NOCLDWAIT", 0);
    signal(SIGCHLD, SIG_DFL);
    child = ended(3);
    show_wait("default", 0);
}

static volatile int told[6];

static void on_child(int sig, siginfo_t *info, void *context)
{
    (void)sig;
    (void)context;
    if (info->si_code >= CLD_EXITED && info->si_code <= CLD_CONTINUED &&
        info->si_pid == child)
        told[info->si_code - CLD_EXITED]++;
}

/*
 * Wait for the signal of (code).  wait() sees a stop or a continuation before
 * the child tells of it, and what is killed in between tells nothing.
 */
static void await_told(int code, int flags)
{
    while ((flags & SA_NOCLDSTOP) == 0 && told[code - CLD_EXITED] == 0)
        usleep(1000);
}

static void child_signals(int flags)
{
    const struct sigaction act = {.sa_sigaction = on_child,
                                  .sa_flags = SA_SIGINFO | SA_RESTART | flags};
    sigset_t set, old;

    memset((void *)told, 0, sizeof(told));
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &old);
    sigaction(SIGCHLD, &act, NULL);
    child = sleeper();
    sigprocmask(SIG_SETMASK, &old, NULL);
    kill(child, SIGSTOP);
    show_wait("stopped", WUNTRACED);
    await_told(CLD_STOPPED, flags);
    kill(child, SIGCONT);
    show_wait("continued", WCONTINUED);
    await_told(CLD_CONTINUED, flags);
    kill(child, SIGKILL);
    show_wait("killed", 0);
    printf("exited %d killed %d dumped %d trapped %d stopped %d continued %d\n",
           told[0], told[1], told[2], told[3], told[4], told[5]);
}

static void signals_of_children(void)
{
    child_signals(0);
    child_signals(SA_NOCLDSTOP);
}

/* A process that is being made may be stopped like any other. */
static void newborns(void)
{
    for (int i = 0; i < 20; i++) {
        child = fork();
        if (child == 0)
            _exit(i);
        for (int n = 0; n < 60; n++) {
            kill(child, SIGSTOP);
            usleep(20);
            kill(child, SIGCONT);
            usleep(20);
        }
        show_wait("grown up", 0);
    }
}

static void usage(void)
{
    struct rusage used;
    int status;

    child = fork();
    if (child == 0) {
        clock_t end = clock() + CLOCKS_PER_SEC / 20;

        while (clock() < end)
            ;
        _exit(0);
    }
    printf("%d\n", wait4(child, &status, 0, &used) == child);
    printf("used time %d memory %d\n",
           used.ru_utime.tv_sec * 1000000 + used.ru_utime.tv_usec +
                   used.ru_stime.tv_usec >
               10000,
           used.ru_maxrss > 0);
}

static void wait_errors(void)
{
    show("no child", waitpid(-1, NULL, 0));
    show("not a child", waitpid(getppid(), NULL, 0));
    show("no such group", waitpid(-(1 << 30), NULL, WNOHANG));
    show("bad options", waitpid(-1, NULL, 0x100));
    child = ended(1);
    show("bad address", syscall(SYS_wait4, child, 8, 0, NULL));
    show_wait("was taken", 0);
}

/* An orphan's parent: the nearest that wants them. */
static void orphans(void)
{
    int ends[2];
    pid_t info[2];

    tell("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    prctl(PR_GET_CHILD_SUBREAPER, &info[0]);
    printf("is one %d\n", info[0]);
    if (pipe(ends) < 0)
        return;
    child = fork();
    if (child == 0) {
        pid_t parent = getpid();

        if (fork() > 0)
            _exit(0);
        while (getppid() == parent)
            pause_ms(1);
        info[0] = getpid();
        info[1] = getppid();
        if (write(ends[1], info, sizeof(info)) != sizeof(info))
            _exit(1);
        _exit(33);
    }
    show_wait("child", 0);
    if (read(ends[0], info, sizeof(info)) != sizeof(info))
        return;
    printf("orphan has this parent %d\n", info[1] == getpid());
    child = info[0];
    show_wait("orphan", 0);
    child = fork();
    if (child == 0) {
        prctl(PR_GET_CHILD_SUBREAPER, &info[0]);
        _exit(info[0]);
    }
    show_wait("not inherited", 0);
}

/* A signal when the parent ends. */
static void parent_death_signal(void)
{
    int ends[2], sig = 0;
    char c;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    show("bad", prctl(PR_SET_PDEATHSIG, 65));
    if (pipe(ends) < 0)
        return;
    child = fork();
    if (child == 0) {
        pid_t pid = fork();

        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGUSR2);
            prctl(PR_GET_PDEATHSIG, &sig);
            printf("set %d\n", sig == SIGUSR2);
            pid = fork();
            if (pid == 0) {
                prctl(PR_GET_PDEATHSIG, &sig);
                _exit(sig);
            }
            show_status("not inherited", pid);
            if (write(ends[1], &pid, 1) != 1)
                _exit(1);
            for (;;)
                pause();
        }
        _exit(read(ends[0], &c, 1) != 1);
    }
    show_wait("parent", 0);
    child = -1;
    {
        int status = 0;

        printf("orphan waited %d", waitpid(-1, &status, 0) > 0);
        printf(" signal %d\n", WTERMSIG(status) == SIGUSR2);
    }
}

static void groups(void)
{
    pid_t me;

    show("own group", setpgid(0, 0));
    me = getpid();
    printf("leader %d\n", getpgrp() == me && getpgid(0) == me);
    child = sleeper();
    printf("child in it %d\n", getpgid(child) == me);
    show("child's own", setpgid(child, 0));
    printf("leader %d\n", getpgid(child) == child);
    show("back", setpgid(child, me));
    show("negative", setpgid(child, -1));
    show("no such group", setpgid(child, 1 << 30));
    show("not a child", setpgid(getppid(), 0));
    show("nobody", setpgid(1 << 30, 0));
    show("nobody's group", getpgid(1 << 30));
    show("nobody's session", getsid(1 << 30));
    kill(child, SIGKILL);
    show_wait("killed", 0);
    show("a leader of a group makes no session", setsid());
    child = fork();
    if (child == 0) {
        pid_t sid = setsid();

        printf("session %d %d %d\n", sid == getpid(), getsid(0) == sid,
               getpgrp() == sid);
        show("its leader keeps its group", setpgid(0, 0));
        show("twice", setsid());
        _exit(0);
    }
    show_wait("session", 0);
}

/* A child, by fork or by vfork, that runs a program and has stopped there. */
static pid_t run_program(pid_t (*make)(void))
{
    int status = 0;

    fflush(stdout);
    child = make();
    if (child == 0) {
        execl(self, self, "regroup", NULL);
        _exit(1);
    }
    printf("stopped %d\n",
           waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
    return child;
}

/* What it does: it may still move itself and a child that runs none. */
static void regroup(void)
{
    int status = 0;

    raise(SIGSTOP);
    child = sleeper();
    show("of a program: its child's", setpgid(child, 0));
    kill(child, SIGKILL);
    printf("killed %d\n", waitpid(child, &status, 0) == child);
    show("of a program: its own", setpgid(0, 0));
    printf("leader %d\n", getpgrp() == getpid());
}

static void groups_of_programs(void)
{
    pid_t (*const makes[])(void) = {fork, vfork};

    for (size_t i = 0; i < 2; i++) {
        pid_t pid = run_program(makes[i]);

        show("a program's own", setpgid(pid, 0));
        show("the parent's", setpgid(pid, getpgrp()));
        show("negative", setpgid(pid, -1));
        show("no such group", setpgid(pid, 1 << 30));
        printf("not moved %d\n", getpgid(pid) == getpgrp());
        fflush(stdout);
        kill(pid, SIGCONT);
        show_status("ended", pid);
    }
}

static void process_descriptors(void)
{
    struct pollfd ready = {.events = POLLIN};
    int fd;

    child = sleeper();
    fd = (int)syscall(SYS_pidfd_open, child, 0);
    tell("open", fd >= 0);
    show("cloexec", fcntl(fd, F_GETFD));
    ready.fd = fd;
    show("runs", poll(&ready, 1, 0));
    show_waitid("not yet", P_PIDFD, (id_t)fd, WEXITED | WNOHANG);
    show("signal 0", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    show("bad signal", syscall(SYS_pidfd_send_signal, fd, 99, NULL, 0));
    show("kill", syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
    show("ended", poll(&ready, 1, -1));
    show("signal to a zombie", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    show_waitid("wait", P_PIDFD, (id_t)fd, WEXITED);
    show("signal to nobody", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    show_waitid("again", P_PIDFD, (id_t)fd, WEXITED);
    show("of nobody", syscall(SYS_pidfd_open, child, 0));
    show("of -1", syscall(SYS_pidfd_open, -1, 0));
    show("bad flags", syscall(SYS_pidfd_open, getpid(), 77));
    show_waitid("not one", P_PIDFD, 0, WEXITED);
}

static void deep_chain(void)
{
    int depth = 0, status = 0;
    pid_t pid;

    while (depth < 60 && (pid = fork()) == 0)
        depth++;
    if (depth == 60)
        _exit(60);
    waitpid(pid, &status, 0);
    if (depth > 0)
        _exit(WEXITSTATUS(status));
    printf("deepest %d\n", WEXITSTATUS(status));
}

/* Ten that have ten each that have nine: all end, and nobody is left. */
static int grow_tree(int level, volatile int *ended)
{
    static const int branches[] = {10, 10, 9};
    int n = 1;

    if (level < 3) {
        for (int i = 0; i < branches[level]; i++) {
            pid_t pid = fork();

            if (pid == 0)
                _exit(grow_tree(level + 1, ended) & 0);
            if (pid < 0)
                return -1;
        }
        while (wait(NULL) > 0)
            ;
    }
    __atomic_add_fetch(ended, n, __ATOMIC_SEQ_CST);
    return 0;
}

static void thousand(void)
{
    int *ended_count = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    show("tree", grow_tree(0, ended_count));
    printf("%d\n", *ended_count);
    show("nobody left", wait(NULL));
}

static volatile int resized;

static void on_resize(int sig)
{
    resized = sig;
}

/* Run (key) at the terminal against a job in front of it. */
static void typed(int master, int slave, const char *key, int options)
{
    child = sleeper();
    setpgid(child, child);
    tcsetpgrp(slave, child);
    show("type", write(master, key, 1));
    show_wait("job", options);
    tcsetpgrp(slave, getpgrp());
    kill(child, SIGKILL);
}

static void session_leader(int master, int slave)
{
    const struct winsize size = {.ws_row = 11, .ws_col = 22};
    char c;

    setsid();
    signal(SIGTTOU, SIG_IGN);
    signal(SIGWINCH, on_resize);
    show("take terminal", ioctl(slave, TIOCSCTTY, 0));
    printf("front %d session %d\n", tcgetpgrp(slave) == getpgrp(),
           tcgetsid(slave) == getsid(0));
    show("resize", ioctl(master, TIOCSWINSZ, &size));
    printf("told %d\n", resized == SIGWINCH);
    child = fork();
    if (child == 0) {
        setpgid(0, 0);
        _exit(read(slave, &c, 1) < 0);
    }
    setpgid(child, child);
    show_wait("reads behind", WUNTRACED);
    kill(child, SIGKILL);
    show_wait("killed", 0);
    typed(master, slave, "\003", 0);
    typed(master, slave, "\034", 0);
    typed(master, slave, "\032", WUNTRACED);
    show_wait("killed", 0);
    show("no such group", tcsetpgrp(slave, 1 << 30));
}

/* The terminal's foreground group gets what is typed; others stop. */
static void terminal(void)
{
    const struct rlimit none = {0, 0};
    int master, slave;

    setrlimit(RLIMIT_CORE, &none);
    if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
        return;
    child = fork();
    if (child == 0) {
        session_leader(master, slave);
        _exit(0);
    }
    show_wait("session", 0);
}

static const struct scenario scenarios[] = {
    {"stop-and-continue", stop_and_continue},
    {"waitid", waitid_options},
    {"statuses", statuses},
    {"ignored-children", ignored_children},
    {"signals-of-children", signals_of_children},
    {"newborns", newborns},
    {"usage", usage},
    {"wait-errors", wait_errors},
    {"orphans", orphans},
    {"parent-death-signal", parent_death_signal},
    {"groups", groups},
    {"groups-of-programs", groups_of_programs},
    {"regroup", regroup},
    {"descriptors", process_descriptors},
    {"deep-chain", deep_chain},
    {"thousand", thousand},
    {"terminal", terminal},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
