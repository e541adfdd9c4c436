/*
 * decode.c: the getters of `args`, made from what describes the arguments.
 *
 * A getter is one C function for all; its magic number says what it gives.
 */
#include "jsengine/decode_internal.h"
#include "jsengine/internal.h"
#include "vmm/structs.h"

#include <stdio.h>
#include <string.h>

/* What a getter gives: magic is this, times FORMS, plus the form. */
enum wanted {
    WANTED_DATUM,                   /* 0 .. 5 */
    WANTED_REGISTER = SYSCALL_ARGS, /* 6 .. 11: arg0 .. arg5 */
    WANTED_RET = WANTED_REGISTER + SYSCALL_ARGS,
    WANTED_ERRNO,
    WANTED_FORM, /* the object whose getters have the magic's form */
};

/* Of `args.text` and `args.hex`: the `args` that they belong to. */
#define KEY_ARGS DUK_HIDDEN_SYMBOL("args")

const struct datum *decode_arguments(const struct syscall_call *call,
                                     const uint64_t args[SYSCALL_ARGS])
{
    const struct syscall_variant *variant;

    if (!call->row)
        return NULL;
    variant = call->row->variants ? syscall_variant(call->row, args) : NULL;
    return variant ? variant->arg : call->row->arg;
}

bool decode_has_name(const struct datum *arg, unsigned i)
{
    const char *name = arg[i].name;

    return strcmp(name, "unused") != 0 && strcmp(name, "ret") != 0 &&
           strcmp(name, "errno") != 0 &&
           !(strncmp(name, "arg", 3) == 0 && name[3] >= '0' &&
             name[3] < '0' + SYSCALL_ARGS && !name[4]);
}

static bool ends(const struct datum *arg, unsigned i)
{
    return i == SYSCALL_ARGS || arg[i].kind == DATUM_NONE;
}

int decode_alias(const struct datum *arg, const char *alias)
{
    bool path = strcmp(alias, "path") == 0;
    int first = -1;

    for (unsigned i = 0; !ends(arg, i); i++) {
        if (strcmp(arg[i].name, alias) == 0)
            return -1;
        if (first < 0 && (path ? arg[i].kind == DATUM_PATH
                               : arg[i].type == &struct_sockaddr))
            first = (int)i;
    }
    return first;
}

/* --- getting --- */

/* The registers that the running hook sees. */
static const uint64_t *registers(const struct engine *e)
{
    return e->phase == PHASE_BEFORE ? e->call->args : e->call->orig;
}

/*
 * The `args` that the getter was asked through must be the running hook's:
 * what another one's mean has gone with it. Leaves it at the top.
 */
static void require_running(duk_context *ctx, const struct engine *e,
                            enum decode_form form)
{
    duk_push_this(ctx);
    if (form != FORM_NUMBER && duk_is_object(ctx, -1)) {
        duk_get_prop_literal(ctx, -1, KEY_ARGS);
        duk_remove(ctx, -2);
    }
    if (!e->call || !e->args || duk_get_heapptr(ctx, -1) != e->args)
        duk_error(ctx, DUK_ERR_ERROR,
                  "the hook that these arguments belong to is over");
}

/* How much the call wrote, if its result tells. */
static uint64_t written_by(const struct engine *e)
{
    const struct syscall_call *call = e->call;

    if (e->phase != PHASE_AFTER || call->row->ret != RET_COUNT)
        return UINT64_MAX;
    return call->ret < 0 ? 0 : (uint64_t)call->ret;
}

/* The selecting argument's text is the variant's name: "TIOCGWINSZ". */
static const char *selector_name(const struct engine *e, unsigned i)
{
    const struct syscall_desc *row = e->call->row;
    const struct syscall_variant *variant;

    if (!row->variants || row->select2 || row->select != i)
        return NULL;
    variant = syscall_variant(row, registers(e));
    return variant ? variant->name : NULL;
}

static void push_datum(duk_context *ctx, const struct engine *e, unsigned i,
                       enum decode_form form)
{
    const struct datum *arg = decode_arguments(e->call, registers(e));
    const struct decoder d = {ctx, e->call, form, arg ? written_by(e) : 0};
    const struct image in = {arg, (const uint8_t *)registers(e),
                             sizeof(e->call->args), true};
    const char *name = NULL;

    if (!arg || ends(arg, i)) {
        duk_push_undefined(ctx);
        return;
    }
    if (form == FORM_TEXT)
        name = selector_name(e, i);
    if (name)
        duk_push_string(ctx, name);
    else
        decode_push_field(&d, &in, i);
}

static void push_result(duk_context *ctx, const struct engine *e,
                        enum wanted wanted)
{
    int64_t ret = e->call->ret;
    bool failed = ret < 0 && ret >= -4095;

    if (e->phase != PHASE_AFTER)
        duk_push_undefined(ctx);
    else if (wanted == WANTED_RET)
        decode_push_hex(ctx, failed ? UINT64_MAX : (uint64_t)ret, 8);
    else
        duk_push_string(ctx, failed ? errno_name((int)-ret) : "0");
}

static void push_form_prototype(duk_context *ctx, const struct datum *arg,
                                enum decode_form form);

/* The object `args.text` or `args.hex`; the running `args` is at the top. */
static void push_form(duk_context *ctx, const struct engine *e,
                      enum decode_form form)
{
    duk_push_object(ctx);
    duk_dup(ctx, -2);
    duk_put_prop_literal(ctx, -2, KEY_ARGS);
    push_form_prototype(ctx, decode_arguments(e->call, registers(e)), form);
    duk_set_prototype(ctx, -2);
}

static duk_ret_t get(duk_context *ctx)
{
    unsigned magic = (unsigned)duk_get_current_magic(ctx);
    enum decode_form form = magic % FORMS;
    unsigned wanted = magic / FORMS;
    const struct engine *e = engine_of(ctx);

    require_running(ctx, e, wanted == WANTED_FORM ? FORM_NUMBER : form);
    if (wanted < WANTED_REGISTER)
        push_datum(ctx, e, wanted, form);
    else if (wanted < WANTED_RET)
        decode_push_hex(ctx, registers(e)[wanted - WANTED_REGISTER], 8);
    else if (wanted < WANTED_FORM)
        push_result(ctx, e, wanted);
    else
        push_form(ctx, e, form);
    return 1;
}

/* --- prototypes --- */

/* Push what the heap's stash keeps under (name); made where it is not there. */
static void push_kept(duk_context *ctx, const char *name,
                      duk_idx_t (*make)(duk_context *ctx))
{
    duk_push_heap_stash(ctx);
    if (!duk_get_prop_string(ctx, -1, name)) {
        duk_pop(ctx);
        make(ctx);
        duk_dup_top(ctx);
        duk_put_prop_string(ctx, -3, name);
    }
    duk_remove(ctx, -2);
}

/* One function for all that is got in the same way: they are shared by all
 * prototypes, which would need some KiB each otherwise. */
static void push_getter(duk_context *ctx, duk_uarridx_t magic)
{
    push_kept(ctx, "getters", duk_push_bare_array);
    if (!duk_get_prop_index(ctx, -1, magic)) {
        duk_pop(ctx);
        duk_push_c_function(ctx, get, 0);
        duk_set_magic(ctx, -1, (duk_int_t)magic);
        duk_dup_top(ctx);
        duk_put_prop_index(ctx, -3, magic);
    }
    duk_remove(ctx, -2);
}

/* Define a getter of the object at the top. Not enumerable: what a loop over
 * `args` finds are its own properties, arg0 to arg5. */
static void define(duk_context *ctx, const char *name, unsigned wanted,
                   enum decode_form form)
{
    duk_push_string(ctx, name);
    push_getter(ctx, wanted * FORMS + form);
    duk_def_prop(ctx, -3,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_SET_CONFIGURABLE);
}

static void define_data(duk_context *ctx, const struct datum *arg,
                        enum decode_form form)
{
    static const char *const aliases[] = {"path", "sockaddr"};

    for (unsigned i = 0; !ends(arg, i); i++)
        if (decode_has_name(arg, i))
            define(ctx, arg[i].name, WANTED_DATUM + i, form);
    for (unsigned k = 0; k < ARRAY_SIZE(aliases); k++) {
        int i = decode_alias(arg, aliases[k]);

        if (i >= 0)
            define(ctx, aliases[k], WANTED_DATUM + (unsigned)i, form);
    }
}

static void define_others(duk_context *ctx, enum decode_form form)
{
    char name[] = "arg0";

    if (form == FORM_NUMBER) {
        define(ctx, "text", WANTED_FORM, FORM_TEXT);
        define(ctx, "hex", WANTED_FORM, FORM_HEX);
    } else if (form == FORM_TEXT) {
        define(ctx, "errno", WANTED_ERRNO, form);
    } else {
        for (unsigned i = 0; i < SYSCALL_ARGS; i++, name[3]++)
            define(ctx, name, WANTED_REGISTER + i, form);
        define(ctx, "ret", WANTED_RET, form);
    }
}

/* Prototypes are kept by the address of what they are made of. */
static void push_form_prototype(duk_context *ctx, const struct datum *arg,
                                enum decode_form form)
{
    static const struct datum none[SYSCALL_ARGS];
    struct {
        uint64_t form;
        const struct datum *arg;
    } key = {form, arg};

    push_kept(ctx, "decoded", duk_push_bare_object);
    if (!duk_get_prop_lstring(ctx, -1, (const char *)&key, sizeof(key))) {
        duk_pop(ctx);
        duk_push_object(ctx);
        define_data(ctx, arg ? arg : none, form);
        define_others(ctx, form);
        duk_compact(ctx, -1);
        duk_dup_top(ctx);
        duk_put_prop_lstring(ctx, -3, (const char *)&key, sizeof(key));
    }
    duk_remove(ctx, -2);
}

void decode_push_prototype(duk_context *ctx, const struct datum *arg)
{
    push_form_prototype(ctx, arg, FORM_NUMBER);
}
