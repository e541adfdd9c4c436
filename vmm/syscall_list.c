/*
 * syscall_list.c: prints the system-call table as text and as JSON. All of it
 * is read from the rows.
 */
#include "vmm/syscall_list.h"

#include "vmm/syscall.h"

#include <inttypes.h>

/* --- what both forms say --- */

static const char *dir_name(unsigned dir)
{
    static const char *const names[] = {"", "in", "out", "inout"};

    return names[dir & DIR_INOUT];
}

static const char *count_name(unsigned count)
{
    static const char *const names[] = {
        [COUNT_ONE] = "one",
        [COUNT_OF] = "of",
        [COUNT_AT] = "at",
        [COUNT_BITS] = "bits",
    };

    return names[count];
}

static bool ends(const struct datum *arg, unsigned i)
{
    return i == SYSCALL_ARGS || arg[i].kind == DATUM_NONE;
}

/* --- text --- */

#define COLUMN_GROUPS 19 /* "desc,process,signal" */

/* How many of what, as one would write it: buf[count], *addrlen. */
static void text_count(FILE *out, const struct datum *all,
                       const struct datum *d)
{
    const char *counter = all[d->count_of].name;

    if (d->count == COUNT_OF)
        fprintf(out, "[%s]", counter);
    else if (d->count == COUNT_AT)
        fprintf(out, "[*%s]", counter);
    else if (d->count == COUNT_BITS)
        fprintf(out, "[%s bits]", counter);
    else if (d->kind == DATUM_BUF)
        fprintf(out, "[%" PRIu32 "]", d->size);
}

static void text_datum(FILE *out, const struct datum *all,
                       const struct datum *d)
{
    fprintf(out, "%s: ", d->name);
    if (datum_is_pointer(d->kind))
        fprintf(out, "%s ", dir_name(d->dir));
    fputs(datum_kind_name(d->kind), out);
    if (d->type != NULL)
        fprintf(out, " %s", d->type->name);
    if (d->names != NULL)
        fprintf(out, " %s", d->names->name);
    if (d->kind == DATUM_INT || d->kind == DATUM_UINT || d->kind == DATUM_HEX)
        fprintf(out, "%u", 8u * d->width);
    if (datum_is_pointer(d->kind))
        text_count(out, all, d);
}

static void text_args(FILE *out, const struct datum *arg)
{
    unsigned i;

    fputc('(', out);
    for (i = 0; !ends(arg, i); i++) {
        if (i > 0)
            fputs(", ", out);
        text_datum(out, arg, &arg[i]);
    }
    fputc(')', out);
}

static void text_why(FILE *out, const char *why)
{
    if (why != NULL)
        fprintf(out, "  # %s", why);
    fputc('\n', out);
}

static void text_groups(FILE *out, uint32_t groups)
{
    int width = 0;
    unsigned i;

    for (i = 0; i < GROUP_COUNT; i++)
        if (groups & (1u << i))
            width += fprintf(out, "%s%s", width > 0 ? "," : "",
                             syscall_group_name(i));
    fprintf(out, "%*s ", COLUMN_GROUPS - width, "");
}

/* The first columns, for what may have a route of its own. */
static void text_route(FILE *out, const char *name, unsigned route,
                       unsigned err)
{
    fprintf(out, "%-23s %-7s %-11s ", name, syscall_route_name(route),
            route == ROUTE_REFUSE ? errno_name((int)err) : "-");
}

static void text_variants(FILE *out, const struct syscall_desc *row)
{
    const struct syscall_variant *v;

    for (v = row->variants; v->name != NULL; v++) {
        bool own = v->route != ROUTE_NONE;

        fputs("      ", out);
        text_route(out, v->name, own ? v->route : row->route,
                   own ? v->refuse_errno : row->refuse_errno);
        text_args(out, v->arg);
        text_why(out, v->why);
    }
    fputs("      ", out);
    text_route(out, "(any other)", row->other_route, row->refuse_errno);
    text_args(out, row->arg);
    text_why(out, row->why);
}

static void text_row(FILE *out, unsigned sysno, const struct syscall_desc *row)
{
    fprintf(out, "%4u  ", sysno);
    text_route(out, row->name, row->route, row->refuse_errno);
    text_groups(out, row->groups);
    fprintf(out, "%-13s %-5s ", syscall_restart_name(row->restart),
            syscall_ret_name(row->ret));
    text_args(out, row->arg);
    text_why(out, row->route == ROUTE_REFUSE ? row->why : NULL);
    if (row->variants != NULL)
        text_variants(out, row);
}

void syscall_list_text(FILE *out)
{
    unsigned i;

    fprintf(out, "%4s  %-23s %-7s %-11s %-*s %-13s %-5s %s\n", "NR", "NAME",
            "ROUTE", "ERRNO", COLUMN_GROUPS, "GROUPS", "RESTART", "RET",
            "ARGUMENTS");
    for (i = 0; i < SYSCALL_MAX; i++)
        if (syscall_row(i) != NULL)
            text_row(out, i, syscall_row(i));
}

/* --- JSON --- */

static void json_string(FILE *out, const char *s)
{
    if (s == NULL) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            fprintf(out, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            fprintf(out, "\\u%04x", (unsigned)*s);
        else
            fputc(*s, out);
    }
    fputc('"', out);
}

/* A member after the first of an object. */
static void json_member(FILE *out, const char *name, const char *value)
{
    fprintf(out, ",\"%s\":", name);
    json_string(out, value);
}

static void json_route(FILE *out, unsigned route, unsigned err, const char *why)
{
    bool refused = route == ROUTE_REFUSE;

    json_member(out, "route", syscall_route_name(route));
    json_member(out, "errno", refused ? errno_name((int)err) : NULL);
    json_member(out, "why", refused ? why : NULL);
}

static void json_fields(FILE *out, const struct datum *field);

static void json_pointer(FILE *out, const struct datum *all,
                         const struct datum *d)
{
    json_member(out, "dir", dir_name(d->dir));
    fprintf(out, ",\"size\":%" PRIu32, d->size);
    json_member(out, "count", count_name(d->count));
    if (d->count != COUNT_ONE)
        json_member(out, "count_of", all[d->count_of].name);
    if (d->max != 0)
        fprintf(out, ",\"max\":%" PRIu32, d->max);
    if (d->type != NULL) {
        json_member(out, "type", d->type->name);
        fputs(",\"fields\":[", out);
        json_fields(out, d->type->field);
        fputc(']', out);
    }
}

static void json_datum(FILE *out, const struct datum *all,
                       const struct datum *d)
{
    fputs("{\"name\":", out);
    json_string(out, d->name);
    json_member(out, "kind", datum_kind_name(d->kind));
    fprintf(out, ",\"width\":%u", d->width);
    if (d->names != NULL)
        json_member(out, "names", d->names->name);
    if (datum_is_pointer(d->kind))
        json_pointer(out, all, d);
}

/* Types do not contain themselves. */
static void json_fields(FILE *out, const struct datum *field)
{
    unsigned i;

    for (i = 0; field[i].kind != DATUM_NONE; i++) {
        if (i > 0)
            fputc(',', out);
        json_datum(out, field, &field[i]);
        fprintf(out, ",\"offset\":%u}", field[i].offset);
    }
}

static void json_args(FILE *out, const struct datum *arg)
{
    unsigned i;

    fputs(",\"args\":[", out);
    for (i = 0; !ends(arg, i); i++) {
        if (i > 0)
            fputc(',', out);
        json_datum(out, arg, &arg[i]);
        fputc('}', out);
    }
    fputc(']', out);
}

static void json_groups(FILE *out, uint32_t groups)
{
    const char *comma = "";
    unsigned i;

    fputs(",\"groups\":[", out);
    for (i = 0; i < GROUP_COUNT; i++) {
        if (!(groups & (1u << i)))
            continue;
        fputs(comma, out);
        json_string(out, syscall_group_name(i));
        comma = ",";
    }
    fputc(']', out);
}

static void json_variant(FILE *out, const struct syscall_desc *row,
                         const struct syscall_variant *v)
{
    bool own = v->route != ROUTE_NONE;

    fputs("{\"name\":", out);
    json_string(out, v->name);
    /* In hexadecimal: not every reader of JSON has 64-bit numbers. */
    fprintf(out, ",\"key\":\"0x%" PRIx64 "\",\"mask\":\"0x%" PRIx64 "\"",
            v->key, v->mask != 0 ? v->mask : UINT64_MAX);
    json_route(out, own ? v->route : row->route,
               own ? v->refuse_errno : row->refuse_errno,
               own ? v->why : row->why);
    json_args(out, v->arg);
    fputc('}', out);
}

static void json_variants(FILE *out, const struct syscall_desc *row)
{
    const struct syscall_variant *v;

    json_member(out, "select", row->arg[row->select].name);
    if (row->select2 != 0)
        json_member(out, "select2", row->arg[row->select2].name);
    fputs(",\"other\":{\"name\":null", out);
    json_route(out, row->other_route, row->refuse_errno, row->why);
    fputs("},\"variants\":[", out);
    for (v = row->variants; v->name != NULL; v++) {
        if (v != row->variants)
            fputc(',', out);
        json_variant(out, row, v);
    }
    fputc(']', out);
}

static void json_row(FILE *out, unsigned sysno, const struct syscall_desc *row)
{
    fprintf(out, "{\"number\":%u", sysno);
    json_member(out, "name", row->name);
    json_groups(out, row->groups);
    json_route(out, row->route, row->refuse_errno, row->why);
    json_member(out, "restart", syscall_restart_name(row->restart));
    json_member(out, "ret", syscall_ret_name(row->ret));
    json_args(out, row->arg);
    if (row->variants != NULL)
        json_variants(out, row);
    else
        fputs(",\"variants\":null", out);
    fputc('}', out);
}

void syscall_list_json(FILE *out)
{
    const char *comma = "";
    unsigned i;

    fputs("[\n", out);
    for (i = 0; i < SYSCALL_MAX; i++) {
        if (syscall_row(i) == NULL)
            continue;
        fputs(comma, out);
        json_row(out, i, syscall_row(i));
        comma = ",\n";
    }
    fputs("\n]\n", out);
}
