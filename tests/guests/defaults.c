/* defaults.c SCENARIO: signals are set from their default to their default, as
 * posix_spawn(3) does with all of them, and what is told of them then. */
#include "scenario.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int count;

static void on_count(int sig)
{
    count += sig > 0;
}

static void handle(int sig, int flags)
{
    const struct sigaction act = {.sa_handler = on_count, .sa_flags = flags};

    tell("sigaction", sigaction(sig, &act, NULL) == 0);
}

/* Behind it there is nothing. */
static void *page_end(void)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    munmap(page + 4096, 4096);
    return page + 4096;
}

/* As the kernel has it: the C library keeps the restorer to itself. */
struct kernel_action {
    uint64_t handler, flags, restorer, mask;
};

#define RESTORER 0x04000000

static long set_raw(int sig, const struct kernel_action *act,
                    struct kernel_action *old)
{
    return syscall(SYS_rt_sigaction, sig, act, old, 8);
}

/* How many signals have (act). */
static void count_as(const char *what, const struct kernel_action *act)
{
    struct kernel_action now;
    int same = 0;

    for (int sig = 1; sig <= 64; sig++)
        same += set_raw(sig, NULL, &now) == 0 &&
                memcmp(&now, act, sizeof(now)) == 0;
    printf("%s: %d\n", what, same);
}

static void set_all(const char *what, const struct kernel_action *act)
{
    int good = 0;

    for (int sig = 1; sig <= 64; sig++)
        good += set_raw(sig, act, NULL) == 0;
    printf("%s: %d\n", what, good);
    count_as("are so", act);
}

static const struct kernel_action untouched, told = {0, RESTORER, 0x1234, 0};

static void defaults_after_exec(void)
{
    count_as("after exec", &told);
    count_as("untouched", &untouched);
}

static void *set_default(void *act)
{
    set_all("by a thread", act);
    return NULL;
}

/* From the default to the default: of that only what is told changes. */
static void defaults(void)
{
    const struct kernel_action masked = {0, RESTORER, 0x5678, 1 << 5},
                               flagged = {0, RESTORER | SA_RESTART, 0x9a, 0},
                               other = {0, RESTORER, 0xbcde, 0};
    struct kernel_action old;
    char *args[] = {(char *)self, "after-exec", NULL};
    pthread_t t;

    count_as("untouched", &untouched);
    set_all("all", &told);
    show("unreadable", set_raw(SIGUSR1, (void *)8, NULL));
    show("half readable", set_raw(SIGUSR1, page_end() - 16, NULL));
    set_all("with a mask", &masked);
    set_all("with a flag", &flagged);
    set_all("again", &told);
    show("and asked", set_raw(SIGUSR1, &other, &old));
    printf("%#lx %#lx\n", (long)old.flags, (long)old.restorer);
    handle(SIGUSR1, 0);
    raise(SIGUSR1);
    show("no handler any more", set_raw(SIGUSR1, &other, NULL));
    pthread_create(&t, NULL, set_default, (void *)&other);
    pthread_join(t, NULL);
    set_all("beside none", &told);
    fflush(stdout);
    if (fork() == 0) {
        count_as("in a child", &told);
        set_all("its own", &other);
        execv(self, args);
    }
    wait(NULL);
    count_as("the parent's", &told);
    printf("count %d\n", count);
    fflush(stdout);
    raise(SIGUSR1);
}

/* No set is lost or torn where a signal comes in between. */
static void defaults_in_a_storm(void)
{
    struct itimerval soon = {.it_value = {0, 200}};
    struct kernel_action now, act = told;
    int bad = 0, seen = -1;

    handle(SIGALRM, SA_RESTART);
    while (seen < 100) {
        if (seen != count) {
            seen = count;
            soon.it_value.tv_usec = 200 + seen % 10 * 37;
            setitimer(ITIMER_REAL, &soon, NULL);
        }
        act.restorer++;
        bad += set_raw(SIGTTIN, &act, NULL) != 0;
        bad += set_raw(SIGTTIN, NULL, &now) != 0;
        bad += memcmp(&now, &act, sizeof(now)) != 0;
    }
    printf("bad %d\n", bad);
}

static const struct scenario scenarios[] = {
    {"defaults", defaults},
    {"after-exec", defaults_after_exec},
    {"storm", defaults_in_a_storm},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
