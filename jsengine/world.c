/* world.c: the globals that scripts find, and what persists for a task. */
#include "jsengine/constants.h"
#include "jsengine/internal.h"

/* Keep the object at the top alive as long as the heap, and pop it. */
static void *keep_object(duk_context *ctx, const char *name)
{
    void *object = duk_require_heapptr(ctx, -1);

    duk_push_heap_stash(ctx);
    duk_insert(ctx, -2);
    duk_put_prop_string(ctx, -2, name);
    duk_pop(ctx);
    return object;
}

/* SYS: name to number, so that scripts need no table of their own. */
static void put_syscall_numbers(duk_context *ctx)
{
    duk_push_object(ctx);
    for (unsigned n = 0; n < SYSCALL_MAX; n++) {
        const struct syscall_desc *row = syscall_row(n);

        if (!row)
            continue;
        duk_push_uint(ctx, n);
        duk_put_prop_string(ctx, -2, row->name);
    }
    duk_put_global_literal(ctx, "SYS");
}

/*
 * args and persistence are fresh objects for every hook. Making them costs more
 * than many a hook, so they are made when a hook first asks for them: these
 * globals are getters, and the object of this run lies in its slot.
 */

static bool push_slot(duk_context *ctx, struct engine *e, enum slot slot)
{
    if (!e->has_slot[slot])
        return false;
    duk_push_heapptr(ctx, e->shared->slots);
    duk_get_prop_index(ctx, -1, slot);
    duk_remove(ctx, -2);
    return true;
}

/* The object at the top is the one of this run; it stays. */
static void fill_slot(duk_context *ctx, struct engine *e, enum slot slot)
{
    duk_push_heapptr(ctx, e->shared->slots);
    duk_dup(ctx, -2);
    duk_put_prop_index(ctx, -2, slot);
    duk_pop(ctx);
    e->has_slot[slot] = true;
}

/* A new object as persistence.local of the task (key). */
static void *make_local(duk_context *ctx, struct engine *e, uint64_t key)
{
    void *object;

    duk_push_heapptr(ctx, e->shared->locals);
    duk_push_number(ctx, (double)key);
    duk_push_object(ctx);
    object = duk_get_heapptr(ctx, -1);
    duk_put_prop(ctx, -3);
    duk_pop(ctx);
    return object;
}

void world_push_local(duk_context *ctx, struct task *task)
{
    struct engine *e = engine_of(ctx);
    struct task_note *note = task_note(task);

    if (note->stamp != e->shared->generation) {
        note->ptr = make_local(ctx, e, task_key(task));
        note->stamp = e->shared->generation;
    }
    duk_push_heapptr(ctx, note->ptr);
}

static duk_ret_t delete_local(duk_context *ctx, void *task)
{
    duk_push_heapptr(ctx, engine_of(ctx)->shared->locals);
    duk_push_number(ctx, (double)task_key(task));
    duk_del_prop(ctx, -2);
    return 0;
}

void world_drop_local(struct engine *e, struct task *task)
{
    struct task_note *note = task_note(task);

    if (note->stamp == e->shared->generation) {
        /* Of an object of ours, without getters: no script runs. */
        duk_safe_call(e->shared->ctx, delete_local, task, 0, 1);
        duk_pop(e->shared->ctx);
    }
    *note = (struct task_note){0};
}

static void make_persistence(duk_context *ctx, struct engine *e)
{
    duk_push_object(ctx);
    duk_push_heapptr(ctx, e->shared->glb);
    duk_put_prop_literal(ctx, -2, "glb");
    if (!e->task)
        return;
    world_push_local(ctx, e->task);
    duk_put_prop_literal(ctx, -2, "local");
}

static duk_ret_t get_persistence(duk_context *ctx)
{
    struct engine *e = engine_of(ctx);

    if (!push_slot(ctx, e, SLOT_PERSISTENCE)) {
        make_persistence(ctx, e);
        fill_slot(ctx, e, SLOT_PERSISTENCE);
    }
    return 1;
}

static duk_ret_t get_args(duk_context *ctx)
{
    struct engine *e = engine_of(ctx);

    if (!e->call)
        return 0;
    if (!push_slot(ctx, e, SLOT_ARGS)) {
        run_push_args(ctx, e);
        fill_slot(ctx, e, SLOT_ARGS);
    }
    return 1;
}

/* What a hook assigns holds until it ends. */
static duk_ret_t set_slot(duk_context *ctx)
{
    fill_slot(ctx, engine_of(ctx), (enum slot)duk_get_current_magic(ctx));
    return 0;
}

static void put_getter(duk_context *ctx, const char *name, duk_c_function get,
                       enum slot slot)
{
    duk_push_global_object(ctx);
    duk_push_string(ctx, name);
    duk_push_c_function(ctx, get, 0);
    duk_push_c_function(ctx, set_slot, 1);
    duk_set_magic(ctx, -1, slot);
    duk_def_prop(ctx, -4,
                 DUK_DEFPROP_HAVE_GETTER | DUK_DEFPROP_HAVE_SETTER |
                     DUK_DEFPROP_SET_CONFIGURABLE | DUK_DEFPROP_SET_ENUMERABLE);
    duk_pop(ctx);
}

duk_ret_t world_build(duk_context *ctx, void *engine)
{
    struct engine *e = engine;
    struct engine_shared *s = e->shared;

    duk_push_object(ctx);
    s->glb = keep_object(ctx, "glb");
    duk_push_bare_array(ctx);
    s->locals = keep_object(ctx, "locals");
    duk_push_bare_array(ctx);
    s->slots = keep_object(ctx, "slots");
    accessors_push(ctx);
    duk_dup_top(ctx);
    duk_put_global_literal(ctx, "accessors");
    duk_put_global_literal(ctx, "hooks"); /* the original's older name */
    put_syscall_numbers(ctx);
    constants_put(ctx);
    /* JSON.stringify as it is now, whatever scripts do to JSON later. */
    duk_eval_string(ctx, "JSON.stringify");
    duk_put_global_literal(ctx, "stringify");
    put_getter(ctx, "args", get_args, SLOT_ARGS);
    put_getter(ctx, "persistence", get_persistence, SLOT_PERSISTENCE);
    return 0;
}
