/* textfile.h: small files for guests, and what is in them. */
#ifndef TESTS_GUESTS_TEXTFILE_H
#define TESTS_GUESTS_TEXTFILE_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A new file (name) with (text), opened at its beginning. */
static inline int make(const char *name, const char *text)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

    if (write(fd, text, strlen(text)) < 0)
        perror("write");
    lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Show how (fd) begins. */
static inline void show_text(const char *what, int fd)
{
    char text[60];
    ssize_t n = pread(fd, text, sizeof(text), 0);

    printf("%s: [%.*s]\n", what, n < 0 ? 0 : (int)n, text);
}

#endif
