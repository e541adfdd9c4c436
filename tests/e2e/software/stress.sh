# stress.sh STRESSOR...: each of stress-ng's for some operations, verified.
. "$(dirname "$0")/begin.sh"
for name; do
    stress-ng --"${name%:*}" 1 --"${name%:*}"-ops "${name#*:}" --verify \
        --timeout 60 --temp-path "$work" >log 2>&1
    echo "$name: $? $(grep -cE ' fail(:|ed)|error:' log)"
    grep -E ' fail(:|ed)|error:' log | sed 's/\[[0-9]*\]//' | head -n 3
done
