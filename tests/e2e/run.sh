#!/bin/sh
# run.sh SUITE DIR [TEST...]: run these end-to-end tests in DIR, or all, print
# what they print and one closing line. Used on the host and inside the nested
# machine, so it asks for no more than a POSIX shell, grep, sed and timeout.
suite=$1
dir=$2
shift 2
[ $# -gt 0 ] || set -- "$dir"/test_*
passed=0 failed=0 skipped=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# The number in the first line of $out that matches $1, or 0.
number() {
    n=$(sed -n "s/^$1.*/\\1/p" "$out" | head -n 1)
    echo "${n:-0}"
}

for test in "$@"; do
    test=${test##*/}
    echo "== $test"
    timeout -k 5 "${E2E_SECONDS:-1200}" "$dir/$test" >"$out" 2>&1 </dev/null
    status=$?
    grep -v '^\[ RUN  ' "$out"
    all=$(number '\[=*\] Running \([0-9]*\) test')
    ok=$(grep -c '^\[       OK \]' "$out")
    not=$(number '\[  SKIPPED \] \([0-9]*\) test')
    bad=$((all - ok - not))
    # A crash, a hang or a failed set-up is a failure, whatever was counted.
    if [ "$status" -ne 0 ]; then
        echo "== $test ended with status $status"
        [ "$bad" -gt 0 ] || bad=1
    elif [ "$all" -eq 0 ]; then
        bad=1
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + not))
done
[ $((passed + failed + skipped)) -gt 0 ] || failed=1

line="$suite: $passed passed, $failed failed"
if [ "$skipped" -gt 0 ]; then
    echo "$suite: skipped where /dev/kvm is needed: this machine has none"
    line="$line, $skipped skipped"
fi
echo "$line"
[ "$failed" -eq 0 ]
