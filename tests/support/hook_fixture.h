/*
 * hook_fixture.h: an engine, a task without a vcpu, and a page of guest memory,
 * so that hooks run as dispatch runs them, without KVM.
 */
#ifndef TESTS_HOOK_FIXTURE_H
#define TESTS_HOOK_FIXTURE_H

#include "jsengine/engine.h"
#include "vmm/call.h"
#include "vmm/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIXTURE_MEMORY_SIZE (64 * KIB)
#define FIXTURE_SYSNO       1000 /* no row: only registers matter */

struct fixture {
    struct engine *engine;
    struct process process;
    struct task task;
    struct syscall_call call;
    char *memory; /* guest memory: gva = address */
    int print_fd; /* a memfd that collects what is printed */
    bool answered;
};

/* cmocka set-up and tear-down; (*state) is a struct fixture. The heap is small
 * and the time limit short, so that limits are reached soon. */
int fixture_setup(void **state);
int fixture_setup_closed(void **state); /* policy: fail closed */
int fixture_teardown(void **state);

/* Load (script), which must be good. */
void fixture_load(struct fixture *f, const char *script);
/* Load (script), which must fail; the message must contain (text). */
void fixture_load_fails(struct fixture *f, const char *script,
                        const char *text);

/* Run the before or after hook of (sysno) with arguments a0 .. a5. */
void fixture_before(struct fixture *f, uint64_t sysno, const uint64_t *args);
void fixture_after(struct fixture *f, uint64_t sysno, const uint64_t *args,
                   int64_t ret);

/* What was printed since the last time; NUL-terminated, to be freed. */
char *fixture_printed(struct fixture *f);

/* Text into guest memory at (offset), NUL included; its address. */
gva_t fixture_text(struct fixture *f, size_t offset, const char *text);

#endif
