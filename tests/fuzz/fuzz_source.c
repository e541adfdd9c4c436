/*
 * fuzz_source.c: functions looked for in any text. The first bytes are the
 * key: number of parameters, line, length of the name, name.
 */
#include "jsengine/source.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(const char *script, size_t size, struct source_span span)
{
    if (span.text < script || span.text > script + size ||
        span.size > (size_t)(script + size - span.text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source_function f;
    struct source_key key;
    const char *script;

    if (size < 3 || size - 3 < data[2])
        return 0;
    key = (struct source_key){.name = (const char *)data + 3,
                              .name_size = data[2],
                              .params = data[0],
                              .first_line = data[1],
                              .last_line = data[1]};
    script = key.name + key.name_size;
    size -= 3 + key.name_size;
    if (!source_find(script, size, &key, &f))
        return 0;
    within(script, size, f.text);
    within(script, size, f.name);
    within(script, size, f.inner);
    for (unsigned i = 0; i < f.params; i++) {
        within(script, size, source_param(&f, i));
        if (source_param(&f, i).size == 0)
            abort();
    }
    if (source_param(&f, f.params).size != 0 || f.params != key.params)
        abort();
    return 0;
}
