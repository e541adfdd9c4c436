/*
 * syscall_lookup.c: finding rows and variants, and the names of what rows are
 * made of.
 */
#include "vmm/syscall.h"

#include <errno.h>
#include <string.h>

const struct syscall_desc *syscall_row(uint64_t sysno)
{
    if (sysno >= SYSCALL_MAX || syscall_table[sysno].route == ROUTE_NONE)
        return NULL;
    return &syscall_table[sysno];
}

int syscall_number(const char *name)
{
    int i;

    for (i = 0; i < SYSCALL_MAX; i++)
        if (syscall_table[i].name != NULL &&
            strcmp(syscall_table[i].name, name) == 0)
            return i;
    return -ENOENT;
}

/* The bits of argument (i) that count. */
static uint64_t selector(const struct syscall_desc *row,
                         const uint64_t args[SYSCALL_ARGS], unsigned i)
{
    return row->arg[i].width < 8 ? (uint32_t)args[i] : args[i];
}

const struct syscall_variant *syscall_variant(const struct syscall_desc *row,
                                              const uint64_t args[SYSCALL_ARGS])
{
    const struct syscall_variant *v;
    uint64_t key;

    if (row->variants == NULL)
        return NULL;
    key = selector(row, args, row->select);
    if (row->select2 != 0)
        key = key << 32 | selector(row, args, row->select2);
    for (v = row->variants; v->name != NULL; v++)
        if ((key & (v->mask != 0 ? v->mask : UINT64_MAX)) == v->key)
            return v;
    return NULL;
}

/* --- names --- */

static const char *name_of(const char *const *names, size_t count, unsigned i)
{
    return i < count && names[i] != NULL ? names[i] : "?";
}
#define NAME_OF(names_, i_) name_of(names_, ARRAY_SIZE(names_), i_)

const char *syscall_route_name(unsigned route)
{
    static const char *const names[] = {
        [ROUTE_NONE] = "none",
        [ROUTE_PASS] = "pass",
        [ROUTE_EMULATE] = "emulate",
        [ROUTE_REFUSE] = "refuse",
    };

    return NAME_OF(names, route);
}

const char *syscall_restart_name(unsigned restart)
{
    static const char *const names[] = {
        [RESTART_NEVER] = "never",
        [RESTART_SA] = "sa_restart",
        [RESTART_BLOCK] = "restart_block",
        [RESTART_ALWAYS] = "always",
    };

    return NAME_OF(names, restart);
}

const char *syscall_ret_name(unsigned ret)
{
    static const char *const names[] = {
        [RET_ZERO] = "zero", [RET_INT] = "int",   [RET_COUNT] = "count",
        [RET_FD] = "fd",     [RET_PID] = "pid",   [RET_GVA] = "gva",
        [RET_HEX] = "hex",   [RET_NONE] = "none",
    };

    return NAME_OF(names, ret);
}

const char *syscall_group_name(unsigned i)
{
    /* In the order of the GROUP_* bits. */
    static const char *const names[] = {
        "file",   "desc", "process", "network", "signal", "ipc",
        "memory", "time", "creds",   "sched",   "system",
    };
    _Static_assert(ARRAY_SIZE(names) == GROUP_COUNT, "a name a group");

    return NAME_OF(names, i);
}

const char *datum_kind_name(unsigned kind)
{
    static const char *const names[] = {
        [DATUM_NONE] = "none",     [DATUM_INT] = "int",
        [DATUM_UINT] = "uint",     [DATUM_HEX] = "hex",
        [DATUM_OFFSET] = "offset", [DATUM_FD] = "fd",
        [DATUM_DIRFD] = "dirfd",   [DATUM_PID] = "pid",
        [DATUM_UID] = "uid",       [DATUM_GID] = "gid",
        [DATUM_MODE] = "mode",     [DATUM_SIGNO] = "signo",
        [DATUM_DEV] = "dev",       [DATUM_FLAGS] = "flags",
        [DATUM_ENUM] = "enum",     [DATUM_GVA] = "gva",
        [DATUM_BUF] = "buf",       [DATUM_STRING] = "string",
        [DATUM_PATH] = "path",     [DATUM_STRUCT] = "struct",
        [DATUM_STRV] = "strv",
    };
    _Static_assert(ARRAY_SIZE(names) == DATUM_KINDS, "a name a kind");

    return NAME_OF(names, kind);
}

const char *errno_name(int err)
{
    return err > 0 ? strerrorname_np(err) : NULL;
}
