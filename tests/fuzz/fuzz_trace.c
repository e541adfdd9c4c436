/*
 * fuzz_trace.c: records of any call with any registers over any memory, before
 * and after it: nothing outside the guest's memory is read, texts stay within
 * their limits, and the record is one line of UTF-8 without control characters.
 *
 * Input: the number of the call, six registers of a byte that chooses and a
 * byte more, the result, the bytes of memory.
 */
#include "api/record.h"
#include "vmm/capsule_internal.h"
#include "vmm/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEST_ARENA_END (ARENA_BASE + GIB)
#define PAGES          4
#define MEM            (ARENA_BASE + 64 * MIB)
#define END            (MEM + PAGES * PAGE_SIZE) /* a page without rights */
#define SECRET         (TEST_ARENA_END + GUARD_SIZE + 64 * MIB)
#define BLOB           64

static const char secret[] = "only the monitor's";

struct input {
    const uint8_t *at;
    size_t left;
};

static uint8_t next_byte(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static uint64_t next_value(struct input *in)
{
    static const uint64_t base[] = {
        0,
        MEM,
        MEM + 256,
        END - 256,
        END,
        SECRET - 128,
        UINT64_MAX - 255,
        UINT32_MAX - 255,
        INT32_MAX - 100,
    };
    uint8_t choice = next_byte(in);

    return base[choice % ARRAY_SIZE(base)] + next_byte(in);
}

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "fuzz_trace: %s\n", what);
    abort();
}

/* The input may happen to say the same. */
static bool secret_is_known;

static void check(const struct syscall_call *call, const struct trace *t,
                  bool over)
{
    const struct record_call r = {.taskname = "fuzz",
                                  .args = t,
                                  .over = over,
                                  .ret = call->ret,
                                  .sysname =
                                      call->row ? call->row->name : NULL};
    struct text record = {0};
    size_t n;

    for (unsigned i = 0; i < t->count; i++) {
        trace_arg(t, i, &n);
        must(n <= 8 * KIB + 4 * BLOB + 3, "a text without end");
    }
    record_call(&record, &r);
    must(!record.cut && record.at[record.size - 1] == '\n', "no whole line");
    must(secret_is_known ||
             !memmem(record.at, record.size, secret, sizeof(secret) - 1),
         "memory of the monitor");
    for (size_t i = 0; i < record.size - 1; i += n) {
        n = utf8_length(record.at + i, record.size - i);
        must(n > 0, "no UTF-8");
        must((uint8_t)record.at[i] >= ' ', "a control character");
    }
    text_free(&record);
}

static void prepare(void)
{
    static bool done;

    if (done)
        return;
    done = true;
    gmem_init(NULL);
    gmem_set_windows(LOW_END, TEST_ARENA_END);
    must(mmap((void *)MEM, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
              0) == (void *)MEM,
         "no memory");
    must(mmap((void *)SECRET, PAGE_SIZE, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
              0) == (void *)SECRET,
         "no memory for the secret");
    memcpy((void *)SECRET, secret, sizeof(secret));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct capsule *cap = capsule_create();
    const struct syscall_variant *v = NULL;
    struct syscall_call call = {.capsule = cap};
    struct trace t = {0};
    uint64_t host[SYSCALL_ARGS];

    prepare();
    must(cap, "no capsule");
    secret_is_known = memmem(data, size, secret, sizeof(secret) - 1);
    call.sysno = next_byte(&in) | (uint64_t)(next_byte(&in) % 4) << 8;
    call.row = syscall_row(call.sysno);
    for (unsigned i = 0; i < SYSCALL_ARGS; i++)
        call.orig[i] = next_value(&in);
    call.ret = (int64_t)next_value(&in);
    memset((void *)MEM, 0, PAGES * PAGE_SIZE);
    memcpy((void *)MEM, in.at, min_u64(in.left, PAGES * PAGE_SIZE));
    memcpy((void *)(END - 256), in.at, min_u64(in.left, 256));
    if (call.row && call.row->variants)
        v = syscall_variant(call.row, call.orig);
    if (call.row) {
        call.arg = v ? v->arg : call.row->arg;
        capsule_take(cap, call.arg, call.orig, host);
    }
    trace_enter(&t, &call, BLOB);
    check(&call, &t, false);
    if (call.arg) {
        capsule_seal(cap);
        capsule_put(cap);
    }
    trace_leave(&t, &call, BLOB);
    check(&call, &t, true);
    trace_free(&t);
    capsule_destroy(cap);
    return 0;
}
