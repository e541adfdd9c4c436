/*
 * fuzz_capsule.c: random rows with random values over random guest memory, and
 * hooks that read and write at random. Whatever happens, what the host would
 * be given is safe, and nothing outside the guest's memory is read or written.
 */
#include "tests/support/capsule_check.h"
#include "vmm/capsule_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEST_ARENA_END (ARENA_BASE + GIB)
#define PAGES          8
#define MEM            (ARENA_BASE + 64 * MIB)
#define END            (MEM + PAGES * PAGE_SIZE) /* a page without rights */
/* Memory of the monitor: readable and writable, but not the guest's. */
#define SECRET (TEST_ARENA_END + GUARD_SIZE + 64 * MIB)

#define TYPES  3
#define FIELDS 4

static const char secret[] = "only the monitor's";

struct input {
    const uint8_t *at;
    size_t left;
};

struct world {
    struct struct_desc type[TYPES];
    struct datum field[TYPES][FIELDS + 1];
    struct datum arg[SYSCALL_ARGS];
};

static uint8_t next_byte(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

/* Values at which something changes, or small numbers. */
static uint64_t next_value(struct input *in)
{
    static const uint64_t edge[] = {
        0,
        MEM,
        MEM + 8,
        MEM + 256,
        MEM + PAGE_SIZE - 3,
        END - 1,
        END - 8,
        END - 100,
        END,
        SECRET,
        SECRET - 8,
        SECRET + 1,
        TEST_ARENA_END - 1,
        TEST_ARENA_END,
        TEST_ARENA_END + GUARD_SIZE,
        LOW_BASE,
        LOW_BASE - 1,
        MACHINE_BASE,
        ARENA_BASE - 1,
        GMEM_FAULT_ADDR,
        UINT64_MAX,
        INT32_MAX,
        UINT32_MAX,
        UINT64_C(1) << 32,
        UINT64_C(1) << 63,
    };
    uint8_t b = next_byte(in);

    if (b < 2 * ARRAY_SIZE(edge))
        return edge[b / 2] + (b % 2 ? next_byte(in) : 0);
    return b < 128 ? b - 2 * ARRAY_SIZE(edge) : next_byte(in) * 16u;
}

static void make_datum(struct input *in, struct world *w, struct datum *d)
{
    static const uint32_t sizes[] = {0, 1, 4, 8, 16, 100, 5000};
    static const uint32_t maxima[] = {0, 0, 1, 8, 1024};
    static const uint8_t widths[] = {0, 1, 2, 4, 8};
    uint8_t b = next_byte(in);

    d->name = "datum";
    /* Half of them pointers. */
    if (b % 2)
        d->kind = DATUM_BUF + b / 2 % (DATUM_KINDS - DATUM_BUF);
    else
        d->kind = DATUM_INT + b / 2 % (DATUM_BUF - DATUM_INT);
    b = next_byte(in);
    d->dir = 1 + b % 3;
    d->count = b / 3 % 4;
    d->count_of = b / 12 % 8; /* also what does not exist */
    b = next_byte(in);
    d->size = sizes[b % ARRAY_SIZE(sizes)];
    d->max = maxima[b / 8 % ARRAY_SIZE(maxima)];
    d->width = datum_is_pointer(d->kind) ? 8 : widths[b / 40 % 5];
    b = next_byte(in);
    if (d->kind == DATUM_STRUCT && b % 4 != 0)
        d->type = &w->type[b / 4 % TYPES];
}

static void make_world(struct input *in, struct world *w)
{
    unsigned t, i, n, shift;

    memset(w, 0, sizeof(*w));
    for (t = 0; t < TYPES; t++) {
        n = next_byte(in) % (FIELDS + 1);
        shift = next_byte(in) % 16;
        for (i = 0; i < n; i++) {
            make_datum(in, w, &w->field[t][i]);
            w->field[t][i].offset = (uint16_t)(8 * i + shift);
        }
        w->type[t].name = "type";
        w->type[t].size = 8 * n + shift + next_byte(in) % 8;
        w->type[t].field = w->field[t];
    }
    n = next_byte(in) % (SYSCALL_ARGS + 1);
    for (i = 0; i < n; i++)
        make_datum(in, w, &w->arg[i]);
}

static void map(gva_t addr, size_t len, int prot)
{
    if (mmap((void *)addr, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
             -1, 0) != (void *)addr)
        abort();
}

static void make_memory(struct input *in)
{
    unsigned words = next_byte(in) * 4u;
    gva_t at = MEM;
    uint64_t value;
    unsigned i;

    memset((void *)MEM, next_byte(in), PAGES * PAGE_SIZE);
    for (i = 0; i < words && in->left > 0; i++, at += 8) {
        value = next_value(in);
        memcpy((void *)at, &value, 8);
    }
    memset((void *)(END - 64), 'e', 64); /* a string that runs into nothing */
}

static void check_secret(void)
{
    unsigned i;

    for (i = 0; i + sizeof(secret) < PAGE_SIZE; i += sizeof(secret))
        if (memcmp((char *)SECRET + i, secret, sizeof(secret)) != 0)
            abort();
}

static void check(const struct capsule *cap)
{
    const char *wrong = capsule_unsound(cap);
    const struct part *p;

    if (wrong != NULL) {
        fprintf(stderr, "%s\n", wrong);
        abort();
    }
    check_secret();
    for (p = cap->parts; p != NULL; p = p->next)
        if (memmem(p->view, min_u64(p->len, 4096), secret, 8) != NULL)
            abort();
}

static void hook(struct input *in, struct capsule *cap, struct world *w,
                 uint64_t guest[SYSCALL_ARGS], uint64_t host[SYSCALL_ARGS])
{
    uint64_t changed[SYSCALL_ARGS];
    uint8_t op = next_byte(in);
    gva_t addr = next_value(in);
    size_t len = next_byte(in);
    uint8_t buf[256];

    memset(buf, op, sizeof(buf));
    switch (op % 4) {
    case 0:
        capsule_read(cap, addr, buf, len);
        break;
    case 1:
        if (capsule_read_string(cap, addr, (char *)buf, len) >= (ssize_t)len &&
            len > 0)
            abort();
        break;
    case 2:
        capsule_write(cap, addr, buf, len);
        break;
    default:
        memcpy(changed, guest, sizeof(changed));
        changed[len % SYSCALL_ARGS] = addr;
        capsule_retake(cap, w->arg, guest, changed, host);
        memcpy(guest, changed, sizeof(changed));
    }
}

/* What emulated calls would work on is all there. */
static void look_at_args(struct capsule *cap)
{
    unsigned i, sum = 0;
    const char *p;
    size_t size;
    int err;

    for (i = 0; i < SYSCALL_ARGS; i++) {
        p = capsule_arg(cap, i, &size, &err);
        if (p == NULL && size != 0)
            abort();
        while (size > 0)
            sum += (unsigned char)p[--size];
    }
    if (sum == 1)
        fputs("", stderr); /* the reads above are not for nothing */
}

/* The host kernel writes where it may. */
static void run_call(struct input *in, const struct capsule *cap)
{
    const struct part *p;

    for (p = cap->parts; p != NULL; p = p->next)
        if (p->live && p->host != p->view && (p->datum->dir & DIR_OUT) &&
            p->len > 0)
            p->host[next_byte(in) % p->len] ^= next_byte(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct capsule *cap;
    uint64_t guest[SYSCALL_ARGS], host[SYSCALL_ARGS];
    struct input in = {data, size};
    static struct world w;
    unsigned i, hooks;

    if (cap == NULL) {
        gmem_set_windows(LOW_END, TEST_ARENA_END);
        map(MEM, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE);
        map(END, PAGE_SIZE, PROT_NONE);
        map(SECRET, PAGE_SIZE, PROT_READ | PROT_WRITE);
        for (i = 0; i + sizeof(secret) < PAGE_SIZE; i += sizeof(secret))
            memcpy((char *)SECRET + i, secret, sizeof(secret));
        gmem_init(NULL);
        cap = capsule_create();
        if (cap == NULL)
            abort();
    }
    make_world(&in, &w);
    for (i = 0; i < SYSCALL_ARGS; i++)
        guest[i] = next_value(&in);
    make_memory(&in);
    capsule_take(cap, w.arg, guest, host);
    check(cap);
    for (hooks = next_byte(&in) % 8; hooks > 0; hooks--) {
        hook(&in, cap, &w, guest, host);
        check(cap);
    }
    capsule_seal(cap);
    look_at_args(cap);
    run_call(&in, cap);
    capsule_put(cap);
    hook(&in, cap, &w, guest, host);
    check_secret();
    return 0;
}
