#!/bin/bash
# lint.sh CHECK SOURCE_DIR: one rule of the source text, over every file that
# git tracks or would track. Prints "ok: CHECK" or what breaks it and
# "not ok: CHECK".
set -uo pipefail
check=$1
cd "$2" || exit 1

files() {
    { git ls-files -co --exclude-standard -- "$@" 2>/dev/null ||
        find . -name .git -prune -o -path ./build -prune -o -type f -print |
        sed 's|^\./||'; } | sort -u | while read -r f; do
        [ -f "$f" ] && echo "$f"
    done
}

sources() {
    files | grep -E '\.(c|h|S)$'
}

# What layers.txt says, a pattern each.
read_layers() {
    layers=() patterns=() flags=()
    local a b c
    while read -r a b c; do
        case $a in '#'* | '') continue ;; esac
        layers+=("$a") patterns+=("$b") flags+=("${c:-}")
    done <tests/lint/layers.txt
}

# Set (layer) and (flag) to those of a file; to nothing where it has none.
layer_of() {
    local i
    for i in "${!patterns[@]}"; do
        # shellcheck disable=SC2254
        case $1 in
        ${patterns[i]})
            layer=${layers[i]} flag=${flags[i]}
            return ;;
        esac
    done
    layer='' flag=''
}

layers_go_one_way() {
    local file own included layer flag
    read_layers
    for file in $(sources); do
        layer_of "$file"
        [ -n "$layer" ] ||
            echo "$file is in no layer; add it to tests/lint/layers.txt"
    done
    sources | xargs grep -H '^ *# *include "' |
        sed 's/^\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/' |
        while read -r file included; do
            [ -f "$included" ] || continue
            layer_of "$file"
            own=${layer:-0}
            layer_of "$included"
            [ "${layer:-9}" -le "$own" ] ||
                echo "$file (layer $own) includes $included (layer $layer)"
        done
}

files_have_at_most_600_lines() {
    local lines file layer flag
    read_layers
    sources | xargs wc -l | grep -v ' total$' | while read -r lines file; do
        [ "$lines" -gt 600 ] || continue
        layer_of "$file"
        [ "$flag" = table ] || echo "$file has $lines lines"
    done
}

functions_have_at_most_80_lines() {
    sources | grep '\.c$' | xargs awk '
        FNR == 1 { start = 0 }
        /^\{/ { start = FNR }
        /^\}/ && start && FNR - start - 1 > 80 {
            print FILENAME ":" start ": a function of " FNR - start - 1 " lines"
        }
        /^\}/ { start = 0 }'
}

text_is_formatted() {
    sources | grep -v '\.S$' |
        xargs clang-format --dry-run -Werror --ferror-limit=3 2>&1
}

no_file_names_a_machine() {
    files | xargs grep -InE '/(work|home/[a-z]+|tmp/build)/' |
        grep -v '^tests/lint/lint.sh:'
}

every_file_says_its_job_first() {
    # shellcheck disable=SC2016
    sources | xargs awk '
        FNR <= 3 {
            n = split(FILENAME, part, "/")
            if (index($0, part[n]))
                told[FILENAME]
        }
        END {
            for (i = 1; i < ARGC; i++)
                if (!(ARGV[i] in told))
                    print ARGV[i] " does not begin with a comment that says its job"
        }'
}

white_space_is_clean() {
    files | grep -vE '_corpus/|\.(png|dtb|bin)$' | xargs grep -nI ' $' | head
}

declare -F "$check" >/dev/null || { echo "no check named $check"; exit 2; }
found=$("$check")
if [ -n "$found" ]; then
    echo "$found"
    echo "not ok: $check"
    exit 1
fi
echo "ok: $check"
