/* trace_select.c: which calls are told of. */
#include "vmm/trace.h"

#include <errno.h>
#include <string.h>

/* The bit of the group named (name), or 0. */
static uint32_t group_bit(const char *name)
{
    for (unsigned i = 0; i < GROUP_COUNT; i++)
        if (strcmp(name, syscall_group_name(i)) == 0)
            return 1u << i;
    return 0;
}

static int select_group(uint8_t *traced, const char *name, struct diag *d)
{
    uint32_t bit = group_bit(name);

    if (!bit)
        return diag_set(
            d, 0, "--strace: no group of system calls is named %%%s", name);
    for (unsigned n = 0; n < SYSCALL_MAX; n++)
        if (syscall_table[n].groups & bit)
            traced[n] = 1;
    return 0;
}

static int select_word(uint8_t *traced, const char *word, struct diag *d)
{
    int sysno;

    if (strcmp(word, "all") == 0) {
        memset(traced, 1, EVENT_SYSNO_MAX);
        return 0;
    }
    if (word[0] == '%')
        return select_group(traced, word + 1, d);
    sysno = syscall_number(word);
    if (sysno < 0)
        return diag_set(d, 0, "--strace: no system call is named \"%s\"", word);
    traced[sysno] = 1;
    return 0;
}

int trace_select(uint8_t traced[EVENT_SYSNO_MAX], const char *list,
                 struct diag *d)
{
    int rc = 0;

    while (rc == 0) {
        size_t n = strcspn(list, ",");
        char word[64];

        if (n >= sizeof(word))
            return diag_set(d, 0,
                            "--strace: no system call has a name as long "
                            "as in \"%.64s...\"",
                            list);
        memcpy(word, list, n);
        word[n] = '\0';
        rc = select_word(traced, word, d);
        if (!list[n])
            break;
        list += n + 1;
    }
    return rc;
}
