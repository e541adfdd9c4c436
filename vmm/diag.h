/*
 * diag.h: why an operation failed, told once, nearest the cause, in the words
 * of the person who asked. The function that knows the nouns records them;
 * callers only unwind; main() prints. Layer 0.
 */
#ifndef VMM_DIAG_H
#define VMM_DIAG_H

struct diag {
    int code;       /* negative errno of the first failure; 0: none recorded */
    char text[768]; /* what failed, and on what */
    char hint[256]; /* what to do about it; "" where nothing helps */
};

/*
 * Record (code) and the formatted text, unless something is recorded already:
 * the first failure is the cause, later ones are its consequences.
 *
 * (d) may be NULL: the caller does not want to know.
 * (code) is a negative errno; its text is appended after a colon. A code of 0
 * means "no errno fits": nothing is appended and -EINVAL is returned.
 * Returns (code), so that "return diag_set(d, -errno, ...)" reads well.
 */
int diag_set(struct diag *d, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Say what the user can do about it. The first hint stays. */
void diag_hint(struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Print the one line to standard error: "microvm-hook: text (hint)". */
void diag_print(const struct diag *d);

#endif
