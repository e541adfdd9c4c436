/* source.c: find a function in the text of its script. */
#include "jsengine/source.h"

#include <string.h>

#define DEPTH 256

enum token {
    TOKEN_END,
    TOKEN_WORD,    /* names and keywords */
    TOKEN_LITERAL, /* numbers, strings, regular expressions */
    TOKEN_SIGN     /* one character of an operator, or a bracket */
};

/* A bracket that is open. */
struct open {
    char bracket;
    bool condition; /* of if, while, for, with: a statement follows it */
    bool body;      /* of (function) */
    struct source_function function;
};

struct scanner {
    const char *script;
    size_t size;
    size_t at; /* behind the token */
    unsigned line;
    enum token token;
    struct source_span text; /* of the token */
    unsigned token_line;
    bool property; /* the token stands behind a dot */
    bool operand;  /* what was read is an operand: '/' divides it */
    struct open open[DEPTH];
    size_t depth;
};

static char peek(const struct scanner *s, size_t ahead)
{
    return s->at + ahead < s->size ? s->script[s->at + ahead] : '\0';
}

/* The bytes of the line terminator at (at), or 0. ECMA-262 7.3. */
static size_t terminator(const struct scanner *s)
{
    char c = peek(s, 0);

    if (c == '\n')
        return 1;
    if (c == '\r')
        return peek(s, 1) == '\n' ? 2 : 1;
    if (s->size - s->at >= 3 &&
        (memcmp(s->script + s->at, "\xe2\x80\xa8", 3) == 0 ||
         memcmp(s->script + s->at, "\xe2\x80\xa9", 3) == 0))
        return 3;
    return 0;
}

/* One step on, over a line's end as a whole. */
static void advance(struct scanner *s)
{
    size_t n = s->at < s->size ? terminator(s) : 0;

    s->line += n > 0;
    s->at += n ? n : 1;
}

static void skip_line(struct scanner *s)
{
    while (s->at < s->size && !terminator(s))
        s->at++;
}

static void skip_comment(struct scanner *s)
{
    s->at += 2;
    while (s->at < s->size && !(peek(s, 0) == '*' && peek(s, 1) == '/'))
        advance(s);
    s->at += s->at < s->size ? 2 : 0;
}

/* White space beyond ASCII is taken as part of a word: no script needs it. */
static void skip_space(struct scanner *s)
{
    while (s->at < s->size) {
        if (peek(s, 0) == '/' && peek(s, 1) == '/')
            skip_line(s);
        else if (peek(s, 0) == '/' && peek(s, 1) == '*')
            skip_comment(s);
        else if (terminator(s) || strchr(" \t\v\f", peek(s, 0)))
            advance(s);
        else
            break;
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '\\' ||
           (unsigned char)c >= 0x80;
}

static void read_word(struct scanner *s)
{
    while (s->at < s->size && is_word(peek(s, 0)) && !terminator(s))
        s->at++;
}

static void read_string(struct scanner *s)
{
    char quote = peek(s, 0);

    s->at++;
    while (s->at < s->size && peek(s, 0) != quote) {
        if (peek(s, 0) == '\\')
            s->at++;
        advance(s);
    }
    s->at++;
}

/* A '/' inside brackets is one of the expression's own. ECMA-262 7.8.5. */
static void read_regexp(struct scanner *s)
{
    bool set = false;

    s->at++;
    while (s->at < s->size && !terminator(s)) {
        char c = peek(s, 0);

        if (c == '/' && !set)
            break;
        if (c == '\\')
            s->at++;
        else if (c == '[' || c == ']')
            set = c == '[';
        s->at++;
    }
    s->at++;
    read_word(s); /* flags */
}

static bool is(const struct scanner *s, const char *text)
{
    return s->text.size == strlen(text) &&
           memcmp(s->text.text, text, s->text.size) == 0;
}

/* Words behind which an operand is still to come. */
static bool expects_operand(const struct scanner *s)
{
    static const char *const words[] = {
        "return", "typeof", "instanceof", "in", "new", "delete",
        "void",   "throw",  "case",       "do", "else"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (is(s, words[i]))
            return true;
    return false;
}

static void next(struct scanner *s)
{
    bool twice = false;
    size_t start;
    char c;

    s->property = is(s, ".");
    skip_space(s);
    start = s->at;
    s->token_line = s->line;
    c = peek(s, 0);
    if (s->at >= s->size) {
        s->token = TOKEN_END;
    } else if (is_word(c)) {
        s->token = c >= '0' && c <= '9' ? TOKEN_LITERAL : TOKEN_WORD;
        read_word(s);
    } else if (c == '"' || c == '\'') {
        s->token = TOKEN_LITERAL;
        read_string(s);
    } else if (c == '/' && !s->operand) {
        s->token = TOKEN_LITERAL;
        read_regexp(s);
    } else {
        /* ++ and -- leave an operand what it is. */
        twice = (c == '+' || c == '-') && peek(s, 1) == c;
        s->token = TOKEN_SIGN;
        s->at += twice ? 2 : 1;
    }
    if (s->at > s->size) /* of a literal without end */
        s->at = s->size;
    s->text = (struct source_span){s->script + start, s->at - start};
    if (!twice)
        s->operand =
            s->token == TOKEN_LITERAL ||
            (s->token == TOKEN_WORD && (s->property || !expects_operand(s))) ||
            is(s, ")") || is(s, "]");
}

static bool push(struct scanner *s, char bracket, bool condition,
                 const struct source_function *function)
{
    struct open *open = &s->open[s->depth];

    if (s->depth == DEPTH)
        return false;
    s->depth++;
    open->bracket = bracket;
    open->condition = condition;
    open->body = function != NULL;
    if (function)
        open->function = *function;
    return true;
}

/* The word `function` was read: read on to the brace of its body. Returns
 * whether it is one. */
static bool read_header(struct scanner *s, struct source_function *f)
{
    *f = (struct source_function){.text.text = s->text.text,
                                  .first_line = s->token_line};
    next(s);
    f->name.text = s->text.text;
    if (s->token == TOKEN_WORD) {
        f->name = s->text;
        next(s);
    }
    if (!is(s, "("))
        return false;
    f->inner.text = s->script + s->at;
    for (next(s); s->token == TOKEN_WORD || is(s, ","); next(s))
        f->params += s->token == TOKEN_WORD;
    f->inner.size = (size_t)(s->text.text - f->inner.text);
    if (!is(s, ")"))
        return false;
    next(s);
    return is(s, "{");
}

/* A closing bracket was read. Returns the bracket that it closes, or NULL. */
static const struct open *pop(struct scanner *s)
{
    static const char pairs[] = "(){}[]";
    struct open *open;

    if (s->depth == 0)
        return NULL;
    open = &s->open[--s->depth];
    if (strchr(pairs, *s->text.text)[-1] != open->bracket)
        return NULL;
    if (open->condition)
        s->operand = false;
    if (open->body) {
        open->function.text.size =
            (size_t)(s->script + s->at - open->function.text.text);
        open->function.last_line = s->token_line;
    }
    return open;
}

static bool fits(const struct source_function *f, const struct source_key *key)
{
    return f->name.size == key->name_size &&
           memcmp(f->name.text, key->name, key->name_size) == 0 &&
           f->params == key->params && f->first_line <= key->first_line &&
           f->last_line >= key->last_line;
}

bool source_find(const char *script, size_t size, const struct source_key *key,
                 struct source_function *out)
{
    struct scanner s = {.script = script, .size = size, .line = 1};
    bool condition = false;

    for (next(&s); s.token != TOKEN_END; next(&s)) {
        struct source_function f;
        const struct open *closed;
        bool word = s.token == TOKEN_WORD && !s.property;

        if (word && is(&s, "function") && read_header(&s, &f)) {
            if (!push(&s, '{', false, &f))
                return false;
        } else if (is(&s, "(") || is(&s, "[") || is(&s, "{")) {
            if (!push(&s, *s.text.text, condition, NULL))
                return false;
        } else if (is(&s, ")") || is(&s, "]") || is(&s, "}")) {
            closed = pop(&s);
            if (!closed)
                return false;
            if (closed->body && fits(&closed->function, key)) {
                *out = closed->function;
                return true;
            }
        }
        condition = word && (is(&s, "if") || is(&s, "while") || is(&s, "for") ||
                             is(&s, "with"));
    }
    return false;
}

struct source_span source_param(const struct source_function *f, unsigned index)
{
    struct scanner s = {
        .script = f->inner.text, .size = f->inner.size, .line = 1};

    for (next(&s); s.token != TOKEN_END; next(&s))
        if (s.token == TOKEN_WORD && index-- == 0)
            return s.text;
    return (struct source_span){f->inner.text + f->inner.size, 0};
}
