/*
 * privread.h: the monitor reads what describes it, and no thread of the program
 * gets hold of that meanwhile. Layer 1.
 */
#ifndef VMM_PRIVREAD_H
#define VMM_PRIVREAD_H

#include <stdio.h>

/* As fopen(3) for reading; the text is read at once. It ends by fclose(3).
 * NULL: errno says why. */
FILE *privread_text(const char *path);

/*
 * The numbers that are names in a directory, in its order; of descriptors
 * without the one by which it was read. Returns how many are in (*out), which
 * is to be freed; or a negative errno, and (*out) is NULL.
 */
int privread_numbers(const char *path, int **out);

#endif
