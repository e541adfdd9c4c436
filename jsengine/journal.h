/*
 * journal.h: what made the world what it is: scripts, modules, configurations
 * and removed hooks, in their order. From it the world is made anew when a
 * process died inside a hook. Layer 3.
 *
 * The memory is shared by all processes of a session and only ever grows. An
 * entry exists once its size is published, so whoever dies while writing one
 * leaves none. Writers hold the engine's lock.
 */
#ifndef JSENGINE_JOURNAL_H
#define JSENGINE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

struct journal;

enum journal_kind {
    JOURNAL_SCRIPT, /* name: its file; text: the source */
    JOURNAL_MODULE, /* a file that was required; not run by itself */
    JOURNAL_CONFIG, /* name: its file; text: the JSON */
    JOURNAL_REMOVE  /* text: struct engine_hook_key[], none: all hooks */
};

struct journal_entry {
    enum journal_kind kind;
    const char *name; /* NUL-terminated */
    const char *text; /* aligned to 8 bytes */
    size_t size;
};

/* At most (size) bytes. Returns NULL where there is no memory. */
struct journal *journal_create(size_t size);
void journal_destroy(struct journal *journal);

/* Returns 0, or -ENOSPC: the journal is full. */
int journal_add(struct journal *journal, enum journal_kind kind,
                const char *name, const void *text, size_t size);

/* The entry at (*at), 0 for the first; (*at) moves to the next one. Returns
 * whether there is one; it stays valid as long as the journal. */
bool journal_next(const struct journal *journal, size_t *at,
                  struct journal_entry *out);

/* The newest entry of (kind) named (name). Returns whether there is one. */
bool journal_find(const struct journal *journal, enum journal_kind kind,
                  const char *name, struct journal_entry *out);

#endif
