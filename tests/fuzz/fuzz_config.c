/* fuzz_config.c: any bytes as a configuration file. */
#include "tests/fuzz/engine.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct engine *engine = fuzz_engine(2 * MIB, 50);
    struct engine_sockets sockets;
    struct diag d = {0};

    if (engine_load_config_text(engine, (const char *)data, size, "fuzz",
                                &sockets, &d) < 0 &&
        (!d.code || !d.text[0]))
        abort();
    engine_destroy(engine);
    return 0;
}
