/*
 * config.c: the configuration file: JSON with gWisord's keys (old and new
 * names, in any case). What the original passes over in silence is an error
 * here: unknown keys, wrong types, unknown kinds of hooks, missing functions.
 */
#include "jsengine/internal.h"
#include "jsengine/jsval.h"
#include "vmm/readfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONFIG_MAX MIB

/* A configuration on its way; errors are thrown with (at) in front. */
struct config {
    struct engine *engine;
    const char *path;
    const char *text;
    size_t size;
    char running[64]; /* the source that runs, for what it throws */
};

/* What may be said at the top. */
enum top_key { TOP_HOOKS, TOP_SOCKET };

static const struct {
    const char *name;
    enum top_key key;
} top_keys[] = {
    {"hooks", TOP_HOOKS},
    {"callbacks", TOP_HOOKS},
    {"runtime-socket", TOP_SOCKET},
    {"log-socket", TOP_SOCKET},
};

/* What may be said of a hook. */
enum hook_key {
    KEY_SYSNO,
    KEY_ENTRY,
    KEY_SOURCE,
    KEY_TYPE,
    KEY_BODY,
    KEY_ARGS,
    HOOK_KEYS
};

static const char *const hook_keys[HOOK_KEYS] = {
    [KEY_SYSNO] = "sysno", [KEY_ENTRY] = "entry-point", [KEY_SOURCE] = "source",
    [KEY_TYPE] = "type",   [KEY_BODY] = "body",         [KEY_ARGS] = "args",
};

/* Throw "hooks[2].sysno: reason". */
static void bad(duk_context *ctx, unsigned hook, const char *key,
                const char *reason)
{
    duk_error(ctx, DUK_ERR_ERROR, "hooks[%u].%s: %s", hook, key, reason);
}

static enum hook_key hook_key_of(duk_context *ctx, unsigned hook,
                                 const char *name)
{
    for (unsigned k = 0; k < HOOK_KEYS; k++)
        if (strcasecmp(name, hook_keys[k]) == 0)
            return k;
    bad(ctx, hook, name, "unknown key");
    return HOOK_KEYS;
}

static unsigned read_sysno(duk_context *ctx, duk_idx_t value, unsigned hook)
{
    double number;
    int by_name;

    if (duk_is_string(ctx, value)) {
        by_name = syscall_number(duk_get_string(ctx, value));
        if (by_name < 0)
            bad(ctx, hook, "sysno", "no system call has this name");
        return (unsigned)by_name;
    }
    if (!duk_is_number(ctx, value))
        bad(ctx, hook, "sysno", "must be a number or a name");
    number = duk_get_number(ctx, value);
    if (!(number >= 0 && number < HOOK_SYSNO_MAX) ||
        number != (double)(unsigned)number)
        bad(ctx, hook, "sysno", "must be a whole number from 0 to 1023");
    return (unsigned)number;
}

static enum phase read_type(duk_context *ctx, duk_idx_t value, unsigned hook)
{
    const char *type = duk_get_string_default(ctx, value, "");

    if (strcmp(type, "before") != 0 && strcmp(type, "after") != 0)
        bad(ctx, hook, "type", "must be \"before\" or \"after\"");
    return strcmp(type, "before") == 0 ? PHASE_BEFORE : PHASE_AFTER;
}

static void require_text(duk_context *ctx, duk_idx_t value, unsigned hook,
                         enum hook_key key)
{
    if (!duk_is_string(ctx, value) || duk_get_length(ctx, value) == 0)
        bad(ctx, hook, hook_keys[key], "must be a string that is not empty");
}

/*
 * Register one hook: its source runs once, here, in the global scope; then the
 * function that it is to have defined is taken.
 */
static void read_hook(duk_context *ctx, struct config *c, duk_idx_t value,
                      unsigned hook)
{
    duk_idx_t at[HOOK_KEYS] = {0}; /* 0: not given; the text is there */
    enum phase phase;
    unsigned sysno;

    if (!duk_is_object(ctx, value) || duk_is_array(ctx, value))
        duk_error(ctx, DUK_ERR_ERROR, "hooks[%u]: must be an object", hook);
    duk_enum(ctx, value, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (duk_next(ctx, -1, 1)) {
        enum hook_key key = hook_key_of(ctx, hook, duk_get_string(ctx, -2));

        duk_remove(ctx, -2);
        /* The value goes below the enumerator and stays there. */
        duk_insert(ctx, -2);
        at[key] = duk_get_top(ctx) - 2;
    }
    for (unsigned k = 0; k <= KEY_TYPE; k++)
        if (!at[k])
            bad(ctx, hook, hook_keys[k], "is missing");
    sysno = read_sysno(ctx, at[KEY_SYSNO], hook);
    phase = read_type(ctx, at[KEY_TYPE], hook);
    require_text(ctx, at[KEY_ENTRY], hook, KEY_ENTRY);
    require_text(ctx, at[KEY_SOURCE], hook, KEY_SOURCE);

    duk_dup(ctx, at[KEY_SOURCE]);
    duk_push_sprintf(ctx, "%s:hooks[%u].source", c->path, hook);
    snprintf(c->running, sizeof(c->running), "hooks[%u].source: ", hook);
    duk_compile(ctx, 0);
    duk_call(ctx, 0);
    c->running[0] = '\0';
    duk_get_global_string(ctx, duk_get_string(ctx, at[KEY_ENTRY]));
    if (!duk_is_function(ctx, -1))
        bad(ctx, hook, "entry-point", "the source defines no such function");
    hookset_put(c->engine, sysno, phase);
}

static void read_hooks(duk_context *ctx, struct config *c, duk_idx_t list,
                       const char *name)
{
    duk_size_t count = duk_get_length(ctx, list);

    if (!duk_is_array(ctx, list))
        duk_error(ctx, DUK_ERR_ERROR, "%s: must be a list", name);
    for (duk_size_t i = 0; i < count; i++) {
        duk_idx_t top = duk_get_top(ctx);

        duk_get_prop_index(ctx, list, (duk_uarridx_t)i);
        read_hook(ctx, c, duk_get_top_index(ctx), (unsigned)i);
        duk_set_top(ctx, top);
    }
}

static void read_socket(duk_context *ctx, duk_idx_t value, const char *name)
{
    if (!duk_is_string(ctx, value))
        duk_error(ctx, DUK_ERR_ERROR, "%s: must be a string HOST:PORT", name);
    if (duk_get_length(ctx, value) > 0)
        duk_error(ctx, DUK_ERR_ERROR,
                  "%s: this version has no sockets; leave it empty", name);
}

static duk_ret_t read_config(duk_context *ctx, void *udata)
{
    struct config *c = udata;
    duk_idx_t root;

    jsval_push_text(ctx, c->text, c->size);
    duk_json_decode(ctx, -1);
    root = duk_get_top_index(ctx);
    if (!duk_is_object(ctx, root) || duk_is_array(ctx, root))
        duk_error(ctx, DUK_ERR_ERROR, "must be a JSON object");
    duk_enum(ctx, root, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (duk_next(ctx, -1, 1)) {
        const char *name = duk_get_string(ctx, -2);
        size_t i = 0;

        while (i < ARRAY_SIZE(top_keys) &&
               strcasecmp(top_keys[i].name, name) != 0)
            i++;
        if (i == ARRAY_SIZE(top_keys))
            duk_error(ctx, DUK_ERR_ERROR, "%s: unknown key", name);
        if (top_keys[i].key == TOP_HOOKS)
            read_hooks(ctx, c, duk_get_top_index(ctx), name);
        else
            read_socket(ctx, duk_get_top_index(ctx), name);
        duk_pop_2(ctx);
    }
    return 0;
}

int engine_load_config_text(struct engine *e, const char *text, size_t size,
                            const char *path, struct diag *d)
{
    struct config c = {e, path, text, size, ""};
    struct engine_error error;
    int rc;

    if (engine_run(e, read_config, &c, &error))
        return 0;
    rc = diag_set(d, 0, "configuration %s: %s%s%s%s", path, c.running,
                  error.where, error.where[0] ? ": " : "", error.what);
    if (c.running[0]) /* else it is the JSON */
        engine_hint(d, error.what);
    return rc;
}

int engine_load_config(struct engine *e, const char *path, struct diag *d)
{
    void *text;
    size_t size;
    int rc = readfile(path, "configuration", CONFIG_MAX, &text, &size, d);

    if (rc < 0)
        return rc;
    rc = engine_load_config_text(e, text, size, path, d);
    free(text);
    return rc;
}
