/*
 * apart.h: have something done where no other thread gets at the descriptors it
 * needs. Layer 1.
 *
 * What a thread opens has first the lowest free number, in a table that the
 * program's threads use at the same time: by a system call with that number
 * they would get hold of it before it can be moved away or judged.
 */
#ifndef VMM_APART_H
#define VMM_APART_H

/*
 * Run (fn) with (arg) in a thread that has copies of the descriptors, while the
 * calling one waits; what it opens is closed when it returns. It has the
 * caller's stack frames and its thread-local memory to look at, and 64 KiB of
 * stack. Returns what (fn) does, which is 0 or a negative errno; or -EAGAIN or
 * -ENOMEM, clone(2) and mmap(2).
 */
int apart_run(int (*fn)(void *arg), void *arg);

#endif
