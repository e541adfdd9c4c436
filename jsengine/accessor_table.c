/* accessor_table.c: the accessors, and the object that holds them. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"

#include <string.h>

/* clang-format off */
const struct accessor accessor_table[] = {
    {
        .name = "AddHookAfter", .alias = "AddCbAfter", .argc = 2,
        .fn = acc_add_hook_after,
        .summary = "Call a function after every system call of a number.",
        .args = {{"sysno", "number, string or array", "0 to 1023, a name as in SYS, a class as \"%file\", or a list of these"},
                 {"hook", "function", "replaces the one that is there"}},
        .returns = "null",
        .throws = "TypeError: null, undefined or no function; RangeError: no such number or name",
        .source = "as AddHookBefore; one added by the before hook of a call already runs for it",
    },
    {
        .name = "AddHookBefore", .alias = "AddCbBefore", .argc = 2,
        .fn = acc_add_hook_before,
        .summary = "Call a function before every system call of a number.",
        .args = {{"sysno", "number, string or array", "as AddHookAfter"},
                 {"hook", "function", "replaces the one that is there"}},
        .returns = "null",
        .throws = "as AddHookAfter",
        .source = "one table for all tasks, from the next call on",
    },
    {
        .name = "fail", .argc = 1, .fn = acc_fail,
        .summary = "What a hook returns to let the call fail.",
        .args = {{"errno", "number or string", "0 to 4095, or a name as \"ENOSPC\""}},
        .returns = "{ret: -1, errno: number}",
        .throws = "RangeError: no such errno",
        .source = "-",
    },
    {
        .name = "getArgv", .argc = 0, .fn = acc_get_argv,
        .summary = "The argument vector of the calling process.",
        .returns = "array of strings",
        .throws = "Error \"bad address\": the program unmapped it",
        .source = "the program's memory as it is now; it may rewrite it",
    },
    {
        .name = "getEnvs", .argc = 0, .fn = acc_get_envs,
        .summary = "The environment the calling process was started with.",
        .returns = "array of strings NAME=value",
        .throws = "Error \"bad address\": the program unmapped it",
        .source = "the program's memory as it is now; setenv(3) does not change it",
    },
    {
        .name = "inject", .argc = 2, .fn = acc_inject,
        .summary = "Let calls fail, answer them or delay them, without a hook of one's own.",
        .args = {{"calls", "number, string or array", "as AddHookAfter"},
                 {"options", "object", "errno (number or name) or ret (number); delay (ms); and the options of on"}},
        .returns = "number that off takes",
        .throws = "TypeError: nothing to inject, unknown option; RangeError",
        .source = "as on",
    },
    {
        .name = "logJson", .argc = 1, .fn = acc_log_json,
        .summary = "Send a record to the log socket; without one nothing happens.",
        .args = {{"value", "any", "an object, or the JSON text of one, becomes the record; all else a text in it"}},
        .returns = "null",
        .throws = "TypeError: a circular value; Error \"only hooks have a process\"",
        .source = "-",
    },
    {
        .name = "off", .argc = 1, .fn = acc_off,
        .summary = "Remove a hook.",
        .args = {{"hook", "number", "what on or inject returned"}},
        .returns = "boolean: whether it was there",
        .throws = "RangeError: no such number",
        .source = "from the next call on",
    },
    {
        .name = "on", .argc = ACCESSOR_VARIADIC, .fn = acc_on,
        .summary = "Call a function at an event, besides those that are called there already, in the order of registration.",
        .args = {{"event", "string", "before, after (a call); start, exec, fork, thread, exit, signal (of a task)"},
                 {"calls", "number, string or array", "before and after only: as AddHookAfter"},
                 {"options", "object, optional", "comm, path, fd, mask {arg, bits, value}, nth, every, chance, seed, policy, timeout"},
                 {"hook", "function", "of a call: as any hook; of a task: gets {type, signal, code, status}, its result is ignored"}},
        .returns = "number that off takes",
        .throws = "RangeError: no such event or call; TypeError: no function, unknown option",
        .source = "one list for all tasks, from the next call on",
    },
    {
        .name = "print", .argc = ACCESSOR_VARIADIC, .fn = acc_print,
        .summary = "Write values to the monitor's standard error, in one piece.",
        .args = {{"values", "any", "strings as they are, all else as JSON; a blank between; no newline"}},
        .returns = "null",
        .throws = "TypeError: a circular value",
        .source = "-",
    },
    {
        .name = "readBytes", .argc = 2, .fn = acc_read_bytes,
        .summary = "Copy bytes out of the calling task's memory.",
        .args = {{"addr", "number or string", "address of the first byte"},
                 {"count", "number", "bytes, 0 to 16777216"}},
        .returns = "Uint8Array of count bytes",
        .throws = "Error \"bad address\": a byte is not readable; RangeError: count",
        .source = "what the system call will use: its captured copy, else memory",
    },
    {
        .name = "readString", .argc = 2, .fn = acc_read_string,
        .summary = "Copy text up to its NUL out of the calling task's memory.",
        .args = {{"addr", "number or string", "address of the first byte"},
                 {"count", "number", "most bytes, NUL included, 0 to 16777216"}},
        .returns = "string; bytes that are not UTF-8 become U+FFFD",
        .throws = "Error \"bad address\"; Error \"file name too long\": no NUL within count bytes; RangeError: count",
        .source = "as readBytes",
    },
    {
        .name = "writeBytes", .argc = 2, .fn = acc_write_bytes,
        .summary = "Write bytes into the calling task's memory.",
        .args = {{"addr", "number or string", "address of the first byte"},
                 {"bytes", "buffer, array or string", "array elements modulo 256; strings as UTF-8"}},
        .returns = "number of bytes written",
        .throws = "Error \"bad address\": a page is not writable; bytes before it may be written",
        .source = "memory and, where it was captured, the copy that the call uses",
    },
    {
        .name = "writeString", .argc = 2, .fn = acc_write_string,
        .summary = "Write text as UTF-8 into the calling task's memory; no NUL is added.",
        .args = {{"addr", "number or string", "address of the first byte"},
                 {"text", "string", "others are converted as by String()"}},
        .returns = "number of bytes written",
        .throws = "as writeBytes",
        .source = "as writeBytes",
    },
};
/* clang-format on */

const size_t accessor_count = ARRAY_SIZE(accessor_table);

/*
 * Every accessor is entered here: its row is found by the function's magic
 * number, the argument count and null or undefined are checked (gWisord 2.1);
 * a value of any type may be one of these.
 */
static duk_ret_t enter(duk_context *ctx)
{
    const struct accessor *a = &accessor_table[duk_get_current_magic(ctx)];
    duk_idx_t given = duk_get_top(ctx);

    if (a->argc == ACCESSOR_VARIADIC)
        return a->fn(ctx);
    if (given != a->argc)
        duk_type_error(ctx, "%s: %d arguments expected, %d provided", a->name,
                       a->argc, (int)given);
    for (duk_idx_t i = 0; i < given; i++)
        if (duk_is_null_or_undefined(ctx, i) &&
            strcmp(a->args[i].type, "any") != 0)
            duk_type_error(ctx, "%s: %s is %s", a->name, a->args[i].name,
                           duk_is_null(ctx, i) ? "null" : "undefined");
    return a->fn(ctx);
}

void accessors_push(duk_context *ctx)
{
    duk_push_object(ctx);
    for (size_t i = 0; i < accessor_count; i++) {
        const struct accessor *a = &accessor_table[i];

        duk_push_c_function(ctx, enter, DUK_VARARGS);
        duk_set_magic(ctx, -1, (duk_int_t)i);
        if (a->alias) {
            duk_dup_top(ctx);
            duk_put_prop_string(ctx, -3, a->alias);
        }
        duk_put_prop_string(ctx, -2, a->name);
    }
}
