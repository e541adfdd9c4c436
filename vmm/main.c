/*
 * main.c: layer 5: wires hooks to system calls and the command line to both.
 * Only main() exits.
 */
#include "vmm/call.h"
#include "vmm/doctor.h"
#include "vmm/guard.h"
#include "vmm/options.h"
#include "vmm/place.h"
#include "vmm/profile.h"
#include "vmm/session.h"
#include "vmm/shim.h"
#include "vmm/syscall_list.h"
#include "vmm/util.h"

#include "api/control.h"
#include "api/logsink.h"
#include "api/server.h"
#include "jsengine/engine.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Everything that is loaded before a program can run. */
struct loaded {
    struct profile profile;
    char shim_path[PATH_MAX]; /* where none was named */
    struct shim shim;
    struct engine *engine;
    struct engine_sockets sockets; /* of the configuration */
    struct logsink *sink;
    struct control *control;
};

/* The profile in force; it is written where that was asked for. */
static int load_profile(const struct options *o, struct loaded *l,
                        struct diag *d)
{
    int rc = o->profile ? profile_load(&l->profile, o->profile, d)
                        : profile_default(&l->profile, d);

    l->profile.low_size = min_u64(l->profile.low_size, place_low_size());
    if (rc == 0 && o->dump_machine)
        rc = profile_dump(&l->profile, o->dump_machine, d);
    return rc;
}

static int load_shim(const struct options *o, struct loaded *l, struct diag *d)
{
    int rc;

    if (o->kernel)
        return shim_load(&l->shim, o->kernel, d);
    rc = session_find_shim(l->shim_path, sizeof(l->shim_path), d);
    return rc < 0 ? rc : shim_load(&l->shim, l->shim_path, d);
}

/* What logJson says, once there is where it goes. */
static void log_line(void *ctx, const struct task *task, const char *text,
                     size_t size, bool is_object)
{
    const struct loaded *l = ctx;

    if (l->sink)
        logsink_log(l->sink, task_tid(task), text, size, is_object);
}

/* Only where there may be hooks, now or later: without them no JavaScript
 * exists. */
static int create_engine(const struct options *o, struct loaded *l,
                         struct diag *d)
{
    const struct engine_config config = {
        .heap_bytes = l->profile.hook_heap_size,
        .timeout_ms = l->profile.hook_timeout_ms,
        .policy = l->profile.hook_on_error,
        .print_fd = STDERR_FILENO,
        .log = log_line,
        .log_ctx = l,
    };

    return o->hooks_count || o->config || o->control
               ? engine_create(&l->engine, &config, d)
               : 0;
}

static int load_hooks(const struct options *o, struct loaded *l, struct diag *d)
{
    int rc = create_engine(o, l, d);

    if (rc == 0 && o->config)
        rc = engine_load_config(l->engine, o->config, &l->sockets, d);
    for (size_t i = 0; rc == 0 && i < o->hooks_count; i++)
        rc = engine_load_path(l->engine, o->hooks[i], d);
    return rc;
}

/* The command line's log socket, or the configuration's. */
static int open_log(const struct options *o, struct loaded *l, struct diag *d)
{
    struct logsink_config config = {
        .address = o->log_socket,
        .strace = o->strace,
        .blob_size = o->strace_size,
        .ring_size = o->log_buffer,
    };

    if (!config.address && l->sockets.log[0])
        config.address = l->sockets.log;
    if (config.address)
        return logsink_create(&l->sink, &config, d);
    if (!o->strace)
        return 0;
    diag_set(d, 0, "--strace has nowhere to log to");
    diag_hint(d, "name who listens by --log-socket HOST:PORT");
    return -EINVAL;
}

/* Open the control socket, if one is asked for. The command line has the last
 * word on where. */
static int open_control(const struct options *o, struct loaded *l,
                        struct diag *d)
{
    const struct control_config config = {
        .engine = l->engine,
        .address =
            o->control && o->control[0] ? o->control : l->sockets.runtime,
        .program = o->prog,
    };
    int rc = 0;

    if (o->control || config.address[0])
        rc = control_open(&l->control, &config, d);
    if (rc == 0 && l->control)
        guard_port(control_port(l->control));
    return rc;
}

/* Start the process that serves the session's sockets, where there are any. */
static int start_server(struct loaded *l, struct diag *d)
{
    struct server_source *sources[CONTROL_SOURCES + LOGSINK_SOURCES];
    size_t count = l->control ? control_sources(l->control, sources) : 0;
    int rc;

    if (l->sink)
        count += logsink_sources(l->sink, sources + count);
    rc = count ? server_start(sources, count, d) : 0;
    if (l->control && rc < 0)
        control_withdraw(l->control);
    else if (l->control)
        control_hand_over(l->control);
    if (l->sink)
        logsink_hand_over(l->sink);
    return rc;
}

static void unload(struct loaded *l)
{
    logsink_destroy(l->sink);
    engine_destroy(l->engine);
    shim_free(&l->shim);
}

/* Each of these is one action; it returns the exit status. */

static int dump(const struct options *o, struct diag *d)
{
    struct loaded l = {0};

    return load_profile(o, &l, d) < 0 ? EXIT_MONITOR : 0;
}

static int run(const struct options *o, char *const *argv,
               struct process_end *end, struct diag *d)
{
    struct loaded l = {0};
    int status = EXIT_MONITOR;
    int rc = place_settle(argv, d);

    if (rc == 0)
        rc = load_profile(o, &l, d);
    if (rc == 0)
        rc = load_shim(o, &l, d);
    if (rc == 0)
        rc = load_hooks(o, &l, d);
    if (rc == 0)
        rc = open_log(o, &l, d);
    if (rc == 0)
        rc = open_control(o, &l, d);
    if (rc == 0)
        rc = start_server(&l, d);
    if (rc == 0)
        rc = session_run(&l.shim, &l.profile,
                         l.engine ? engine_hooks(l.engine) : (struct hooks){0},
                         logsink_events(l.sink), o->prog, end, &status, d);
    unload(&l);
    return rc < 0 ? status : end->status;
}

/* Tell how the loading of (name) went; returns whether it failed. */
static bool report(const char *what, const char *name, int rc, struct diag *d)
{
    if (rc == 0) {
        printf("%-8s %s: good\n", what, name);
    } else {
        fflush(stdout);
        diag_print(d);
        *d = (struct diag){0};
    }
    return rc != 0;
}

/* All that would be loaded, as far as it can be: each problem is told. */
static int check(const struct options *o)
{
    uint8_t traced[EVENT_SYSNO_MAX];
    struct loaded l = {0};
    struct diag d = {0};
    int rc = load_profile(o, &l, &d);
    bool bad = report("profile", o->profile ? o->profile : "built in", rc, &d);

    if (bad)
        profile_default(&l.profile, NULL);
    rc = load_shim(o, &l, &d);
    bad |= report("shim", o->kernel ? o->kernel : l.shim_path, rc, &d);
    rc = create_engine(o, &l, &d);
    if (rc < 0)
        bad |= report("hooks", "JavaScript", rc, &d);
    if (l.engine && o->config) {
        rc = engine_load_config(l.engine, o->config, &l.sockets, &d);
        bad |= report("config", o->config, rc, &d);
    }
    for (size_t i = 0; l.engine && i < o->hooks_count; i++) {
        rc = engine_load_path(l.engine, o->hooks[i], &d);
        bad |= report("hooks", o->hooks[i], rc, &d);
    }
    if (o->strace) {
        rc = trace_select(traced, o->strace, &d);
        bad |= report("strace", o->strace, rc, &d);
    }
    unload(&l);
    return bad ? EXIT_MONITOR : 0;
}

static int doctor(const struct options *o, char *const *argv, struct diag *d)
{
    struct loaded l = {0};
    int rc = place_settle(argv, d);

    if (rc == 0)
        rc = doctor_host(stdout, d);
    if (rc == 0)
        rc = load_profile(o, &l, d);
    if (rc == 0)
        rc = load_shim(o, &l, d);
    if (rc == 0)
        rc = doctor_machine(&l.shim, &l.profile, stdout, d);
    doctor_verdict(stdout, rc == 0);
    unload(&l);
    return rc < 0 ? EXIT_MONITOR : 0;
}

int main(int argc, char **argv)
{
    struct process_end end = {0};
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
    case ACTION_DUMP:
        status = dump(&options, &diag);
        break;
    case ACTION_CHECK:
        status = check(&options);
        break;
    case ACTION_DOCTOR:
        status = doctor(&options, argv, &diag);
        break;
    case ACTION_RUN:
        status = run(&options, argv, &end, &diag);
        break;
    }
    /* The program has its own way to standard output; this is ours. */
    if (options.action != ACTION_RUN && fflush(stdout) != 0 && !diag.code) {
        diag_set(&diag, -errno, "cannot write to standard output");
        status = EXIT_MONITOR;
    }
    if (diag.code)
        diag_print(&diag);
    else if (end.diag.code || end.signal)
        process_exit(&end);
    return status;
}
