/* guard.c: the program is kept from the session's own TCP port. */
#include "vmm/guard.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The session's, so one. In network byte order. */
static in_port_t guarded;

void guard_port(uint16_t port)
{
    guarded = htons(port);
}

/* Ask the host kernel, which alone knows: what can be bound to is local. Where
 * it cannot be asked, the address is taken for local. */
static bool is_local(const struct sockaddr *address, socklen_t size)
{
    int fd = socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool local = fd < 0 || bind(fd, address, size) == 0;

    if (fd >= 0)
        close(fd);
    return local;
}

static bool is_local_ipv4(struct in_addr address)
{
    const struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = address};

    return is_local((const struct sockaddr *)&in, sizeof(in));
}

static bool is_local_ipv6(struct sockaddr_in6 in6)
{
    struct in_addr mapped;

    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        memcpy(&mapped, &in6.sin6_addr.s6_addr[12], sizeof(mapped));
        return is_local_ipv4(mapped);
    }
    in6.sin6_port = 0;
    return is_local((const struct sockaddr *)&in6, sizeof(in6));
}

bool guard_is_local(const struct sockaddr *address)
{
    switch (address->sa_family) {
    case AF_INET:
        return is_local_ipv4(((const struct sockaddr_in *)address)->sin_addr);
    case AF_INET6:
        return is_local_ipv6(*(const struct sockaddr_in6 *)address);
    default:
        return true;
    }
}

/* (address) may be shorter or longer than its family's: as the kernel, look at
 * what is there. */
static bool is_guarded(const void *address, size_t size)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } a = {0};

    memcpy(&a, address, size < sizeof(a) ? size : sizeof(a));
    switch (a.any.sa_family) {
    case AF_INET:
        return a.in.sin_port == guarded && is_local_ipv4(a.in.sin_addr);
    case AF_INET6:
        return a.in6.sin6_port == guarded && is_local_ipv6(a.in6);
    default:
        return false;
    }
}

bool guard_refuses(const struct syscall_call *call)
{
    return guarded && call->sysno != SYS_bind &&
           capsule_names_address(call->capsule, is_guarded);
}
