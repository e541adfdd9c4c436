/* fuzz_profile.c: any bytes as a machine profile. */
#include "vmm/profile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct profile p;
    struct diag d = {0};

    if (profile_parse(&p, data, size, "fuzz", &d) == 0) {
        /* What is accepted is in range. */
        if (p.arena_size < GIB || p.slot_size < 2 * MIB ||
            p.hook_timeout_ms == 0 || p.entry > ENTRY_CPL3)
            abort();
    } else if (!d.code || !d.text[0]) {
        abort();
    }
    return 0;
}
