/* options.c: the command line, read by one table. */
#include "vmm/options.h"

#include "vmm/util.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HELP_COLUMN 27 /* where --help's right side begins */

#define STRACE_SIZE 1024 /* as the original's */
#define LOG_BUFFER  (4 * MIB)

enum takes {
    TAKES_NONE,
    TAKES_VALUE,
    TAKES_SIZE,    /* a number of bytes */
    TAKES_OPTIONAL /* only by '=' */
};

static const struct option_row {
    const char *name;
    const char *value; /* as --help shows it */
    enum takes takes;
    enum action action; /* ACTION_RUN: does not choose one */
    size_t member;      /* where the value goes; for hooks the first of many */
    const char *help;   /* lines */
} option_table[] = {
/* clang-format off */
#define MEMBER(m_) offsetof(struct options, m_)
    {"--kernel", "FILE", TAKES_VALUE, ACTION_RUN, MEMBER(kernel),
     "shim image to run instead of the installed shim.bin"},
    {"--hooks", "DIR|FILE", TAKES_VALUE, ACTION_RUN, MEMBER(hooks),
     "load hooks: a file, or every *.js of a directory in\n"
     "name order; may be given several times"},
    {"--config", "FILE", TAKES_VALUE, ACTION_RUN, MEMBER(config),
     "load hooks from a configuration file (JSON)"},
    {"--profile", "FILE", TAKES_VALUE, ACTION_RUN, MEMBER(profile),
     "machine profile: a device tree, compiled by dtc"},
    {"--control", "ADDRESS", TAKES_OPTIONAL, ACTION_RUN, MEMBER(control),
     "let microvm-ctl change hooks while the program runs;\n"
     "at HOST:PORT too, where that is given"},
    {"--dump-machine", "FILE", TAKES_VALUE, ACTION_RUN, MEMBER(dump_machine),
     "write the machine profile in force to FILE; then no\n"
     "program is needed"},
    {"--check", NULL, TAKES_NONE, ACTION_CHECK, 0,
     "load shim, profile, configuration, hooks and the list\n"
     "of --strace; report what is wrong; run nothing"},
    {"--log-socket", "HOST:PORT", TAKES_VALUE, ACTION_RUN, MEMBER(log_socket),
     "send records as JSON to who listens there: logJson's,\n"
     "and with --strace one before and after every call"},
    {"--strace", "LIST", TAKES_OPTIONAL, ACTION_RUN, MEMBER(strace),
     "log system calls: all, or names and %groups (as in\n"
     "--list-syscalls) with commas between"},
    {"--strace-size", "BYTES", TAKES_SIZE, ACTION_RUN, MEMBER(strace_size),
     "show so many bytes of a call's data (1024)"},
    {"--log-buffer", "BYTES", TAKES_SIZE, ACTION_RUN, MEMBER(log_buffer),
     "so much may wait for the log's reader before records\n"
     "are dropped (4194304); K and M may be said"},
    {"--list-syscalls", "json", TAKES_OPTIONAL, ACTION_LIST, 0,
     "print the system-call table, as text or as JSON"},
    {"--help", NULL, TAKES_NONE, ACTION_HELP, 0, "print this text"},
    {"--version", NULL, TAKES_NONE, ACTION_VERSION, 0, "print the version"},
    /* clang-format on */
};

/* What TAKES_SIZE accepts. */
static const struct {
    size_t member;
    size_t min, max;
} size_limits[] = {
    {MEMBER(strace_size), 0, 64 * KIB},
    {MEMBER(log_buffer), 64 * KIB, GIB},
};

/* A number of bytes, to which K or M may be said. */
static int apply_size(struct options *o, const struct option_row *row,
                      const char *value, struct diag *d)
{
    size_t min = 0, max = 0;
    char *end;
    uint64_t n;

    for (size_t i = 0; i < ARRAY_SIZE(size_limits); i++) {
        if (size_limits[i].member == row->member) {
            min = size_limits[i].min;
            max = size_limits[i].max;
        }
    }
    errno = 0;
    n = strtoull(value, &end, 10);
    if (*end == 'K' || *end == 'M') {
        unsigned shift = *end++ == 'K' ? 10 : 20;

        n = n > UINT64_MAX >> shift ? UINT64_MAX : n << shift;
    }
    if (errno || *end || *value < '0' || *value > '9' || n < min || n > max)
        return diag_set(d, 0, "%s takes a number from %zu to %zu, not \"%s\"",
                        row->name, min, max, value);
    memcpy((char *)o + row->member, &(size_t){n}, sizeof(size_t));
    return 0;
}

static int apply_list(struct options *o, const struct option_row *row,
                      const char *value, struct diag *d)
{
    if (value && strcmp(value, row->value) != 0)
        return diag_set(d, 0, "%s knows the form \"%s\", not \"%s\"", row->name,
                        row->value, value);
    o->action = value ? ACTION_LIST_JSON : row->action;
    return 0;
}

/* Apply an option whose value, if it takes one, is there. */
static int apply(struct options *o, const struct option_row *row,
                 const char *value, struct diag *d)
{
    if (row->member == MEMBER(strace) && !value)
        value = "all";
    if (row->takes == TAKES_SIZE)
        return apply_size(o, row, value, d);
    if (row->action == ACTION_LIST)
        return apply_list(o, row, value, d);
    if (row->member == MEMBER(control) && !value)
        value = "";
    if (row->action != ACTION_RUN) {
        o->action = row->action;
    } else if (row->member == MEMBER(hooks)) {
        if (o->hooks_count == OPTIONS_MAX_HOOKS)
            return diag_set(d, 0, "more than %d times --hooks",
                            OPTIONS_MAX_HOOKS);
        o->hooks[o->hooks_count++] = value;
    } else {
        memcpy((char *)o + row->member, &value, sizeof(value));
    }
    return 0;
}

static void help_option(FILE *out, const struct option_row *row)
{
    bool optional = row->takes == TAKES_OPTIONAL;
    const char *separator = optional ? "[=" : row->value ? " " : "";
    const char *line = row->help;
    char left[HELP_COLUMN];

    snprintf(left, sizeof(left), "  %s%s%s%s", row->name, separator,
             row->value ? row->value : "", optional ? "]" : "");
    do {
        size_t n = strcspn(line, "\n");

        fprintf(out, "%-*s%.*s\n", HELP_COLUMN, left, (int)n, line);
        left[0] = '\0';
        line += n;
    } while (*line++ == '\n');
}

void options_help(FILE *out)
{
    fputs("usage: microvm-hook [options] [--] prog [args...]\n"
          "       microvm-hook [options] doctor\n\n"
          "Run an unmodified Linux program inside a KVM guest; every system "
          "call passes\nJavaScript hooks. 'doctor' tells what this host "
          "offers; to run a program of that\nname write '-- doctor'.\n\n",
          out);
    for (size_t i = 0; i < ARRAY_SIZE(option_table); i++)
        help_option(out, &option_table[i]);
    fputs("\nExit status: the program's own; killed by a signal: the monitor "
          "dies of the same\nsignal; 125: the monitor failed; 126: the program "
          "cannot be run; 127: not found.\n",
          out);
}

/* Levenshtein's distance, for suggestions; long words are told apart anyway. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[32];
    size_t n = strlen(b);

    if (n >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
        return UINT32_MAX;
    for (unsigned j = 0; j <= n; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= n; j++) {
            unsigned substitute = diagonal + (a[i - 1] != b[j - 1]);
            unsigned shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

            diagonal = row[j];
            row[j] = substitute < shorter ? substitute : shorter;
        }
    }
    return row[n];
}

static int unknown(const char *word, struct diag *d)
{
    int length = (int)strcspn(word, "=");
    unsigned best = 4; /* further away is another word */
    const char *nearest = NULL;
    char name[32];

    diag_set(d, 0, "unknown option %.*s", length, word);
    snprintf(name, sizeof(name), "%.*s", length, word);
    for (size_t i = 0; i < ARRAY_SIZE(option_table); i++) {
        unsigned n = distance(name, option_table[i].name);

        if (n < best) {
            best = n;
            nearest = option_table[i].name;
        }
    }
    if (nearest)
        diag_hint(d, "did you mean %s?", nearest);
    diag_hint(d, "see microvm-hook --help");
    return -EINVAL;
}

/* The row for (word), which may go on with "=VALUE": then (*value) is set. */
static const struct option_row *find(const char *word, const char **value)
{
    for (size_t i = 0; i < ARRAY_SIZE(option_table); i++) {
        size_t n = strlen(option_table[i].name);

        if (strncmp(word, option_table[i].name, n) != 0)
            continue;
        *value = word[n] == '=' ? word + n + 1 : NULL;
        if (word[n] == '\0' || word[n] == '=')
            return &option_table[i];
    }
    return NULL;
}

/* Handle the option at argv[*at], and its value; *at goes to the last used. */
static int parse_one(struct options *o, char *const *argv, int *at,
                     struct diag *d)
{
    const char *value = NULL;
    const struct option_row *row = find(argv[*at], &value);

    if (!row)
        return unknown(argv[*at], d);
    if (row->takes == TAKES_NONE && value)
        return diag_set(d, 0, "%s takes no value", row->name);
    if ((row->takes == TAKES_VALUE || row->takes == TAKES_SIZE) && !value) {
        value = argv[*at + 1];
        if (!value)
            return diag_set(d, 0, "%s needs a value: %s", row->name,
                            row->value);
        ++*at;
    }
    if (value && !*value)
        return diag_set(d, 0, "%s has an empty value", row->name);
    return apply(o, row, value, d);
}

int options_parse(struct options *out, int argc, char *const *argv,
                  struct diag *d)
{
    bool dashes = false;
    int i;

    *out =
        (struct options){.strace_size = STRACE_SIZE, .log_buffer = LOG_BUFFER};
    for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        int rc;

        if (strcmp(argv[i], "--") == 0) {
            dashes = true;
            i++;
            break;
        }
        rc = parse_one(out, argv, &i, d);
        if (rc < 0)
            return rc;
    }
    if (i < argc)
        out->prog = &argv[i];
    if (out->action != ACTION_RUN)
        return 0;
    if (out->prog && !dashes && strcmp(out->prog[0], "doctor") == 0) {
        out->action = ACTION_DOCTOR;
        return 0;
    }
    if (!out->prog && out->dump_machine) {
        out->action = ACTION_DUMP;
        return 0;
    }
    if (!out->prog) {
        diag_set(d, 0, "no program to run");
        diag_hint(d, "usage: microvm-hook [options] [--] prog [args...]; see "
                     "--help");
        return -EINVAL;
    }
    return 0;
}
