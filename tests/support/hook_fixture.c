/* hook_fixture.c: an engine, a task without a vcpu, guest memory. */
#include "tests/support/hook_fixture.h"

#include "jsengine/decode.h"
#include "vmm/gmem.h"
#include "vmm/session_shared.h"
#include "vmm/stop.h"

#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_BASE (ARENA_BASE + 64 * MIB)

static int setup(void **state, enum hook_policy policy)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct engine_config config = {
        .heap_bytes = 2 * MIB,
        .timeout_ms = 300,
        .policy = policy,
    };
    struct diag d = {0};

    if (!f)
        return -1;
    f->print_fd = memfd_create("printed", MFD_CLOEXEC);
    config.print_fd = f->print_fd;
    f->memory = mmap((void *)(uintptr_t)MEMORY_BASE, FIXTURE_MEMORY_SIZE,
                     PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    f->task.process = &f->process;
    f->task.key = 1;
    f->task.capsule = capsule_create();
    f->task.tid = gettid();
    pthread_mutex_init(&f->process.lock, NULL);
    f->process.actions = &f->process.own_actions;
    f->process.root = &f->process;
    pthread_mutex_init(&f->process.actions->lock, NULL);
    if (session_shared_create(&f->process.shared, &d) < 0)
        return -1;
    stop_join(&f->task);
    *state = f;
    return f->memory != MAP_FAILED && f->task.capsule &&
                   engine_create(&f->engine, &config, &d) == 0
               ? 0
               : -1;
}

int fixture_setup(void **state)
{
    return setup(state, HOOK_FAIL_OPEN);
}

int fixture_setup_closed(void **state)
{
    return setup(state, HOOK_FAIL_CLOSED);
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    engine_destroy(f->engine);
    stop_leave(&f->task);
    session_shared_destroy(f->process.shared);
    capsule_destroy(f->task.capsule);
    munmap(f->memory, FIXTURE_MEMORY_SIZE);
    close(f->print_fd);
    free(f);
    return 0;
}

void fixture_load(struct fixture *f, const char *script)
{
    struct diag d = {0};

    if (engine_load_source(f->engine, script, strlen(script), "test.js", &d) <
        0)
        fail_msg("%s", d.text);
}

void fixture_load_fails(struct fixture *f, const char *script, const char *text)
{
    struct diag d = {0};

    assert_true(engine_load_source(f->engine, script, strlen(script), "test.js",
                                   &d) < 0);
    if (!strstr(d.text, text))
        fail_msg("\"%s\" does not say \"%s\"", d.text, text);
}

static void prepare(struct fixture *f, uint64_t sysno, const uint64_t *args)
{
    static const uint64_t none[SYSCALL_ARGS];
    static const struct datum no_data[SYSCALL_ARGS];

    gmem_init(NULL); /* cmocka has set its own handlers for this test */
    memset(&f->call, 0, sizeof(f->call));
    f->call.task = &f->task;
    f->call.sysno = sysno;
    f->call.row = syscall_row(sysno);
    f->call.capsule = f->task.capsule;
    memcpy(f->call.orig, args ? args : none, sizeof(f->call.orig));
    memcpy(f->call.args, f->call.orig, sizeof(f->call.args));
    f->call.arg = decode_arguments(&f->call, f->call.args);
    if (!f->call.arg)
        f->call.arg = no_data;
    assert_int_equal(
        capsule_take(f->call.capsule, f->call.arg, f->call.args, f->call.host),
        0);
}

void fixture_before(struct fixture *f, uint64_t sysno, const uint64_t *args)
{
    struct hooks hooks = engine_hooks(f->engine);

    prepare(f, sysno, args);
    assert_true(hooks.hooked[sysno] & HOOKED_BEFORE);
    f->answered = hooks.ops->before(hooks.ctx, &f->call) == HOOK_ANSWERED;
}

void fixture_after(struct fixture *f, uint64_t sysno, const uint64_t *args,
                   int64_t ret)
{
    struct hooks hooks = engine_hooks(f->engine);

    prepare(f, sysno, args);
    capsule_seal(f->call.capsule);
    f->call.ret = ret;
    assert_true(hooks.hooked[sysno] & HOOKED_AFTER);
    hooks.ops->after(hooks.ctx, &f->call);
}

char *fixture_printed(struct fixture *f)
{
    off_t size = lseek(f->print_fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);

    assert_non_null(text);
    assert_int_equal(pread(f->print_fd, text, (size_t)size, 0), size);
    assert_int_equal(ftruncate(f->print_fd, 0), 0);
    lseek(f->print_fd, 0, SEEK_SET);
    return text;
}

gva_t fixture_text(struct fixture *f, size_t offset, const char *text)
{
    memcpy(f->memory + offset, text, strlen(text) + 1);
    return (gva_t)(uintptr_t)(f->memory + offset);
}
