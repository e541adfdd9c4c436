/* hookset.c: the hooks: registered, removed, listed. All under the lock. */
#include "jsengine/internal.h"

#include <errno.h>
#include <string.h>

const char *const phase_names[PHASES] = {
    [PHASE_BEFORE] = "before",
    [PHASE_AFTER] = "after",
    [PHASE_EVENT + HOOK_START] = "start",
    [PHASE_EVENT + HOOK_EXEC] = "exec",
    [PHASE_EVENT + HOOK_FORK] = "fork",
    [PHASE_EVENT + HOOK_THREAD] = "thread",
    [PHASE_EVENT + HOOK_EXIT] = "exit",
    [PHASE_EVENT + HOOK_SIGNAL] = "signal",
};

struct hook hookset_default(const struct engine *e, enum phase phase)
{
    return (struct hook){
        .phase = phase,
        .options.policy = e->config.policy,
        .options.timeout_ms = e->config.timeout_ms,
    };
}

/* How many calls there are in the set. */
static uint32_t count_calls(const struct call_set *set)
{
    uint32_t n = 0;

    for (size_t w = 0; w < ARRAY_SIZE(set->word); w++)
        n += (uint32_t)__builtin_popcountll(set->word[w]);
    return n;
}

/* Put hook (i) in front of the chains of its calls. */
static void link_hook(struct engine_shared *s, uint32_t i,
                      uint8_t hooked[HOOK_SYSNO_MAX])
{
    const struct hook *hook = &s->hooks[i];
    uint16_t *chain = s->chain[hook->phase];

    for (unsigned w = 0; w < ARRAY_SIZE(hook->calls.word); w++)
        for (uint64_t bits = hook->calls.word[w]; bits; bits &= bits - 1) {
            unsigned n = w * 64 + (unsigned)__builtin_ctzll(bits);

            s->links[s->link_count] = (struct hook_link){(uint16_t)i, chain[n]};
            chain[n] = s->link_count++;
            hooked[n] |=
                hook->phase == PHASE_BEFORE ? HOOKED_BEFORE : HOOKED_AFTER;
        }
}

void hookset_publish(struct engine *e)
{
    struct engine_shared *s = e->shared;
    uint8_t hooked[HOOK_SYSNO_MAX] = {0};
    uint32_t events = 0;

    if (e->replaying)
        return;
    memset(s->chain, 0, sizeof(s->chain));
    s->link_count = 1;
    for (uint32_t i = s->hook_count; i-- > 0;) {
        const struct hook *hook = &s->hooks[i];

        if (hook->id && hook->phase >= PHASE_EVENT)
            events |= 1u << (hook->phase - PHASE_EVENT);
        else if (hook->id)
            link_hook(s, i, hooked);
    }
    for (unsigned n = 0; n < HOOK_SYSNO_MAX; n++)
        __atomic_store_n(&s->hooked[n], hooked[n], __ATOMIC_RELEASE);
    __atomic_store_n(&s->events, events, __ATOMIC_RELEASE);
}

/* From the beginning of the chain, which may be new since the last time; a
 * hook's place is not. */
uint32_t hookset_next(const struct engine_shared *s, enum phase phase,
                      uint64_t sysno, uint32_t from)
{
    for (uint16_t l = s->chain[phase][sysno]; l; l = s->links[l].next)
        if (s->links[l].hook >= from)
            return s->links[l].hook;
    return HOOKS_MAX;
}

/* The objects of a hook stay alive in the stash, in a list under its id. */
static void keep(duk_context *ctx, const struct hook *hook)
{
    void *const objects[] = {hook->function, hook->program, hook->entry,
                             hook->source};

    duk_push_heap_stash(ctx);
    duk_push_bare_array(ctx);
    for (unsigned i = 0; i < ARRAY_SIZE(objects) && objects[i]; i++) {
        duk_push_heapptr(ctx, objects[i]);
        duk_put_prop_index(ctx, -2, i);
    }
    duk_put_prop_index(ctx, -2, hook->id);
    duk_pop(ctx);
}

static void let_go(duk_context *ctx, uint32_t id)
{
    duk_push_heap_stash(ctx);
    duk_del_prop_index(ctx, -1, id);
    duk_pop(ctx);
}

static bool same_calls(const struct call_set *a, const struct call_set *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Where the hook goes: over the one that it replaces, or to the end. */
static struct hook *place_for(struct engine *e, const struct hook *hook)
{
    struct engine_shared *s = e->shared;
    uint32_t used = 0;

    for (uint32_t i = 0; hook->unique && i < s->hook_count; i++)
        if (s->hooks[i].id && s->hooks[i].unique &&
            s->hooks[i].phase == hook->phase &&
            same_calls(&s->hooks[i].calls, &hook->calls))
            return &s->hooks[i];
    if (s->hook_count == HOOKS_MAX && !e->task) {
        for (uint32_t i = 0; i < s->hook_count; i++)
            if (s->hooks[i].id)
                s->hooks[used++] = s->hooks[i];
        s->hook_count = used;
    }
    return s->hook_count < HOOKS_MAX ? &s->hooks[s->hook_count] : NULL;
}

uint32_t hookset_add(duk_context *ctx, const struct hook *hook)
{
    struct engine *e = engine_of(ctx);
    struct engine_shared *s = e->shared;
    struct hook *place = place_for(e, hook);
    struct hook new = *hook;
    bool at_end;

    if (!place || s->link_count + count_calls(&hook->calls) > LINKS_MAX)
        duk_range_error(ctx, "there are too many hooks");
    at_end = place == &s->hooks[s->hook_count];
    new.id = ++s->next_id;
    new.function = duk_require_heapptr(ctx, -1);
    keep(ctx, &new);
    duk_pop(ctx);
    if (!at_end)
        let_go(ctx, place->id);
    *place = new;
    s->hook_count += at_end;
    hookset_publish(e);
    return new.id;
}

/* The places of removed hooks at the end are free, unless hooks run. */
static void shrink(struct engine *e)
{
    struct engine_shared *s = e->shared;

    while (!e->task && s->hook_count && !s->hooks[s->hook_count - 1].id)
        s->hook_count--;
}

bool hookset_remove(duk_context *ctx, uint32_t id)
{
    struct engine *e = engine_of(ctx);
    struct engine_shared *s = e->shared;

    for (uint32_t i = 0; id && i < s->hook_count; i++) {
        if (s->hooks[i].id != id)
            continue;
        s->hooks[i].id = 0;
        let_go(ctx, id);
        shrink(e);
        hookset_publish(e);
        return true;
    }
    return false;
}

/* --- for the control socket --- */

static bool is_for(const struct hook *hook, const struct engine_hook_key *key)
{
    return hook->id && call_set_has(&hook->calls, key->sysno) &&
           hook->phase == (key->after ? PHASE_AFTER : PHASE_BEFORE);
}

static bool is_empty(const struct call_set *set)
{
    static const struct call_set none;

    return same_calls(set, &none);
}

struct removal {
    const struct engine_hook_key *keys;
    size_t count;
};

/* Hooks whose last call is taken away are gone. */
static duk_ret_t remove_keys(duk_context *ctx, void *udata)
{
    const struct removal *r = udata;
    struct engine *e = engine_of(ctx);
    struct engine_shared *s = e->shared;

    for (uint32_t i = 0; i < s->hook_count; i++) {
        struct hook *hook = &s->hooks[i];

        if (!hook->id)
            continue;
        for (size_t k = 0; k < r->count; k++)
            if (is_for(hook, &r->keys[k]))
                hook->calls.word[r->keys[k].sysno / 64] &=
                    ~(UINT64_C(1) << r->keys[k].sysno % 64);
        if (r->count && (hook->phase >= PHASE_EVENT || !is_empty(&hook->calls)))
            continue;
        let_go(ctx, hook->id);
        hook->id = 0;
    }
    shrink(e);
    hookset_publish(e);
    return 0;
}

void hookset_remove_keys(struct engine *e, const struct engine_hook_key *keys,
                         size_t count)
{
    struct removal r = {keys, count};
    struct engine_error ignored;

    /* Deleting what our own list holds runs no script and wants no memory. */
    engine_protect(e, remove_keys, &r, &ignored);
}

int engine_remove_hooks(struct engine *e, const struct engine_hook_key *keys,
                        size_t count, size_t *missing)
{
    struct engine_shared *s = e->shared;
    int rc = 0;

    if (count == 0)
        return 0;
    engine_lock(e);
    for (size_t k = 0; k < count && rc == 0; k++) {
        bool found = false;

        for (uint32_t i = 0; i < s->hook_count; i++)
            found |= is_for(&s->hooks[i], &keys[k]);
        if (!found) {
            *missing = k;
            rc = -ENOENT;
        }
    }
    if (rc == 0)
        rc = journal_add(e->journal, JOURNAL_REMOVE, "", keys,
                         count * sizeof(*keys));
    if (rc == 0)
        hookset_remove_keys(e, keys, count);
    engine_unlock(e);
    return rc;
}

int engine_remove_all(struct engine *e)
{
    int rc;

    engine_lock(e);
    rc = journal_add(e->journal, JOURNAL_REMOVE, "", NULL, 0);
    if (rc == 0)
        hookset_remove_keys(e, NULL, 0);
    engine_unlock(e);
    return rc;
}
