/* command.c: run a program for a benchmark and take the time. */
#include "bench/command.h"

#include "vmm/measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void fail(const char *name)
{
    fprintf(stderr, "%s failed\n", name);
    exit(1);
}

double command_run(char *const *argv, double *said)
{
    double start = measure_now_us();
    char text[256] = "", rest[4096];
    int fds[2], status;
    pid_t pid;

    if (pipe(fds) < 0 || (pid = fork()) < 0)
        fail(argv[0]);
    if (pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        dup2(open("/dev/null", O_RDWR), STDERR_FILENO);
        close(fds[0]);
        close(fds[1]);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(fds[1]);
    if (read(fds[0], text, sizeof(text) - 1) > 0)
        while (read(fds[0], rest, sizeof(rest)) > 0)
            ;
    close(fds[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        fail(argv[0]);
    if (said)
        *said = strtod(text, NULL);
    return measure_now_us() - start;
}
