/* engine.h: the JavaScript engine that a fuzz target feeds. */
#ifndef TESTS_FUZZ_ENGINE_H
#define TESTS_FUZZ_ENGINE_H

#include "jsengine/engine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* An engine that is small, impatient and prints to nowhere. */
static inline struct engine *fuzz_engine(size_t heap_bytes, uint32_t timeout_ms)
{
    const struct engine_config config = {
        .heap_bytes = heap_bytes,
        .timeout_ms = timeout_ms,
        .print_fd = open("/dev/null", O_WRONLY | O_CLOEXEC),
    };
    struct engine *engine;

    if (engine_create(&engine, &config, NULL) < 0)
        abort();
    close(config.print_fd);
    return engine;
}

#endif
