/* guest.h: what guests tell in the same words. */
#ifndef TESTS_GUESTS_GUEST_H
#define TESTS_GUESTS_GUEST_H

#include <stdio.h>
#include <sys/wait.h>

/* Wait for (pid) and tell how it ended. */
static inline void show_status(const char *what, pid_t pid)
{
    int status = 0;
    pid_t got = waitpid(pid, &status, 0);

    printf("%s: %s %d %d\n", what, got == pid ? "waited" : "lost",
           WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           WIFSIGNALED(status) ? WTERMSIG(status) : -1);
    fflush(stdout);
}

#endif
