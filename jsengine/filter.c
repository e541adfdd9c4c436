/* filter.c: what is decided about a hook before JavaScript runs. */
#include "jsengine/internal.h"

#include <string.h>
#include <sys/prctl.h>

/* The value of an argument as the kernel looks at it. */
static uint64_t narrow(const struct datum *arg, uint64_t value)
{
    return arg->width == 4 ? (uint32_t)value : value;
}

static bool is_comm(const char *comm)
{
    char mine[sizeof(((struct hook_filter *)0)->comm)] = "";

    prctl(PR_GET_NAME, mine);
    return strncmp(mine, comm, sizeof(mine) - 1) == 0;
}

/* The path as the program gave it, as far as it could be read. */
static bool names_path(const struct syscall_call *call, const char *beginning)
{
    for (unsigned i = 0; i < SYSCALL_ARGS && call->arg[i].kind; i++) {
        const char *path;

        if (call->arg[i].kind != DATUM_PATH)
            continue;
        path = capsule_arg(call->capsule, i, NULL, NULL);
        if (path && strncmp(path, beginning, strlen(beginning)) == 0)
            return true;
    }
    return false;
}

static bool names_fd(const struct syscall_call *call, int fd)
{
    for (unsigned i = 0; i < SYSCALL_ARGS && call->arg[i].kind; i++)
        if ((call->arg[i].kind == DATUM_FD ||
             call->arg[i].kind == DATUM_DIRFD) &&
            (int)call->args[i] == fd)
            return true;
    return false;
}

/* xorshift64*: the same numbers for the same seed, in all processes. */
static double next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)(*state * UINT64_C(0x2545f4914f6cdd1d) >> 11) * 0x1p-53;
}

bool filter_passes(struct hook_filter *f, const struct syscall_call *call)
{
    if (f->comm[0] && !is_comm(f->comm))
        return false;
    if (call) {
        if (f->has_fd && !names_fd(call, f->fd))
            return false;
        if (f->has_mask &&
            (narrow(&call->arg[f->mask_arg], call->args[f->mask_arg]) &
             f->bits) != f->value)
            return false;
        if (f->path[0] && !names_path(call, f->path))
            return false;
    }
    f->seen++;
    if (f->nth && f->seen != f->nth)
        return false;
    if (f->every && f->seen % f->every != 0)
        return false;
    return !f->has_chance || next_random(&f->random) < f->chance;
}
