#!/bin/bash
# tidy.sh BUILD_DIR: clang-tidy over every C file of the build; each file is a
# case. What it looks for is in .clang-tidy.
set -uo pipefail
build=$1
root=$(realpath "$(dirname "$0")/../..")
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

one() {
    local name
    name=$(echo "$2" | tr / _)
    if clang-tidy -p "$1" --quiet --warnings-as-errors='*' "$2" \
        >"$3/$name" 2>/dev/null; then
        touch "$3/$name.ok"
    fi
}
export -f one

grep -o '"file": "[^"]*"' "$build/compile_commands.json" | cut -d'"' -f4 |
    grep -E "^$root/(vmm|jsengine|api|bench|tests)/.*\.c$" |
    grep -v "/tests/guests/" | sort -u >"$log/files"
xargs -P "$(nproc)" -I{} bash -c 'one "$@"' _ "$build" {} "$log" <"$log/files"
passed=$(find "$log" -name '*.ok' | wc -l)
all=$(wc -l <"$log/files")
for file in "$log"/*; do
    case $file in *.ok | */files) continue ;; esac
    [ -e "$file.ok" ] || head -n 30 "$file"
done
echo "tidy: $passed passed, $((all - passed)) failed"
[ "$passed" -eq "$all" ] && [ "$all" -gt 0 ]
