/* command.c: run a shell command line for a test. */
#include "tests/support/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The whole of (file), from its beginning, into (text) of (size) bytes. */
static void read_back(int fd, char *text, size_t size)
{
    ssize_t n = pread(fd, text, size - 1, 0);

    assert_true(n >= 0);
    text[n] = '\0';
    close(fd);
}

static int temporary(void)
{
    char path[] = "/tmp/microvm-hook-test.XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    unlink(path);
    return fd;
}

void command_run(struct command *c, const char *fmt, ...)
{
    char line[4096], redirected[4200];
    int out, err, n, status;
    va_list ap;

    va_start(ap, fmt);
    n = vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    assert_in_range(n, 0, sizeof(line) - 1);
    out = temporary();
    err = temporary();
    snprintf(redirected, sizeof(redirected), "{ %s\n} </dev/null >&%d 2>&%d",
             line, out, err);
    status = system(redirected);
    assert_true(status >= 0);
    c->status =
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    read_back(out, c->out, sizeof(c->out));
    read_back(err, c->err, sizeof(c->err));
}

void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}
