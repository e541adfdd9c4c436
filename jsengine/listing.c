/*
 * listing.c: hooks described, as gWisord's current-hooks does (1.1). Duktape
 * keeps no text of functions, but says in the form that it dumps functions in
 * what they are called, what their parameters are and which line they begin
 * on; the text is found in the script that the journal has.
 */
#include "jsengine/internal.h"
#include "jsengine/source.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Duktape 2.7, duk_api_bytecode.c. */
#define DUMP_MARKER     0xbf
#define DUMP_STRING     0
#define DUMP_NO_FORMALS 0xffffffffu

/* A dumped function, read from front to back. */
struct dump {
    const uint8_t *at, *end;
    bool bad;
};

static const uint8_t *take(struct dump *d, size_t size)
{
    const uint8_t *at = d->at;

    if (size > (size_t)(d->end - d->at)) {
        d->bad = true;
        return NULL;
    }
    d->at += size;
    return at;
}

static uint32_t take_u32(struct dump *d)
{
    const uint8_t *bytes = take(d, sizeof(uint32_t));
    uint32_t value = 0;

    if (bytes)
        memcpy(&value, bytes, sizeof(value));
    return be32toh(value);
}

/* Text with its length before it. */
struct span {
    const uint8_t *bytes;
    uint32_t size;
};

static struct span take_span(struct dump *d)
{
    uint32_t size = take_u32(d);

    return (struct span){take(d, size), size};
}

static void skip_constants(struct dump *d, uint32_t count)
{
    while (count-- > 0 && !d->bad) {
        const uint8_t *kind = take(d, 1);

        if (kind && *kind == DUMP_STRING)
            take_span(d);
        else
            take(d, sizeof(double));
    }
}

/* Returns the line of its first instruction, 0: unknown. */
static uint32_t read_function(struct dump *d, unsigned depth)
{
    uint32_t instructions = take_u32(d), constants = take_u32(d),
             functions = take_u32(d);
    uint32_t line = 0, params;
    struct span lines;

    /* Registers, arguments, lines of a debugger, flags. */
    take(d, 2 + 2 + 4 + 4 + 4);
    take(d, (size_t)instructions * 4);
    skip_constants(d, constants);
    d->bad |= depth > 64;
    while (functions-- > 0 && !d->bad)
        read_function(d, depth + 1);
    take_u32(d);  /* length */
    take_span(d); /* name */
    take_span(d); /* file name */
    lines = take_span(d);
    while (!d->bad && take_span(d).size > 0)
        take_u32(d); /* a variable's register */
    params = take_u32(d);
    while (params != DUMP_NO_FORMALS && params-- > 0 && !d->bad)
        take_span(d);
    /* The number of instructions, then the line of the first. */
    if (lines.bytes && lines.size >= 2 * sizeof(line))
        memcpy(&line, lines.bytes + sizeof(line), sizeof(line));
    return d->bad ? 0 : line;
}

/* The line of the function at the top of the stack. */
static uint32_t line_of(duk_context *ctx)
{
    struct dump d = {0};
    duk_size_t size;
    uint32_t line = 0;

    duk_dup_top(ctx);
    duk_dump_function(ctx);
    d.at = duk_get_buffer_data(ctx, -1, &size);
    d.end = d.at + size;
    if (*take(&d, 1) == DUMP_MARKER)
        line = read_function(&d, 0);
    duk_pop(ctx);
    return line;
}

/* One description, for the protected call. */
struct listing {
    struct engine *e;
    const struct hook *hook;
    void (*fn)(void *ctx, const struct engine_hook_info *info);
    void *ctx;
};

/* The script or module that (file) names, or the source of (hook). */
static bool find_script(const struct listing *l, duk_context *ctx,
                        const char *file, struct journal_entry *out)
{
    duk_size_t size;

    if (l->hook->source) {
        duk_push_heapptr(ctx, l->hook->source);
        out->text = duk_get_lstring(ctx, -1, &size);
        out->size = size;
        return true;
    }
    return journal_find(l->e->journal, JOURNAL_SCRIPT, file, out) ||
           journal_find(l->e->journal, JOURNAL_MODULE, file, out);
}

/* Find the text of the function at the top of the stack, which stays. */
static bool find_function(duk_context *ctx, const struct listing *l,
                          struct source_function *out)
{
    struct source_key key = {0};
    struct journal_entry script;
    duk_size_t size = 0;
    const char *file;

    if (!duk_is_ecmascript_function(ctx, -1))
        return false;
    key.first_line = key.last_line = line_of(ctx);
    key.params = (unsigned)duk_get_length(ctx, -1);
    duk_get_prop_literal(ctx, -1, "name");
    duk_get_prop_literal(ctx, -2, "fileName");
    key.name = duk_get_lstring_default(ctx, -2, &size, "", 0);
    key.name_size = size;
    file = duk_get_string_default(ctx, -1, "");
    return find_script(l, ctx, file, &script) &&
           source_find(script.text, script.size, &key, out);
}

static const char *push_span(duk_context *ctx, struct source_span span)
{
    return duk_push_lstring(ctx, span.text, span.size);
}

static void fill(duk_context *ctx, const struct source_function *found,
                 struct engine_hook_info *info)
{
    unsigned count = 0;
    char **names;

    while (source_param(found, count).size)
        count++;
    duk_require_stack(ctx, (duk_idx_t)count + 3);
    names = duk_push_fixed_buffer(ctx, (count + 1) * sizeof(*names));
    for (unsigned i = 0; i < count; i++)
        names[i] = (char *)(uintptr_t)push_span(ctx, source_param(found, i));
    info->args = names;
    info->args_count = count;
    info->entry_point = push_span(ctx, found->name);
    info->body = push_span(ctx, found->text);
}

static duk_ret_t describe(duk_context *ctx, void *udata)
{
    const struct listing *l = udata;
    const struct hook *hook = l->hook;
    struct engine_hook_info info = {.entry_point = "unknown",
                                    .body = "unknown",
                                    .key.after = hook->phase == PHASE_AFTER};
    struct source_function found;

    duk_push_heapptr(ctx, hook->function);
    if (find_function(ctx, l, &found))
        fill(ctx, &found, &info);
    info.source = info.body;
    if (hook->source) {
        duk_push_heapptr(ctx, hook->source);
        info.source = duk_get_string(ctx, -1);
    }
    for (unsigned n = 0; n < HOOK_SYSNO_MAX; n++)
        if (call_set_has(&hook->calls, n)) {
            info.key.sysno = n;
            l->fn(l->ctx, &info);
        }
    return 0;
}

int engine_list_hooks(struct engine *e,
                      void (*fn)(void *ctx,
                                 const struct engine_hook_info *info),
                      void *ctx)
{
    struct listing l = {.e = e, .fn = fn, .ctx = ctx};
    struct engine_error error;
    bool ok = true;

    engine_lock(e);
    for (enum phase phase = PHASE_BEFORE; phase <= PHASE_AFTER; phase++)
        for (uint32_t i = 0; ok && i < e->shared->hook_count; i++) {
            l.hook = &e->shared->hooks[i];
            if (l.hook->id && l.hook->phase == phase)
                ok = engine_protect(e, describe, &l, &error);
        }
    engine_unlock(e);
    return ok ? 0 : -ENOMEM;
}
