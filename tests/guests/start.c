/* start.c: prints what a program finds when it starts, without what differs
 * from run to run. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

static int initialised[3] = {1, 2, 3};
static char zeroed[100000];

int main(int argc, char **argv)
{
    unsigned long random = getauxval(AT_RANDOM);
    unsigned sum = 0;

    printf("argc %d\n", argc);
    for (int i = 0; i <= argc; i++)
        printf("argv[%d] %s\n", i, i < argc ? argv[i] : argv[i] ? "?" : "NULL");
    for (char **e = environ; *e; e++)
        printf("env %s\n", *e);
    for (size_t i = 0; i < sizeof(zeroed); i++)
        sum += (unsigned char)zeroed[i];
    printf("data %d bss %u\n", initialised[2], sum);
    printf("pagesz %lu clktck %lu phent %lu secure %lu\n", getauxval(AT_PAGESZ),
           getauxval(AT_CLKTCK), getauxval(AT_PHENT), getauxval(AT_SECURE));
    printf("ids %d %d %d %d\n", getauxval(AT_UID) == getuid(),
           getauxval(AT_EUID) == geteuid(), getauxval(AT_GID) == getgid(),
           getauxval(AT_EGID) == getegid());
    printf("random %d\n", random && memcmp((void *)random, zeroed, 16) != 0);
    printf("phdr %d entry %d\n", getauxval(AT_PHDR) != 0,
           getauxval(AT_ENTRY) != 0);
    printf("execfn %s\n", strrchr((char *)getauxval(AT_EXECFN), '/'));
    printf("platform %s\n", (char *)getauxval(AT_PLATFORM));
    printf("stack aligned %d\n",
           ((unsigned long)__builtin_frame_address(0) & 15) == 0);
    return (int)(getauxval(AT_PHNUM) == 0);
}
