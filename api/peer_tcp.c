/*
 * peer_tcp.c: who is at the other end of a TCP connection. The kernel does not
 * say, but for connections on this machine the lists in /proc do: the socket of
 * the other end has a number there, and processes have it open. proc(5),
 * /proc/net/tcp.
 */
#include "api/peer.h"
#include "vmm/guard.h"

#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in in; /* whose port lies where IPv6's does */
    struct sockaddr_in6 in6;
};

/* An end of a connection; IPv4 as IPv6 has it. */
struct end {
    struct in6_addr address;
    unsigned port;
};

/* A line of the list. */
struct entry {
    struct end local, remote;
    unsigned uid;
    unsigned long inode; /* 0: no process has it any more */
};

static void map_ipv4(struct end *end, const void *address)
{
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

    memcpy(&end->address, prefix, sizeof(prefix));
    memcpy(&end->address.s6_addr[12], address, 4);
}

static struct end end_of(const union address *a)
{
    struct end end = {a->in6.sin6_addr, ntohs(a->in6.sin6_port)};

    if (a->any.sa_family == AF_INET)
        map_ipv4(&end, &a->in.sin_addr);
    return end;
}

/* "0100007F:1F90": words as they lie in memory, then the port. */
static bool parse_end(const char *text, struct end *out)
{
    uint32_t word[4];

    if (sscanf(text, "%8x%8x%8x%8x:%4x", &word[0], &word[1], &word[2], &word[3],
               &out->port) == 5)
        memcpy(&out->address, word, sizeof(word));
    else if (sscanf(text, "%8x:%4x", &word[0], &out->port) == 2)
        map_ipv4(out, &word[0]);
    else
        return false;
    return true;
}

static bool parse_entry(const char *line, struct entry *out)
{
    char local[64], remote[64];

    return sscanf(line, " %*[0-9]: %63s %63s %*s %*s %*s %*s %u %*s %lu", local,
                  remote, &out->uid, &out->inode) == 4 &&
           parse_end(local, &out->local) && parse_end(remote, &out->remote);
}

static bool same(const struct end *a, const struct end *b)
{
    return a->port == b->port &&
           memcmp(&a->address, &b->address, sizeof(a->address)) == 0;
}

static bool find_in(const char *list, const struct end *local,
                    const struct end *remote, struct entry *out)
{
    FILE *in = fopen(list, "re");
    bool found = false;
    char line[512];

    while (in && !found && fgets(line, sizeof(line), in))
        found = parse_entry(line, out) && same(&out->local, local) &&
                same(&out->remote, remote);
    if (in)
        fclose(in);
    return found;
}

/* The socket of the other end of (fd), which has the address (theirs). */
static bool find_socket(int fd, const union address *theirs, struct entry *out)
{
    union address ours = {.in6 = {0}};
    socklen_t size = sizeof(ours);
    struct end local = end_of(theirs), remote;

    if (getsockname(fd, &ours.any, &size) < 0)
        return false;
    remote = end_of(&ours);
    return find_in("/proc/net/tcp", &local, &remote, out) ||
           find_in("/proc/net/tcp6", &local, &remote, out);
}

/* Whether process (pid) has what links as (name) open. */
static bool has_open(const char *pid, const char *name)
{
    char path[64], target[64];
    const struct dirent *e;
    bool found = false;
    DIR *dir;

    snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
    dir = opendir(path);
    while (dir && !found && (e = readdir(dir))) {
        ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target));

        found =
            n == (ssize_t)strlen(name) && memcmp(target, name, (size_t)n) == 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

/* Somebody has the socket open, and nobody who runs this executable. */
static bool is_elsewhere(unsigned long inode)
{
    bool seen = false, ours = false;
    const struct dirent *e;
    char name[64];
    DIR *dir = opendir("/proc");

    snprintf(name, sizeof(name), "socket:[%lu]", inode);
    while (dir && !ours && (e = readdir(dir))) {
        if (e->d_name[strspn(e->d_name, "0123456789")] ||
            !has_open(e->d_name, name))
            continue;
        seen = true;
        ours = peer_runs_this(atoi(e->d_name));
    }
    if (dir)
        closedir(dir);
    return seen && !ours;
}

bool peer_may_control_tcp(int fd)
{
    union address theirs = {.in6 = {0}};
    socklen_t size = sizeof(theirs);
    struct entry entry;

    if (getpeername(fd, &theirs.any, &size) < 0)
        return false;
    if (!guard_is_local(&theirs.any))
        return true;
    if (!find_socket(fd, &theirs, &entry))
        return false;
    if (geteuid() != 0 && entry.uid != geteuid())
        return true;
    return is_elsewhere(entry.inode);
}
