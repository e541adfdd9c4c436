/*
 * ctl.c: microvm-ctl, the client of the control socket; the verbs and options
 * of the original's sandbox-cli. Layer 4, a program of its own.
 */
#include "api/address.h"
#include "api/ctl_show.h"
#include "api/request.h"
#include "api/rundir.h"
#include "vmm/readfile.h"
#include "vmm/util.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    STATUS_OK,
    STATUS_ERROR,      /* the session answered with an error */
    STATUS_USAGE,      /* the command line, or a file that it names */
    STATUS_NO_SESSION, /* none, more than one, or it does not answer */
};

/* The command line. */
struct line {
    const char *address;
    const char *file;
    const char *sysno;
    const char *type;
    long pid;
    bool all;
    bool verbose;
    bool json;
};

struct verb {
    const char *name;
    const char *options; /* letters that it takes, besides those of all */
    const char *usage;
    const char *help;
    const char *request; /* its type; NULL: it asks nobody */
    /* The payload of the request, or NULL, (d) set. */
    json_t *(*payload)(const struct line *line, struct diag *d);
    show_payload *show;
};

static json_t *no_payload(const struct line *line, struct diag *d)
{
    (void)line, (void)d;
    return json_object();
}

static json_t *state_payload(const struct line *line, struct diag *d)
{
    json_t *payload;
    void *text;
    size_t size;

    if (!line->file) {
        diag_set(d, 0, "state needs -c FILE");
        return NULL;
    }
    if (readfile(line->file, "script", REQUEST_MAX / 2, &text, &size, d) < 0)
        return NULL;
    payload = json_pack("{s:s%}", "source", text, size);
    free(text);
    if (!payload)
        diag_set(d, 0, "script %s is not UTF-8", line->file);
    return payload;
}

/* Digits are a number, all else a name, which the session knows. */
static json_t *sysno_of(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    return *text && !*end ? json_integer(number) : json_string(text);
}

static json_t *delete_payload(const struct line *line, struct diag *d)
{
    if (line->all && !line->sysno && !line->type)
        return json_pack("{s:s, s:n}", "options", "all", "list");
    if (!line->all && line->sysno && line->type)
        return json_pack("{s:s, s:[{s:o, s:s}]}", "options", "list", "list",
                         "sysno", sysno_of(line->sysno), "type", line->type);
    diag_set(d, 0, "delete needs either -u or -s SYSCALL and -t TYPE");
    return NULL;
}

static const struct verb verbs[] = {
    {"man", "", "", "the accessors that scripts may call", "accessors-info",
     no_payload, show_manual},
    {"state", "c", "-c FILE", "run a script in the session", "change-state",
     state_payload, show_state},
    {"get", "v", "[-v]", "the hooks; -v: with their text", "current-hooks",
     no_payload, show_hooks},
    {"delete", "ust", "-u | -s SYSCALL -t before|after",
     "remove all hooks, or those of a call", "unregister-hooks", delete_payload,
     NULL},
    {"ps", "", "", "the running sessions of this user", NULL, NULL, NULL},
};

static void help(FILE *out)
{
    fputs("usage: microvm-ctl [-a ADDRESS | -p PID] [--json] VERB ...\n\n"
          "Ask or change a running session of microvm-hook --control.\n\n",
          out);
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        char left[64];

        snprintf(left, sizeof(left), "%s %s", verbs[i].name, verbs[i].usage);
        fprintf(out, "  %-40s %s\n", left, verbs[i].help);
    }
    fputs("\n  -a, --address ADDRESS  HOST:PORT, or the path of a Unix socket; "
          "else\n                         $CLI_ADDRESS, else the only session "
          "that runs\n"
          "  -p, --pid PID          the session of this process\n"
          "      --json             print the answer as it is\n"
          "  -h, --help             print this text\n"
          "      --version          print the version\n\n"
          "Exit status: 0; 1: the session answers with an error; 2: the "
          "command line or the\nscript file is wrong; 3: there is no such "
          "session, or more than one, or it does\nnot answer.\n",
          out);
}

/* --- which session --- */

static json_t *description(const struct rundir *r, pid_t pid)
{
    size_t size = 0;
    char *text = rundir_read(r, pid, &size);
    json_t *session = text ? json_loadb(text, size, 0, NULL) : NULL;

    free(text);
    return session;
}

/* The running sessions; 0 too where there was never one. */
static ssize_t sessions(struct rundir *r, pid_t **pids, struct diag *d)
{
    int rc = rundir_open(r, false, d);
    ssize_t n;

    *pids = NULL;
    if (rc == -ENOENT) {
        r->fd = -1;
        return 0;
    }
    if (rc < 0)
        return rc;
    n = rundir_list(r, pids);
    return n < 0 ? diag_set(d, (int)n, "cannot read %s", r->path) : n;
}

static int print_sessions(const struct line *line, struct diag *d)
{
    json_t *all = json_array();
    struct rundir r;
    pid_t *pids;
    ssize_t n = sessions(&r, &pids, d);

    if (n > 0 && !line->json)
        show_sessions_head();
    for (ssize_t i = 0; i < n; i++) {
        json_t *session = description(&r, pids[i]);

        if (!line->json)
            show_session(pids[i], session);
        json_array_append_new(
            all, session ? session : json_pack("{s:i}", "pid", (int)pids[i]));
    }
    if (line->json && n >= 0) {
        json_dumpf(all, stdout, JSON_COMPACT);
        putchar('\n');
    }
    json_decref(all);
    free(pids);
    return n < 0 ? STATUS_NO_SESSION : STATUS_OK;
}

/* There is not the one session. */
static int no_choice(const pid_t *pids, ssize_t n, struct diag *d)
{
    char list[200] = "";
    size_t at = 0;

    if (n == 0)
        return diag_set(d, 0,
                        "no session runs (microvm-hook --control starts one)");
    for (ssize_t i = 0; i < n && at + 12 < sizeof(list); i++)
        at +=
            (size_t)snprintf(list + at, sizeof(list) - at, " %d", (int)pids[i]);
    diag_hint(d, "choose one by -p PID");
    return diag_set(d, 0, "%zd sessions run:%s", n, list);
}

/* The only session, or the one that was chosen. */
static int connect_session(pid_t pid, struct diag *d)
{
    struct rundir r;
    pid_t *pids;
    ssize_t n = sessions(&r, &pids, d);
    int fd = -ENOENT;

    if (n < 0)
        return (int)n;
    if (!pid && n == 1)
        pid = pids[0];
    if (pid && r.fd >= 0)
        fd = rundir_connect(&r, pid);
    if (!pid)
        no_choice(pids, n, d);
    else if (fd < 0)
        diag_set(d, fd, "cannot connect to session %d", (int)pid);
    free(pids);
    return fd;
}

static int connect_to(const struct line *line, struct diag *d)
{
    const char *address = line->address;

    if (!address && !line->pid)
        address = getenv("CLI_ADDRESS");
    if (address && *address)
        return address_connect(address, d);
    return connect_session((pid_t)line->pid, d);
}

/* --- one request --- */

static int send_all(int fd, const char *text, struct diag *d)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t n = send(fd, text, left, MSG_NOSIGNAL);

        /* It may have answered before it was all sent: read that. */
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            return 0;
        if (n < 0)
            return diag_set(d, -errno, "cannot send the request");
        text += n;
        left -= (size_t)n;
    }
    return 0;
}

/* Everything that comes, to its end; to be freed. */
static char *receive_all(int fd, size_t *size, struct diag *d)
{
    char *text = NULL, buf[65536];
    FILE *out = open_memstream(&text, size);
    ssize_t n = -1;

    while (out && (n = recv(fd, buf, sizeof(buf), 0)) > 0)
        fwrite(buf, 1, (size_t)n, out);
    if (n < 0)
        diag_set(d, -errno, "the session does not answer");
    if (out)
        fclose(out);
    return text;
}

static json_t *exchange(int fd, const struct verb *verb, json_t *payload,
                        struct diag *d)
{
    json_t *request = json_pack("{s:s, s:O}", "type", verb->request, "payload",
                                payload),
           *answer = NULL;
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    size_t size = 0;

    json_decref(request);
    if (!text || send_all(fd, text, d) < 0) {
        free(text);
        diag_set(d, -ENOMEM, "cannot make the request");
        return NULL;
    }
    free(text);
    text = receive_all(fd, &size, d);
    if (text)
        answer = json_loadb(text, size, 0, NULL);
    free(text);
    if (!answer)
        diag_set(d, 0, "the session does not answer, or not in JSON");
    return answer;
}

static int ask(const struct line *line, const struct verb *verb, struct diag *d)
{
    json_t *payload = verb->payload(line, d), *answer = NULL;
    int fd = -1, status = STATUS_USAGE;

    if (payload) {
        status = STATUS_NO_SESSION;
        fd = connect_to(line, d);
    }
    if (fd >= 0)
        answer = exchange(fd, verb, payload, d);
    if (answer) {
        const char *type = json_string_value(json_object_get(answer, "type"));

        status = type && strcmp(type, "ok") == 0 ? STATUS_OK : STATUS_ERROR;
        if (line->json) {
            json_dumpf(answer, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
            putchar('\n');
        } else {
            show_answer(answer, verb->show, line->verbose);
        }
    }
    json_decref(answer);
    json_decref(payload);
    if (fd >= 0)
        close(fd);
    return status;
}

/* --- the command line --- */

enum { OPTION_JSON = 256, OPTION_VERSION };

static const struct option options[] = {
    {"address", required_argument, NULL, 'a'},
    {"pid", required_argument, NULL, 'p'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int read_pid(const char *text, long *pid, struct diag *d)
{
    char *end;

    *pid = strtol(text, &end, 10);
    if (*pid > 0 && *pid <= INT_MAX && !*end)
        return 0;
    return diag_set(d, 0, "%s is no process number", text);
}

/* Apply the option (c). Returns 0, 1 where that was all there is to do, or a
 * negative errno, (d) set. */
static int apply(struct line *line, int c, struct diag *d)
{
    switch (c) {
    case 'a':
        line->address = optarg;
        return 0;
    case 'c':
        line->file = optarg;
        return 0;
    case 's':
        line->sysno = optarg;
        return 0;
    case 't':
        line->type = optarg;
        return 0;
    case 'u':
        line->all = true;
        return 0;
    case 'v':
        line->verbose = true;
        return 0;
    case OPTION_JSON:
        line->json = true;
        return 0;
    case 'p':
        return read_pid(optarg, &line->pid, d);
    case 'h':
        help(stdout);
        return 1;
    case OPTION_VERSION:
        puts("microvm-ctl " MICROVM_HOOK_VERSION);
        return 1;
    case ':':
        return diag_set(d, 0, "%s needs a value",
                        optopt < 256 && optopt ? (char[]){'-', (char)optopt, 0}
                                               : "the last option");
    default:
        return diag_set(d, 0, "unknown option; see microvm-ctl --help");
    }
}

/* Read the options into (line), the letters of those that belong to verbs into
 * (given). As apply(). */
static int read_options(struct line *line, int argc, char **argv,
                        char given[16], struct diag *d)
{
    size_t n = 0;
    int c, rc = 0;

    opterr = 0;
    while (rc == 0 && (c = getopt_long(argc, argv, ":a:p:c:s:t:uvh", options,
                                       NULL)) != -1) {
        rc = apply(line, c, d);
        if (c < 256 && strchr("cstuv", c) && n + 1 < 16)
            given[n++] = (char)c;
    }
    given[n] = '\0';
    return rc;
}

/* The verb of the (words), which must be alone and take the options (given);
 * or NULL, (d) set. */
static const struct verb *find_verb(char *const *words, const char *given,
                                    struct diag *d)
{
    const struct verb *verb = NULL;

    if (!words[0])
        diag_set(d, 0, "no verb; see microvm-ctl --help");
    for (size_t i = 0; words[0] && i < ARRAY_SIZE(verbs); i++)
        if (strcmp(words[0], verbs[i].name) == 0)
            verb = &verbs[i];
    if (words[0] && !verb)
        diag_set(d, 0, "unknown verb %s; see microvm-ctl --help", words[0]);
    if (!verb)
        return NULL;
    if (words[1])
        diag_set(d, 0, "%s takes no %s", verb->name, words[1]);
    given += strspn(given, verb->options);
    if (*given)
        diag_set(d, 0, "%s takes no -%c", verb->name, *given);
    return words[1] || *given ? NULL : verb;
}

int main(int argc, char **argv)
{
    const struct verb *verb = NULL;
    struct line line = {0};
    struct diag d = {0};
    char given[16];
    int rc = read_options(&line, argc, argv, given, &d);
    int status = rc > 0 ? STATUS_OK : STATUS_USAGE;

    if (rc == 0)
        verb = find_verb(argv + optind, given, &d);
    if (verb)
        status =
            verb->request ? ask(&line, verb, &d) : print_sessions(&line, &d);
    if (fflush(stdout) != 0 && !d.code) {
        diag_set(&d, -errno, "cannot write to standard output");
        status = STATUS_USAGE;
    }
    if (d.code)
        fprintf(stderr, "microvm-ctl: %s%s%s%s\n", d.text,
                d.hint[0] ? " (" : "", d.hint, d.hint[0] ? ")" : "");
    return status;
}
