/* peer.c: who is at the other end of a Unix socket. */
#include "api/peer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

/* No program changes what it runs: the monitor refuses PR_SET_MM_EXE_FILE. */
bool peer_runs_this(pid_t pid)
{
    struct stat own, other;
    char path[32];

    snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
    if (stat("/proc/self/exe", &own) < 0 || stat(path, &other) < 0)
        return true;
    return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* Whether the process that connected is still there: else another may have its
 * number. Before Linux 6.5 nobody can say. */
static bool is_still_there(int fd)
{
    int pidfd = -1;
    socklen_t size = sizeof(pidfd);
    bool there;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) < 0)
        return errno == ENOPROTOOPT;
    there = syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0 ||
            errno == EPERM;
    close(pidfd);
    return there;
}

bool peer_may_control(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
        peer.pid <= 0 || (peer.uid != geteuid() && peer.uid != 0))
        return false;
    /* What root runs cannot be seen, and no program of this session becomes
     * root. */
    if (peer.uid != geteuid())
        return true;
    return !peer_runs_this(peer.pid) && is_still_there(fd);
}
