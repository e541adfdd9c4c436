/*
 * accessor.h: the form in which an accessor is described. The table is its
 * manual: argument counts are checked from it and documents are made from it.
 * Layer 3.
 */
#ifndef JSENGINE_ACCESSOR_H
#define JSENGINE_ACCESSOR_H

#include <duktape.h>
#include <stddef.h>

#define ACCESSOR_ARGS     4
#define ACCESSOR_VARIADIC (-1)

struct accessor_arg {
    const char *name;
    const char *type;
    const char *meaning; /* unit and range */
};

struct accessor {
    const char *name;
    const char *alias; /* the original's older name, or NULL */
    int argc;          /* most arguments, or ACCESSOR_VARIADIC */
    int optional;      /* of these, so many at the end may be left out */
    duk_c_function fn;
    const char *summary;
    struct accessor_arg args[ACCESSOR_ARGS];
    const char *returns;
    const char *throws; /* every error, by its text */
    const char *source; /* whose state, read when */
};

extern const struct accessor accessor_table[];
extern const size_t accessor_count;

duk_ret_t acc_add_hook_before(duk_context *ctx);
duk_ret_t acc_add_hook_after(duk_context *ctx);
duk_ret_t acc_on(duk_context *ctx);
duk_ret_t acc_off(duk_context *ctx);
duk_ret_t acc_fail(duk_context *ctx);
duk_ret_t acc_inject(duk_context *ctx);
duk_ret_t acc_anon_mmap(duk_context *ctx);
duk_ret_t acc_get_fd_info(duk_context *ctx);
duk_ret_t acc_get_fds_info(duk_context *ctx);
duk_ret_t acc_get_mmaps(duk_context *ctx);
duk_ret_t acc_get_pid_info(duk_context *ctx);
duk_ret_t acc_get_signal_info(duk_context *ctx);
duk_ret_t acc_get_thread_info(duk_context *ctx);
duk_ret_t acc_munmap(duk_context *ctx);
duk_ret_t acc_name_to_signal(duk_context *ctx);
duk_ret_t acc_resume_threads(duk_context *ctx);
duk_ret_t acc_send_signal(duk_context *ctx);
duk_ret_t acc_signal_mask_to_names(duk_context *ctx);
duk_ret_t acc_stop_threads(duk_context *ctx);
duk_ret_t acc_read_bytes(duk_context *ctx);
duk_ret_t acc_read_string(duk_context *ctx);
duk_ret_t acc_write_bytes(duk_context *ctx);
duk_ret_t acc_write_string(duk_context *ctx);
duk_ret_t acc_get_argv(duk_context *ctx);
duk_ret_t acc_get_envs(duk_context *ctx);
duk_ret_t acc_log_json(duk_context *ctx);
duk_ret_t acc_print(duk_context *ctx);

#endif
