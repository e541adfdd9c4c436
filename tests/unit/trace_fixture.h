/* trace_fixture.h: a call on its way through dispatch, and what is told of it.
 */
#ifndef TESTS_UNIT_TRACE_FIXTURE_H
#define TESTS_UNIT_TRACE_FIXTURE_H

#include "tests/unit/capsule_fixture.h"
#include "vmm/trace.h"

#include <stdio.h>

static struct syscall_call call;
static struct trace texts;
static size_t blob = TRACE_BLOB_SIZE;

/* As dispatch does it: describe, capture; then tell. */
static const struct trace *trace_before(struct fixture *f, uint64_t sysno,
                                        const uint64_t *args)
{
    const struct syscall_variant *v = NULL;

    trace_free(&texts);
    call = (struct syscall_call){
        .sysno = sysno, .capsule = f->cap, .row = syscall_row(sysno)};
    memcpy(call.orig, args, sizeof(call.orig));
    memcpy(call.args, args, sizeof(call.args));
    if (call.row && call.row->variants)
        v = syscall_variant(call.row, call.args);
    if (call.row)
        call.arg = v ? v->arg : call.row->arg;
    if (call.arg)
        capsule_take(f->cap, call.arg, call.args, f->host);
    trace_enter(&texts, &call, blob);
    return &texts;
}
#define before(f_, sysno_, ...)                                                \
    trace_before((f_), (sysno_), (const uint64_t[SYSCALL_ARGS]){__VA_ARGS__})

/* The call was made and gave (ret). */
static inline const struct trace *after(struct fixture *f, int64_t ret)
{
    if (call.arg) {
        capsule_seal(f->cap);
        capsule_put(f->cap);
    }
    call.ret = ret;
    trace_leave(&texts, &call, blob);
    return &texts;
}

static inline size_t told_size(unsigned i)
{
    size_t size;

    assert_true(i < texts.count);
    trace_arg(&texts, i, &size);
    return size;
}

static inline const char *told(unsigned i)
{
    size_t size;

    return trace_arg(&texts, i, &size);
}

#define assert_told(i_, ...)                                                   \
    do {                                                                       \
        char want_[4096];                                                      \
        int n_ = snprintf(want_, sizeof(want_), __VA_ARGS__);                  \
                                                                               \
        if ((size_t)n_ != told_size(i_) ||                                     \
            memcmp(want_, told(i_), (size_t)n_) != 0)                          \
            fail_msg("line %d: %.*s\nis not: %s", __LINE__,                    \
                     (int)told_size(i_), told(i_), want_);                     \
    } while (0)

#endif
