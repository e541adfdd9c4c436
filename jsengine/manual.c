/*
 * manual.c: the program that prints the documents made from the tables:
 * manual accessors|types. Run when this project is built, not installed.
 */
#include "jsengine/manual.h"

#include "jsengine/accessor.h"
#include "jsengine/constants.h"

#include <stdlib.h>
#include <string.h>

/* --- constants in order --- */

struct list {
    struct manual_constant *at;
    size_t count, room;
};

static void add(void *ctx, const char *object, const char *key, double value,
                const char *c_name)
{
    struct list *list = ctx;

    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 1024;
        list->at = reallocarray(list->at, list->room, sizeof(*list->at));
        if (!list->at)
            abort();
    }
    list->at[list->count++] = (struct manual_constant){
        strdup(object), strdup(key), strdup(c_name), value};
}

static int by_name(const void *a, const void *b)
{
    const struct manual_constant *x = a, *y = b;
    int order = strcmp(x->object, y->object);

    return order ? order : strcmp(x->key, y->key);
}

struct manual_constant *manual_constants(size_t *count)
{
    struct list list = {0};
    size_t n = 0;

    constants_each(add, &list);
    qsort(list.at, list.count, sizeof(*list.at), by_name);
    for (size_t i = 0; i < list.count; i++)
        if (n == 0 || by_name(&list.at[n - 1], &list.at[i]) != 0)
            list.at[n++] = list.at[i];
    *count = n;
    return list.at;
}

/* --- accessors.md --- */

/* In a table, a bar would end the cell. */
static void put_cell(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void put_arguments(FILE *out, const struct accessor *a)
{
    if (!a->args[0].name)
        return;
    fputs("| argument | type | |\n| --- | --- | --- |\n", out);
    for (int i = 0; i < ACCESSOR_ARGS && a->args[i].name; i++) {
        fprintf(out, "| `%s` | ", a->args[i].name);
        put_cell(out, a->args[i].type);
        fputs(" | ", out);
        put_cell(out, a->args[i].meaning);
        fputs(" |\n", out);
    }
    fputc('\n', out);
}

static void put_accessor(FILE *out, const struct accessor *a)
{
    fprintf(out, "## %s(", a->name);
    for (int i = 0; i < ACCESSOR_ARGS && a->args[i].name; i++)
        fprintf(out, "%s%s", i ? ", " : "", a->args[i].name);
    fprintf(out, "%s)\n\n%s\n\n",
            a->argc == ACCESSOR_VARIADIC && !a->args[1].name ? "…" : "",
            a->summary);
    put_arguments(out, a);
    fprintf(out, "- Returns: %s\n- Throws: %s\n", a->returns, a->throws);
    if (strcmp(a->source, "-") != 0)
        fprintf(out, "- Source: %s\n", a->source);
    if (a->alias)
        fprintf(out, "- Older name: `%s`\n", a->alias);
    fputc('\n', out);
}

static void put_constants(FILE *out)
{
    const char *object = "";
    size_t count;
    struct manual_constant *c = manual_constants(&count);

    fputs("# Constants\n\n"
          "`OBJECT.KEY` is C's `OBJECT_KEY`: `O.CREAT` is `O_CREAT`, `SIG.TERM`"
          " is `SIGTERM`.\n"
          "Commands of `ioctl`, `semctl`, `shmctl` and `msgctl` keep their "
          "names:\n`IOCTL.TIOCGWINSZ`. `SYS` has the numbers of all calls.\n",
          out);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(c[i].object, object) != 0)
            fprintf(out, "\n**%s**:", c[i].object);
        object = c[i].object;
        fprintf(out, " %s", c[i].key);
    }
    fputc('\n', out);
    free(c);
}

void manual_accessors(FILE *out)
{
    fputs("# Accessors\n\n"
          "Made from the table of accessors by `cmake --build --preset dev "
          "--target\ndocuments`; do not edit. [hooks.md](hooks.md) says what "
          "hooks are.\n\n",
          out);
    for (size_t i = 0; i < accessor_count; i++)
        put_accessor(out, &accessor_table[i]);
    put_constants(out);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "accessors") == 0) {
        manual_accessors(stdout);
    } else if (argc == 2 && strcmp(argv[1], "types") == 0) {
        manual_types(stdout);
    } else {
        fputs("usage: manual accessors|types\n", stderr);
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
