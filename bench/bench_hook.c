/*
 * bench_hook.c: what a hook adds to a call. The call goes through dispatch as
 * from a guest, but without a guest: an exit costs a hundred times more than a
 * hook and would hide it. Each hook is measured in turns with the same call
 * without it.
 */
#include "jsengine/engine.h"
#include "vmm/gmem.h"
#include "vmm/measure.h"
#include "vmm/session_shared.h"
#include "vmm/stop.h"
#include "vmm/task.h"
#include "vmm/vcpu.h"

#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROUNDS 31
#define CALLS  20000

static const char path[] = "/usr/share/some/path/of/forty/bytes/here";

static const struct {
    const char *name;
    const char *script;
} hooks[] = {
    {"empty", "accessors.AddHookBefore(110, function () {});"},
    {"a=0; b=1; c=a+b", "accessors.AddHookBefore(110, function () {"
                        "  a = 0; b = 1; c = a + b; });"},
    {"persistence.glb.n++", "persistence.glb.n = 0;"
                            "accessors.AddHookBefore(110, function () {"
                            "  persistence.glb.n++; });"},
    {"readString of 40 bytes", "accessors.AddHookBefore(110, function (p) {"
                               "  accessors.readString(p, 4096); });"},
    {"args.arg0", "accessors.AddHookBefore(110, function () {"
                  "  return args.arg0 && undefined; });"},
    {"an answer", "accessors.AddHookBefore(110, function () {"
                  "  return {ret: 1, errno: 0}; });"},
    {"after, empty", "accessors.AddHookAfter(110, function () {});"},
    {"filtered out", "accessors.on('before', 110, {fd: 77}, function () {});"},
};

/* A task whose vcpu is only registers. */
struct subject {
    struct vm vm;
    struct kvm_run run;
    struct vcpu vcpu;
    struct process process;
    struct task task;
};

static double calls_us(struct subject *s, gva_t text)
{
    double start = measure_now_us();

    for (unsigned i = 0; i < CALLS; i++) {
        s->vcpu.regs->rax = SYS_getppid;
        s->vcpu.regs->rdi = text;
        dispatch_syscall(&s->task);
    }
    return (measure_now_us() - start) / CALLS;
}

/* Medians in turns; 0 without and 1 with the hooks. */
static void measure(struct subject *s, const struct hooks *with, gva_t text,
                    double out[2])
{
    double us[2][ROUNDS];

    for (unsigned r = 0; r < ROUNDS; r++) {
        s->process.hooks = (struct hooks){0};
        us[0][r] = calls_us(s, text);
        s->process.hooks = *with;
        us[1][r] = calls_us(s, text);
    }
    out[0] = measure_median(us[0], ROUNDS);
    out[1] = measure_median(us[1], ROUNDS);
}

int main(void)
{
    static struct subject s;
    void *page = mmap((void *)(uintptr_t)(ARENA_BASE + MIB), PAGE_SIZE,
                      PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    if (page == MAP_FAILED)
        return 1;
    memcpy(page, path, sizeof(path));
    gmem_init(NULL);
    s.vm.entry_cpl3 = true;
    s.vcpu.vm = &s.vm;
    s.vcpu.run = &s.run;
    s.vcpu.regs = &s.run.s.regs.regs;
    s.vcpu.sregs = &s.run.s.regs.sregs;
    s.task.process = &s.process;
    s.task.vcpu = &s.vcpu;
    s.task.capsule = capsule_create();
    task_name(&s.task);
    /* As in a session: on its way to the lock a task can be stopped. */
    if (session_shared_create(&s.process.shared, NULL) < 0)
        return 1;
    stop_join(&s.task);
    for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
        const struct engine_config config = {
            .heap_bytes = 64 * MIB,
            .timeout_ms = 1000,
            .print_fd = STDERR_FILENO,
        };
        struct engine *engine;
        struct hooks with;
        struct diag d = {0};
        double us[2];

        s.task.note = (struct task_note){0};
        if (engine_create(&engine, &config, &d) < 0 ||
            engine_load_source(engine, hooks[i].script, strlen(hooks[i].script),
                               "bench.js", &d) < 0) {
            diag_print(&d);
            return 1;
        }
        with = engine_hooks(engine);
        measure(&s, &with, (gva_t)(uintptr_t)page, us);
        printf("%-24s call %.3f us, with hook %.3f us, adds %.3f us "
               "(medians of %d x %d)\n",
               hooks[i].name, us[0], us[1], us[1] - us[0], ROUNDS, CALLS);
        engine_destroy(engine);
    }
    return 0;
}
