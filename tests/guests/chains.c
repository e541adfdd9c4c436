/* chains.c: programs that run the next one, in one process or each in a child
 * of the one before: what execve(2) keeps is there at the end, and what it does
 * not keep is not. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

/* So many that what is kept of programs which went before would be seen. */
#define LENGTH 40

static void run(const char *self, const char *how, int left)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", left);
    execl(self, self, how, number, NULL);
    printf("exec: %s\n", strerror(errno));
    exit(1);
}

/* What each finds of the one before; then it leaves some memory behind. */
static int is_sound(void)
{
    volatile double zero = 0.0;
    struct itimerval timer;
    sigset_t pending;
    char *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *shared = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED || shared == MAP_FAILED || memory[4096] ||
        shared[4096])
        return 0;
    memory[4096] = shared[4096] = 'x';
    getitimer(ITIMER_VIRTUAL, &timer);
    sigpending(&pending);
    return 1.0 / (zero + 4.0) == 0.25 && sigismember(&pending, SIGUSR1) == 1 &&
           timer.it_interval.tv_sec == 77 && umask(021) == 021;
}

static void begin(void)
{
    const struct itimerval timer = {{77, 0}, {1000, 0}};
    sigset_t usr1;

    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    raise(SIGUSR1);
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
    umask(021);
}

static void in_one_process(const char *self, int left)
{
    if (!is_sound())
        printf("%d is not as it was\n", left);
    fflush(stdout);
    if (left > 0)
        run(self, "one", left - 1);
    puts("all in one process");
}

static void in_children(const char *self, int left)
{
    pid_t pid;

    if (left == 0) {
        puts("the last one");
        return;
    }
    pid = fork();
    if (pid == 0)
        run(self, "children", left - 1);
    if (waitpid(pid, &left, 0) != pid || left)
        printf("status %#x\n", (unsigned)left);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (argc == 2)
        begin();
    if (strcmp(argv[1], "one") == 0)
        in_one_process(argv[0], argc > 2 ? atoi(argv[2]) : LENGTH);
    else
        in_children(argv[0], argc > 2 ? atoi(argv[2]) : LENGTH);
    return 0;
}
