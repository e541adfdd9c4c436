/*
 * fuzz_accessors.c: any accessor with any arguments, from a hook: it returns or
 * throws what can be caught, and the engine goes on. Two bytes choose accessor
 * and number of arguments, one byte each argument.
 */
#include "jsengine/accessor.h"
#include "tests/fuzz/engine.h"
#include "vmm/call.h"
#include "vmm/gmem.h"
#include "vmm/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY   (ARENA_BASE + 64 * MIB)
#define ARGS_MAX 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* "m" is an address of guest memory, "f" a function. */
static const char *const values[] = {
    "0",
    "1",
    "-1",
    "m",
    "m + 1",
    "m + 65530",
    "m + 65536",
    "4096",
    "16777217",
    "1e300",
    "NaN",
    "-Infinity",
    "1.7",
    "'0x7fffffffffffffff'",
    "'18446744073709551615'",
    "'12'",
    "''",
    "'h\\u00e9\\u0000\\ud800'",
    "'openat'",
    "'%file'",
    "'before'",
    "'exit'",
    "'ENOSPC'",
    "'SIGINT'",
    "null",
    "undefined",
    "true",
    "f",
    "{}",
    "[]",
    "[1, 2, 300]",
    "[1, [2, 'read', ['%network']]]",
    "new Uint8Array([1, 2, 3])",
    "new ArrayBuffer(70000)",
    "new Uint32Array(4).subarray(1, 3)",
    "{valueOf: function () { throw 1; }}",
    "{toString: function () { return accessors; }}",
    "{fd: 1, nth: 2, comm: 'x', chance: 0.5, seed: 3}",
    "{mask: {arg: 1, bits: 2, value: '0x2'}, policy: 'closed', timeout: 5}",
    "{errno: 'EIO', ret: 5, delay: 1}",
    "{ret: f, every: -1}",
    "Symbol('s')",
    "new Proxy({}, {get: function () { throw 2; }})",
    "Array(1000).join('long')",
};

/* These act on a machine or on processes, which there are none of here. */
static bool wants_machine(const char *name)
{
    static const char *const names[] = {
        "anonMmap", "munmap",  "getMmaps",    "sendSignal",
        "getArgv",  "getEnvs", "stopThreads", "resumeThreads"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void write_script(FILE *out, const uint8_t *data, size_t size)
{
    fprintf(out,
            "var m = %llu; function f() { return {ret: 0, errno: 0}; }\n"
            "accessors.AddHookBefore(1000, function () {\n",
            (unsigned long long)MEMORY);
    for (size_t at = 0; at + 2 <= size;) {
        const char *name = accessor_table[data[at] % accessor_count].name;
        unsigned count = data[at + 1] % (ARGS_MAX + 1);

        at += 2;
        if (wants_machine(name))
            continue;
        fprintf(out, "try { accessors.%s(", name);
        for (unsigned i = 0; i < count && at < size; i++, at++)
            fprintf(out, "%s%s", i ? ", " : "",
                    values[data[at] % ARRAY_SIZE(values)]);
        fputs("); } catch (e) { String(e); }\n", out);
    }
    fputs("return {0: 77}; });\n", out);
}

static void run_hook(struct engine *engine)
{
    static const struct datum none[SYSCALL_ARGS];
    struct process process = {.root = &process,
                              .actions = &process.own_actions};
    struct task task = {
        .process = &process, .capsule = capsule_create(), .key = 1};
    struct syscall_call call = {
        .task = &task, .sysno = 1000, .arg = none, .capsule = task.capsule};
    struct hooks hooks = engine_hooks(engine);

    if (capsule_take(call.capsule, none, call.args, call.host) < 0)
        abort();
    if (hooks.hooked[1000] & HOOKED_BEFORE)
        hooks.ops->before(hooks.ctx, &call);
    /* Nothing that an accessor throws gets past the script. */
    if (engine_hook_errors(engine) == 0 && call.args[0] != 77 && call.ret != 0)
        abort();
    capsule_destroy(task.capsule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct engine *engine = fuzz_engine(4 * MIB, 500);
    struct diag d = {0};
    char *script = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&script, &length);
    void *memory =
        mmap((void *)(uintptr_t)MEMORY, 64 * KIB, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    gmem_init(NULL);
    if (!out || memory == MAP_FAILED)
        abort();
    write_script(out, data, size);
    fclose(out);
    if (engine_load_source(engine, script, length, "fuzz", &d) < 0) {
        fprintf(stderr, "%s\n%s", d.text, script);
        abort(); /* whatever the bytes, this is a script */
    }
    run_hook(engine);
    free(script);
    engine_destroy(engine);
    munmap(memory, 64 * KIB);
    return 0;
}
