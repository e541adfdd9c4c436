/*
 * fuzz_control.c: any bytes as what a client of the control socket sends, in
 * pieces whose size the first byte says.
 */
#include "api/command_table.h"
#include "api/request.h"
#include "tests/fuzz/engine.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct stream {
    const uint8_t *data;
    size_t left, piece;
};

static ssize_t read_some(void *ctx, void *buf, size_t size)
{
    struct stream *s = ctx;
    size_t n = s->left < s->piece ? s->left : s->piece;

    n = n < size ? n : size;
    memcpy(buf, s->data, n);
    s->data += n;
    s->left -= n;
    return (ssize_t)n;
}

/* One JSON object that says how it went. */
static void check(json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT);
    json_t *again = text ? json_loads(text, 0, NULL) : NULL;
    const char *type = json_string_value(json_object_get(again, "type"));

    if (!type || (strcmp(type, "ok") != 0 && strcmp(type, "error") != 0) ||
        !json_is_string(json_object_get(again, "message")))
        abort();
    free(text);
    json_decref(again);
    json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream s = {data + 1, size - 1, size ? data[0] % 64 + 1u : 1};
    char why[COMMAND_WHY_MAX];
    struct engine *engine;
    json_t *request;

    if (size == 0)
        return 0;
    engine = fuzz_engine(2 * MIB, 50);
    request_init();
    switch (request_read(read_some, &s, &request, why, sizeof(why))) {
    case REQUEST_NONE:
        break;
    case REQUEST_BAD:
        check(command_error(why));
        break;
    case REQUEST_READ:
        check(command_answer(engine, request));
        json_decref(request);
        break;
    }
    engine_destroy(engine);
    return 0;
}
