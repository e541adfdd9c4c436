/* tiny.c: a program with all kinds of segments; linked in every way there is
 * for the tests of the loader. It is loaded there, not run. */
#include <stdio.h>

static int data[3000] = {1, 2, 3};
static int bss[3000];

int main(int argc, char **argv)
{
    bss[argc] = data[argc];
    return printf("%s %d\n", argv[0], bss[argc]) < 0;
}
