/* control.c: sessions that run while a test talks to them, and a client. */
#include "tests/e2e/control.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECONDS 60

static char runtime_dir[] = "/tmp/microvm-hook-control-XXXXXX";
static char path_of_sessions[sizeof(runtime_dir) + 16];

const char *sessions_dir(void)
{
    return path_of_sessions;
}

int control_setup(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    if (!mkdtemp(runtime_dir) || setenv("XDG_RUNTIME_DIR", runtime_dir, 1) < 0)
        return -1;
    snprintf(path_of_sessions, sizeof(path_of_sessions), "%s/microvm-hook",
             runtime_dir);
    return 0;
}

int control_teardown(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", runtime_dir);
    return system(command);
}

void assert_in(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("\"%s\" is not in: %.500s", part, text ? text : "(nothing)");
}

static void step(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
}

/* --- sessions --- */

static _Noreturn void run_child(const char *const *argv, int in, int out,
                                int err)
{
    setpgid(0, 0);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(99);
    close_range(3, ~0U, 0);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(98);
}

static void spawn(struct session *s, const char *const *argv)
{
    int in[2], out[2];

    s->err = memfd_create("err", MFD_CLOEXEC);
    assert_true(s->err >= 0);
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    s->pid = fork();
    assert_true(s->pid >= 0);
    if (s->pid == 0)
        run_child(argv, in[0], out[1], s->err);
    close(in[0]);
    close(out[1]);
    s->in = fdopen(in[1], "we");
    s->out = fdopen(out[0], "re");
    assert_true(s->in && s->out);
}

/* The port that the session's description tells. */
static int port_of(pid_t pid)
{
    char path[128];
    json_t *session;
    const char *address;
    int port = 0;

    snprintf(path, sizeof(path), "%s/%d.json", sessions_dir(), (int)pid);
    session = json_load_file(path, 0, NULL);
    assert_non_null(session);
    address = json_string_value(json_object_get(session, "address"));
    if (address)
        port = atoi(strrchr(address, ':') + 1);
    json_decref(session);
    return port;
}

static void show_err(const struct session *s)
{
    char text[1024] = "";

    if (pread(s->err, text, sizeof(text) - 1, 0) > 0)
        print_error("standard error: %s\n", text);
}

void session_start(struct session *s, const char *const *options,
                   const char *const *argv)
{
    const char *all[2 * MAX_ARGS] = {monitor()};
    char guest[64], json[128];
    size_t n = 1;

    need_kvm();
    for (; *options; options++)
        all[n++] = *options;
    all[n++] = "--";
    snprintf(guest, sizeof(guest), "../bin/guests/%s", argv[0]);
    all[n++] = strchr(argv[0], '/') ? argv[0] : beside(guest);
    for (argv++; *argv; argv++)
        all[n++] = *argv;
    spawn(s, all);
    snprintf(json, sizeof(json), "%s/%d.json", sessions_dir(), (int)s->pid);
    for (int i = 0; access(json, F_OK) < 0; i++) {
        if (i > SECONDS * 200 || waitpid(s->pid, NULL, WNOHANG) != 0) {
            show_err(s);
            fail_msg("the session does not start");
        }
        step();
    }
    s->port = port_of(s->pid);
}

int session_end(struct session *s)
{
    int status = -1;

    fclose(s->in);
    for (int i = 0; waitpid(s->pid, &status, WNOHANG) == 0; i++) {
        if (i > SECONDS * 200) {
            kill(-s->pid, SIGKILL);
            fail_msg("the program does not end");
        }
        step();
    }
    if (status != 0)
        show_err(s);
    fclose(s->out);
    close(s->err);
    return status;
}

const char *tell(struct session *s, const char *fmt, ...)
{
    static char answer[1024];
    char *line;
    va_list ap;

    va_start(ap, fmt);
    assert_true(vasprintf(&line, fmt, ap) >= 0);
    va_end(ap);
    fprintf(s->in, "%s\n", line);
    fflush(s->in);
    free(line);
    if (!fgets(answer, sizeof(answer), s->out)) {
        show_err(s);
        fail_msg("the program does not answer");
    }
    answer[strcspn(answer, "\n")] = '\0';
    return answer;
}

/* --- the client --- */

int connect_control(const struct session *s)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(un.sun_path, sizeof(un.sun_path), "%s/%d.sock", sessions_dir(),
             (int)s->pid);
    assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
    return fd;
}

int connect_port(const struct session *s)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons((in_port_t)s->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
    return fd;
}

char *exchange_at(int fd, const char *text, size_t size)
{
    size_t sent = 0, got = 0;
    char *answer = NULL, buf[4096];
    FILE *out = open_memstream(&answer, &got);
    ssize_t n;

    assert_non_null(out);
    while (sent < size) {
        n = send(fd, text + sent, size - sent, MSG_NOSIGNAL);
        if (n < 0) /* the server has heard enough */
            break;
        sent += (size_t)n;
    }
    while ((n = read(fd, buf, sizeof(buf))) > 0)
        fwrite(buf, 1, (size_t)n, out);
    assert_int_equal(n, 0);
    fclose(out);
    close(fd);
    return answer;
}

json_t *ask(const struct session *s, const char *type, const char *payload)
{
    char *request, *text;
    json_t *answer;
    int n = asprintf(&request, "{\"type\": \"%s\", \"payload\": %s}", type,
                     payload);

    assert_true(n > 0);
    text = exchange_at(s->port ? connect_port(s) : connect_control(s), request,
                       (size_t)n);
    answer = json_loads(text, 0, NULL);
    if (!json_is_object(answer))
        fail_msg("the answer to %.200s is not JSON: %.500s", request, text);
    free(request);
    free(text);
    return answer;
}

json_t *ask_ok(const struct session *s, const char *type, const char *payload)
{
    json_t *answer = ask(s, type, payload), *result;
    const char *said = json_string_value(json_object_get(answer, "type"));

    if (!said || strcmp(said, "ok") != 0)
        fail_msg("%s answers: %.500s", type, json_dumps(answer, 0));
    assert_string_equal(json_string_value(json_object_get(answer, "message")),
                        "Everything ok");
    result = json_incref(json_object_get(answer, "payload"));
    assert_non_null(result);
    json_decref(answer);
    return result;
}

static json_t *run_script(const struct session *s, const char *script)
{
    json_t *source = json_pack("{s:s}", "source", script), *answer;
    char *payload = json_dumps(source, 0);

    answer = ask(s, "change-state", payload);
    free(payload);
    json_decref(source);
    return answer;
}

/* The text of member (key) of an answer of (type). */
static const char *keep(json_t *answer, const char *type, const char *key)
{
    static char text[2048];
    const char *value = json_string_value(json_object_get(answer, key));

    if (strcmp(json_string_value(json_object_get(answer, "type")), type) != 0 ||
        !value)
        fail_msg("not %s: %.500s", type, json_dumps(answer, 0));
    snprintf(text, sizeof(text), "%s", value);
    json_decref(answer);
    return text;
}

const char *change_state(const struct session *s, const char *script)
{
    return keep(run_script(s, script), "ok", "payload");
}

const char *change_state_fails(const struct session *s, const char *script)
{
    return keep(run_script(s, script), "error", "message");
}

json_t *hooks_of(const struct session *s)
{
    json_t *payload = ask_ok(s, "current-hooks", "{}");
    json_t *list = json_incref(json_object_get(payload, "hooks"));

    assert_non_null(list);
    json_decref(payload);
    if (json_is_array(list))
        return list;
    assert_true(json_is_null(list));
    return NULL;
}

void ctl(struct outcome *o, const char *fmt, ...)
{
    char *line, *all;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&line, fmt, ap);
    va_end(ap);
    assert_true(n >= 0);
    n = asprintf(&all,
                 "XDG_RUNTIME_DIR=%s; export XDG_RUNTIME_DIR; ctl=%s; $ctl %s",
                 runtime_dir, beside("../bin/microvm-ctl"), line);
    assert_true(n >= 0);
    run((const char *const[]){"/bin/sh", "-c", all, NULL}, "/tmp", NULL, o);
    free(line);
    free(all);
}
