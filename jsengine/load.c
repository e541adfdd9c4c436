/* load.c: scripts from files. */
#include "jsengine/internal.h"
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
};

static duk_ret_t run_script(duk_context *ctx, void *udata)
{
    const struct script *script = udata;

    duk_push_lstring(ctx, script->source, script->size);
    duk_push_string(ctx, script->name);
    duk_compile(ctx, 0);
    duk_call(ctx, 0);
    return 0;
}

void engine_hint(struct diag *d, const char *what)
{
    if (strstr(what, "SyntaxError"))
        diag_hint(d, "hooks are ECMAScript 5.1: no let, arrow functions, "
                     "classes or template strings");
}

int engine_load_source(struct engine *e, const char *source, size_t size,
                       const char *name, struct diag *d)
{
    struct script script = {source, size, name};
    struct engine_error error;
    int rc;

    if (engine_run(e, run_script, &script, &error))
        return 0;
    rc = diag_set(d, 0, "%s: %s", error.where[0] ? error.where : name,
                  error.what);
    engine_hint(d, error.what);
    return rc;
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
