/* modern.c: recognizes newer JavaScript in a line that does not parse. */
#include "jsengine/modern.h"
#include "vmm/util.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_SIZE 2048 /* of a longer line the beginning is looked at */

/* Behind what cannot be a part of a word; a member may have any name. */
#define WORD(w_) "(^|[^A-Za-z0-9_$.])" w_
#define NAME     "[A-Za-z_$][A-Za-z0-9_$]*"
#define S        "[[:space:]]*"
#define SS       "[[:space:]]+"

/* In the order in which they are told; text is "" when they are matched. */
static const struct {
    const char *pattern; /* POSIX extended */
    const char *what;
} constructs[] = {
    {"`", "a template string"},
    {WORD("(import|export)") "([[:space:]{*\"]|$)",
     "an ES module's import or export (require() is there)"},
    {WORD("async") SS "(function|\\(|" NAME S "=>)", "an async function"},
    {WORD("await") SS NAME, "await"},
    {"=>", "an arrow function"},
    {WORD("class") "(" SS NAME ")?" S "(extends" SS ".*)?[{]", "a class"},
    {WORD("class") SS NAME, "a class"},
    {WORD("let") SS "[A-Za-z_$[{]", "let (write var)"},
    {WORD("function") S "[*]", "a generator"},
    {WORD("yield") SS, "a generator"},
    {WORD("(var|const)") S "[[{]", "destructuring"},
    {WORD("for") S "\\(.*[[:space:]]of[[:space:]]", "for ... of"},
    {"[.][.][.]", "spread or rest (...)"},
    {"(\\|\\||&&|[?][?])=", "a logical assignment"},
    {"[?][?]", "the operator ??"},
    {"[?][.]([^0-9]|$)", "optional chaining (?.)"},
    {WORD("catch") S "[{]", "catch without a parameter"},
    {WORD("function") "(" SS NAME ")?" S "\\([^)]*=", "a default parameter"},
    {"(^|[^A-Za-z0-9_$])[0-9][0-9a-fA-FxX]*n($|[^A-Za-z0-9_$])", "a BigInt"},
    {"(^|[^A-Za-z0-9_$])[0-9]+_[0-9]", "a numeric separator"},
    {"#" NAME, "a private member"},
    {"(^|[({[,=:]|return)" S "\\[" NAME "(," S NAME ")*\\]" S "=[^=]",
     "destructuring"},
};

/* Whether a comment begins at (at); moves it behind the end. */
static bool skip_comment(const char *line, size_t size, size_t *at)
{
    const char *end;

    if (line[*at] != '/' || *at + 1 >= size)
        return false;
    if (line[*at + 1] == '/') {
        *at = size;
        return true;
    }
    if (line[*at + 1] != '*')
        return false;
    end = memmem(line + *at + 2, size - *at - 2, "*/", 2);
    *at = end ? (size_t)(end - line) + 2 : size;
    return true;
}

/* Behind the text in quotes that begins at (at). */
static size_t skip_text(const char *line, size_t size, size_t at)
{
    char quote = line[at++];

    for (; at < size && line[at] != quote; at++)
        if (line[at] == '\\')
            at++;
    return at < size ? at + 1 : size;
}

/* The line without what is in quotes and comments. */
static void bare_line(const char *line, size_t size, char *out, size_t out_size)
{
    size_t n = 0;

    for (size_t at = 0; at < size && n + 3 < out_size;) {
        if (skip_comment(line, size, &at)) {
            out[n++] = ' ';
        } else if (line[at] == '"' || line[at] == '\'') {
            at = skip_text(line, size, at);
            out[n++] = '"';
            out[n++] = '"';
        } else {
            out[n++] = line[at] ? line[at] : ' ';
            at++;
        }
    }
    out[n] = '\0';
}

static bool matches(const char *pattern, const char *text)
{
    regex_t regex;
    bool found;

    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

const char *modern_construct(const char *line, size_t size)
{
    char bare[LINE_MAX_SIZE];

    bare_line(line, size, bare, sizeof(bare));
    for (size_t i = 0; i < ARRAY_SIZE(constructs); i++)
        if (matches(constructs[i].pattern, bare))
            return constructs[i].what;
    return NULL;
}

/* Line (number), from 1, of (source); NULL where it has fewer. */
static const char *find_line(const char *source, size_t size, long number,
                             size_t *line_size)
{
    const char *end = source + size, *next;

    while (--number > 0) {
        next = memchr(source, '\n', (size_t)(end - source));
        if (!next)
            return NULL;
        source = next + 1;
    }
    next = memchr(source, '\n', (size_t)(end - source));
    *line_size = (size_t)((next ? next : end) - source);
    return source;
}

/* Some of it parses: "let x" is two statements, of which the first one names a
 * variable that is not there; "[a, b] = c" assigns to what is no variable. */
static bool may_be_syntax(const char *message)
{
    static const char *const signs[] = {
        "SyntaxError",        "identifier 'let' undefined",
        "invalid lvalue",     "identifier 'async' undefined",
        "identifier 'await'",
    };

    for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
        if (strstr(message, signs[i]))
            return true;
    return false;
}

bool modern_hint(char *out, size_t out_size, const char *source, size_t size,
                 const char *place, const char *message)
{
    const char *colon = strrchr(place, ':');
    long number = colon ? strtol(colon + 1, NULL, 10) : 0;
    const char *line, *what;
    size_t line_size;

    if (number < 1 || !may_be_syntax(message))
        return false;
    line = find_line(source, size, number, &line_size);
    what = line ? modern_construct(line, line_size) : NULL;
    if (!what)
        return false;
    snprintf(out, out_size,
             "line %ld has %s, but hooks are ECMAScript 5.1; "
             "scripts/build-hooks translates newer JavaScript and TypeScript",
             number, what);
    return true;
}
