/* request.c: one JSON value from a stream. */
#include "api/request.h"

#include <ctype.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source {
    request_reader *read;
    void *ctx;
    size_t count; /* bytes so far */
    bool begun;   /* something else than white space came */
    bool no_object;
    bool over;   /* nothing more is read: a word is wrong */
    bool string; /* inside one */
    bool escape;
    char word[8]; /* letters outside of strings, and digits before them */
    size_t word_size;
    int err; /* negative errno, -EFBIG for REQUEST_MAX */
};

/* Bytes that jansson may still allocate, while a request is read in this
 * thread. A short text may become a large tree. */
static __thread size_t budget;
static __thread bool limited, exhausted;

static void *allocate(size_t size)
{
    void *memory;

    exhausted |= limited && size > budget;
    if (limited && exhausted)
        return NULL;
    memory = malloc(size);
    if (limited && memory) {
        size = malloc_usable_size(memory);
        budget -= size < budget ? size : budget;
    }
    return memory;
}

static void release(void *memory)
{
    if (limited && memory)
        budget += malloc_usable_size(memory);
    free(memory);
}

void request_init(void)
{
    json_set_alloc_funcs(allocate, release);
}

/* Told apart before jansson looks: it would wait for the end of a word. */
static void look_at_begin(struct source *s, const char *text, size_t size)
{
    size_t blanks = 0;

    while (blanks < size && strchr(" \t\r\n", text[blanks]) && text[blanks])
        blanks++;
    if (blanks == size)
        return;
    s->begun = true;
    s->no_object = text[blanks] != '{';
}

/* Whether the word so far may become one of JSON's. After a digit it is part
 * of a number. */
static bool may_be_word(const struct source *s)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strncmp(words[i], s->word, s->word_size) == 0)
            return true;
    return strchr("0123456789", s->word[0]) != NULL;
}

/*
 * jansson reads a word to its end before it looks at it, but whoever sent a
 * wrong one may wait for the answer. Returns how many bytes there are up to
 * the first letter that is wrong.
 */
static size_t check_words(struct source *s, const char *text, size_t size)
{
    for (size_t i = 0; i < size && !s->over; i++) {
        char c = text[i];

        if (s->string) {
            s->string = c != '"' || s->escape;
            s->escape = c == '\\' && !s->escape;
        } else if (isalnum((unsigned char)c)) {
            if (s->word_size < sizeof(s->word) - 1)
                s->word[s->word_size++] = c;
            if (!may_be_word(s)) {
                s->over = true;
                return i + 1;
            }
        } else {
            s->string = c == '"';
            s->word_size = 0;
        }
    }
    return size;
}

static size_t more(void *buf, size_t size, void *ctx)
{
    struct source *s = ctx;
    ssize_t n = s->count < REQUEST_MAX ? 0 : -EFBIG;

    if (!s->over && n == 0)
        n = s->read(s->ctx, buf, size);
    if (n < 0) {
        s->err = (int)n;
        return 0;
    }
    s->count += (size_t)n;
    if (!s->begun)
        look_at_begin(s, buf, (size_t)n);
    return s->no_object ? 0 : check_words(s, buf, (size_t)n);
}

static void explain(const struct source *s, const json_error_t *error,
                    char *why, size_t size)
{
    if (s->no_object)
        snprintf(why, size, "the request is not a JSON object");
    else if (s->err == -EFBIG)
        snprintf(why, size, "the request is longer than %u bytes", REQUEST_MAX);
    else if (s->err)
        snprintf(why, size, "the request is not complete: %s",
                 strerror(-s->err));
    else if (exhausted)
        snprintf(why, size, "the request needs too much memory");
    else
        snprintf(why, size, "the request is not JSON: line %d column %d: %s",
                 error->line, error->column, error->text);
}

enum request_result request_read(request_reader *read, void *ctx,
                                 json_t **request, char *why, size_t size)
{
    struct source s = {.read = read, .ctx = ctx};
    json_error_t error;

    budget = REQUEST_MEMORY_MAX;
    limited = true;
    exhausted = false;
    *request = json_load_callback(
        more, &s, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &error);
    limited = false;
    if (*request)
        return REQUEST_READ;
    if (!s.begun && s.err != -EFBIG)
        return REQUEST_NONE;
    explain(&s, &error, why, size);
    return REQUEST_BAD;
}
