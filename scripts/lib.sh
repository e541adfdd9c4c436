# lib.sh: what scripts/test and scripts/demo have in common; sourced by them.
set -euo pipefail
root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
cd "$root"
export LC_ALL=C

# What a build needs, and what the tests need besides. A command or a file
# tells whether a package is there: asking it is faster than asking dpkg. There
# is another busybox, which is not static.
build_packages="gcc:gcc libc6-dev:/usr/include/stdio.h cmake:cmake
    ninja-build:ninja device-tree-compiler:dtc libfdt-dev:/usr/include/libfdt.h
    duktape-dev:/usr/share/duktape/duktape.c
    libjansson-dev:/usr/include/jansson.h
    libcbor-dev:/usr/include/cbor.h
    libcmocka-dev:/usr/include/cmocka.h musl-tools:musl-gcc"
test_packages="clang:clang clang-format:clang-format clang-tidy:clang-tidy
    qemu-system-x86:qemu-system-x86_64 cpio:cpio
    busybox-static:/var/lib/dpkg/info/busybox-static.list
    sqlite3:sqlite3 gawk:gawk mawk:mawk perl:perl python3:/usr/bin/python3
    nodejs:node npm:npm bc:bc file:file procps:ps bash:bash dash:dash sed:sed grep:grep
    findutils:find tar:tar gzip:gzip diffutils:diff"
# The large programs of the suite "software"; the nested machine has them whole.
software_packages="coreutils:dirname procps:pgrep nginx-light:/usr/sbin/nginx
    stress-ng:stress-ng sqlite3:sqlite3 python3:/usr/bin/python3
    libpython3.11-testsuite:/usr/lib/python3.11/test/test_select.py"
# Those of the rows that only the host runs.
heavy_packages="git:git make:make cmake:cmake ninja-build:ninja gcc:gcc
    libc6-dev:/usr/include/stdio.h nodejs:node hey:hey
    redis-server:redis-server redis-tools:redis-benchmark
    openjdk-17-jdk-headless:javac rsync:rsync xz-utils:xz
    openssl:openssl openssh-client:ssh-keygen"
# The nested machine's kernel and file system.
nested_packages="qemu-system-x86:qemu-system-x86_64 cpio:cpio
    busybox-static:/var/lib/dpkg/info/busybox-static.list e2fsprogs:/usr/sbin/mke2fs"

# Install those of the packages ("package:command or file") that are missing.
need() {
    local missing="" pair
    for pair in $*; do
        case ${pair#*:} in
        /*) [ -e "${pair#*:}" ] || missing="$missing ${pair%%:*}" ;;
        *) command -v "${pair#*:}" >/dev/null || missing="$missing ${pair%%:*}" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "missing packages; install them with: apt-get install$missing" >&2
        exit 1
    fi
    echo "installing:$missing"
    apt-get -qq update
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
        --no-install-recommends $missing >/dev/null
}

# Configure and build a preset (1), or its target (2); what the compiler says is
# shown if it fails.
build() {
    local log
    log=$(mktemp)
    if ! { cmake --preset "$1" && cmake --build --preset "$1" ${2:+--target "$2"}; } \
        >"$log" 2>&1; then
        tail -n 60 "$log"
        rm -f "$log"
        echo "the build of preset $1 failed" >&2
        return 1
    fi
    rm -f "$log"
}
