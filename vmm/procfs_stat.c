/*
 * procfs_stat.c: /proc/PID/stat, statm, status: the host's text, with the
 * program's memory and signals. proc_pid_stat(5), proc_pid_status(5).
 */
#include "vmm/procfs_internal.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the program's mappings, sorted as the kernel sorts them. */
struct memory {
    uint64_t size;
    uint64_t rss, anon, shmem; /* the rest of (rss) is of files */
    uint64_t swap;
    uint64_t data, stack, code; /* sizes: is_data_mapping() and its like */
};

/* Everything that the three files tell. */
struct facts {
    struct memory m;
    uint64_t text; /* of the program itself */
    gva_t brk_start;
    bool has_signals;
    struct peer_signals signals;
    uint64_t fd_slots;
    unsigned threads;
};

static bool is_shmem(const char *name)
{
    static const char *const names[] = {"/dev/zero", "/memfd:", "/SYSV",
                                        "/dev/shm/"};

    name += strspn(name, " ");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

struct measuring {
    struct memory *m;
    const struct peer *peer;
    bool shmem; /* of the last mapping */
};

static void add_mapping(void *ctx, const char *text,
                        const struct map_line *line)
{
    struct measuring *now = ctx;
    struct memory *m = now->m;
    uint64_t len = line->end - line->start;

    now->shmem = is_shmem(text + line->name);
    m->size += len;
    if (procfs_is_stack(now->peer, line))
        m->stack += len;
    else if (line->rights[1] == 'w' && line->rights[3] == 'p')
        m->data += len;
    else if (line->rights[1] != 'w' && line->rights[2] == 'x')
        m->code += len;
}

/* Whether the line is that of (label); (*bytes) is what it says in KiB. */
static bool tells(const char *line, const char *label, uint64_t *bytes)
{
    const size_t len = strlen(label);

    if (strncmp(line, label, len) != 0)
        return false;
    *bytes = strtoull(line + len, NULL, 10) * KIB;
    return true;
}

static void add_detail(void *ctx, const char *line)
{
    const struct measuring *now = ctx;
    struct memory *m = now->m;
    uint64_t bytes;

    if (tells(line, "Rss:", &bytes)) {
        m->rss += bytes;
        m->shmem += now->shmem ? bytes : 0;
    } else if (tells(line, "Anonymous:", &bytes)) {
        m->anon += bytes;
        m->shmem -= now->shmem ? bytes : 0;
    } else if (tells(line, "Swap:", &bytes)) {
        m->swap += bytes;
    }
}

static int measure(struct memory *m, const struct peer *peer)
{
    static const struct smaps_walk walk = {add_mapping, add_detail};
    struct measuring now = {m, peer, false};

    return procfs_walk_smaps(peer, &walk, &now);
}

/* Slots in the table of descriptors, as alloc_fdtable() of Linux sizes it for
 * the highest number that is the program's. */
static uint64_t fd_slots(const struct peer *peer)
{
    char path[64];
    uint64_t slots = 64;
    int *fd, count;

    snprintf(path, sizeof(path), "/proc/%d/fd", peer->pid);
    count = privread_numbers(path, &fd);
    for (int i = 0; i < count; i++)
        while (slots <= (uint64_t)fd[i] && !peer_owns_fd(peer, fd[i]))
            slots *= 2;
    free(fd);
    return slots;
}

static int collect(struct facts *f, const struct peer *peer,
                   const struct place *place)
{
    const struct elf_loaded *elf = &peer->process->program.elf;
    gva_t brk;
    int rc;

    rc = measure(&f->m, peer);
    f->text = ALIGN_UP(elf->end_code, PAGE_SIZE) -
              ALIGN_DOWN(elf->start_code, PAGE_SIZE);
    peer_heap(peer, &f->brk_start, &brk);
    f->has_signals = peer_signals(peer, place->tid, &f->signals);
    f->fd_slots = fd_slots(peer);
    f->threads = peer_threads(peer);
    return rc;
}

/* --- stat --- */

/* Fields by their numbers in proc_pid_stat(5); the others are the host's. */
static bool stat_field(const struct facts *f, const struct exec_result *p,
                       unsigned number, uint64_t *value)
{
    /* "Obsolete": 31 bits, in decimal. */
    const uint64_t old = 0x7fffffff;
    const uint64_t values[] = {
        [20] = f->threads,
        [23] = f->m.size,
        [24] = f->m.rss / PAGE_SIZE,
        [26] = p->elf.start_code,
        [27] = p->elf.end_code,
        [28] = p->stack.rsp,
        [32] = f->signals.blocked & old,
        [33] = f->signals.ignored & old,
        [34] = f->signals.caught & old,
        [45] = p->elf.start_data,
        [46] = p->elf.end_data,
        [47] = f->brk_start,
        [48] = p->stack.arg_start,
        [49] = p->stack.arg_end,
        [50] = p->stack.env_start,
        [51] = p->stack.env_end,
    };
    static const uint64_t known = 0x000fe0071d900000;

    *value = number < ARRAY_SIZE(values) ? values[number] : 0;
    if (number >= 32 && number <= 34 && !f->has_signals)
        return false;
    return number < 64 && (known >> number & 1);
}

static int read_line(const struct place *place, char *text, int size)
{
    FILE *host = privread_text(place->path);
    char *got;

    if (!host)
        return -errno;
    got = fgets(text, size, host);
    fclose(host);
    return got ? 0 : -ESRCH;
}

int procfs_stat(const struct peer *peer, const struct place *place, FILE *out)
{
    char text[1024], *at, *rest = NULL;
    struct facts f = {0};
    int rc = read_line(place, text, sizeof(text));

    if (rc == 0)
        rc = collect(&f, peer, place);
    /* The name, field 2, may contain anything. */
    at = rc == 0 ? strrchr(text, ')') : NULL;
    if (!at)
        return rc < 0 ? rc : -EIO;
    fprintf(out, "%.*s", (int)(at + 1 - text), text);
    at = strtok_r(at + 1, " \n", &rest);
    for (unsigned n = 3; at; n++, at = strtok_r(NULL, " \n", &rest)) {
        uint64_t value;

        if (stat_field(&f, &peer->process->program, n, &value))
            fprintf(out, " %" PRIu64, value);
        else
            fprintf(out, " %s", at);
    }
    fputc('\n', out);
    return 0;
}

int procfs_statm(const struct peer *peer, const struct place *place, FILE *out)
{
    struct facts f = {0};
    int rc = collect(&f, peer, place);

    if (rc < 0)
        return rc;
    fprintf(out,
            "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " 0 %" PRIu64 " 0\n",
            f.m.size / PAGE_SIZE, f.m.rss / PAGE_SIZE,
            (f.m.rss - f.m.anon) / PAGE_SIZE, f.text / PAGE_SIZE,
            (f.m.data + f.m.stack) / PAGE_SIZE);
    return 0;
}

/* --- status --- */

enum status_form {
    FORM_KIB, /* bytes, shown as KiB */
    FORM_NUMBER,
    FORM_SIGNALS
};

/* A line whose value is the program's, or what is not the monitor's. */
struct status_line {
    const char *label;
    enum status_form form;
    uint64_t value;
};

/* The host's number in the line of (label), or 0. */
static uint64_t host_value(const char *text, const char *label)
{
    const char *at = strstr(text, label);
    uint64_t bytes = 0;

    return at && tells(at, label, &bytes) ? bytes : 0;
}

static void print_line(FILE *out, const struct status_line *l)
{
    switch (l->form) {
    case FORM_KIB:
        fprintf(out, "%s\t%8" PRIu64 " kB\n", l->label, l->value / KIB);
        break;
    case FORM_NUMBER:
        fprintf(out, "%s\t%" PRIu64 "\n", l->label, l->value);
        break;
    case FORM_SIGNALS:
        fprintf(out, "%s\t%016" PRIx64 "\n", l->label, l->value);
        break;
    }
}

/* Print the line of the host's text at (line), or what replaces it. */
static void replace_line(FILE *out, const char *line, size_t len,
                         const struct status_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t label = strlen(lines[i].label);

        if (len > label && strncmp(line, lines[i].label, label) == 0) {
            print_line(out, &lines[i]);
            return;
        }
    }
    fwrite(line, 1, len, out);
}

/* The host's text, of one read: so its lines belong together. */
static int read_all(const struct place *place, char *text, size_t size)
{
    FILE *host = privread_text(place->path);
    size_t n;

    if (!host)
        return -errno;
    n = fread(text, 1, size - 1, host);
    fclose(host);
    text[n] = '\0';
    return n > 0 ? 0 : -ESRCH;
}

/* What was the highest of something, less what the monitor has of it now. */
static uint64_t peak(const char *text, const char *label, const char *now,
                     uint64_t value)
{
    uint64_t monitors = host_value(text, now) - value;
    uint64_t highest = host_value(text, label);

    return highest > monitors ? max_u64(highest - monitors, value) : value;
}

int procfs_status(const struct peer *peer, const struct place *place, FILE *out)
{
    char text[8192] = "";
    struct facts f = {0};
    int rc = read_all(place, text, sizeof(text));
    const char *line = text, *end;

    if (rc == 0)
        rc = collect(&f, peer, place);
    if (rc < 0)
        return rc;
    const struct status_line lines[] = {
        {"FDSize:", FORM_NUMBER, f.fd_slots},
        {"VmPeak:", FORM_KIB, peak(text, "VmPeak:", "VmSize:", f.m.size)},
        {"VmSize:", FORM_KIB, f.m.size},
        {"VmHWM:", FORM_KIB, peak(text, "VmHWM:", "VmRSS:", f.m.rss)},
        {"VmRSS:", FORM_KIB, f.m.rss},
        {"RssAnon:", FORM_KIB, f.m.anon},
        {"RssFile:", FORM_KIB, f.m.rss - f.m.anon - f.m.shmem},
        {"RssShmem:", FORM_KIB, f.m.shmem},
        {"VmData:", FORM_KIB, f.m.data},
        {"VmStk:", FORM_KIB, f.m.stack},
        {"VmExe:", FORM_KIB, f.text},
        {"VmLib:", FORM_KIB, f.m.code > f.text ? f.m.code - f.text : 0},
        {"VmSwap:", FORM_KIB, f.m.swap},
        {"Threads:", FORM_NUMBER, f.threads},
        {"SigBlk:", FORM_SIGNALS, f.signals.blocked},
        {"SigIgn:", FORM_SIGNALS, f.signals.ignored},
        {"SigCgt:", FORM_SIGNALS, f.signals.caught},
    };
    const size_t n = ARRAY_SIZE(lines) - (f.has_signals ? 0 : 3);

    for (; *line; line = end) {
        end = strchr(line, '\n');
        end = end ? end + 1 : line + strlen(line);
        replace_line(out, line, (size_t)(end - line), lines, n);
    }
    return 0;
}
