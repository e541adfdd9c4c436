/* logconnect.c: from HOST:PORT to a connection. */
#include "api/logconnect.h"

#include "vmm/util.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 10000

/* What waits for a slow reader waits in the log's buffer, not in the kernel. */
#define SEND_BUFFER (256 * 1024)

/* Split (address) at its last colon. Returns false where it has no two parts.
 */
static bool split(const char *address, char *host, size_t size,
                  const char **port)
{
    const char *colon = strrchr(address, ':');
    size_t n = colon ? (size_t)(colon - address) : 0;

    if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
        address++;
        n -= 2;
    } else if (colon && memchr(address, ':', n)) {
        return false; /* an IPv6 address without brackets */
    }
    if (n == 0 || n >= size || !colon[1])
        return false;
    memcpy(host, address, n);
    host[n] = '\0';
    *port = colon + 1;
    return true;
}

/* A connection to one of the host's addresses. Returns it or -errno. */
static int try_one(const struct addrinfo *a)
{
    int fd =
        socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct pollfd done = {.fd = fd, .events = POLLOUT};
    const int buffer = SEND_BUFFER;
    socklen_t size = sizeof(int);
    int err = 0;

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    if (connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
        err = errno;
        if (err == EINPROGRESS && poll(&done, 1, PATIENCE_MS) == 0)
            err = ETIMEDOUT;
        else if (err == EINPROGRESS &&
                 getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
            err = errno;
    }
    if (err == 0)
        return fd;
    close(fd);
    return -err;
}

int logconnect(const char *address, int *out, struct diag *d)
{
    const struct addrinfo want = {.ai_family = AF_UNSPEC,
                                  .ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    const char *port;
    char host[256];
    int rc;

    if (!split(address, host, sizeof(host), &port))
        return diag_set(d, 0, "log socket \"%s\": must be HOST:PORT", address);
    rc = getaddrinfo(host, port, &want, &list);
    if (rc != 0)
        return diag_set(d, 0, "log socket %s: %s", address, gai_strerror(rc));
    rc = -EADDRNOTAVAIL;
    for (const struct addrinfo *a = list; a && rc < 0; a = a->ai_next)
        rc = try_one(a);
    freeaddrinfo(list);
    if (rc < 0) {
        diag_set(d, rc, "cannot connect to the log socket %s", address);
        diag_hint(d, "something must listen there before the program starts");
        return rc;
    }
    *out = rc;
    return 0;
}
