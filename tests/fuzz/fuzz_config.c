/* fuzz_config.c: any bytes as a configuration file. */
#include "jsengine/engine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct engine_config config = {
        .heap_bytes = 2 * MIB,
        .timeout_ms = 50,
        .print_fd = open("/dev/null", O_WRONLY | O_CLOEXEC),
    };
    struct engine *engine;
    struct engine_sockets sockets;
    struct diag d = {0};

    if (engine_create(&engine, &config, &d) < 0)
        abort();
    if (engine_load_config_text(engine, (const char *)data, size, "fuzz",
                                &sockets, &d) < 0 &&
        (!d.code || !d.text[0]))
        abort();
    engine_destroy(engine);
    close(config.print_fd);
    return 0;
}
