/*
 * fuzz_hookresult.c: any script as the body of a hook: whatever it returns or
 * does, the call goes on with sane registers and a result, and so does the
 * engine.
 */
#include "tests/fuzz/engine.h"
#include "vmm/call.h"
#include "vmm/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct syscall_call make_call(struct task *task)
{
    static const struct datum none[SYSCALL_ARGS];
    struct syscall_call call = {
        .task = task, .sysno = 1000, .arg = none, .capsule = task->capsule};

    if (capsule_take(call.capsule, none, call.args, call.host) < 0)
        abort();
    return call;
}

static void run_hooks(struct engine *engine)
{
    struct process process = {.root = &process,
                              .actions = &process.own_actions};
    struct task task = {
        .process = &process, .capsule = capsule_create(), .key = 1};
    struct hooks hooks = engine_hooks(engine);
    struct syscall_call call = make_call(&task);

    if (hooks.ops->before(hooks.ctx, &call) == HOOK_CONTINUE && call.ret != 0)
        abort();
    call = make_call(&task);
    call.ret = -13;
    hooks.ops->after(hooks.ctx, &call);
    for (int i = 0; i < SYSCALL_ARGS; i++)
        if (call.args[i] != 0)
            abort();
    capsule_destroy(task.capsule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char before[] = "function body() {";
    static const char after[] = "\n}\naccessors.AddHookBefore(1000, body);"
                                "accessors.AddHookAfter(1000, body);";
    char *script = malloc(size + sizeof(before) + sizeof(after));
    struct engine *engine = fuzz_engine(2 * MIB, 50);
    struct diag d = {0};

    if (!script)
        abort();
    memcpy(script, before, sizeof(before) - 1);
    if (size)
        memcpy(script + sizeof(before) - 1, data, size);
    memcpy(script + sizeof(before) - 1 + size, after, sizeof(after));
    if (engine_load_source(engine, script,
                           size + sizeof(before) + sizeof(after) - 2, "fuzz",
                           &d) == 0 &&
        engine_hooks(engine).hooked[1000] == (HOOKED_BEFORE | HOOKED_AFTER))
        run_hooks(engine);
    free(script);
    engine_destroy(engine);
    return 0;
}
