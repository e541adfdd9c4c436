/* describe.c: what an error says, and where. */
#include "jsengine/internal.h"

#include <stdio.h>
#include <string.h>

/* Text that a hook or the guest chose, fit for one line of a terminal. */
static void copy_escaped(char *out, size_t size, const char *text)
{
    size_t at = 0;

    for (; *text && at + 5 < size; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == 0x7f)
            at += (size_t)snprintf(out + at, size - at, "\\x%02x", c);
        else
            out[at++] = (char)c;
    }
    out[at] = '\0';
}

/*
 * The innermost line of a script in (stack): "    at NAME (FILE:LINE) ...".
 * Native functions have no file, or one of ours, marked "internal".
 */
static void find_place(const char *stack, char *out, size_t size)
{
    out[0] = '\0';
    for (const char *line = strchr(stack, '\n'); line;
         line = strchr(line + 1, '\n')) {
        const char *open = strchr(line, '(');
        const char *close = open ? strchr(open, ')') : NULL;
        const char *next = strchr(line + 1, '\n');

        if (!close || (next && close > next) || strncmp(open, "([", 2) == 0 ||
            strncmp(open, "(native", 7) == 0 ||
            strncmp(close, ") internal", 10) == 0 ||
            strncmp(close, ") native", 8) == 0)
            continue;
        snprintf(out, size, "%.*s", (int)(close - open - 1), open + 1);
        return;
    }
}

struct description {
    void *function;
    char *where, *what;
    size_t where_size, what_size;
};

/* The message first: whatever the place's properties do, it is safe then. */
static duk_ret_t describe(duk_context *ctx, void *udata)
{
    struct description *d = udata;
    char place[512] = "";

    duk_dup_top(ctx);
    copy_escaped(d->what, d->what_size, duk_safe_to_string(ctx, -1));
    duk_pop(ctx);
    if (duk_is_error(ctx, -1)) {
        /* The compiler's: it happened in the text, not where that was run. */
        bool syntax = duk_get_error_code(ctx, -1) == DUK_ERR_SYNTAX_ERROR &&
                      strstr(d->what, "(line ");

        duk_get_prop_literal(ctx, -1, "stack");
        find_place(duk_safe_to_string(ctx, -1), place, sizeof(place));
        duk_pop(ctx);
        if (syntax) {
            duk_get_prop_literal(ctx, -1, "fileName");
            duk_get_prop_literal(ctx, -2, "lineNumber");
            snprintf(place, sizeof(place), "%s:%s", duk_safe_to_string(ctx, -2),
                     duk_safe_to_string(ctx, -1));
            duk_pop_2(ctx);
        }
    }
    if (!place[0] && d->function) {
        duk_push_heapptr(ctx, d->function);
        duk_get_prop_literal(ctx, -1, "fileName");
        snprintf(place, sizeof(place), "%s",
                 duk_get_string_default(ctx, -1, "native"));
    }
    copy_escaped(d->where, d->where_size, place);
    return 0;
}

void engine_describe_error(duk_context *ctx, void *function, char *where,
                           size_t where_size, char *what, size_t what_size)
{
    struct description d = {function, where, what, where_size, what_size};
    struct engine *e = engine_of(ctx);
    bool expired = e->expired;

    snprintf(where, where_size, function ? "unknown place" : "");
    snprintf(what, what_size, "the error cannot be told");
    /* A thrown object may itself throw when it is looked at. */
    engine_begin(e, e->config.timeout_ms);
    duk_safe_call(ctx, describe, &d, 1, 1);
    engine_end(e);
    duk_pop(ctx);
    /* What was thrown then is that there was no memory. */
    if (expired)
        snprintf(what, what_size, "RangeError: execution timeout");
}
