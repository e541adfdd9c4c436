/* trace_bytes.c: quoted bytes, and structures that are more than their fields.
 */
#include "vmm/trace_internal.h"

#include "vmm/structs.h"
#include "vmm/utf8.h"
#include "vmm/xlat.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>
#include <sys/utsname.h>

/* --- quotes --- */

static void put_escaped(struct text *out, uint8_t c)
{
    static const char letters[] = {'a', 'b', 't', 'n', 'v', 'f', 'r'};

    if (c >= '\a' && c <= '\r')
        text_printf(out, "\\%c", letters[c - '\a']);
    else
        text_printf(out, "\\x%02x", c);
}

/* Whether (c) may stand in quotes as it is. */
static bool is_plain(uint8_t c)
{
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

void trace_quote(struct text *out, const char *bytes, size_t size)
{
    size_t i = 0, n;

    text_puts(out, "\"");
    while (i < size && !out->cut) {
        for (n = 0; i + n < size && is_plain((uint8_t)bytes[i + n]); n++)
            ;
        text_add(out, bytes + i, n);
        i += n;
        if (i == size)
            break;
        n = utf8_length(bytes + i, size - i);
        if (n > 1) {
            /* 0xc2 begins the second set of control characters, too. */
            if ((uint8_t)bytes[i] == 0xc2 && (uint8_t)bytes[i + 1] < 0xa0)
                text_printf(out, "\\u00%02x", (uint8_t)bytes[i + 1]);
            else
                text_add(out, bytes + i, n);
            i += n;
            continue;
        }
        if (bytes[i] == '"' || bytes[i] == '\\')
            text_printf(out, "\\%c", bytes[i]);
        else
            put_escaped(out, (uint8_t)bytes[i]);
        i++;
    }
    text_puts(out, "\"");
}

/* --- addresses of sockets, gVisor's form --- */

/* An address in the abstract name space begins with a 0, shown as @. */
static void put_unix(struct text *out, const struct sockaddr_un *a, size_t size)
{
    size_t n = size - offsetof(struct sockaddr_un, sun_path);
    char path[sizeof(a->sun_path)];

    n = min_u64(n, sizeof(path));
    memcpy(path, a->sun_path, n);
    if (n && !path[0])
        path[0] = '@';
    else
        n = strnlen(path, n);
    text_puts(out, "Addr: ");
    trace_quote(out, path, n);
}

static void put_inet(struct text *out, int family, const void *address,
                     in_port_t port)
{
    char host[INET6_ADDRSTRLEN] = "?";

    inet_ntop(family, address, host, sizeof(host));
    text_printf(out, "Addr: %s, Port: %u", host, ntohs(port));
}

static void put_sockaddr(struct text *out, const uint8_t *bytes, size_t size)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
        struct sockaddr_nl nl;
        struct sockaddr_storage all;
    } a = {.all = {0}};

    memcpy(&a, bytes, min_u64(size, sizeof(a)));
    text_puts(out, "{Family: ");
    trace_value(out, &struct_sockaddr.field[0], a.any.sa_family, true);
    text_puts(out, ", ");
    if (a.any.sa_family == AF_INET && size >= sizeof(a.in))
        put_inet(out, AF_INET, &a.in.sin_addr, a.in.sin_port);
    else if (a.any.sa_family == AF_INET6 && size >= 24) /* SIN6_LEN_RFC2133 */
        put_inet(out, AF_INET6, &a.in6.sin6_addr, a.in6.sin6_port);
    else if (a.any.sa_family == AF_UNIX && size >= sizeof(sa_family_t))
        put_unix(out, &a.un, size);
    else if (a.any.sa_family == AF_NETLINK && size >= sizeof(a.nl))
        text_printf(out, "PortID: %u, Groups: %u", a.nl.nl_pid, a.nl.nl_groups);
    else
        text_puts(out, "family addr format unknown");
    text_puts(out, "}");
}

/* --- others --- */

static void put_sigset(struct text *out, const uint8_t *bytes, size_t size)
{
    const struct datum signo = {.kind = DATUM_SIGNO, .width = 4};
    const char *separator = "";
    uint64_t set = 0;

    memcpy(&set, bytes, min_u64(size, sizeof(set)));
    text_puts(out, "[");
    for (unsigned i = 0; i < 64; i++) {
        if (!(set >> i & 1))
            continue;
        text_puts(out, separator);
        if (i + 1 < 32)
            trace_value(out, &signo, i + 1, true);
        else
            text_printf(out, "%u", i + 1);
        separator = " ";
    }
    text_puts(out, "]");
}

static void put_utsname(struct text *out, const uint8_t *bytes, size_t size)
{
    static const char *const names[] = {"sysname", "nodename", "release",
                                        "version", "machine",  "domainname"};
    size_t width = sizeof(((struct utsname *)0)->sysname);

    for (size_t i = 0; i < ARRAY_SIZE(names) && (i + 1) * width <= size; i++) {
        const char *at = (const char *)bytes + i * width;

        text_printf(out, "%s%s: ", i ? ", " : "{", names[i]);
        trace_quote(out, at, strnlen(at, width));
    }
    text_puts(out, "}");
}

bool trace_special(struct text *out, const struct struct_desc *type,
                   const uint8_t *bytes, size_t size)
{
    static const struct {
        const struct struct_desc *type;
        void (*put)(struct text *out, const uint8_t *bytes, size_t size);
    } forms[] = {
        {&struct_sockaddr, put_sockaddr},
        {&struct_sigset, put_sigset},
        {&struct_utsname, put_utsname},
    };

    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        if (forms[i].type == type) {
            forms[i].put(out, bytes, size);
            return true;
        }
    }
    return false;
}
