/*
 * xlat_text.h: flags and enumerations as the names that C gives them. Layer 2.
 */
#ifndef VMM_XLAT_TEXT_H
#define VMM_XLAT_TEXT_H

#include "vmm/syscall.h"

/*
 * Write the name of (value) in (set) to (out), of (size) bytes: "SEEK_SET"; in
 * hexadecimal where it has none.
 */
void xlat_enum_text(char *out, size_t size, const struct xlat *set,
                    uint64_t value);

/*
 * Write the names whose bits make up (value), in the order of the set, and what
 * has no name in hexadecimal: "O_RDONLY|O_CLOEXEC|0x8000000". What does not fit
 * into (size) bytes is cut off.
 */
void xlat_flags_text(char *out, size_t size, const struct xlat *set,
                     uint64_t value);

#endif
