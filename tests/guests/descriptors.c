/* descriptors.c: a program that uses all of its descriptors forks, executes,
 * starts threads and gives them descriptors of their own as ever, and needs one
 * to read a file of /proc. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MOST 100

/* So that there is none left; none of them is there after exec. */
static void use_all(void)
{
    int last = -1;
    int fd;

    while ((fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        last = fd;
    printf("last %d: %s\n", last, strerror(errno));
    fflush(stdout);
}

static void *in_thread(void *arg)
{
    *(int *)arg = dup(0) < 0 ? errno : 0;
    return NULL;
}

static void *unshares(void *arg)
{
    *(int *)arg = unshare(CLONE_FILES) < 0 ? errno : 0;
    return NULL;
}

static void thread(const char *what, void *(*fn)(void *seen))
{
    pthread_t thread;
    int seen = -1;
    int rc = pthread_create(&thread, NULL, fn, &seen);

    if (rc == 0)
        pthread_join(thread, NULL);
    printf("%s: %s, in it: %s\n", what, strerror(rc), strerror(seen));
    fflush(stdout);
}

/* With one number: the last one. */
static void read_proc(const char *path)
{
    char buf[4];
    ssize_t n;
    int fd;

    close(MOST - 1);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    n = read(fd, buf, sizeof(buf));
    printf("%s: %d, %d bytes\n", path, fd, (int)n);
    fflush(stdout);
}

static _Noreturn void in_child(const char *self)
{
    thread("thread", in_thread);
    execl(self, self, "left", NULL);
    _exit(1);
}

static void show_limit(const char *when)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    printf("%s: at most %d\n", when, (int)limit.rlim_cur);
    fflush(stdout);
}

static void processes(const char *self)
{
    pid_t pid = fork();

    if (pid == 0)
        in_child(self);
    show_status("fork", pid);
    pid = vfork();
    if (pid == 0) {
        execl(self, self, "left", NULL);
        _exit(1);
    }
    show_status("vfork", pid);
}

int main(int argc, char **argv)
{
    const struct rlimit limit = {.rlim_cur = MOST, .rlim_max = 4096};

    if (argc > 1 && strcmp(argv[1], "left") == 0) {
        show_limit("after exec");
        return dup(0) == 3 ? 0 : 2;
    }
    setrlimit(RLIMIT_NOFILE, &limit);
    use_all();
    thread("thread", in_thread);
    thread("with its own", unshares);
    processes(argv[0]);
    processes(argv[0]);
    read_proc("/proc/self/status");
    read_proc("/proc/thread-self/maps");
    read_proc("/proc/self/mem");
    show_limit("at the end");
    return 0;
}
