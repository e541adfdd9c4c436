# gcc.sh: a file of many functions at -O2, link-time optimization, a library.
. "${0%/*}/begin.sh"
set -e
awk 'BEGIN {
    print "#include <stdio.h>\n#include <string.h>"
    for (i = 0; i < 150; i++)
        printf "static unsigned f%d(unsigned x) { for (unsigned i = 0; i < x %% 7; i++) " \
            "x = x * %du + (x >> %d) + i; return x ^ %du; }\n", i, 2 * i + 3, i % 13 + 1, i
    print "int main(void) { unsigned x = 1;"
    for (i = 0; i < 150; i++) printf "x = f%d(x);\n", i
    print "printf(\"%u\\n\", x); return 0; }"
}' >big.c
gcc -O2 -pipe -o big big.c
./big
gcc -O2 -S -o - big.c | cksum
echo 'int twice(int x) { return 2 * x; }' >twice.c
cat >use.c <<'C'
#include <dlfcn.h>
#include <stdio.h>
int main(void)
{
    void *lib = dlopen("./libtwice.so", RTLD_NOW);
    int (*twice)(int) = lib ? (int (*)(int))dlsym(lib, "twice") : 0;
    printf("%d\n", twice ? twice(21) : -1);
    return 0;
}
C
gcc -O2 -flto -fPIC -shared -o libtwice.so twice.c
gcc -O2 -flto=2 -g -o use use.c
./use
strip use
./use
ar rc libtwice.a libtwice.so && ar t libtwice.a
gcc -fsyntax-only -xc - <<C 2>&1 | grep -c error || true
int f(void) { return undeclared; }
C
