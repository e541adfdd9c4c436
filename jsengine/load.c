/* load.c: scripts from files and from memory, and all of them again. */
#include "jsengine/internal.h"
#include "jsengine/jsval.h"
#include "jsengine/modern.h"
#include "vmm/readfile.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SCRIPT_MAX (16 * MIB)

struct script {
    const char *source;
    size_t size;
    const char *name;
    char *completion; /* wanted: JSON text of the script's value */
    bool wants_completion;
};

/* The completion value as gWisord's change-state gives it (section 4). */
static void read_completion(duk_context *ctx, struct script *script)
{
    const char *text;
    size_t size;

    if (duk_is_null_or_undefined(ctx, -1)) {
        duk_pop(ctx);
        duk_push_object(ctx);
    }
    duk_json_encode(ctx, -1);
    if (!duk_is_string(ctx, -1)) {
        duk_pop(ctx);
        duk_push_literal(ctx, "null"); /* a function */
    }
    text = jsval_require_utf8(ctx, -1, &size);
    script->completion = strndup(text, size);
}

static duk_ret_t run_script(duk_context *ctx, void *udata)
{
    struct script *script = udata;
    char dir[PATH_MAX];

    module_directory(engine_of(ctx), script->name, dir, sizeof(dir));
    module_push_require(ctx, dir);
    duk_put_global_literal(ctx, "require");
    duk_push_lstring(ctx, script->source, script->size);
    duk_push_string(ctx, script->name);
    duk_compile(ctx, script->wants_completion ? DUK_COMPILE_EVAL : 0);
    duk_call(ctx, 0);
    if (script->wants_completion)
        read_completion(ctx, script);
    return 0;
}

void engine_hint(struct diag *d, const char *what)
{
    if (strstr(what, "SyntaxError"))
        diag_hint(d, "hooks are ECMAScript 5.1: no let, arrow functions, "
                     "classes or template strings");
}

/* The construct in the error's line, where it is one of this script's. */
static void hint_at_line(struct diag *d, const struct script *script,
                         const struct engine_error *error)
{
    size_t n = strlen(script->name);
    char hint[256];

    if (strncmp(error->where, script->name, n) == 0 && error->where[n] == ':' &&
        modern_hint(hint, sizeof(hint), script->source, script->size,
                    error->where, error->what))
        diag_hint(d, "%s", hint);
    else
        engine_hint(d, error->what);
}

int engine_load_source(struct engine *e, const char *source, size_t size,
                       const char *name, struct diag *d)
{
    struct script script = {.source = source, .size = size, .name = name};
    struct engine_error error = {"", ""};
    bool ok;
    int rc;

    engine_lock(e);
    rc = journal_add(e->journal, JOURNAL_SCRIPT, name, source, size);
    ok = rc == 0 && engine_protect(e, run_script, &script, &error);
    engine_unlock(e);
    if (rc < 0)
        return diag_set(d, rc, "hooks %s: no space for so much text", name);
    if (ok)
        return 0;
    rc = diag_set(d, 0, "%s: %s", error.where[0] ? error.where : name,
                  error.what);
    hint_at_line(d, &script, &error);
    return rc;
}

/* Compile only: what has a syntax error must not be remembered. */
static duk_ret_t check_syntax(duk_context *ctx, void *udata)
{
    const struct script *script = udata;

    duk_push_lstring(ctx, script->source, script->size);
    duk_push_string(ctx, script->name);
    duk_compile(ctx, DUK_COMPILE_EVAL);
    return 0;
}

int engine_eval(struct engine *e, const char *source, size_t size, char **out)
{
    char name[32];
    struct script script = {
        .source = source, .size = size, .name = name, .wants_completion = true};
    struct engine_error error = {.what = "no space for so much text"};
    bool ok;

    engine_lock(e);
    snprintf(name, sizeof(name), "control:%llu",
             (unsigned long long)++e->shared->scripts);
    ok = engine_protect(e, check_syntax, &script, &error) &&
         journal_add(e->journal, JOURNAL_SCRIPT, name, source, size) == 0 &&
         engine_protect(e, run_script, &script, &error);
    engine_unlock(e);
    if (ok) {
        *out = script.completion;
        return 0;
    }
    free(script.completion);
    if (asprintf(out, "%s%s%s", error.where, error.where[0] ? ": " : "",
                 error.what) < 0)
        *out = NULL;
    return -EINVAL;
}

/* What fails now failed then, or wants what is lost: the rest counts. */
void engine_replay(struct engine *e)
{
    struct journal_entry entry;
    struct engine_error error;

    for (size_t at = 0; journal_next(e->journal, &at, &entry);) {
        struct script script = {
            .source = entry.text, .size = entry.size, .name = entry.name};

        switch (entry.kind) {
        case JOURNAL_SCRIPT:
            engine_protect(e, run_script, &script, &error);
            break;
        case JOURNAL_CONFIG:
            config_replay(e, &entry);
            break;
        case JOURNAL_REMOVE:
            hookset_remove_keys(e, (const void *)entry.text,
                                entry.size / sizeof(struct engine_hook_key));
            break;
        case JOURNAL_MODULE:
            break; /* require() finds it */
        }
    }
}

static int load_file(struct engine *e, const char *path, struct diag *d)
{
    void *source;
    size_t size;
    int rc = readfile(path, "hooks file", SCRIPT_MAX, &source, &size, d);

    if (rc < 0)
        return rc;
    rc = engine_load_source(e, source, size, path, d);
    free(source);
    return rc;
}

static int is_script(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return entry->d_name[0] != '.' && n > 3 &&
           strcmp(entry->d_name + n - 3, ".js") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_directory(struct engine *e, const char *path, struct diag *d)
{
    struct dirent **names;
    int n = scandir(path, &names, is_script, by_bytes);
    int rc = 0;

    if (n < 0)
        return diag_set(d, -errno, "cannot list hooks directory %s", path);
    if (n == 0)
        rc = diag_set(d, -ENOENT, "no *.js in hooks directory %s", path);
    for (int i = 0; i < n; i++) {
        char file[PATH_MAX];

        snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
        if (rc == 0)
            rc = load_file(e, file, d);
        free(names[i]);
    }
    free(names);
    return rc;
}

int engine_load_path(struct engine *e, const char *path, struct diag *d)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return diag_set(d, -errno, "cannot open hooks %s", path);
    return S_ISDIR(st.st_mode) ? load_directory(e, path, d)
                               : load_file(e, path, d);
}
