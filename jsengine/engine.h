/*
 * engine.h: one JavaScript world and its hooks. Layer 3; what main.c uses.
 */
#ifndef JSENGINE_ENGINE_H
#define JSENGINE_ENGINE_H

#include "vmm/diag.h"
#include "vmm/hook.h"
#include "vmm/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;
struct task;

#define ENGINE_ADDRESS_MAX 280 /* a host's name of 255, a port */

struct engine_config {
    size_t heap_bytes;       /* limit of the JavaScript heap */
    uint32_t timeout_ms;     /* of processor time, for a hook or script */
    enum hook_policy policy; /* what a failing hook means for its call */
    int print_fd;            /* where print and hook errors go; duplicated */
    /* Where logJson goes; NULL: nowhere. The JSON text of an object, without a
     * member LogPrefix, or any text, logged in a hook of (task). */
    void (*log)(void *ctx, const struct task *task, const char *text,
                size_t size, bool is_object);
    void *log_ctx;
};

/* Returns 0, -ENOMEM, or -EMFILE; (d) set. */
int engine_create(struct engine **out, const struct engine_config *config,
                  struct diag *d);
void engine_destroy(struct engine *engine);

/*
 * Run the script (path), or every *.js of the directory (path) in byte order
 * of their names. Scripts register hooks.
 * Returns 0 or a negative errno, (d) set: "FILE:LINE: message" for errors in
 * the script.
 */
int engine_load_path(struct engine *engine, const char *path, struct diag *d);

/*
 * Run a script from memory; (name) stands for its file.
 * Returns 0 or -EINVAL, (d) set.
 */
int engine_load_source(struct engine *engine, const char *source, size_t size,
                       const char *name, struct diag *d);

/* What else a configuration file says: addresses HOST:PORT, or "". */
struct engine_sockets {
    char runtime[ENGINE_ADDRESS_MAX];
    char log[ENGINE_ADDRESS_MAX];
};

/*
 * Register the hooks of the configuration file (path); gWisord's format, see
 * docs/hooks.md. Returns 0 or a negative errno, (d) naming file, key, reason.
 */
int engine_load_config(struct engine *engine, const char *path,
                       struct engine_sockets *sockets, struct diag *d);

/* The same from memory; (path) stands for its file. */
int engine_load_config_text(struct engine *engine, const char *text,
                            size_t size, const char *path,
                            struct engine_sockets *sockets, struct diag *d);

/* What dispatch needs. Valid until engine_destroy. */
struct hooks engine_hooks(struct engine *engine);

/* Hooks that failed since engine_create, in all processes. */
uint64_t engine_hook_errors(const struct engine *engine);

/* --- while programs run, from any process of the session --- */

/*
 * Run the script (source) of (size) bytes in the world, as gWisord's
 * change-state. Returns 0, (*out) the JSON text of its completion value, "{}"
 * for undefined and null; or -EINVAL, (*out) what it threw, with its place.
 * What it did before stays done. (*out) is to be freed; NULL where there is no
 * memory.
 */
int engine_eval(struct engine *engine, const char *source, size_t size,
                char **out);

/* What a hook is registered for. */
struct engine_hook_key {
    unsigned sysno;
    bool after;
};

/* A hook as gWisord describes it (1.1, Self-description). */
struct engine_hook_info {
    struct engine_hook_key key;
    const char *entry_point; /* "" for an anonymous function */
    const char *source;      /* the script of a configuration, else (body) */
    const char *body;        /* the function's text; "unknown" if it is not */
    char *const *args;       /* names of the parameters */
    size_t args_count;
};

/*
 * Call (fn) for every hook and every number that it is for: first all before
 * hooks, then all after hooks. What (info) points to is valid in that call.
 * Returns 0 or -ENOMEM.
 */
int engine_list_hooks(struct engine *engine,
                      void (*fn)(void *ctx,
                                 const struct engine_hook_info *info),
                      void *ctx);

/*
 * Remove the hooks of all (keys), or none. Returns 0; -ENOENT: there is no hook
 * for (keys)[(*missing)]; -ENOSPC: the session's journal is full.
 */
int engine_remove_hooks(struct engine *engine,
                        const struct engine_hook_key *keys, size_t count,
                        size_t *missing);

/* Returns 0 or -ENOSPC, as above. */
int engine_remove_all(struct engine *engine);

#endif
