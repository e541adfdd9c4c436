# cmake.sh: a project configured by cmake and built by ninja.
. "${0%/*}/begin.sh"
echo 'int f(void) { return 42; }' >f.c
cat >main.c <<'C'
#include <stdio.h>
int f(void);
int main(void) { printf("%d\n", f()); return 0; }
C
cat >CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.10)
project(sample C)
add_library(f STATIC f.c)
add_executable(p main.c)
target_link_libraries(p f)
C
set -e
cmake -G Ninja -S . -B build >log
ninja -C build >log
grep -c Linking log
build/p
