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
        .name = "anonMmap", .argc = 1, .fn = acc_anon_mmap,
        .summary = "Map private anonymous memory into the calling process, readable and writable.",
        .args = {{"length", "number", "bytes, above 0; rounded up to pages"}},
        .returns = "number: the address; mapped until munmap, execve or the end of the process",
        .throws = "Error \"invalid argument\": length is 0; Error \"cannot allocate memory\"",
        .source = "as mmap(2) by the program, without hooks",
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
        .name = "getFdInfo", .argc = 1, .fn = acc_get_fd_info,
        .summary = "One open descriptor of the calling process.",
        .args = {{"fd", "number", "cut to 32 bits"}},
        .returns = "FdInfo {Fd, Name, Mode, Flags, Nlinks, Readble, Writable}; FD, Path, Readable are older names",
        .throws = "Error \"bad file descriptor N\"",
        .source = "the process's descriptors as they are now; fstat(2), F_GETFL of fcntl(2), /proc/self/fd",
    },
    {
        .name = "getFdsInfo", .argc = 0, .fn = acc_get_fds_info,
        .summary = "All open descriptors of the calling process.",
        .returns = "array of FdInfo, ascending by Fd",
        .throws = "Error with the host's words: /proc cannot be read",
        .source = "as getFdInfo",
    },
    {
        .name = "getMmaps", .argc = 0, .fn = acc_get_mmaps,
        .summary = "The memory mappings of the calling process.",
        .returns = "array of MmapInfo {Start, End, Readable, Writeable, Executable, Private, Offset, DevMajor, DevMinor, Inode, Path}, ascending by Start; Path is a file, [heap], [stack], [vdso], [vvar] or \"\"",
        .throws = "Error with the host's words: /proc cannot be read, no memory",
        .source = "the process's mappings as they are now",
    },
    {
        .name = "getPidInfo", .argc = 0, .fn = acc_get_pid_info,
        .summary = "Ids of the calling process and its session.",
        .returns = "PidInfo {PID, GID, UID, Session {SessionID, PGID, ForegroundID, OtherPGIDs}}: effective ids; ForegroundID 0 without a terminal; OtherPGIDs are all groups of the session, at most 1024",
        .throws = "Error with the host's words: /proc cannot be read",
        .source = "the host's kernel, now",
    },
    {
        .name = "getSignalInfo", .argc = 0, .fn = acc_get_signal_info,
        .summary = "Signal mask of the calling task, signal handlers of its process.",
        .returns = "SignalInfo {SignalMask, SignalWaitMask, SavedSignalMask, Sigactions [{Signo, Handler, Flags, Restorer, SignalsInSet}]}; bit i of a mask is signal i + 1; Handler is SIG_DFL, SIG_IGN or 0x...; SigActions is an older name",
        .throws = "nothing of its own",
        .source = "as the program set them; behind an interrupted call that waited with another mask, SignalMask is that one and SavedSignalMask the program's; SignalWaitMask is 0, for no hook runs during a wait",
    },
    {
        .name = "getThreadInfo", .argc = 1, .optional = 1, .fn = acc_get_thread_info,
        .summary = "The calling thread, or another one of the session, and its thread group.",
        .args = {{"tid", "number", "thread id; left out: the caller's"}},
        .returns = "ThreadInfo {TID, TGID, TIDsInTg}: TIDsInTg are all threads of the group, itself included, ascending",
        .throws = "Error \"no such task N\"",
        .source = "the threads that run the program, in all processes of the session, now",
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
        .name = "munmap", .argc = 2, .fn = acc_munmap,
        .summary = "Unmap memory of the calling process.",
        .args = {{"addr", "number or string", "a multiple of 4096"},
                 {"length", "number", "bytes, above 0; rounded up to pages"}},
        .returns = "null, also where nothing is mapped",
        .throws = "Error \"invalid argument\": addr, length",
        .source = "as munmap(2) by the program, without hooks",
    },
    {
        .name = "nameToSignal", .argc = 1, .fn = acc_name_to_signal,
        .summary = "The number of a signal.",
        .args = {{"name", "string", "SIGHUP to SIGSYS, exactly; no other names for the same"}},
        .returns = "number, 1 to 31",
        .throws = "Error \"invalid argument\": no such name",
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
        .name = "resumeThreads", .argc = 0, .fn = acc_resume_threads,
        .summary = "Undo one stopThreads of the same call; without one it does nothing.",
        .returns = "null",
        .throws = "nothing of its own",
        .source = "the calling task's own stops only",
    },
    {
        .name = "sendSignal", .argc = 2, .fn = acc_send_signal,
        .summary = "Send a signal to one thread of the session, as tgkill(2).",
        .args = {{"tid", "number", "thread id, the caller's too"},
                 {"signo", "number", "1 to 64"}},
        .returns = "null; the caller gets it when its call returns, other threads of its process when the hook has ended",
        .throws = "RangeError \"bad signal number\"; Error \"no such process\": not a thread of the session; Error \"operation not permitted\": another user's; Error \"resource temporarily unavailable\": more than 16 within the process at one call",
        .source = "the threads that run the program, in all processes of the session, now",
    },
    {
        .name = "signalMaskToNames", .argc = 1, .fn = acc_signal_mask_to_names,
        .summary = "The signals in a mask.",
        .args = {{"mask", "number or string", "bit i is signal i + 1"}},
        .returns = "array of strings, ascending; 32 to 64 as decimal digits",
        .throws = "RangeError: no number of 64 bits",
        .source = "-",
    },
    {
        .name = "stopThreads", .argc = 0, .fn = acc_stop_threads,
        .summary = "Stop all other threads of the process, and all processes that may write to shared memory which it maps, until resumeThreads or the end of the call. Counted.",
        .returns = "null, when they have stopped; blocking calls of theirs go on later",
        .throws = "Error \"a thread does not stop\" within 30 s; Error \"operation not permitted\": another user's process shares memory; Error \"resource temporarily unavailable\": 64 tasks stop others",
        .source = "-",
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
    if (given < a->argc - a->optional && a->optional)
        duk_type_error(ctx, "%s: %d to %d arguments expected, %d provided",
                       a->name, a->argc - a->optional, a->argc, (int)given);
    if (given > a->argc || given < a->argc - a->optional)
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
