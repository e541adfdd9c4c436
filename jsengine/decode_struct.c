/* decode_struct.c: structures as objects, and those that have a form of their
 * own. */
#include "jsengine/decode_internal.h"
#include "jsengine/jsval.h"
#include "vmm/structs.h"
#include "vmm/util.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>

/* --- by fields --- */

const char *decode_next_part(const char **path, size_t *size)
{
    const char *part = *path + strspn(*path, ".[");

    *size = strcspn(part, ".[]");
    *path = part + *size + (part[*size] == ']');
    return part;
}

bool decode_is_single(const struct struct_desc *type)
{
    const char *name = type->field[0].name;
    size_t n = name ? strcspn(name, "[") : 0;

    if (!name || (!name[n] && strcmp(name, "value") != 0))
        return false;
    for (const struct datum *f = type->field; f->kind != DATUM_NONE; f++)
        if (strncmp(f->name, name, n) != 0 || f->name[n] != name[n])
            return false;
    return true;
}

/* Put the value at the top into the object below it, under the name (path),
 * through objects and arrays that are made on the way. */
static void put_path(duk_context *ctx, const char *path)
{
    size_t n;
    const char *part = decode_next_part(&path, &n);

    duk_dup(ctx, -2);
    for (; *path; part = decode_next_part(&path, &n)) {
        if (!duk_get_prop_lstring(ctx, -1, part, n)) {
            duk_pop(ctx);
            if (*path == '[')
                duk_push_array(ctx);
            else
                duk_push_object(ctx);
            duk_dup_top(ctx);
            duk_put_prop_lstring(ctx, -3, part, n);
        }
        duk_remove(ctx, -2);
    }
    duk_insert(ctx, -2);
    duk_put_prop_lstring(ctx, -2, part, n);
    duk_pop(ctx);
}

static void push_object(const struct decoder *d, const struct struct_desc *type,
                        const uint8_t *bytes, uint64_t size)
{
    const struct image in = {type->field, bytes, size, false};

    duk_push_object(d->ctx);
    for (unsigned i = 0; type->field[i].kind != DATUM_NONE; i++) {
        if (!image_has(&in, i))
            continue; /* the caller chose a shorter structure */
        decode_push_field(d, &in, i);
        put_path(d->ctx, type->field[i].name);
    }
}

static void push_copy(duk_context *ctx, const void *bytes, size_t size)
{
    void *copy = duk_push_fixed_buffer(ctx, size);

    memcpy(copy, bytes, size);
    duk_push_buffer_object(ctx, -1, 0, size, DUK_BUFOBJ_UINT8ARRAY);
    duk_remove(ctx, -2);
}

void decode_push_struct(const struct decoder *d, const struct struct_desc *type,
                        const uint8_t *bytes, uint64_t size)
{
    const char *name = type->field[0].name;

    if (decode_push_special(d, type, bytes, size))
        return;
    if (!name) {
        push_copy(d->ctx, bytes, size); /* nobody described it */
        return;
    }
    push_object(d, type, bytes, size);
    if (decode_is_single(type)) {
        duk_get_prop_lstring(d->ctx, -1, name, strcspn(name, "["));
        duk_remove(d->ctx, -2);
    }
}

/* --- in other forms --- */

static void put_number(duk_context *ctx, const char *name, double value)
{
    duk_push_number(ctx, value);
    duk_put_prop_string(ctx, -2, name);
}

/* The address of (family) in its text form, and its port. */
static void put_inet(duk_context *ctx, int family, const void *addr,
                     in_port_t port)
{
    char text[INET6_ADDRSTRLEN];

    duk_push_string(ctx, inet_ntop(family, addr, text, sizeof(text)));
    duk_put_prop_literal(ctx, -2, "addr");
    put_number(ctx, "port", ntohs(port));
}

/* A name in the file system up to its NUL, or an abstract one, which begins
 * with NUL and has no end but the address's. unix(7). */
static void put_unix(duk_context *ctx, const uint8_t *path, size_t size)
{
    size_t n = size && path[0] ? strnlen((const char *)path, size) : size;

    jsval_push_text(ctx, (const char *)path, n);
    duk_put_prop_literal(ctx, -2, "path");
}

static void push_sockaddr(const struct decoder *d, const uint8_t *bytes,
                          uint64_t size)
{
    const struct image in = {struct_sockaddr.field, bytes, size, false};
    duk_context *ctx = d->ctx;
    union {
        struct sockaddr_storage any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_nl nl;
    } u = {0};

    if (size < sizeof(sa_family_t)) {
        duk_push_null(ctx);
        return;
    }
    memcpy(&u, bytes, min_u64(size, sizeof(u)));
    duk_push_object(ctx);
    decode_push_value(d, &in.field[0], image_value(&in, 0));
    duk_put_prop_literal(ctx, -2, "family");
    if (u.any.ss_family == AF_UNIX) {
        put_unix(ctx, bytes + sizeof(sa_family_t), size - sizeof(sa_family_t));
    } else if (u.any.ss_family == AF_INET && size >= sizeof(u.in)) {
        put_inet(ctx, AF_INET, &u.in.sin_addr, u.in.sin_port);
    } else if (u.any.ss_family == AF_INET6 &&
               size >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
        put_inet(ctx, AF_INET6, &u.in6.sin6_addr, u.in6.sin6_port);
        put_number(ctx, "scope", u.in6.sin6_scope_id);
    } else if (u.any.ss_family == AF_NETLINK && size >= sizeof(u.nl)) {
        put_number(ctx, "pid", u.nl.nl_pid);
        put_number(ctx, "groups", u.nl.nl_groups);
    } else {
        push_copy(ctx, bytes, size);
        duk_put_prop_literal(ctx, -2, "bytes");
    }
}

/* The signals of a set: their numbers, or names where text is asked for. */
static void push_sigset(const struct decoder *d, const uint8_t *bytes,
                        uint64_t size)
{
    static const struct datum signo = {.kind = DATUM_SIGNO, .width = 4};
    duk_uarridx_t n = 0;
    uint64_t set = 0;

    memcpy(&set, bytes, min_u64(size, sizeof(set)));
    if (d->form == FORM_HEX) {
        decode_push_hex(d->ctx, set, 8);
        return;
    }
    duk_push_array(d->ctx);
    for (unsigned i = 0; i < 64; i++) {
        if (!(set & UINT64_C(1) << i))
            continue;
        decode_push_value(d, &signo, i + 1);
        duk_put_prop_index(d->ctx, -2, n++);
    }
}

static void push_iovec(const struct decoder *d, const uint8_t *bytes)
{
    static const struct datum base = {.kind = DATUM_GVA, .width = 8};
    static const struct datum len = {.kind = DATUM_UINT, .width = 8};
    struct iovec iov;

    memcpy(&iov, bytes, sizeof(iov));
    duk_push_object(d->ctx);
    decode_push_value(d, &base, (uint64_t)iov.iov_base);
    duk_put_prop_literal(d->ctx, -2, "base");
    decode_push_value(d, &len, iov.iov_len);
    duk_put_prop_literal(d->ctx, -2, "len");
}

/* Control messages, one behind the other; cmsg(3). */
static void push_control(const struct decoder *d, const uint8_t *bytes,
                         uint64_t size)
{
    duk_uarridx_t n = 0;
    struct cmsghdr head;

    duk_push_array(d->ctx);
    for (uint64_t at = 0; at + sizeof(head) <= size;) {
        memcpy(&head, bytes + at, sizeof(head));
        if (head.cmsg_len < sizeof(head) || head.cmsg_len > size - at)
            break;
        duk_push_object(d->ctx);
        put_number(d->ctx, "level", head.cmsg_level);
        put_number(d->ctx, "type", head.cmsg_type);
        push_copy(d->ctx, bytes + at + sizeof(head),
                  head.cmsg_len - sizeof(head));
        duk_put_prop_literal(d->ctx, -2, "data");
        duk_put_prop_index(d->ctx, -2, n++);
        at += ALIGN_UP(head.cmsg_len, sizeof(long));
    }
}

static void push_utsname(const struct decoder *d, const uint8_t *bytes)
{
    static const char *const names[] = {"sysname", "nodename", "release",
                                        "version", "machine",  "domainname"};

    duk_push_object(d->ctx);
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        const char *text = (const char *)bytes + i * _UTSNAME_LENGTH;

        jsval_push_text(d->ctx, text, strnlen(text, _UTSNAME_LENGTH));
        duk_put_prop_string(d->ctx, -2, names[i]);
    }
}

bool decode_push_special(const struct decoder *d,
                         const struct struct_desc *type, const uint8_t *bytes,
                         uint64_t size)
{
    if (type == &struct_sockaddr)
        push_sockaddr(d, bytes, size);
    else if (type == &struct_sigset)
        push_sigset(d, bytes, size);
    else if (type == &struct_iovec_in || type == &struct_iovec_out)
        push_iovec(d, bytes);
    else if (type == &struct_cmsghdr)
        push_control(d, bytes, size);
    else if (type == &struct_utsname)
        push_utsname(d, bytes);
    else
        return false;
    return true;
}
