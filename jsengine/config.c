/*
 * config.c: the configuration file: JSON with comments and with gWisord's keys
 * (old and new names, in any case). What the original passes over in silence is
 * an error here: unknown keys, wrong types, unknown kinds of hooks, missing
 * functions.
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
    struct engine_sockets *sockets;
    char running[64]; /* the source that runs, for what it throws */
};

/* What may be said at the top. */
enum top_key { TOP_HOOKS, TOP_RUNTIME, TOP_LOG };

static const struct {
    const char *name;
    enum top_key key;
} top_keys[] = {
    {"hooks", TOP_HOOKS},
    {"callbacks", TOP_HOOKS},
    {"runtime-socket", TOP_RUNTIME},
    {"log-socket", TOP_LOG},
};

/* What may be said of a hook. */
enum hook_key {
    KEY_SYSNO,
    KEY_ENTRY,
    KEY_SOURCE,
    KEY_TYPE, /* up to here all must be given */
    KEY_POLICY,
    KEY_TIMEOUT,
    KEY_BODY,
    KEY_ARGS,
    HOOK_KEYS
};

static const char *const hook_keys[HOOK_KEYS] = {
    [KEY_SYSNO] = "sysno",   [KEY_ENTRY] = "entry-point",
    [KEY_SOURCE] = "source", [KEY_TYPE] = "type",
    [KEY_POLICY] = "policy", [KEY_TIMEOUT] = "timeout-ms",
    [KEY_BODY] = "body",     [KEY_ARGS] = "args",
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

/* A number, a name, a class, or a list of these. */
static void read_sysno(duk_context *ctx, duk_idx_t value, struct call_set *out)
{
    if (duk_is_number(ctx, value) &&
        duk_get_number(ctx, value) != duk_get_int(ctx, value))
        duk_range_error(ctx, "must be a whole number from 0 to 1023");
    if (!duk_is_number(ctx, value) && !duk_is_string(ctx, value) &&
        !duk_is_array(ctx, value))
        duk_type_error(ctx, "must be a number, a name or a list of these");
    selector_read(ctx, value, out);
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

/* The options that a hook may have besides. */
static void read_options(duk_context *ctx, const duk_idx_t at[HOOK_KEYS],
                         unsigned hook, struct hook_options *out)
{
    double ms;

    if (at[KEY_POLICY])
        out->policy = selector_policy(ctx, at[KEY_POLICY]);
    if (!at[KEY_TIMEOUT])
        return;
    ms = duk_get_number_default(ctx, at[KEY_TIMEOUT], 0);
    if (!(ms >= 1 && ms <= 3600000))
        bad(ctx, hook, hook_keys[KEY_TIMEOUT], "must be 1 to 3600000");
    out->timeout_ms = (uint32_t)ms;
}

/* Leave the values of a hook's keys on the stack, their places in (at). */
static void read_keys(duk_context *ctx, duk_idx_t value, unsigned hook,
                      duk_idx_t at[HOOK_KEYS])
{
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
}

/*
 * Register one hook: its source is compiled once. It runs here, to see that it
 * defines what it is to define, and again at every call (gWisord 1.2).
 */
static void read_hook(duk_context *ctx, struct config *c, duk_idx_t value,
                      unsigned index)
{
    duk_idx_t at[HOOK_KEYS] = {0}; /* 0: not given; the text is there */
    struct hook hook;

    if (!duk_is_object(ctx, value) || duk_is_array(ctx, value))
        duk_error(ctx, DUK_ERR_ERROR, "hooks[%u]: must be an object", index);
    read_keys(ctx, value, index, at);
    hook = hookset_default(c->engine, read_type(ctx, at[KEY_TYPE], index));
    hook.unique = true;
    snprintf(c->running, sizeof(c->running), "hooks[%u].sysno: ", index);
    read_sysno(ctx, at[KEY_SYSNO], &hook.calls);
    c->running[0] = '\0';
    read_options(ctx, at, index, &hook.options);
    require_text(ctx, at[KEY_ENTRY], index, KEY_ENTRY);
    require_text(ctx, at[KEY_SOURCE], index, KEY_SOURCE);
    hook.entry = duk_get_heapptr(ctx, at[KEY_ENTRY]);
    hook.source = duk_get_heapptr(ctx, at[KEY_SOURCE]);

    duk_dup(ctx, at[KEY_SOURCE]);
    duk_push_sprintf(ctx, "%s:hooks[%u].source", c->path, index);
    snprintf(c->running, sizeof(c->running), "hooks[%u].source: ", index);
    duk_compile(ctx, 0);
    hook.program = duk_get_heapptr(ctx, -1);
    duk_dup_top(ctx);
    duk_call(ctx, 0);
    c->running[0] = '\0';
    duk_get_global_string(ctx, duk_get_string(ctx, at[KEY_ENTRY]));
    if (!duk_is_function(ctx, -1))
        bad(ctx, index, "entry-point", "the source defines no such function");
    hookset_add(ctx, &hook);
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

static void read_socket(duk_context *ctx, duk_idx_t value, const char *name,
                        char *out)
{
    const char *text = duk_get_string_default(ctx, value, NULL);

    if (!text)
        duk_error(ctx, DUK_ERR_ERROR, "%s: must be a string HOST:PORT", name);
    if (duk_get_length(ctx, value) >= ENGINE_ADDRESS_MAX)
        duk_error(ctx, DUK_ERR_ERROR, "%s: is too long", name);
    snprintf(out, ENGINE_ADDRESS_MAX, "%s", text);
}

static void read_key(duk_context *ctx, struct config *c, const char *name,
                     duk_idx_t value)
{
    size_t i = 0;

    while (i < ARRAY_SIZE(top_keys) && strcasecmp(top_keys[i].name, name) != 0)
        i++;
    if (i == ARRAY_SIZE(top_keys))
        duk_error(ctx, DUK_ERR_ERROR, "%s: unknown key", name);
    switch (top_keys[i].key) {
    case TOP_HOOKS:
        read_hooks(ctx, c, value, name);
        break;
    case TOP_RUNTIME:
        read_socket(ctx, value, name, c->sockets->runtime);
        break;
    case TOP_LOG:
        read_socket(ctx, value, name, c->sockets->log);
        break;
    }
}

/*
 * JSON has no comments; this file does, as JavaScript's: they become blanks, so
 * that the parser's places stay right.
 */
static void blank_comments(char *text)
{
    bool in_string = false;

    for (char *at = text; *at; at++) {
        const char *end;

        if (*at == '"')
            in_string = !in_string;
        else if (in_string && at[0] == '\\' && at[1])
            at++;
        if (in_string || at[0] != '/' || (at[1] != '/' && at[1] != '*'))
            continue;
        end = strstr(at + 2, at[1] == '/' ? "\n" : "*/");
        end = !end ? at + strlen(at) : end + (at[1] == '/' ? 0 : 2);
        for (; at < end; at++)
            if (*at != '\n')
                *at = ' ';
        at--;
    }
}

static duk_ret_t read_config(duk_context *ctx, void *udata)
{
    struct config *c = udata;
    char *copy = duk_push_fixed_buffer(ctx, c->size + 1);
    duk_idx_t root;

    memcpy(copy, c->text, c->size);
    blank_comments(copy);
    jsval_push_text(ctx, copy, c->size);
    duk_json_decode(ctx, -1);
    root = duk_get_top_index(ctx);
    if (!duk_is_object(ctx, root) || duk_is_array(ctx, root))
        duk_error(ctx, DUK_ERR_ERROR, "must be a JSON object");
    duk_enum(ctx, root, DUK_ENUM_OWN_PROPERTIES_ONLY);
    while (duk_next(ctx, -1, 1)) {
        read_key(ctx, c, duk_get_string(ctx, -2), duk_get_top_index(ctx));
        duk_pop_2(ctx);
    }
    return 0;
}

int engine_load_config_text(struct engine *e, const char *text, size_t size,
                            const char *path, struct engine_sockets *sockets,
                            struct diag *d)
{
    struct config c = {e, path, text, size, sockets, ""};
    struct engine_error error = {"", ""};
    bool ok;
    int rc;

    *sockets = (struct engine_sockets){0};
    engine_lock(e);
    rc = journal_add(e->journal, JOURNAL_CONFIG, path, text, size);
    ok = rc == 0 && engine_protect(e, read_config, &c, &error);
    engine_unlock(e);
    if (rc < 0)
        return diag_set(d, rc, "configuration %s: no space for it", path);
    if (ok)
        return 0;
    rc = diag_set(d, 0, "configuration %s: %s%s%s%s", path, c.running,
                  error.where, error.where[0] ? ": " : "", error.what);
    if (c.running[0]) /* else it is the JSON */
        engine_hint(d, error.what);
    return rc;
}

void config_replay(struct engine *e, const struct journal_entry *entry)
{
    struct engine_sockets ignored;
    struct config c = {e, entry->name, entry->text, entry->size, &ignored, ""};
    struct engine_error error;

    engine_protect(e, read_config, &c, &error);
}

int engine_load_config(struct engine *e, const char *path,
                       struct engine_sockets *sockets, struct diag *d)
{
    void *text;
    size_t size;
    int rc = readfile(path, "configuration", CONFIG_MAX, &text, &size, d);

    if (rc < 0)
        return rc;
    rc = engine_load_config_text(e, text, size, path, sockets, d);
    free(text);
    return rc;
}
