/* sentfaults.c SCENARIO: SIGSEGV and SIGBUS that somebody sends while they are
 * blocked. */
#include "threads.h"

#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

static const int numbers[] = {SIGSEGV, SIGBUS};

static sigset_t set_of(int sig)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, sig);
    return set;
}

static sigset_t both(void)
{
    sigset_t set = set_of(SIGSEGV);

    sigaddset(&set, SIGBUS);
    return set;
}

static void mask(int how, sigset_t set)
{
    pthread_sigmask(how, &set, NULL);
}

static void show_pending(const char *what)
{
    sigset_t set;

    sigpending(&set);
    printf("%s: pending %d %d\n", what, sigismember(&set, SIGSEGV),
           sigismember(&set, SIGBUS));
}

static void by_kill(int sig)
{
    kill(getpid(), sig);
}

static void by_tgkill(int sig)
{
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), sig);
}

static void by_queue(int sig)
{
    sigqueue(getpid(), sig, (union sigval){.sival_int = 4711 + sig});
}

static void by_thread_queue(int sig)
{
    pthread_sigqueue(pthread_self(), sig,
                     (union sigval){.sival_int = 815 + sig});
}

static void (*const ways[])(int) = {by_kill, by_tgkill, by_queue,
                                    by_thread_queue};

static void show_info(int fd)
{
    struct signalfd_siginfo info = {0};

    if (read(fd, &info, sizeof(info)) != sizeof(info)) {
        perror("read");
        return;
    }
    printf("signal %u code %d value %d from here %d\n", info.ssi_signo,
           info.ssi_code, info.ssi_code == SI_QUEUE ? info.ssi_int : 0,
           info.ssi_pid == (uint32_t)getpid());
}

static int watch(int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(0);

    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    return epoll;
}

static int is_ready(int fd)
{
    struct pollfd pfd = {.fd = fd, .events = POLLIN};

    return poll(&pfd, 1, 0);
}

static void descriptor(void)
{
    for (size_t i = 0; i < 2; i++) {
        const sigset_t set = set_of(numbers[i]);
        int fd = signalfd(-1, &set, SFD_NONBLOCK), epoll = watch(fd);
        struct epoll_event event;

        mask(SIG_BLOCK, set);
        printf("none %d\n", is_ready(fd));
        for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
            ways[w](numbers[i]);
            show_pending("sent");
            printf("poll %d epoll %d\n", is_ready(fd),
                   epoll_wait(epoll, &event, 1, 0));
            show_info(fd);
            printf("left %d\n", is_ready(fd));
            show_pending("read");
        }
        mask(SIG_UNBLOCK, set);
        close(epoll);
        close(fd);
    }
}

/* Both at once, in the order in which they are told. */
static void descriptor_of_both(void)
{
    const sigset_t set = both();
    int fd = signalfd(-1, &set, SFD_NONBLOCK);

    mask(SIG_BLOCK, set);
    for (size_t w = 0; w < 2; w++) {
        ways[w](SIGBUS);
        ways[w](SIGSEGV);
        show_info(fd);
        show_info(fd);
        show_pending("read");
        printf("left %d\n", is_ready(fd));
    }
}

static pid_t send_later(int sig, int ms)
{
    const pid_t parent = getpid();
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        pause_ms(ms);
        kill(parent, sig);
        _exit(0);
    }
    return child;
}

/* It comes while a call waits for it, and is nothing that interrupts. */
static void descriptor_waits(void)
{
    const sigset_t set = both();
    int fd = signalfd(-1, &set, 0), epoll = watch(fd);

    mask(SIG_BLOCK, set);
    for (size_t i = 0; i < 2; i++) {
        struct pollfd pfd = {.fd = fd, .events = POLLIN};
        struct epoll_event event;
        pid_t child = send_later(numbers[i], 40);

        show_info(fd);
        waitpid(child, NULL, 0);
        child = send_later(numbers[i], 40);
        show("poll", poll(&pfd, 1, 20000));
        show_info(fd);
        waitpid(child, NULL, 0);
        child = send_later(numbers[i], 40);
        show("epoll_wait", epoll_wait(epoll, &event, 1, 20000));
        show_info(fd);
        waitpid(child, NULL, 0);
        child = send_later(numbers[i], 40);
        pause_ms(150);
        show("poll", poll(&pfd, 1, 20000));
        show_info(fd);
        waitpid(child, NULL, 0);
    }
}

static int order[16];

static void on_info(int sig, siginfo_t *info, void *context)
{
    (void)context;
    order[counter++ % 16] = sig * 1000 - info->si_code;
}

static void handle(int flags)
{
    struct sigaction act = {.sa_sigaction = on_info,
                            .sa_flags = SA_SIGINFO | flags};

    sigfillset(&act.sa_mask);
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
}

static void show_order(const char *what)
{
    printf("%s:", what);
    for (int i = 0; i < counter && i < 16; i++)
        printf(" %d", order[i]);
    printf("\n");
    counter = 0;
}

/* One is the thread's and one the process's; more of either are one. */
static void delivery(void)
{
    handle(0);
    for (size_t i = 0; i < 2; i++) {
        const sigset_t set = set_of(numbers[i]);

        mask(SIG_BLOCK, set);
        for (int n = 0; n < 2; n++)
            for (size_t w = 0; w < 3; w++)
                ways[w](numbers[i]);
        show_order("blocked");
        show_pending("blocked");
        mask(SIG_UNBLOCK, set);
        show_order("thread and process");
        show_pending("unblocked");
        mask(SIG_BLOCK, set);
        by_queue(numbers[i]);
        mask(SIG_UNBLOCK, set);
        show_order("again");
    }
    mask(SIG_BLOCK, both());
    by_kill(SIGSEGV);
    by_tgkill(SIGBUS);
    by_kill(SIGBUS);
    by_tgkill(SIGSEGV);
    show_pending("both");
    mask(SIG_UNBLOCK, both());
    printf("both: %d\n", (int)counter);
    counter = 0;
    mask(SIG_BLOCK, both());
    by_kill(SIGSEGV);
    by_tgkill(SIGBUS);
    signal(SIGSEGV, SIG_IGN);
    show_pending("one ignored");
    signal(SIGBUS, SIG_IGN);
    show_pending("both ignored");
    mask(SIG_UNBLOCK, both());
    show_order("ignored");
}

static void *map_file(int fd, int prot)
{
    return mmap(NULL, 8192, prot, MAP_SHARED, fd, 0);
}

/* What a call cannot read or write is an error. */
static void calls_fail(const char *what)
{
    char *none =
        mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int file = open("/tmp", O_TMPFILE | O_RDWR, 0600), pipes[2];
    char *cut, *name;
    struct stat st;

    if (ftruncate(file, 8192) < 0 || pipe(pipes) < 0)
        perror("ftruncate, pipe");
    cut = map_file(file, PROT_READ | PROT_WRITE);
    strcpy(cut + 4090, "/dev/../dev/null");
    show("name over two pages", stat(cut + 4090, &st));
    show("truncated", ftruncate(file, 4096));
    show("name that ends", stat(cut + 4090, &st));
    show("name", stat(none, &st));
    show("uname", uname((struct utsname *)none));
    show("uname in part", uname((struct utsname *)(cut + 4000)));
    show("write", write(pipes[1], cut + 4096, 10));
    show("write", write(pipes[1], "0123456789", 10));
    show("read", read(pipes[0], none, 10));
    show("mask", syscall(SYS_rt_sigprocmask, SIG_BLOCK, cut + 4096, NULL, 8));
    show("altstack", sigaltstack((stack_t *)none, NULL));
    name = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                -1, 0);
    strcpy(name + 4096 - 9, "/dev/null");
    show("stat", stat(name + 4096 - 9, &st));
    mprotect(name, 8192, PROT_READ);
    show("uname to what is read only", uname((struct utsname *)name));
    show_pending(what);
    munmap(cut, 8192);
    munmap(none, 8192);
    munmap(name, 8192);
    close(file);
    close(pipes[0]);
    close(pipes[1]);
}

static void faults(void)
{
    handle(0);
    for (size_t i = 0; i < 2; i++) {
        mask(SIG_BLOCK, set_of(numbers[i]));
        by_kill(numbers[i]);
        calls_fail("one");
        mask(SIG_UNBLOCK, set_of(numbers[i]));
        calls_fail("none");
    }
    show_order("came");
}

static pthread_mutex_t robust;

static void *end_with_lock(void *arg)
{
    const int *sig = arg;

    mask(SIG_BLOCK, set_of(*sig));
    by_tgkill(*sig);
    by_kill(*sig);
    pthread_mutex_lock(&robust);
    show_pending("thread");
    return NULL;
}

/* What was the thread's ends with it, and what was the process's does not. */
static void thread_ends(void)
{
    handle(0);
    for (size_t i = 0; i < 2; i++) {
        pthread_mutexattr_t attr;

        mask(SIG_BLOCK, set_of(numbers[i]));
        pthread_mutexattr_init(&attr);
        pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&robust, &attr);
        pthread_join(start(end_with_lock, (void *)&numbers[i]), NULL);
        printf("lock: %s\n", strerror(pthread_mutex_lock(&robust)));
        show_pending("joined");
        mask(SIG_UNBLOCK, set_of(numbers[i]));
        show_order("came");
    }
}

static void after_exec(void)
{
    handle(0);
    show_pending("after exec");
    mask(SIG_UNBLOCK, both());
    show_order("after exec");
}

static void *exec_self(void *arg)
{
    execl("/proc/self/exe", self, "after-exec", NULL);
    return arg;
}

static void new_processes(void)
{
    handle(0);
    for (size_t i = 0; i < 2; i++) {
        pid_t child;

        mask(SIG_BLOCK, both());
        by_kill(numbers[i]);
        by_tgkill(numbers[i]);
        fflush(stdout);
        child = fork();
        if (child == 0) {
            char *none =
                mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

            show_pending("child");
            show("uname", uname((struct utsname *)none));
            by_kill(numbers[i]);
            by_tgkill(numbers[1 - i]);
            show_pending("child");
            show("uname", uname((struct utsname *)none));
            fflush(stdout);
            exec_self(NULL);
        }
        show_status("child", child);
        child = fork();
        if (child == 0) {
            by_kill(numbers[i]);
            pthread_join(start(exec_self, NULL), NULL);
        }
        show_status("child with a thread", child);
        show_pending("parent");
        mask(SIG_UNBLOCK, both());
        show_order("parent");
    }
}

static int pipes[2];
static sem_t never;

static void wait_in_read(void)
{
    char c;

    while (read(pipes[0], &c, 1) < 0)
        ;
}

static void wait_in_futex(void)
{
    sem_wait(&never);
}

static void spin(void)
{
    for (;;)
        ready = 1;
}

static void wait_in_poll(void)
{
    poll(NULL, 0, -1);
}

static void wait_for_other(void)
{
    const sigset_t set = set_of(SIGUSR1);

    sigwaitinfo(&set, NULL);
}

static void wait_for_them(void)
{
    const sigset_t set = both();

    for (;;)
        sigwaitinfo(&set, NULL);
}

static void (*const waits[])(void) = {wait_in_read,   wait_in_futex,
                                      spin,           wait_in_poll,
                                      wait_for_other, wait_for_them};

struct waiter {
    int sig;
    void (*wait)(void);
};

static void *wait_with_one(void *arg)
{
    const struct waiter *w = arg;

    mask(SIG_BLOCK, both());
    by_tgkill(w->sig);
    ready = 1;
    w->wait();
    return NULL;
}

/* Somebody else ends the process, or runs a program in it. */
static void end_beside(const struct waiter *w, int exec, int more)
{
    fflush(stdout);
    if (fork() == 0) {
        pthread_t t;

        mask(SIG_BLOCK, both());
        ready = 0;
        t = start(wait_with_one, (void *)w);
        wait_ready(1);
        pause_ms(20);
        if (more)
            for (size_t i = 0; i < 2; i++)
                pthread_kill(t, numbers[i]);
        if (more)
            by_kill(w->sig);
        if (exec)
            execl("/bin/true", "true", NULL);
        _exit(7);
    }
}

static void ends(void)
{
    if (pipe(pipes) < 0)
        perror("pipe");
    sem_init(&never, 0, 0);
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
        for (int n = 0; n < 8; n++) {
            const struct waiter w = {numbers[n & 1], waits[i]};
            int status;

            end_beside(&w, n & 2, n & 4);
            wait(&status);
            printf("wait %zu, %d: %x\n", i, n, (unsigned)status);
        }
}

static atomic_int opened, may_open;
static pthread_t opener;
static atomic_int by_opener, by_other;

static void on_whose(int sig)
{
    (void)sig;
    if (pthread_equal(pthread_self(), opener))
        by_opener++;
    else
        by_other++;
}

static void *block_and_open(void *arg)
{
    const int *sig = arg;

    opener = pthread_self();
    ready = 1;
    while (!may_open)
        pause_ms(1);
    mask(SIG_UNBLOCK, set_of(*sig));
    while (!by_opener)
        pause_ms(1);
    opened = 1;
    return NULL;
}

/* Who unblocks it gets what is the process's. */
static void who_unblocks(void)
{
    struct sigaction act = {.sa_handler = on_whose};

    mask(SIG_BLOCK, both());
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    for (int n = 0; n < 4; n++) {
        const int sig = numbers[n & 1];
        pthread_t t, idle = start(sleep_long, NULL);

        wait_ready(1);
        ready = may_open = 0;
        t = start(block_and_open, (void *)&numbers[n & 1]);
        wait_ready(1);
        kill(getpid(), sig);
        pause_ms(50);
        show_pending("all block");
        may_open = 1;
        pthread_join(t, NULL);
        show_pending("one did not");
        printf("%d %d\n", (int)by_opener, (int)by_other);
        by_opener = 0;
        pthread_cancel(idle);
        pthread_join(idle, NULL);
    }
}

static const struct scenario scenarios[] = {
    {"descriptor", descriptor},
    {"descriptor-of-both", descriptor_of_both},
    {"descriptor-waits", descriptor_waits},
    {"delivery", delivery},
    {"faults", faults},
    {"thread-ends", thread_ends},
    {"after-exec", after_exec},
    {"new-processes", new_processes},
    {"ends", ends},
    {"who-unblocks", who_unblocks},
};

int main(int argc, char **argv)
{
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
