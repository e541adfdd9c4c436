/* forest.c: a tree of more than a thousand processes, all there at the same
 * time, and all waited for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 10
#define DEPTH    3 /* 1 + 10 + 100 + 1000 */

static int grown[2], stay[2];

/* Tell that this one is there, and stay till the last of all is. */
static void wait_for_all(void)
{
    char c = 0;

    if (write(grown[1], &c, 1) != 1 || read(stay[0], &c, 1) != 0)
        _exit(100);
}

static int tree(int depth)
{
    int status, bad = 0;

    for (int i = 0; i < CHILDREN && depth > 0; i++) {
        pid_t pid = fork();

        if (pid < 0)
            _exit(101);
        if (pid == 0) {
            close(stay[1]);
            status = tree(depth - 1);
            _exit(status);
        }
    }
    if (depth < DEPTH)
        wait_for_all();
    else {
        char c;
        int n = 0;

        for (int expected = 1110; n < expected && read(grown[0], &c, 1) == 1;)
            n++;
        printf("%d children and children of theirs\n", n);
        close(stay[1]);
    }
    while (wait(&status) > 0)
        bad |= status;
    return bad ? 102 : 0;
}

int main(void)
{
    int bad;

    if (pipe(grown) < 0 || pipe(stay) < 0)
        return 1;
    bad = tree(DEPTH);
    printf("ended %d, %s\n", bad, strerror(errno));
    return bad;
}
