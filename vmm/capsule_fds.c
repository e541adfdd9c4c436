/*
 * capsule_fds.c: descriptors and socket addresses named inside captured
 * structures and control messages. Dispatch checks those in registers itself.
 */
#include "vmm/capsule_internal.h"
#include "vmm/structs.h"

#include <sys/socket.h>

/* Descriptors in SCM_RIGHTS messages, unix(7), cmsg(3). */
static bool in_control(const struct part *p, bool (*match)(int fd))
{
    uint64_t at = 0;

    while (at + sizeof(struct cmsghdr) <= p->len) {
        struct cmsghdr head;
        uint64_t end;

        memcpy(&head, p->host + at, sizeof(head));
        if (head.cmsg_len < sizeof(head) || head.cmsg_len > p->len - at)
            return false; /* the host kernel stops here too: EINVAL */
        end = at + head.cmsg_len;
        if (head.cmsg_level == SOL_SOCKET && head.cmsg_type == SCM_RIGHTS) {
            for (uint64_t i = at + CMSG_LEN(0); i + sizeof(int) <= end;
                 i += sizeof(int)) {
                int fd;

                memcpy(&fd, p->host + i, sizeof(fd));
                if (match(fd))
                    return true;
            }
        }
        at += CMSG_ALIGN(head.cmsg_len);
    }
    return false;
}

static bool in_fields(const struct capsule *cap, const struct part *p,
                      bool (*match)(int fd))
{
    for (uint64_t e = 0; e < p->count; e++) {
        for (unsigned i = 0; i < p->fields; i++) {
            const struct datum *field = &p->field[i];
            int fd;

            if ((field->kind != DATUM_FD && field->kind != DATUM_DIRFD) ||
                !part_has_field(cap, p, i, sizeof(fd)))
                continue;
            memcpy(&fd, p->host + part_slot(cap, p, e, i), sizeof(fd));
            if (match(fd))
                return true;
        }
    }
    return false;
}

bool capsule_names_fd(const struct capsule *cap, bool (*match)(int fd))
{
    for (const struct part *p = cap->parts; p; p = p->next) {
        const struct struct_desc *type = p->datum ? p->datum->type : NULL;

        /* Waiting for a descriptor tells nothing and changes nothing. */
        if (!p->live || !type || type == &struct_pollfd)
            continue;
        if (type == &struct_cmsghdr ? in_control(p, match)
                                    : in_fields(cap, p, match))
            return true;
    }
    return false;
}

bool capsule_names_address(const struct capsule *cap,
                           bool (*match)(const void *address, size_t size))
{
    for (const struct part *p = cap->parts; p; p = p->next)
        if (p->live && p->datum && p->datum->type == &struct_sockaddr &&
            match(p->host, p->len))
            return true;
    return false;
}
