/* aio_calls.h: contexts of asynchronous I/O by the system calls themselves, for
 * guests that use them in several processes. */
#ifndef TESTS_GUESTS_AIO_CALLS_H
#define TESTS_GUESTS_AIO_CALLS_H

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "sharer.h"

static const int kinds[] = {SIGCHLD, SIGCHLD | CLONE_FILES};
static aio_context_t ctx;
static int file, ends[2], more[2]; /* pipes */
static volatile int turn;

/* Errno is one for all of them: only who is alone may ask for it. */
static inline long answer(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
    return result;
}

static inline struct iocb to_write(uint64_t data)
{
    return (struct iocb){.aio_data = data,
                         .aio_lio_opcode = IOCB_CMD_PWRITE,
                         .aio_fildes = (uint32_t)file,
                         .aio_buf = (uintptr_t) "abc",
                         .aio_nbytes = 3};
}

static inline struct iocb to_wait(uint64_t data, int fd)
{
    return (struct iocb){.aio_data = data,
                         .aio_lio_opcode = IOCB_CMD_POLL,
                         .aio_fildes = (uint32_t)fd,
                         .aio_buf = POLLIN | POLLRDNORM};
}

static inline long submit(aio_context_t where, struct iocb request)
{
    struct iocb *cb = &request;

    return syscall(SYS_io_submit, where, 1L, &cb);
}

/* The data of (n) events, added up: which is first may differ. */
static inline long take(aio_context_t where, long n)
{
    const struct timespec patience = {30, 0};
    struct io_event got[8];
    long sum = 0;

    n = syscall(SYS_io_getevents, where, n, 8L, got, n ? &patience : NULL);
    for (long i = 0; i < n; i++)
        sum += (long)got[i].data;
    return n < 0 ? n : sum;
}

static inline void takes(const char *what, aio_context_t where, long n)
{
    long sum = take(where, n);

    if (sum < 0)
        answer(what, sum);
    else
        printf("%s: %ld\n", what, sum);
}

static inline long destroy(aio_context_t where)
{
    return syscall(SYS_io_destroy, where);
}

static inline aio_context_t setup(void)
{
    aio_context_t made = 0;

    if (syscall(SYS_io_setup, 8, &made) < 0)
        puts("no context");
    return made;
}

static inline void put(int fd)
{
    if (write(fd, "x", 1) != 1)
        puts("cannot write");
}

static inline void get(int fd)
{
    char byte;

    if (read(fd, &byte, 1) != 1)
        puts("cannot read");
}

static inline void step(int to)
{
    tell(&turn, to);
    await(&turn, to);
}

/* The file and the pipes; false: there are none. */
static inline bool opens(void)
{
    char name[] = "/tmp/aio-XXXXXX";

    setvbuf(stdout, NULL, _IOLBF, 0);
    file = mkstemp(name);
    return file >= 0 && unlink(name) == 0 && pipe(ends) == 0 && pipe(more) == 0;
}

struct aio_case {
    const char *name;
    void (*run)(void);
};

/* The exit status, with that of the name. */
static inline int run_case(const struct aio_case *cases, size_t n,
                           const char *name)
{
    if (!opens())
        return 1;
    for (size_t i = 0; i < n; i++)
        if (name && strcmp(name, cases[i].name) == 0) {
            cases[i].run();
            return 0;
        }
    return 2;
}

#endif
