/* limit.h: a limit of resources that is higher for a moment. Layer 0. */
#ifndef VMM_LIMIT_H
#define VMM_LIMIT_H

#include <stdbool.h>
#include <sys/resource.h>

struct limit {
    int resource;
    bool changed;
    struct rlimit was;
};

/* Whether the limit of (resource) is (least) or more until limit_restore, which
 * follows in any case. A hard one only who may can raise; setrlimit(2). */
static inline bool limit_raise(struct limit *l, int resource, rlim_t least)
{
    struct rlimit more;

    *l = (struct limit){.resource = resource};
    if (getrlimit(resource, &l->was) < 0)
        return false;
    more = l->was;
    if (more.rlim_cur >= least)
        return true;
    more.rlim_cur = least;
    if (more.rlim_max < least)
        more.rlim_max = least;
    l->changed = setrlimit(resource, &more) == 0;
    return l->changed;
}

static inline void limit_restore(const struct limit *l)
{
    if (l->changed)
        setrlimit(l->resource, &l->was);
}

#endif
