/*
 * module.c: require(): CommonJS modules from files beside the scripts. A module
 * is read once; its text is in the journal, so that a world that is made anew
 * finds what it was made from.
 */
#include "jsengine/internal.h"
#include "vmm/readfile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULE_MAX (16 * MIB)

void module_directory(const struct engine *e, const char *path, char *out,
                      size_t size)
{
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 0;

    if (*path == '/')
        snprintf(out, size, "%.*s", length, path);
    else
        snprintf(out, size, "%s/%.*s", e->cwd, length, path);
}

/* The journal's text of (path); read from the file where it has none. */
static void find_text(duk_context *ctx, const char *path,
                      struct journal_entry *out)
{
    struct engine *e = engine_of(ctx);
    struct diag d = {0};
    void *text;
    size_t size;
    int rc;

    if (journal_find(e->journal, JOURNAL_MODULE, path, out))
        return;
    if (readfile(path, "module", MODULE_MAX, &text, &size, &d) < 0)
        duk_error(ctx, DUK_ERR_ERROR, "%s", d.text);
    rc = journal_add(e->journal, JOURNAL_MODULE, path, text, size);
    free(text);
    if (rc < 0 || !journal_find(e->journal, JOURNAL_MODULE, path, out))
        duk_error(ctx, DUK_ERR_ERROR, "no space for module %s", path);
}

/* Push the list of modules: path to module. */
static void push_modules(duk_context *ctx)
{
    duk_push_heap_stash(ctx);
    if (!duk_get_prop_literal(ctx, -1, "modules")) {
        duk_pop(ctx);
        duk_push_bare_object(ctx);
        duk_dup_top(ctx);
        duk_put_prop_literal(ctx, -3, "modules");
    }
    duk_remove(ctx, -2);
}

/* Run the module (path); its object "module" is at the top of the stack. */
static void run_module(duk_context *ctx, const char *path)
{
    struct journal_entry entry;
    char dir[PATH_MAX];

    find_text(ctx, path, &entry);
    module_directory(engine_of(ctx), path, dir, sizeof(dir));
    /* On the first line, so that lines are those of the file. */
    duk_push_literal(ctx, "(function (exports, require, module) {");
    duk_push_lstring(ctx, entry.text, entry.size);
    duk_push_literal(ctx, "\n})");
    duk_concat(ctx, 3);
    duk_push_string(ctx, path);
    duk_compile(ctx, DUK_COMPILE_EVAL);
    duk_call(ctx, 0);
    duk_get_prop_literal(ctx, -2, "exports");
    module_push_require(ctx, dir);
    duk_dup(ctx, -4);
    duk_call(ctx, 3);
    duk_pop(ctx);
}

/* The path without "." and "..", as far as its text tells. */
static void without_dots(const char *path, char *out)
{
    size_t n = 0;

    while (*path) {
        size_t part = strcspn(path, "/");

        if (part == 2 && strncmp(path, "..", 2) == 0) {
            while (n && out[--n] != '/')
                ;
        } else if (part && !(part == 1 && *path == '.')) {
            out[n++] = '/';
            memcpy(out + n, path, part);
            n += part;
        }
        path += part + (path[part] == '/');
    }
    out[n] = '\0';
}

/*
 * The name of the module (id), which is asked for from (dir): an absolute path
 * without dots. Links are not resolved: what the journal has is found by the
 * same name whatever became of the files.
 */
static void resolve(duk_context *ctx, const char *dir, const char *id,
                    char out[PATH_MAX])
{
    size_t n = strlen(id);
    const char *suffix = n > 3 && strcmp(id + n - 3, ".js") == 0 ? "" : ".js";
    struct journal_entry known;
    char joined[PATH_MAX];

    if (strncmp(id, "./", 2) != 0 && strncmp(id, "../", 3) != 0 && *id != '/')
        duk_error(ctx, DUK_ERR_ERROR,
                  "cannot find module %s: give a path that begins with ./, "
                  "../ or /",
                  id);
    n = (size_t)snprintf(joined, sizeof(joined), "%s/%s%s",
                         *id == '/' ? "" : dir, id, suffix);
    if (n < sizeof(joined)) {
        without_dots(joined, out);
        if (journal_find(engine_of(ctx)->journal, JOURNAL_MODULE, out,
                         &known) ||
            access(out, F_OK) == 0)
            return;
    }
    duk_error(ctx, DUK_ERR_ERROR, "cannot find module %s in %s", id, dir);
}

static duk_ret_t require(duk_context *ctx)
{
    const char *id = duk_require_string(ctx, 0);
    char path[PATH_MAX];
    const char *dir;

    duk_push_current_function(ctx);
    duk_get_prop_literal(ctx, -1, "dir");
    dir = duk_require_string(ctx, -1);
    resolve(ctx, dir, id, path);
    push_modules(ctx);
    if (!duk_get_prop_string(ctx, -1, path)) {
        duk_pop(ctx);
        duk_push_object(ctx);
        duk_push_object(ctx);
        duk_put_prop_literal(ctx, -2, "exports");
        duk_push_string(ctx, path);
        duk_put_prop_literal(ctx, -2, "id");
        /* Before it runs: modules may require each other. */
        duk_dup_top(ctx);
        duk_put_prop_string(ctx, -3, path);
        run_module(ctx, path);
    }
    duk_get_prop_literal(ctx, -1, "exports");
    return 1;
}

void module_push_require(duk_context *ctx, const char *dir)
{
    duk_push_c_function(ctx, require, 1);
    duk_push_string(ctx, dir);
    duk_put_prop_literal(ctx, -2, "dir");
}
