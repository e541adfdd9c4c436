/*
 * hooked.c: a program for hooks to work on. Each argument is a step, made in
 * order; each step prints a line that says what the program saw.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HAMMER 500 /* calls by each of those that hammer */

/* The result of a call, or the name of its error. */
static void tell(const char *what, long ret)
{
    if (ret == -1)
        printf("%s %s\n", what, strerrorname_np(errno));
    else
        printf("%s %ld\n", what, ret);
    fflush(stdout);
}

/* A process of its own, told by what no hook here changes. */
static void step_getpid(void)
{
    long ret = syscall(SYS_getpid);

    if (ret == syscall(SYS_gettid))
        puts("getpid real");
    else
        tell("getpid", ret);
    fflush(stdout);
}

static void step_bind(void)
{
    struct sockaddr_in addr = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    tell("bind", bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
    close(fd);
}

static void step_write(void)
{
    tell(" write", write(1, "abcdef", 6));
}

/* What a call must leave in the registers of its arguments. */
static void step_registers(void)
{
    register long rdi __asm__("rdi") = 1;
    register const char *rsi __asm__("rsi") = "abcdef";
    register long rdx __asm__("rdx") = 6;
    const char *text = rsi;
    long rax = SYS_write;

    __asm__ volatile("syscall"
                     : "+a"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx)
                     :
                     : "rcx", "r11", "memory");
    printf(" registers %s\n",
           rdi == 1 && rsi == text && rdx == 6 ? "kept" : "changed");
    fflush(stdout);
}

static void step_close(void)
{
    tell("close", close(999));
}

static void step_thousand(void)
{
    tell("call 1000", syscall(1000, 0, 1, 2, 3, 4, 5));
}

static void step_exit(void)
{
    syscall(SYS_exit_group, 7);
    puts("survived");
    fflush(stdout);
}

static void step_fork(void)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0)
        _exit(syscall(SYS_getppid) > 0 ? 5 : 6);
    waitpid(pid, &status, 0);
    printf("child %d\n", WEXITSTATUS(status));
    fflush(stdout);
}

static void *call_getppid(void *arg)
{
    (void)arg;
    syscall(SYS_getppid);
    return NULL;
}

static void step_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, call_getppid, NULL);
    pthread_join(thread, NULL);
    puts("thread");
    fflush(stdout);
}

static void step_getppid(void)
{
    syscall(SYS_getppid);
}

static void *hammer(void *arg)
{
    (void)arg;
    for (int i = 0; i < HAMMER; i++)
        syscall(SYS_getppid);
    return NULL;
}

/* 16 threads and 8 processes at once. */
static void step_hammer(void)
{
    pthread_t threads[16];
    int status, good = 0;

    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            hammer(NULL);
            _exit(0);
        }
    for (int i = 0; i < 16; i++)
        pthread_create(&threads[i], NULL, hammer, NULL);
    for (int i = 0; i < 16; i++)
        pthread_join(threads[i], NULL);
    while (wait(&status) > 0)
        good += status == 0;
    printf("hammered %d\n", (16 + good) * HAMMER);
    fflush(stdout);
}

/* Children that are killed while they are in hooks, mostly, while another one
 * goes on. */
static void step_kill(void)
{
    const struct timespec moment = {.tv_nsec = 2000000};
    pid_t other = fork();
    int status;

    if (other == 0)
        for (;;)
            syscall(SYS_getppid);
    for (int i = 0; i < 200; i++) {
        pid_t pid = fork();

        if (pid == 0)
            for (;;)
                syscall(SYS_getppid);
        nanosleep(&moment, NULL);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    printf("other %s\n",
           waitpid(other, &status, WNOHANG) == 0 ? "goes on" : "ended");
    fflush(stdout);
    kill(other, SIGKILL);
    waitpid(other, &status, 0);
}

static char **arguments;

/* Execute this program again for the steps that are left. */
static void step_exec(void)
{
    execv("/proc/self/exe", arguments);
    tell("exec", -1);
}

static void step_sleep(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};

    tell("nanosleep", nanosleep(&moment, NULL));
}

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
    caught = sig;
}

static void step_signal(void)
{
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    printf("caught %d\n", caught);
    fflush(stdout);
}

static const struct {
    const char *name;
    void (*run)(void);
} steps[] = {
    {"getpid", step_getpid}, {"bind", step_bind},
    {"write", step_write},   {"registers", step_registers},
    {"close", step_close},   {"thousand", step_thousand},
    {"exit", step_exit},     {"fork", step_fork},
    {"thread", step_thread}, {"getppid", step_getppid},
    {"hammer", step_hammer}, {"kill", step_kill},
    {"exec", step_exec},     {"sleep", step_sleep},
    {"signal", step_signal},
};

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++)
            if (strcmp(argv[i], steps[s].name) == 0) {
                arguments = &argv[i];
                steps[s].run();
            }
    return 0;
}
