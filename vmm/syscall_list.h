/*
 * syscall_list.h: prints the system-call table, for --list-syscalls. Layer 2.
 */
#ifndef VMM_SYSCALL_LIST_H
#define VMM_SYSCALL_LIST_H

#include <stdio.h>

/*
 * A heading, then one line a call in aligned columns: number, name, route,
 * errno where refused, groups, restart class, result, arguments; the reason
 * stands at the end. The lines of a call's variants follow it, without number,
 * and one for what any other selector gets.
 */
void syscall_list_text(FILE *out);

/*
 * A JSON array (RFC 8259), one object and one line a call; null stands where a
 * call has no errno, reason or variants. Structures show their fields.
 */
void syscall_list_json(FILE *out);

#endif
