/*
 * duk_config.h: Duktape's packaged configuration with three changes: a hook
 * that runs too long can be stopped, numbers that are integers are computed as
 * such, and Duktape's last words are ours to say.
 */
#ifndef JSENGINE_DUK_CONFIG_H
#define JSENGINE_DUK_CONFIG_H

#include DUKTAPE_PACKAGED_CONFIG

#undef DUK_USE_INTERRUPT_COUNTER
#define DUK_USE_INTERRUPT_COUNTER

#undef DUK_USE_EXEC_TIMEOUT_CHECK
#define DUK_USE_EXEC_TIMEOUT_CHECK(udata_) engine_timeout_check((udata_))
/* jsengine/engine.c; (udata) is the struct engine. */
extern duk_bool_t engine_timeout_check(void *udata);

#undef DUK_USE_FASTINT
#define DUK_USE_FASTINT

#endif
