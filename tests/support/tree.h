/* tree.h: directories that tests make and remove, without another process. */
#ifndef TESTS_SUPPORT_TREE_H
#define TESTS_SUPPORT_TREE_H

#include <errno.h>
#include <ftw.h>
#include <stdio.h>

static inline int tree_entry(const char *path, const struct stat *st, int flag,
                             struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

/* Remove (top) with all that is in it. Returns 0, also if there is no such
 * thing, or -1 with errno. */
static inline int tree_remove(const char *top)
{
    int rc = nftw(top, tree_entry, 8, FTW_DEPTH | FTW_PHYS);

    return rc < 0 && errno == ENOENT ? 0 : rc;
}

#endif
