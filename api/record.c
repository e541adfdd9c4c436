/* record.c: writes records as JSON. */
#include "api/record.h"

#include "vmm/utf8.h"
#include "vmm/util.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of the whole session: clocks do not change zones while a program runs. */
static long zone_seconds;

void record_init(void)
{
    time_t now = time(NULL);
    struct tm tm;

    if (localtime_r(&now, &tm))
        zone_seconds = tm.tm_gmtoff;
}

/* --- parts --- */

/* Inside of the quotes. */
static void put_bytes(struct text *out, const char *s, size_t size)
{
    size_t i = 0, plain = 0;

    while (i < size) {
        uint8_t c = (uint8_t)s[i];
        size_t n = utf8_length(s + i, size - i);

        if (n && c >= ' ' && c != '"' && c != '\\') {
            i += n;
            continue;
        }
        text_add(out, s + plain, i - plain);
        if (!n)
            text_puts(out, "\xef\xbf\xbd");
        else if (c == '"' || c == '\\')
            text_printf(out, "\\%c", c);
        else
            text_printf(out, "\\u%04x", c);
        plain = ++i;
    }
    text_add(out, s + plain, size - plain);
}

void record_string(struct text *out, const char *bytes, size_t size)
{
    text_puts(out, "\"");
    put_bytes(out, bytes, size);
    text_puts(out, "\"");
}

/* Days since 1970 to a date of the Gregorian calendar; a year begins in March,
 * so that the leap day is its last. */
static void date_of(int64_t days, int *year, unsigned *month, unsigned *day)
{
    const unsigned era_days = 146097;           /* 400 years */
    uint64_t since = (uint64_t)(days + 719468); /* 0000-03-01 */
    unsigned of_era = (unsigned)(since % era_days);
    unsigned y =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * y + y / 4 - y / 100);
    unsigned m = (5 * of_year + 2) / 153;

    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = (int)(since / era_days * 400) + (int)y + (*month <= 2);
}

void record_time(struct text *out, const struct timespec *t, long zone)
{
    int64_t local = t->tv_sec + zone;
    unsigned second = (unsigned)(local % 86400);
    unsigned away = (unsigned)(zone < 0 ? -zone : zone) / 60;
    unsigned month, day;
    int year;

    date_of(local / 86400, &year, &month, &day);
    text_printf(out, "%04d-%02u-%02uT%02u:%02u:%02u.%09ld", year, month, day,
                second / 3600, second / 60 % 60, second % 60, t->tv_nsec);
    if (zone)
        text_printf(out, "%c%02u:%02u", zone < 0 ? '-' : '+', away / 60,
                    away % 60);
    else
        text_puts(out, "Z");
}

/* (n) units, each of (unit) parts, without zeros at the end. */
static void put_decimal(struct text *out, uint64_t n, uint64_t unit)
{
    char digits[24];
    size_t size;

    text_printf(out, "%" PRIu64, n / unit);
    size =
        (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, unit + n % unit);
    while (size > 1 && digits[size - 1] == '0')
        size--;
    if (size > 1) {
        text_puts(out, ".");
        text_add(out, digits + 1, size - 1);
    }
}

void record_duration(struct text *out, uint64_t ns)
{
    const uint64_t us = 1000, ms = 1000 * us, second = 1000 * ms;
    uint64_t minutes = ns / (60 * second);

    if (ns == 0) {
        text_puts(out, "0s");
    } else if (ns < us) {
        text_printf(out, "%" PRIu64 "ns", ns);
    } else if (ns < ms) {
        put_decimal(out, ns, us);
        text_puts(out, "µs");
    } else if (ns < second) {
        put_decimal(out, ns, ms);
        text_puts(out, "ms");
    } else {
        if (minutes >= 60)
            text_printf(out, "%" PRIu64 "h", minutes / 60);
        if (minutes)
            text_printf(out, "%" PRIu64 "m", minutes % 60);
        put_decimal(out, ns % (60 * second), second);
        text_puts(out, "s");
    }
}

/* --- records --- */

static void begin(struct text *out)
{
    text_puts(out, "{\"msg\":");
}

static void end(struct text *out, const char *level)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    text_printf(out, ",\"level\":\"%s\",\"time\":\"", level);
    record_time(out, &now, zone_seconds);
    text_puts(out, "\"}\n");
}

static void put_prefix(struct text *out, pid_t pid, pid_t tid)
{
    text_printf(out, "[%4d:%4d] ", pid, tid);
}

static void put_output(struct text *out, const struct trace *args)
{
    const char *text;
    size_t size;

    if (!args->count) {
        text_puts(out, "null");
        return;
    }
    for (unsigned i = 0; i < args->count; i++) {
        text = trace_arg(args, i, &size);
        text_puts(out, i ? "," : "[");
        record_string(out, text, size);
    }
    text_puts(out, "]");
}

static void put_result(struct text *out, const struct record_call *r)
{
    if (!r->over) {
        text_puts(out, "{\"Elapsed\":\"\",\"Err\":\"\",\"Errno\":\"\","
                       "\"Retval\":null}");
        return;
    }
    text_puts(out, "{\"Elapsed\":\"");
    record_duration(out, r->elapsed_ns);
    text_puts(out, "\",\"Err\":\"");
    if (r->err)
        text_errno(out, r->err);
    text_printf(out, "\",\"Errno\":\"%d\",\"Retval\":[\"%" PRIu64 "\"]}",
                r->err, (uint64_t)r->ret);
}

/* Members in the order of the alphabet, as the original's arrive. */
void record_call(struct text *out, const struct record_call *r)
{
    begin(out);
    text_puts(out, "{\"LogPrefix\":\"");
    put_prefix(out, r->pid, r->tid);
    text_printf(out, "\",\"LogType\":\"%s\",\"Output\":", r->over ? "X" : "E");
    put_output(out, r->args);
    text_puts(out, ",\"Rval\":");
    put_result(out, r);
    if (r->sysname)
        text_printf(out, ",\"Syscallname\":\"%s\"", r->sysname);
    else
        text_printf(out, ",\"Syscallname\":\"sys_%" PRIu64 "\"", r->sysno);
    text_puts(out, ",\"Taskname\":");
    record_string(out, r->taskname, strlen(r->taskname));
    text_puts(out, "}");
    end(out, "info");
}

void record_message(struct text *out, pid_t pid, pid_t tid, const char *text,
                    size_t size, bool is_object)
{
    begin(out);
    text_puts(out, is_object ? "{\"LogPrefix\":\"" : "\"");
    put_prefix(out, pid, tid);
    if (is_object) {
        /* The rest of the object behind its brace. */
        text_puts(out, size > 2 ? "\"," : "\"");
        text_add(out, text + 1, size - 1);
    } else {
        put_bytes(out, text, size);
        text_puts(out, "\"");
    }
    end(out, "info");
}

void record_dropped(struct text *out, uint64_t count)
{
    begin(out);
    text_printf(out, "{\"Dropped\":%" PRIu64 "}", count);
    end(out, "warning");
}
