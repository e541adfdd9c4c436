# make.sh: a small C project by make -j2 with gcc; then a failure in it.
. "${0%/*}/begin.sh"
for i in 1 2 3; do echo "int f$i(void) { return $i; }" >f$i.c; done
cat >main.c <<'C'
#include <stdio.h>
int f1(void); int f2(void); int f3(void);
int main(void) { printf("%d\n", f1() + f2() + f3()); return 0; }
C
printf 'p: main.o f1.o f2.o f3.o\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O2 -c $<\n' \
    >Makefile
make -j2 >out || exit 1
sort out
./p || exit 1
echo "no C" >f2.c
make -j2 >/dev/null 2>&1
echo "make: $?"
make -s no-such-target && exit 1
exit 0
