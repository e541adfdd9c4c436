/*
 * asked.c: a program that a hook looks at. It tells what it knows of itself;
 * a hook at call 1000, which Linux does not have, tells what accessors say.
 */
#include "threads.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define ASK 1000

static long ask(long a, long b)
{
    return syscall(ASK, a, b);
}

static void *map(size_t size, int prot)
{
    return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Pages: writable, read-only, and behind it nothing. */
static void memory(void)
{
    char *page = map(3 * 4096, PROT_READ | PROT_WRITE);

    memcpy(page, "abcdef", 7);
    memset(page + 4096, 'r', 4096);
    mprotect(page + 4096, 4096, PROT_READ);
    munmap(page + 8192, 4096);
    ask((long)page, 0);
    printf("%s|%c|", page + 100, page[4096]);
    for (int i = 200; i < 216; i++)
        printf("%02x", (unsigned char)page[i]);
    puts("");
}

static void captured(void)
{
    char text[] = "some text";

    if (write(1, text, 9) != 9)
        puts("bad count");
}

/* What a hook maps can be used, until it unmaps it. */
static void mapped(void)
{
    char *p = (char *)ask(1, 0);

    printf("%s\n", p);
    p[99] = 'y';
    printf("%ld %c\n", ask(2, (long)p), p[99]);
    printf("%ld\n", ask(3, (long)p));
    printf("%d\n", madvise(p, 4096, MADV_NORMAL) < 0 && errno == ENOMEM);
}

static void descriptors(void)
{
    int first = open("/dev/null", O_RDWR | O_APPEND | O_CLOEXEC);
    int second = open(self, O_RDONLY);
    int ends[2];
    struct stat st;

    if (first < 0 || second < 0 || pipe(ends) < 0 || fstat(second, &st) < 0)
        return;
    close(first);
    first = open("/dev/null", O_RDWR | O_APPEND | O_CLOEXEC);
    for (int fd = 0; fd < 4096; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d ", fd);
    printf("| %d %d %lo %lu\n", first, second, (unsigned long)st.st_mode & 0777,
           (unsigned long)st.st_nlink);
    fflush(stdout);
    ask(first, second);
}

static void ids(void)
{
    printf("%d %d %d %d %d %d\n", getpid(), geteuid(), getegid(), getsid(0),
           getpgrp(), getpid() == (int)syscall(SYS_gettid));
    fflush(stdout);
    ask(0, 0);
}

static atomic_int other_tid;

static void *ask_in_thread(void *arg)
{
    other_tid = (int)syscall(SYS_gettid);
    ready++;
    while (ready < 3)
        pause_ms(1);
    return arg;
}

static void thread_ids(void)
{
    pthread_t thread[2] = {start(ask_in_thread, NULL),
                           start(ask_in_thread, NULL)};

    wait_ready(2);
    printf("%d %d %d 3\n", getpid(), getpid(), (int)other_tid);
    fflush(stdout);
    ask(other_tid, 0);
    ready++;
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
}

static void on_signal(int sig)
{
    printf("signal %d\n", sig);
    fflush(stdout);
}

static void dispositions(void)
{
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigset_t set;

    sigemptyset(&act.sa_mask);
    sigaddset(&act.sa_mask, SIGINT);
    sigaction(SIGUSR2, &act, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    printf("0x%lx\n", (unsigned long)on_signal);
    fflush(stdout);
    ask(0, 0);
}

/* A wait with another mask, interrupted. */
static void suspended(void)
{
    struct sigaction act = {.sa_handler = on_signal};
    sigset_t set;

    sigaction(SIGUSR1, &act, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigsuspend(&set);
}

static void *wait_for_signal(void *arg)
{
    other_tid = (int)syscall(SYS_gettid);
    ready++;
    while (ready < 2)
        pause_ms(1);
    return arg;
}

static void signalled(void)
{
    struct sigaction act = {.sa_handler = on_signal};
    pthread_t thread;
    pid_t pid;

    sigaction(SIGUSR1, &act, NULL);
    sigaction(SIGUSR2, &act, NULL);
    printf("result %ld\n", ask(syscall(SYS_gettid), SIGUSR1));
    thread = start(wait_for_signal, NULL);
    wait_ready(1);
    ask(other_tid, SIGUSR2);
    pause_ms(100);
    ready++;
    pthread_join(thread, NULL);
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    ask(pid, SIGTERM);
    show_status("child", pid);
}

static const struct scenario scenarios[] = {
    {"memory", memory},
    {"captured", captured},
    {"mapped", mapped},
    {"descriptors", descriptors},
    {"ids", ids},
    {"thread-ids", thread_ids},
    {"dispositions", dispositions},
    {"suspended", suspended},
    {"signalled", signalled},
};

int main(int argc, char **argv)
{
    (void)counter;
    (void)none;
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
