/* text.c: text that grows as it is written. */
#include "vmm/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 512

static bool grow(struct text *t, size_t size)
{
    size_t room = t->room ? t->room : FIRST_ROOM;
    char *at;

    while (room < size)
        room *= 2;
    at = realloc(t->at, room);
    if (!at)
        return false;
    t->at = at;
    t->room = room;
    return true;
}

void text_add(struct text *t, const char *bytes, size_t size)
{
    if (t->limit && size > t->limit - t->size)
        t->cut = true;
    if (t->cut || size == 0)
        return;
    if (t->size + size > t->room && !grow(t, t->size + size)) {
        t->cut = true;
        return;
    }
    memcpy(t->at + t->size, bytes, size);
    t->size += size;
}

void text_puts(struct text *t, const char *string)
{
    text_add(t, string, strlen(string));
}

void text_printf(struct text *t, const char *format, ...)
{
    char line[256]; /* numbers and names; anything longer is text_puts's */
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    if (n > 0)
        text_add(t, line,
                 (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

void text_errno(struct text *t, int err)
{
    char room[128];
    const char *message = strerror_r(err, room, sizeof(room));

    text_printf(t, "%c%s", tolower((unsigned char)message[0]), message + 1);
}

void text_free(struct text *t)
{
    free(t->at);
    *t = (struct text){0};
}
