# sanitizers.sh: programs built with each of gcc's sanitizers: shadow memory at
# fixed addresses, terabytes of it; what they find; a child of such a program.
. "${0%/*}/begin.sh"
cat >good.c <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static void *work(void *arg) { return calloc(1, (size_t)arg); }
int main(void)
{
    pthread_t thread;
    void *got;

    pthread_create(&thread, NULL, work, (void *)100000);
    pthread_join(thread, &got);
    free(got);
    return system("echo a child");
}
C
cat >bad.c <<'C'
#include <stdlib.h>
int main(int argc, char **argv)
{
    char *heap = calloc(1, 10);

    free(heap);
    return (heap[argc] + 1) << (argc + 31) & 1;
}
C
# The search for leaks is a process that uses ptrace(2).
export ASAN_OPTIONS=detect_leaks=0
for kind in address thread undefined; do
    gcc -g -fsanitize=$kind -o good good.c && ./good || exit 1
    gcc -g -fsanitize=$kind -fno-sanitize-recover -o bad bad.c || exit 1
    ./bad 2>out
    echo "$kind: $?"
    grep -o -e 'SUMMARY: [^:]*: [a-z-]*' -e 'runtime error: [a-z ]*' out
done
exit 0
