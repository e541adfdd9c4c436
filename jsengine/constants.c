/* constants.c: constants by name, gathered from the tables. */
#include "jsengine/constants.h"

#include "vmm/sysno.h"
#include "vmm/xlat.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_MAX_SIZE 64

/* What no set of the tables has, because it stands where a number does. */
static const struct xlat_entry other_entries[] = {
#define C(c_)                                                                  \
    {                                                                          \
        (uint64_t)(c_), #c_                                                    \
    }
    C(AT_FDCWD),  C(O_ACCMODE),  C(S_IFMT),  C(S_IFSOCK), C(S_IFLNK),
    C(S_IFREG),   C(S_IFBLK),    C(S_IFDIR), C(S_IFCHR),  C(S_IFIFO),
    C(S_ISUID),   C(S_ISGID),    C(S_ISVTX), C(S_IRWXU),  C(S_IRUSR),
    C(S_IWUSR),   C(S_IXUSR),    C(S_IRWXG), C(S_IRGRP),  C(S_IWGRP),
    C(S_IXGRP),   C(S_IRWXO),    C(S_IROTH), C(S_IWOTH),  C(S_IXOTH),
    C(UTIME_NOW), C(UTIME_OMIT), {0, NULL},
#undef C
};
static const struct xlat others = {.name = "others", .entry = other_entries};

struct each {
    constant_fn *fn;
    void *ctx;
};

/* (name) without the (skip) bytes that are its object's name. */
static void tell(const struct each *to, const char *name, size_t skip,
                 uint64_t value)
{
    const char *start = name + strspn(name, "_"); /* __WALL */
    char object[NAME_MAX_SIZE];

    snprintf(object, sizeof(object), "%.*s", (int)skip, start);
    start += skip;
    to->fn(to->ctx, object, start + strspn(start, "_"), (double)(int64_t)value,
           name);
}

/* Bytes before the first underscore, 0 where there is none. */
static size_t before_underscore(const char *name)
{
    const char *start = name + strspn(name, "_");
    const char *end = strchr(start, '_');

    return end ? (size_t)(end - start) : 0;
}

/* How long the beginning is that all names of (entry) without an underscore
 * have in common: EPOLLIN, EPOLLOUT. */
static size_t common_beginning(const struct xlat_entry *entry)
{
    const char *first = NULL;
    size_t n = 0;

    for (; entry->name; entry++) {
        const char *name = entry->name + strspn(entry->name, "_");

        if (strchr(name, '_'))
            continue;
        if (!first) {
            first = name;
            n = strlen(name);
        }
        while (strncmp(first, name, n) != 0)
            n--;
    }
    return n;
}

/*
 * As the kernel reads the value, and so `args` shows it: the sets hold 32 bits
 * without sign, but what names a value and no flag is signed (RUSAGE_CHILDREN).
 */
static uint64_t as_read(const struct xlat *set, uint64_t value)
{
    if (value <= INT32_MAX || value > UINT32_MAX)
        return value;
    for (unsigned n = 0; n < SYSCALL_MAX; n++) {
        const struct syscall_desc *row = syscall_row(n);

        for (unsigned i = 0; row && i < SYSCALL_ARGS; i++)
            if (row->arg[i].names == set && row->arg[i].kind == DATUM_ENUM)
                return (uint64_t)(int32_t)value;
    }
    return value;
}

static void each_of_set(const struct each *to, const struct xlat *set)
{
    size_t common = common_beginning(set->entry);

    for (const struct xlat_entry *e = set->entry; e->name; e++) {
        size_t n = before_underscore(e->name);

        tell(to, e->name, n ? n : common, as_read(set, e->value));
    }
}

/* Commands that select a variant. Those of several makes, as ioctl's, keep
 * their whole name and are in an object with the name of the call. */
static void each_command(const struct each *to, unsigned sysno,
                         bool by_beginning)
{
    const struct syscall_desc *row = syscall_row(sysno);
    char object[NAME_MAX_SIZE] = "";

    for (unsigned i = 0; row->name[i]; i++)
        object[i] = (char)toupper((unsigned char)row->name[i]);
    for (const struct syscall_variant *v = row->variants; v->name; v++) {
        if (by_beginning)
            tell(to, v->name, before_underscore(v->name), v->key);
        else
            to->fn(to->ctx, object, v->name, (double)v->key, v->name);
    }
}

static void each_errno(const struct each *to)
{
    for (int err = 1; err < 256; err++)
        if (errno_name(err))
            tell(to, errno_name(err), 1, (uint64_t)err);
}

static void each_signal(const struct each *to)
{
    char name[NAME_MAX_SIZE];

    for (int sig = 1; sig < 32; sig++) {
        if (!sigabbrev_np(sig))
            continue;
        snprintf(name, sizeof(name), "SIG%s", sigabbrev_np(sig));
        tell(to, name, 3, (uint64_t)sig);
    }
}

void constants_each(constant_fn *fn, void *ctx)
{
    static const struct {
        unsigned sysno;
        bool by_beginning;
    } commands[] = {
        {SYS_arch_prctl, true}, {SYS_fcntl, true},   {SYS_futex, true},
        {SYS_ioctl, false},     {SYS_msgctl, false}, {SYS_prctl, true},
        {SYS_semctl, false},    {SYS_shmctl, false},
    };
    const struct each to = {fn, ctx};

    each_errno(&to);
    each_signal(&to);
    for (const struct xlat *const *set = xlat_list; *set; set++)
        each_of_set(&to, *set);
    each_of_set(&to, &others);
    for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
        each_command(&to, commands[i].sysno, commands[i].by_beginning);
}

/* The global object is at the top. */
static void put(void *udata, const char *object, const char *key, double value,
                const char *c_name)
{
    duk_context *ctx = udata;

    (void)c_name;
    if (!duk_get_prop_string(ctx, -1, object)) {
        duk_pop(ctx);
        duk_push_object(ctx);
        duk_dup_top(ctx);
        duk_put_prop_string(ctx, -3, object);
    }
    duk_push_number(ctx, value);
    duk_put_prop_string(ctx, -2, key);
    duk_pop(ctx);
}

void constants_put(duk_context *ctx)
{
    duk_push_global_object(ctx);
    constants_each(put, ctx);
    duk_pop(ctx);
}
