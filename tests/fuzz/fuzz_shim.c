/* fuzz_shim.c: any bytes as a shim file. */
#include "vmm/shim.h"

#include "guest-shim/shim_abi.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct shim shim;
    struct diag d = {0};

    if (shim_parse(&shim, data, size, "fuzz", &d) == 0) {
        if (shim.traps + (uint64_t)shim.trap_stride * SHIM_VECTORS >
                shim.image_size ||
            shim.probe >= shim.image_size)
            abort();
        shim_free(&shim);
    } else if (!d.code || !d.text[0]) {
        abort();
    }
    return 0;
}
