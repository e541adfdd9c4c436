/*
 * decode.h: the arguments of a call as its row describes them: what the names
 * in `args` lead to. Layer 3.
 *
 * A prototype has a getter for every named datum of a row or variant. Getters
 * read when they are asked, through the running call's capsule, so that a hook
 * sees what the kernel will use; asked through an object that is not the
 * running hook's, they throw. What they give is described in docs/hooks.md.
 */
#ifndef JSENGINE_DECODE_H
#define JSENGINE_DECODE_H

#include "vmm/call.h"

#include <duktape.h>

/* Most bytes of a buffer, most elements of an array that a getter gives. */
#define DECODE_BYTES    (64 * KIB)
#define DECODE_ELEMENTS 1024

/* What describes the arguments of (call) where they are (args): the row's data,
 * or the variant's that they select. NULL: Linux has no such call. */
const struct datum *decode_arguments(const struct syscall_call *call,
                                     const uint64_t args[SYSCALL_ARGS]);

/*
 * Push the prototype of `args` for (arg), as decode_arguments gives it. It is
 * made once and kept in the heap's stash. May throw: no memory.
 *
 * The object that has it is the running hook's while engine->args is it.
 */
void decode_push_prototype(duk_context *ctx, const struct datum *arg);

/*
 * Whether `args` has a getter for (arg)[i]: it is named, and by no name that
 * `args` has anyway.
 */
bool decode_has_name(const struct datum *arg, unsigned i);

/* The datum that `args.path` or `args.sockaddr` stands for beside its own name,
 * or -1: the first of that kind, where none has the name itself. */
int decode_alias(const struct datum *arg, const char *alias);

#endif
