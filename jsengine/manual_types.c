/* manual_types.c: microvm-hook.d.ts: what hooks see, in TypeScript. */
#include "jsengine/manual.h"

#include "jsengine/accessor.h"
#include "jsengine/decode_internal.h"
#include "vmm/structs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- structures --- */

/* A field, and what is left of its name below the objects that it is in. */
struct member {
    const char *path;
    const struct datum *datum;
};

static void put_type(FILE *out, const struct datum *d);

/* The types that decode_push_special gives; NULL: by its fields. */
static const char *special_type(const struct struct_desc *type)
{
    static const struct {
        const struct struct_desc *type;
        const char *name;
    } special[] = {
        {&struct_sockaddr, "SocketAddress"},   {&struct_sigset, "number[]"},
        {&struct_iovec_in, "IoVector"},        {&struct_iovec_out, "IoVector"},
        {&struct_cmsghdr, "ControlMessage[]"}, {&struct_utsname, "SystemName"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(special); i++)
        if (special[i].type == type)
            return special[i].name;
    return type->field[0].name ? NULL : "Uint8Array";
}

/* How many of the (n) members begin with the first one's part. */
static size_t group_size(const struct member *m, size_t n)
{
    const char *first = m[0].path, *path;
    size_t size, other, k = 1;
    const char *part = decode_next_part(&first, &size);

    for (; k < n; k++) {
        path = m[k].path;
        if (strncmp(decode_next_part(&path, &other), part, size) != 0 ||
            other != size)
            break;
    }
    return k;
}

/* The type of (n) members that are in one place; their paths begin with what
 * is below it: a name, an index, or nothing. */
static void put_members(FILE *out, struct member *m, size_t n)
{
    bool array = n && m[0].path[0] == '[';
    size_t size = 0, group;

    if (n == 0) { /* opaque */
        fputs("{}", out);
        return;
    }
    if (!m[0].path[0]) {
        put_type(out, m[0].datum);
        return;
    }
    if (!array)
        fputs("{ ", out);
    for (size_t i = 0; i < n; i += group) {
        const char *part = m[i].path;

        group = group_size(m + i, n - i);
        for (size_t k = i; k < i + group; k++)
            part = decode_next_part(&m[k].path, &size);
        if (array) {
            put_members(out, m + i, group);
            fputs("[]", out);
            return; /* all elements are alike */
        }
        fprintf(out, "%.*s: ", (int)size, part);
        put_members(out, m + i, group);
        fputs("; ", out);
    }
    fputs("}", out);
}

static size_t members_of(const struct struct_desc *type, struct member *m,
                         size_t room)
{
    size_t n = 0;

    for (; n < room && type->field[n].kind != DATUM_NONE; n++)
        m[n] = (struct member){type->field[n].name, &type->field[n]};
    return n;
}

#define MEMBERS_MAX 64

/* Of an object; of a single member, that member's. */
static void put_fields(FILE *out, const struct struct_desc *type)
{
    struct member m[MEMBERS_MAX];
    size_t n = members_of(type, m, MEMBERS_MAX), size;

    if (decode_is_single(type))
        for (size_t i = 0; i < n; i++)
            decode_next_part(&m[i].path, &size);
    put_members(out, m, n);
}

static void put_struct_type(FILE *out, const struct struct_desc *type)
{
    const char *special = special_type(type);

    if (special)
        fputs(special, out);
    else if (decode_is_single(type))
        put_fields(out, type);
    else
        fprintf(out, "struct_%s", type->name);
}

static void put_pointer_type(FILE *out, const struct datum *d)
{
    bool array = d->count == COUNT_OF || d->count == COUNT_AT;

    switch (d->kind) {
    case DATUM_PATH:
    case DATUM_STRING:
        fputs("string", out);
        break;
    case DATUM_STRV:
        fputs("string[]", out);
        break;
    case DATUM_STRUCT:
        if (d->count == COUNT_BITS) {
            fputs("number[]", out);
            break;
        }
        put_struct_type(out, d->type);
        if (array && d->size == d->type->size)
            fputs("[]", out);
        break;
    default:
        if (d->type)
            put_struct_type(out, d->type);
        else
            fputs("Uint8Array", out);
    }
    fputs(" | null", out);
}

static void put_type(FILE *out, const struct datum *d)
{
    if (datum_is_pointer(d->kind))
        put_pointer_type(out, d);
    else
        fputs("number", out);
}

static void put_structs(FILE *out)
{
    for (const struct struct_desc *const *s = struct_list; *s; s++) {
        if (special_type(*s) || decode_is_single(*s))
            continue;
        fprintf(out, "interface struct_%s ", (*s)->name);
        put_fields(out, *s);
        fputc('\n', out);
    }
}

/* --- calls --- */

static bool same_type(const struct datum *a, const struct datum *b)
{
    if (!datum_is_pointer(a->kind) && !datum_is_pointer(b->kind))
        return true;
    return a->kind == b->kind && a->type == b->type && a->count == b->count &&
           a->size == b->size;
}

static bool ends(const struct datum *arg, unsigned i)
{
    return i == SYSCALL_ARGS || arg[i].kind == DATUM_NONE;
}

static int find(const struct datum *arg, const char *name)
{
    for (unsigned i = 0; !ends(arg, i); i++)
        if (strcmp(arg[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* Whether all variants that have an argument of that name have one type. */
static bool is_settled(const struct syscall_desc *row, const struct datum *d)
{
    const struct syscall_variant *v = row->variants;

    for (; v && v->name; v++) {
        int i = find(v->arg, d->name);

        if (i >= 0 && !same_type(&v->arg[i], d))
            return false;
    }
    return true;
}

/* The arguments of one description that were not told yet. */
static void put_arguments(FILE *out, const struct syscall_desc *row,
                          const struct datum *arg, const char **told,
                          unsigned *count, unsigned room)
{
    for (unsigned i = 0; !ends(arg, i); i++) {
        bool known = false;

        for (unsigned k = 0; k < *count; k++)
            known |= strcmp(told[k], arg[i].name) == 0;
        if (known || *count == room || !decode_has_name(arg, i))
            continue;
        told[(*count)++] = arg[i].name;
        fprintf(out, " readonly %s: ", arg[i].name);
        if (is_settled(row, &arg[i]))
            put_type(out, &arg[i]);
        else
            fputs("any", out);
        fputc(';', out);
    }
}

static void put_call(FILE *out, const struct syscall_desc *row)
{
    static const char *const aliases[] = {"path", "sockaddr"};
    const struct syscall_variant *v = row->variants;
    const char *told[16];
    unsigned count = 0;

    fprintf(out, "    %s: {", row->name);
    put_arguments(out, row, row->arg, told, &count, ARRAY_SIZE(told));
    for (; v && v->name; v++)
        put_arguments(out, row, v->arg, told, &count, ARRAY_SIZE(told));
    for (unsigned k = 0; k < ARRAY_SIZE(aliases); k++) {
        int i = decode_alias(row->arg, aliases[k]);

        if (i < 0)
            continue;
        fprintf(out, " readonly %s: ", aliases[k]);
        put_type(out, &row->arg[i]);
        fputc(';', out);
    }
    fputs(" };\n", out);
}

static void put_calls(FILE *out)
{
    fputs("\n/** What `args` has by name, by call; `ArgsOf<\"openat\">` is all "
          "of it. */\ninterface Calls {\n",
          out);
    for (unsigned n = 0; n < SYSCALL_MAX; n++)
        if (syscall_row(n))
            put_call(out, syscall_row(n));
    fputs("}\n\n/** Numbers of the system calls. */\ndeclare const SYS: {\n",
          out);
    for (unsigned n = 0; n < SYSCALL_MAX; n++)
        if (syscall_row(n))
            fprintf(out, "    readonly %s: %u;\n", syscall_row(n)->name, n);
    fputs("};\n", out);
}

static void put_constants(FILE *out)
{
    const char *object = "";
    size_t count;
    struct manual_constant *c = manual_constants(&count);

    for (size_t i = 0; i < count; i++) {
        bool quoted = isdigit((unsigned char)c[i].key[0]);

        if (strcmp(c[i].object, object) != 0)
            fprintf(out, "%sdeclare const %s: {\n", i ? "};\n" : "\n",
                    c[i].object);
        object = c[i].object;
        fprintf(out,
                quoted ? "    readonly \"%s\": %.0f;\n"
                       : "    readonly %s: %.0f;\n",
                c[i].key, c[i].value);
    }
    fputs("};\n", out);
    free(c);
}

/* --- accessors --- */

/* Types of the accessors' table in TypeScript, by how their text begins; the
 * first that fits counts. What is not listed is "any". */
static const char *type_of(const char *name, const char *text)
{
    static const struct {
        const char *text, *type;
    } types[] = {
        {"number or string", "number | string"},
        {"number or name", "number | string"},
        {"number", "number"},
        {"string", "string"},
        {"boolean", "boolean"},
        {"null", "null"},
        {"function", "Hook"},
        {"buffer, array or string", "Bytes"},
        {"array of strings", "string[]"},
        {"array of numbers", "number[]"},
        {"Uint8Array", "Uint8Array"},
        {"{ret: -1, errno: number}", "HookAnswer"},
        {"object", "HookOptions"},
    };

    if (strcmp(name, "sysno") == 0 || strcmp(name, "calls") == 0)
        return "CallSet";
    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        if (strncmp(text, types[i].text, strlen(types[i].text)) == 0)
            return types[i].type;
    return "any";
}

static void put_comment(FILE *out, const struct accessor *a)
{
    fprintf(out, "    /**\n     * %s\n", a->summary);
    for (int i = 0; i < ACCESSOR_ARGS && a->args[i].name; i++)
        fprintf(out, "     * @param %s %s\n", a->args[i].name,
                a->args[i].meaning);
    fprintf(out, "     * @returns %s\n     * @throws %s\n     */\n", a->returns,
            a->throws);
}

static void put_accessor(FILE *out, const struct accessor *a, const char *name)
{
    /* on() has several forms, which are written out. */
    if (strcmp(name, "on") == 0) {
        fputs("    on(event: \"before\" | \"after\", calls: CallSet, hook: "
              "Hook): number;\n"
              "    on(event: \"before\" | \"after\", calls: CallSet, options: "
              "HookOptions, hook: Hook): number;\n"
              "    on(event: TaskEvent, hook: TaskHook): number;\n"
              "    on(event: TaskEvent, options: HookOptions, hook: TaskHook): "
              "number;\n",
              out);
        return;
    }
    fprintf(out, "    %s(", name);
    if (a->argc == ACCESSOR_VARIADIC && a->args[0].name && !a->args[1].name) {
        fprintf(out, "...%s: any[]", a->args[0].name);
    } else {
        for (int i = 0; i < ACCESSOR_ARGS && a->args[i].name; i++)
            fprintf(out, "%s%s%s: %s", i ? ", " : "", a->args[i].name,
                    a->argc == ACCESSOR_VARIADIC ? "?" : "",
                    type_of(a->args[i].name, a->args[i].type));
    }
    fprintf(out, "): %s;\n", type_of("", a->returns));
}

static void put_accessors(FILE *out)
{
    fputs("\ninterface Accessors {\n", out);
    for (size_t i = 0; i < accessor_count; i++) {
        const struct accessor *a = &accessor_table[i];

        put_comment(out, a);
        put_accessor(out, a, a->name);
        if (a->alias) {
            fprintf(out, "    /** @deprecated older name of %s */\n", a->name);
            put_accessor(out, a, a->alias);
        }
    }
    fputs("}\n", out);
}

/* What no table has. */
static const char prologue[] =
    "/*\n"
    " * microvm-hook.d.ts: what hooks see, for editors and tsc. Made from the\n"
    " * tables by `cmake --build --preset dev --target documents`; do not "
    "edit.\n"
    " */\n"
    "\n"
    "/** 64 bits; text of decimal or 0x digits is exact. */\n"
    "type Value = number | string | boolean;\n"
    "interface HookAnswer {\n"
    "    ret?: Value;\n"
    "    errno?: number | string;\n"
    "    delay?: number;\n"
    "    0?: Value; 1?: Value; 2?: Value; 3?: Value; 4?: Value; 5?: Value;\n"
    "}\n"
    "type HookResult = HookAnswer | Value[] | void | null;\n"
    "type Hook = (arg0: number, arg1: number, arg2: number, arg3: number,\n"
    "    arg4: number, arg5: number) => HookResult;\n"
    "\n"
    "type CallName = keyof Calls;\n"
    "type CallClass = `%${string}`;\n"
    "type CallSet = number | CallName | CallClass | (number | CallName | "
    "CallClass)[];\n"
    "type Bytes = string | number[] | ArrayBuffer | ArrayBufferView;\n"
    "\n"
    "interface HookOptions {\n"
    "    comm?: string;\n"
    "    path?: string;\n"
    "    fd?: number;\n"
    "    mask?: { arg: number; bits: number | string; value?: number | string "
    "};\n"
    "    nth?: number;\n"
    "    every?: number;\n"
    "    chance?: number;\n"
    "    seed?: number;\n"
    "    policy?: \"open\" | \"closed\";\n"
    "    timeout?: number;\n"
    "    /** inject only */\n"
    "    errno?: number | string;\n"
    "    ret?: number | string;\n"
    "    delay?: number;\n"
    "}\n"
    "type TaskEvent = \"start\" | \"exec\" | \"fork\" | \"thread\" | \"exit\" "
    "| "
    "\"signal\";\n"
    "type TaskHook = (event: { type: TaskEvent; status?: number; signal?: "
    "number; code?: number }) => any;\n"
    "\n"
    "interface SocketAddress {\n"
    "    family: number;\n"
    "    addr?: string;\n"
    "    port?: number;\n"
    "    scope?: number;\n"
    "    path?: string;\n"
    "    pid?: number;\n"
    "    groups?: number;\n"
    "    bytes?: Uint8Array;\n"
    "}\n"
    "interface IoVector { base: number; len: number }\n"
    "interface ControlMessage { level: number; type: number; data: Uint8Array "
    "}\n"
    "interface SystemName {\n"
    "    sysname: string; nodename: string; release: string;\n"
    "    version: string; machine: string; domainname: string;\n"
    "}\n"
    "\n"
    "/** The same with every number as text. */\n"
    "type AsText<T> = T extends number ? string\n"
    "    : T extends string | null | Uint8Array ? T\n"
    "    : T extends (infer U)[] ? AsText<U>[]\n"
    "    : { [K in keyof T]: AsText<T[K]> };\n"
    "\n"
    "interface Registers {\n"
    "    readonly arg0: number; readonly arg1: number; readonly arg2: number;\n"
    "    readonly arg3: number; readonly arg4: number; readonly arg5: number;\n"
    "    /** after hooks only */\n"
    "    readonly ret: number;\n"
    "    readonly errno: number;\n"
    "}\n"
    "/** Numbers as text and, exactly, as \"0x...\". */\n"
    "interface Forms<T> {\n"
    "    readonly text: AsText<T> & { readonly errno: string };\n"
    "    readonly hex: AsText<T> & AsText<Omit<Registers, \"errno\">>;\n"
    "}\n"
    "type ArgsOf<K extends CallName> = Registers & Calls[K] & "
    "Forms<Calls[K]>;\n"
    "/** Of any call; `args as ArgsOf<\"openat\">` says of which. */\n"
    "interface Args extends Registers, Forms<any> {\n"
    "    readonly [name: string]: any;\n"
    "}\n"
    "\n"
    "declare const accessors: Accessors;\n"
    "/** @deprecated older name of accessors */\n"
    "declare const hooks: Accessors;\n"
    "declare const args: Args;\n"
    "declare const persistence: { readonly local: any; readonly glb: any };\n"
    "declare const stringify: typeof JSON.stringify;\n"
    "declare function require(path: string): any;\n";

void manual_types(FILE *out)
{
    fputs(prologue, out);
    put_accessors(out);
    fputc('\n', out);
    put_structs(out);
    put_calls(out);
    put_constants(out);
}
