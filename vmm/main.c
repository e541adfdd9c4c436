/*
 * main.c: layer 5: wires hooks to system calls and the command line to both.
 * Only main() exits.
 */
#include "vmm/doctor.h"
#include "vmm/options.h"
#include "vmm/profile.h"
#include "vmm/session.h"
#include "vmm/shim.h"
#include "vmm/syscall_list.h"

#include "jsengine/engine.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Everything that is loaded before a program can run. */
struct loaded {
    struct profile profile;
    struct shim shim;
    struct engine *engine;
};

static int load_machine(const struct options *o, struct loaded *l,
                        struct diag *d)
{
    static char shim_path[PATH_MAX];
    int rc = o->profile ? profile_load(&l->profile, o->profile, d)
                        : profile_default(&l->profile, d);

    if (rc == 0 && o->dump_machine)
        rc = profile_dump(&l->profile, o->dump_machine, d);
    if (rc < 0 || o->action == ACTION_DUMP)
        return rc;
    if (!o->kernel)
        rc = session_find_shim(shim_path, sizeof(shim_path), d);
    if (rc == 0)
        rc = shim_load(&l->shim, o->kernel ? o->kernel : shim_path, d);
    return rc;
}

static int load_hooks(const struct options *o, struct loaded *l, struct diag *d)
{
    const struct engine_config config = {
        .heap_bytes = l->profile.hook_heap_size,
        .timeout_ms = l->profile.hook_timeout_ms,
        .policy = l->profile.hook_on_error,
        .print_fd = STDERR_FILENO,
    };
    int rc;

    if (o->hooks_count == 0 && !o->config)
        return 0;
    rc = engine_create(&l->engine, &config, d);
    if (rc == 0 && o->config)
        rc = engine_load_config(l->engine, o->config, d);
    for (size_t i = 0; rc == 0 && i < o->hooks_count; i++)
        rc = engine_load_path(l->engine, o->hooks[i], d);
    return rc;
}

static void unload(struct loaded *l)
{
    engine_destroy(l->engine);
    shim_free(&l->shim);
}

/* What needs shim, profile or hooks. Returns the exit status. */
static int with_machine(const struct options *o, struct session_end *end,
                        struct diag *d)
{
    struct loaded l = {0};
    int status = EXIT_MONITOR;
    int rc = load_machine(o, &l, d);

    if (rc == 0 && o->action != ACTION_DUMP)
        rc = load_hooks(o, &l, d);
    if (rc == 0 && o->action == ACTION_DOCTOR)
        rc = doctor(&l.shim, &l.profile, stdout, d);
    if (rc == 0 && o->action == ACTION_RUN)
        rc = session_run(&l.shim, &l.profile,
                         l.engine ? engine_hooks(l.engine) : (struct hooks){0},
                         o->prog, end, &status, d);
    if (rc == 0 && o->action == ACTION_CHECK)
        puts("microvm-hook: shim, profile, configuration and hooks are good");
    unload(&l);
    return rc < 0 ? status : end->status;
}

int main(int argc, char **argv)
{
    struct session_end end = {0};
    struct options options;
    struct diag diag = {0};
    int status = 0;

    if (options_parse(&options, argc, argv, &diag) < 0) {
        diag_print(&diag);
        return EXIT_MONITOR;
    }
    switch (options.action) {
    case ACTION_HELP:
        options_help(stdout);
        break;
    case ACTION_VERSION:
        puts("microvm-hook " MICROVM_HOOK_VERSION);
        break;
    case ACTION_LIST:
        syscall_list_text(stdout);
        break;
    case ACTION_LIST_JSON:
        syscall_list_json(stdout);
        break;
    default:
        status = with_machine(&options, &end, &diag);
        break;
    }
    /* The program has its own way to standard output; this is ours. */
    if (options.action != ACTION_RUN && fflush(stdout) != 0 && !diag.code) {
        diag_set(&diag, -errno, "cannot write to standard output");
        status = EXIT_MONITOR;
    }
    if (diag.code)
        diag_print(&diag);
    else if (end.signal)
        session_die(end.signal);
    return status;
}
