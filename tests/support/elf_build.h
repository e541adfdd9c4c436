/*
 * elf_build.h: small ELF files to order, and what the host's own execve says
 * about a file.
 */
#ifndef ELF_BUILD_H
#define ELF_BUILD_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_BUILD_CODE 0x200 /* offset of the first instruction */
#define ELF_BUILD_DATA 0x1000
#define ELF_BUILD_SIZE 0x1200
#define ELF_BUILD_PHDR 8 /* room for so many */

/* A file of ELF_BUILD_SIZE bytes. Every byte behind the headers that is not
 * set otherwise is 0xa5. */
struct elf_build {
    union {
        struct {
            Elf64_Ehdr eh;
            Elf64_Phdr ph[ELF_BUILD_PHDR];
        };
        uint8_t bytes[ELF_BUILD_SIZE];
    };
    size_t size;
};

/*
 * A program of (type) that exits with status 42, linked at (base): ph[0] is
 * its text, read-execute, file and memory [0, 0x300); ph[1] its data,
 * read-write, file [0x1000, 0x1100), memory [0x1000, 0x3000).
 */
void elf_build(struct elf_build *b, uint16_t type, uint64_t base);

/* Append a header; returns it. */
Elf64_Phdr *elf_build_add(struct elf_build *b, Elf64_Phdr ph);

/* Append a PT_INTERP of (len) bytes. */
void elf_build_interp(struct elf_build *b, const void *path, size_t len);

/* Write a file of (mode) in the directory (dir); (path) gets its name. */
void write_file(const char *dir, const char *name, const void *bytes,
                size_t size, unsigned mode, char *path);

#define NATIVE_RUNS    0
#define NATIVE_SIGSEGV 1 /* refused after the old program was given up */

/* The argument strings of a program that runs, with their NULs. */
struct native_args {
    char bytes[16384];
    size_t size;
};

/*
 * What execve(2) does with the file: a negative errno, NATIVE_RUNS (not one
 * instruction is executed), or NATIVE_SIGSEGV. (args) may be NULL.
 */
int native_execve(const char *path, char *const *argv, char *const *envp,
                  struct native_args *args);

#endif
