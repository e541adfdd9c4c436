/* command_table.c: the requests of the control protocol, and their answers. */
#include "api/command_table.h"

#include "api/jsontext.h"
#include "jsengine/accessor.h"
#include "vmm/util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Say why a request fails. Returns NULL, as its payload. */
static json_t *fail(char **why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static json_t *fail(char **why, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(why, fmt, ap) < 0)
        *why = NULL;
    va_end(ap);
    return NULL;
}

static json_t *wrong_payload(const struct command *row, char **why)
{
    return fail(why, "the payload of %s must be %s", row->name, row->payload);
}

/* {(key): (value)}; (value) is taken. */
static json_t *wrap(const char *key, json_t *value)
{
    return json_pack("{s:o}", key, value);
}

/* --- accessors-info --- */

static int by_name(const void *a, const void *b)
{
    const struct accessor *const *x = a, *const *y = b;

    return strcasecmp((*x)->name, (*y)->name);
}

/* A line an argument, as the original's manual: name, type, meaning. */
static json_t *accessor_args(const struct accessor *a)
{
    char text[1024] = "\n";
    size_t at = 1;

    for (unsigned i = 0; i < ACCESSOR_ARGS && a->args[i].name; i++) {
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s\t%s\t(%s);\n",
                               a->args[i].name, a->args[i].type,
                               a->args[i].meaning);
        if (at >= sizeof(text))
            return NULL;
    }
    return json_string(at > 1 ? text : "no args");
}

static json_t *accessors_info(struct engine *engine, const struct command *row,
                              const char *key, const json_t *payload,
                              char **why)
{
    const struct accessor **sorted =
        calloc(accessor_count, sizeof(const struct accessor *));
    json_t *list = json_array();

    (void)engine, (void)row, (void)payload, (void)why;
    for (size_t i = 0; sorted && i < accessor_count; i++)
        sorted[i] = &accessor_table[i];
    if (sorted)
        qsort(sorted, accessor_count, sizeof(const struct accessor *), by_name);
    for (size_t i = 0; sorted && i < accessor_count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:s}", "name", sorted[i]->name,
                            "description", sorted[i]->summary, "args",
                            accessor_args(sorted[i]), "return-value",
                            sorted[i]->returns));
    free(sorted);
    return wrap(key, list);
}

/* --- current-hooks --- */

static void add_hook(void *ctx, const struct engine_hook_info *info)
{
    json_t *args = json_array();

    for (size_t i = 0; i < info->args_count; i++)
        json_array_append_new(args, jsontext_of(info->args[i]));
    json_array_append_new(
        ctx,
        json_pack("{s:i, s:o, s:o, s:o, s:o, s:s}", "sysno",
                  (int)info->key.sysno, "entry-point",
                  jsontext_of(info->entry_point), "source",
                  jsontext_of(info->source), "body", jsontext_of(info->body),
                  "args", args, "type", info->key.after ? "after" : "before"));
}

static json_t *current_hooks(struct engine *engine, const struct command *row,
                             const char *key, const json_t *payload, char **why)
{
    json_t *list = json_array();

    (void)row, (void)payload, (void)why;
    if (engine_list_hooks(engine, add_hook, list) < 0) {
        json_decref(list);
        return NULL;
    }
    if (json_array_size(list) > 0)
        return wrap(key, list);
    json_decref(list);
    return wrap(key, json_null()); /* as the original */
}

/* --- unregister-hooks --- */

/* A number, or a name as hooks are registered with. */
static bool read_sysno(const json_t *value, unsigned *out)
{
    json_int_t n = json_is_string(value)
                       ? syscall_number(json_string_value(value))
                       : json_integer_value(value);

    *out = (unsigned)n;
    return (json_is_string(value) || json_is_integer(value)) && n >= 0 &&
           n < HOOK_SYSNO_MAX;
}

static bool read_key(const json_t *entry, size_t at,
                     struct engine_hook_key *out, char **why)
{
    const json_t *sysno = json_object_get(entry, "sysno");
    const char *type = json_string_value(json_object_get(entry, "type"));

    if (!sysno || !type)
        return fail(why, "list[%zu] must be an object with sysno and type", at);
    if (strcmp(type, "before") != 0 && strcmp(type, "after") != 0)
        return fail(why, "list[%zu].type must be before or after", at);
    if (!read_sysno(sysno, &out->sysno))
        return fail(why,
                    "list[%zu].sysno is neither a number from 0 to %d nor "
                    "the name of a system call",
                    at, HOOK_SYSNO_MAX - 1);
    out->after = strcmp(type, "after") == 0;
    return true;
}

/* (missing): of a list, the one that is not there. */
static json_t *removed(int rc, const struct engine_hook_key *missing,
                       char **why)
{
    if (rc == 0)
        return json_null();
    if (rc == -ENOENT && missing)
        return fail(why, "there is no %s hook for system call %u; none removed",
                    missing->after ? "after" : "before", missing->sysno);
    return fail(why, "cannot remove hooks: %s", strerror(-rc));
}

static json_t *remove_list(struct engine *engine, const json_t *list,
                           char **why)
{
    size_t count = json_array_size(list), missing = 0, i = 0;
    struct engine_hook_key *keys = calloc(count + 1, sizeof(*keys));
    json_t *answer = NULL;
    int rc;

    if (!keys)
        return NULL;
    while (i < count && read_key(json_array_get(list, i), i, &keys[i], why))
        i++;
    if (i == count) {
        rc = engine_remove_hooks(engine, keys, count, &missing);
        answer = removed(rc, &keys[missing], why);
    }
    free(keys);
    return answer;
}

static json_t *unregister_hooks(struct engine *engine,
                                const struct command *row, const char *key,
                                const json_t *payload, char **why)
{
    const char *options =
        json_string_value(json_object_get(payload, "options"));
    const json_t *list = json_object_get(payload, "list");

    (void)key;
    if (!options)
        return wrong_payload(row, why);
    if (strcmp(options, "all") == 0)
        return removed(engine_remove_all(engine), NULL, why);
    if (strcmp(options, "list") != 0 || !json_is_array(list))
        return wrong_payload(row, why);
    return remove_list(engine, list, why);
}

/* --- change-state --- */

static json_t *change_state(struct engine *engine, const struct command *row,
                            const char *key, const json_t *payload, char **why)
{
    const json_t *source = json_object_get(payload, "source");
    json_t *answer = NULL;
    char *text;
    int rc;

    (void)key;
    if (!json_is_string(source))
        return wrong_payload(row, why);
    rc = engine_eval(engine, json_string_value(source),
                     json_string_length(source), &text);
    if (rc < 0) {
        *why = text;
        return NULL;
    }
    if (text)
        answer = jsontext_of(text);
    free(text);
    return answer;
}

static json_t *gone(struct engine *engine, const struct command *row,
                    const char *key, const json_t *payload, char **why)
{
    (void)engine, (void)key, (void)payload;
    return fail(why, "%s was removed: %s", row->name, row->help);
}

const struct command command_table[] = {
    {
        .name = "accessors-info",
        .alias = {"hooks-info", "change-info"},
        .payload = "any",
        .key = "accessors",
        .alias_key = "hooks",
        .help = "the accessors that scripts may call",
        .run = accessors_info,
    },
    {
        .name = "current-hooks",
        .alias = {"current-callbacks"},
        .payload = "any",
        .key = "hooks",
        .alias_key = "callbacks",
        .help = "the hooks that are registered",
        .run = current_hooks,
    },
    {
        .name = "unregister-hooks",
        .alias = {"unregister-callbacks"},
        .payload = "{\"options\": \"all\"} or {\"options\": \"list\", "
                   "\"list\": [{\"sysno\": number, \"type\": \"before\" or "
                   "\"after\"}]}",
        .help = "remove hooks: all, or those of a list, or none of them",
        .run = unregister_hooks,
    },
    {
        .name = "change-state",
        .payload = "{\"source\": text}",
        .help = "run a script in the session's JavaScript world",
        .run = change_state,
    },
    {
        .name = "change-callbacks",
        .payload = "any",
        .help = "register hooks by a script that change-state runs",
        .run = gone,
    },
    {
        .name = "change-callbacks-from-source",
        .payload = "any",
        .help = "register hooks by a script that change-state runs",
        .run = gone,
    },
};

const size_t command_count = ARRAY_SIZE(command_table);

/* The row of (type); (*key) is that of its payload. */
static const struct command *find(const char *type, const char **key)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command *row = &command_table[i];

        *key = row->key;
        if (strcmp(type, row->name) == 0)
            return row;
        *key = row->alias_key;
        for (size_t a = 0; a < COMMAND_ALIASES && row->alias[a]; a++)
            if (strcmp(type, row->alias[a]) == 0)
                return row;
    }
    return NULL;
}

json_t *command_error(const char *why)
{
    return json_pack("{s:s, s:o}", "type", "error", "message",
                     jsontext_of(why ? why : "no memory"));
}

/* The payload of the answer, or NULL, (*why) set. */
static json_t *run(struct engine *engine, const json_t *request, char **why)
{
    const json_t *type = json_object_get(request, "type");
    const json_t *payload = json_object_get(request, "payload");
    const struct command *row;
    const char *key;

    if (!json_is_object(request))
        return fail(why, "the request is not a JSON object");
    if (!json_is_string(type))
        return fail(why, "the request has no type, or it is no string");
    if (!payload)
        return fail(why, "the request has no payload");
    row = find(json_string_value(type), &key);
    if (!row)
        return fail(why, "unknown type %s", json_string_value(type));
    return row->run(engine, row, key, payload, why);
}

json_t *command_answer(struct engine *engine, const json_t *request)
{
    char *why = NULL;
    json_t *payload = run(engine, request, &why), *answer;

    if (payload)
        answer = json_pack("{s:s, s:s, s:o}", "type", "ok", "message",
                           "Everything ok", "payload", payload);
    else
        answer = command_error(why);
    free(why);
    return answer;
}
