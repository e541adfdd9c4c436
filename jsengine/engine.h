/*
 * engine.h: one JavaScript world and its hooks. Layer 3; what main.c uses.
 */
#ifndef JSENGINE_ENGINE_H
#define JSENGINE_ENGINE_H

#include "vmm/diag.h"
#include "vmm/hook.h"
#include "vmm/profile.h"

#include <stddef.h>
#include <stdint.h>

struct engine;

struct engine_config {
    size_t heap_bytes;       /* limit of the JavaScript heap */
    uint32_t timeout_ms;     /* longest run of one hook or script */
    enum hook_policy policy; /* what a failing hook means for its call */
    int print_fd;            /* where print and hook errors go; duplicated */
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

/*
 * Register the hooks of the configuration file (path); gWisord's format, see
 * docs/hooks.md. Returns 0 or a negative errno, (d) naming file, key, reason.
 */
int engine_load_config(struct engine *engine, const char *path, struct diag *d);

/* The same from memory; (path) stands for its file. */
int engine_load_config_text(struct engine *engine, const char *text,
                            size_t size, const char *path, struct diag *d);

/* What dispatch needs. Valid until engine_destroy. */
struct hooks engine_hooks(struct engine *engine);

/* Hooks that failed since engine_create. */
uint64_t engine_hook_errors(const struct engine *engine);

#endif
