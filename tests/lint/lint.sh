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

# "LAYER FLAG" of a file, from layers.txt.
layer_of() {
    local layer pattern flag
    while read -r layer pattern flag; do
        case $layer in '#'* | '') continue ;; esac
        # shellcheck disable=SC2254
        case $1 in $pattern) echo "$layer ${flag:-}"; return ;; esac
    done <tests/lint/layers.txt
}

layers_go_one_way() {
    local file layer included other
    for file in $(sources); do
        layer=$(layer_of "$file" | cut -d' ' -f1)
        if [ -z "$layer" ]; then
            echo "$file is in no layer; add it to tests/lint/layers.txt"
            continue
        fi
        for included in $(sed -n 's/^ *# *include "\([^"]*\)".*/\1/p' "$file")
        do
            [ -f "$included" ] || continue
            other=$(layer_of "$included" | cut -d' ' -f1)
            [ "${other:-9}" -le "$layer" ] ||
                echo "$file (layer $layer) includes $included (layer $other)"
        done
    done
}

files_have_at_most_600_lines() {
    local file
    for file in $(sources); do
        case $(layer_of "$file") in *table) continue ;; esac
        [ "$(wc -l <"$file")" -le 600 ] ||
            echo "$file has $(wc -l <"$file") lines"
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
    local file
    for file in $(sources); do
        head -n 3 "$file" | grep -qF "$(basename "$file")" ||
            echo "$file does not begin with a comment that says its job"
    done
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
