/* acc_process.c: accessors to what the process has: ids, threads, descriptors.
 */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"
#include "vmm/inspect.h"
#include "vmm/xlat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define GROUPS_MAX 1024 /* of one session; more are not told */
#define SPARE      64   /* begun or opened by other threads meanwhile */

static void put_number(duk_context *ctx, const char *name, double value)
{
    duk_push_number(ctx, value);
    duk_put_prop_string(ctx, -2, name);
}

static void push_ids(duk_context *ctx, const pid_t *ids, size_t n)
{
    duk_push_array(ctx);
    for (size_t i = 0; i < n; i++) {
        duk_push_int(ctx, ids[i]);
        duk_put_prop_index(ctx, -2, (duk_uarridx_t)i);
    }
}

/* --- descriptors --- */

/* "rwxr--r--" */
static void push_mode(duk_context *ctx, unsigned mode)
{
    char text[10] = "rwxrwxrwx";

    for (unsigned i = 0; i < 9; i++)
        if (!(mode & (0400u >> i)))
            text[i] = '-';
    duk_push_string(ctx, text);
}

/* Whether a flag of more bits, which is set, has this one in it. */
static bool covered(unsigned flags, uint64_t bits)
{
    for (const struct xlat_entry *e = xlat_open_flags.entry; e->name; e++)
        if (e->value != bits && (e->value & bits) == bits &&
            (flags & e->value) == e->value)
            return true;
    return false;
}

/* "O_RDWR|O_APPEND": the access mode first, what has no name as 0x... */
static void push_flags(duk_context *ctx, unsigned flags)
{
    static const char *const modes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR",
                                        "O_ACCMODE"};
    char text[512];
    size_t at =
        (size_t)snprintf(text, sizeof(text), "%s", modes[flags & O_ACCMODE]);
    unsigned rest = flags & ~(unsigned)O_ACCMODE;

    for (const struct xlat_entry *e = xlat_open_flags.entry; e->name; e++) {
        if (e->value <= O_ACCMODE || (flags & e->value) != e->value ||
            covered(flags, e->value))
            continue;
        at += (size_t)snprintf(text + at, sizeof(text) - at, "|%s", e->name);
        rest &= ~(unsigned)e->value;
    }
    if (rest)
        snprintf(text + at, sizeof(text) - at, "|0x%x", rest);
    duk_push_string(ctx, text);
}

static void push_fd(duk_context *ctx, const struct fd_info *fd)
{
    unsigned access = (unsigned)fd->flags & O_ACCMODE;
    bool path_only = fd->flags & O_PATH;

    duk_push_object(ctx);
    duk_push_int(ctx, fd->fd);
    jsval_put_both(ctx, "Fd", "FD");
    jsval_push_text(ctx, fd->name, strlen(fd->name));
    jsval_put_both(ctx, "Name", "Path");
    push_mode(ctx, fd->mode);
    duk_put_prop_literal(ctx, -2, "Mode");
    push_flags(ctx, (unsigned)fd->flags);
    duk_put_prop_literal(ctx, -2, "Flags");
    put_number(ctx, "Nlinks", (double)fd->links);
    duk_push_boolean(ctx, access != O_WRONLY && !path_only);
    jsval_put_both(ctx, "Readble", "Readable");
    duk_push_boolean(ctx, access != O_RDONLY && !path_only);
    duk_put_prop_literal(ctx, -2, "Writable");
}

duk_ret_t acc_get_fd_info(duk_context *ctx)
{
    int fd = (int)jsval_require_u64(ctx, 0, "fd");
    struct fd_info info;

    engine_task(ctx);
    if (inspect_fd(fd, &info) < 0)
        return duk_error(ctx, DUK_ERR_ERROR, "bad file descriptor %d", fd);
    push_fd(ctx, &info);
    return 1;
}

duk_ret_t acc_get_fds_info(duk_context *ctx)
{
    struct fd_info info;
    duk_uarridx_t at = 0;
    ssize_t n;
    size_t max;
    int *fds;

    engine_task(ctx);
    n = inspect_fds(NULL, 0);
    if (n < 0)
        return jsval_throw_errno(ctx, (int)-n);
    max = (size_t)n + SPARE;
    fds = duk_push_fixed_buffer(ctx, max * sizeof(*fds));
    n = inspect_fds(fds, max);
    duk_push_array(ctx);
    for (ssize_t i = 0; i < n && i < (ssize_t)max; i++) {
        if (inspect_fd(fds[i], &info) < 0)
            continue; /* closed by another thread */
        push_fd(ctx, &info);
        duk_put_prop_index(ctx, -2, at++);
    }
    return 1;
}

/* --- ids --- */

duk_ret_t acc_get_pid_info(duk_context *ctx)
{
    pid_t groups[GROUPS_MAX];
    struct pid_info info;
    ssize_t n;

    engine_task(ctx);
    inspect_pid(&info);
    n = inspect_groups(info.sid, groups, GROUPS_MAX);
    if (n < 0)
        return jsval_throw_errno(ctx, (int)-n);
    duk_push_object(ctx);
    put_number(ctx, "PID", info.pid);
    put_number(ctx, "GID", info.gid);
    put_number(ctx, "UID", info.uid);
    duk_push_object(ctx);
    put_number(ctx, "SessionID", info.sid);
    put_number(ctx, "PGID", info.pgid);
    put_number(ctx, "ForegroundID", info.foreground);
    push_ids(ctx, groups, (size_t)n);
    duk_put_prop_literal(ctx, -2, "OtherPGIDs");
    duk_put_prop_literal(ctx, -2, "Session");
    return 1;
}

duk_ret_t acc_get_thread_info(duk_context *ctx)
{
    struct task *task = engine_task(ctx);
    pid_t tid = duk_get_top(ctx) ? (pid_t)jsval_require_range(ctx, 0, INT32_MIN,
                                                              INT32_MAX, "tid")
                                 : task_tid(task);
    pid_t pid = 0;
    ssize_t n = inspect_threads(task, tid, &pid, NULL, 0);
    size_t max = (size_t)n + SPARE;
    pid_t *ids;

    if (n < 0)
        return duk_error(ctx, DUK_ERR_ERROR, "no such task %d", (int)tid);
    ids = duk_push_fixed_buffer(ctx, max * sizeof(*ids));
    n = inspect_threads(task, tid, &pid, ids, max);
    duk_push_object(ctx);
    put_number(ctx, "TID", tid);
    put_number(ctx, "TGID", pid);
    push_ids(ctx, ids, n < 0 ? 0 : min_u64((uint64_t)n, max));
    duk_put_prop_literal(ctx, -2, "TIDsInTg");
    return 1;
}
