/*
 * command_table.h: the requests of the control protocol (gWisord 4), a row
 * each. Layer 4.
 */
#ifndef API_COMMAND_TABLE_H
#define API_COMMAND_TABLE_H

#include "jsengine/engine.h"

#include <jansson.h>

#define COMMAND_ALIASES 2
#define COMMAND_WHY_MAX 1024

struct command {
    const char *name;
    const char *alias[COMMAND_ALIASES]; /* older names, or NULL */
    const char *payload;                /* what a request carries */
    const char *key;                    /* of the answer's payload, or NULL */
    const char *alias_key; /* the same where an alias was asked for */
    const char *help;
    /* Returns the answer's payload, or NULL; then (*why), to be freed, says
     * why, and where that is NULL there is no memory. */
    json_t *(*run)(struct engine *engine, const struct command *row,
                   const char *key, const json_t *payload, char **why);
};

extern const struct command command_table[];
extern const size_t command_count;

/* Run (request), any JSON value. Returns the answer, always one: {"type": "ok",
 * ...} or {"type": "error", ...}; NULL where there is no memory. */
json_t *command_answer(struct engine *engine, const json_t *request);

/* The answer that says what is wrong. */
json_t *command_error(const char *why);

#endif
