/* ending.c CASE: a program that ends in the way of its argument. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Uses about (depth) * 4 KiB of stack. */
static int __attribute__((noinline)) recurse(int depth)
{
    volatile char page[4096];

    page[0] = (char)depth;
    page[4095] = 1;
    return depth > 0 ? recurse(depth - 1) + page[4095] : 0;
}

static void end(const char *how)
{
    volatile int zero = 0;

    if (strcmp(how, "segv") == 0)
        *(volatile int *)8 = 1;
    if (strcmp(how, "jump") == 0)
        ((void (*)(void))0x123456)();
    if (strcmp(how, "fpe") == 0)
        zero = 10 / zero;
    if (strcmp(how, "ill") == 0)
        __asm__("ud2");
    if (strcmp(how, "trap") == 0)
        __asm__("int3");
    if (strcmp(how, "hlt") == 0)
        __asm__("hlt");
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "stack") == 0)
        recurse(1 << 30);
    if (strcmp(how, "deep") == 0)
        printf("%d\n", recurse(1500)); /* below the limit of 8 MiB */
    if (strcmp(how, "exit-raw") == 0)
        syscall(SYS_exit, 9);
    if (strncmp(how, "exit-", 5) == 0)
        exit(atoi(how + 5));
    if (strncmp(how, "raise-", 6) == 0)
        raise(atoi(how + 6));
}

int main(int argc, char **argv)
{
    printf("before\n");
    fflush(stdout);
    if (argc > 1)
        end(argv[1]);
    printf("after\n");
    return 77;
}
