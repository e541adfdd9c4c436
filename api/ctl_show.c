/* ctl_show.c: what microvm-ctl prints. */
#include "api/ctl_show.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BOLD  "1"
#define GREEN "32"
#define RED   "31"

/* Begin and end of a style; nothing where nobody would see it. */
static void style(const char *code)
{
    if (isatty(STDOUT_FILENO))
        printf("\033[%sm", code);
}

static void print_safe(const char *text)
{
    for (; text && *text; text++) {
        unsigned char c = (unsigned char)*text;

        /* U+0080 to U+009F are control characters, too. ECMA-48. */
        if (c == 0xc2 && (unsigned char)text[1] < 0xa0) {
            printf("\\x%02x", (unsigned char)text[1]);
            text++;
        } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
            printf("\\x%02x", c);
        } else {
            putchar(c);
        }
    }
}

static void print_styled(const char *code, const char *text)
{
    style(code);
    print_safe(text);
    style("0");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

/* "Header: ", and the text behind it. */
static void print_field(const char *header, const char *code, const char *text)
{
    print_styled(BOLD, header);
    fputs(": ", stdout);
    print_styled(code, text);
    putchar('\n');
}

/* The lines of (text), indented. */
static void print_indented(const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        char line[512];

        fputs("    ", stdout);
        for (size_t at = 0; at < n; at += sizeof(line) - 1) {
            snprintf(line, sizeof(line), "%.*s", (int)(n - at), text + at);
            print_safe(line);
        }
        putchar('\n');
        text += n + (text[n] == '\n');
    }
}

/* The list in an answer, under its new or its old name. */
static const json_t *list_of(const json_t *payload)
{
    static const char *const keys[] = {"accessors", "hooks", "callbacks"};
    const json_t *list = NULL;

    for (size_t i = 0; !list && i < sizeof(keys) / sizeof(*keys); i++)
        list = json_object_get(payload, keys[i]);
    return list;
}

void show_manual(const json_t *payload, bool verbose)
{
    const json_t *list = list_of(payload), *a;
    size_t i;

    (void)verbose;
    json_array_foreach(list, i, a)
    {
        print_styled(BOLD, text_of(a, "name"));
        putchar('\n');
        print_indented(text_of(a, "description"));
        print_indented(text_of(a, "args") + (text_of(a, "args")[0] == '\n'));
        fputs("    returns ", stdout);
        print_safe(text_of(a, "return-value"));
        putchar('\n');
    }
}

void show_hooks(const json_t *payload, bool verbose)
{
    const json_t *list = list_of(payload), *hook, *arg;
    size_t i, k;

    if (json_array_size(list) == 0)
        puts("no hooks");
    json_array_foreach(list, i, hook)
    {
        const char *name = text_of(hook, "entry-point");

        printf("%6s %4lld  ", text_of(hook, "type"),
               (long long)json_integer_value(json_object_get(hook, "sysno")));
        print_styled(BOLD, *name ? name : "(anonymous)");
        putchar('(');
        json_array_foreach(json_object_get(hook, "args"), k, arg)
        {
            fputs(k ? ", " : "", stdout);
            print_safe(json_string_value(arg));
        }
        puts(")");
        if (verbose)
            print_indented(text_of(hook, "body"));
    }
}

void show_state(const json_t *payload, bool verbose)
{
    (void)verbose;
    print_safe(json_string_value(payload));
    putchar('\n');
}

void show_answer(const json_t *answer, show_payload *show, bool verbose)
{
    const json_t *payload = json_object_get(answer, "payload");
    const char *type = text_of(answer, "type");

    print_field("Type", strcmp(type, "ok") == 0 ? GREEN : RED, type);
    print_field("gVisor says", "0", text_of(answer, "message"));
    if (!show || !payload || json_is_null(payload))
        return;
    print_styled(BOLD, "Payload");
    puts(":");
    show(payload, verbose);
}

void show_sessions_head(void)
{
    char head[64];

    snprintf(head, sizeof(head), "%7s  %-20s  %-21s  %s", "PID", "STARTED",
             "ADDRESS", "PROGRAM");
    print_styled(BOLD, head);
    putchar('\n');
}

void show_session(pid_t pid, const json_t *session)
{
    const char *address = text_of(session, "address");
    const json_t *word;
    size_t i;

    printf("%7d  ", (int)pid);
    print_safe(text_of(session, "started"));
    fputs("  ", stdout);
    print_safe(*address ? address : "-");
    for (size_t n = strlen(address); n < 21; n++)
        putchar(' ');
    json_array_foreach(json_object_get(session, "program"), i, word)
    {
        putchar(' ');
        print_safe(json_string_value(word));
    }
    putchar('\n');
}
