/* address.c: where a control socket listens, and connecting to it. */
#include "api/address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG  128
#define HOST_MAX 256

/* "HOST:PORT" in two; returns whether it has that form. */
static bool split(const char *text, char host[HOST_MAX], const char **port)
{
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    unsigned long number;
    char *end;

    *port = colon ? colon + 1 : text;
    number = strtoul(*port, &end, 10);
    if (!**port || strspn(*port, "0123456789") != strlen(*port) || *end ||
        number > UINT16_MAX)
        return false;
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    } else if (memchr(text, ':', n)) {
        return false; /* IPv6 without brackets: where does the port begin? */
    }
    if (n >= HOST_MAX)
        return false;
    if (n > 0)
        snprintf(host, HOST_MAX, "%.*s", (int)n, text);
    else
        strcpy(host, "127.0.0.1");
    return true;
}

static int resolve(const char *text, struct addrinfo **found, struct diag *d)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    char host[HOST_MAX];
    const char *port;
    int rc;

    if (!split(text, host, &port))
        return diag_set(d, 0, "%s is no address HOST:PORT", text);
    rc = getaddrinfo(host, port, &hints, found);
    if (rc != 0)
        return diag_set(d, 0, "cannot find the host of %s: %s", text,
                        gai_strerror(rc));
    return 0;
}

static void describe(int fd, char bound[ADDRESS_TEXT_MAX], uint16_t *port)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    char host[ADDRESS_TEXT_MAX - 16], service[8];

    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0 ||
        getnameinfo((struct sockaddr *)&address, size, host, sizeof(host),
                    service, sizeof(service),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    snprintf(bound, ADDRESS_TEXT_MAX, strchr(host, ':') ? "[%s]:%s" : "%s:%s",
             host, service);
    *port = (uint16_t)strtoul(service, NULL, 10);
}

int address_listen(const char *text, char bound[ADDRESS_TEXT_MAX],
                   uint16_t *port, struct diag *d)
{
    struct addrinfo *found = NULL;
    int fd, on = 1, rc = resolve(text, &found, d);

    if (!found)
        return rc;
    fd =
        socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) < 0 ||
        listen(fd, BACKLOG) < 0)
        rc = diag_set(d, -errno, "cannot listen at %s", text);
    freeaddrinfo(found);
    if (rc == 0) {
        describe(fd, bound, port);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

static int connect_unix(const char *path, struct diag *d)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd, rc;

    if (strlen(path) >= sizeof(un.sun_path))
        return diag_set(d, -ENAMETOOLONG, "cannot connect to %s", path);
    strcpy(un.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
        return fd;
    rc = diag_set(d, -errno, "cannot connect to %s", path);
    if (fd >= 0)
        close(fd);
    return rc;
}

int address_connect(const char *text, struct diag *d)
{
    struct addrinfo *found = NULL;
    int fd = -1, rc;

    if (strchr(text, '/'))
        return connect_unix(text, d);
    rc = resolve(text, &found, d);
    if (rc < 0)
        return rc;
    for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        rc =
            fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : -errno;
        if (rc < 0 && fd >= 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd >= 0 ? fd : diag_set(d, rc, "cannot connect to %s", text);
}
