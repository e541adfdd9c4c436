# stress.sh NAME:OPERATIONS[:OPTION]...: stressors of stress-ng, verified.
. "${0%/*}/begin.sh"
status=0
for stressor; do
    name=${stressor%%:*} operations=${stressor#*:}
    option=${operations#"${operations%%:*}"}
    # shellcheck disable=SC2086
    stress-ng --"$name" 1 --"$name-ops" "${operations%%:*}" ${option#:} \
        --verify --timeout 60 --temp-path "$work" >log 2>&1
    result=$?
    echo "$name: $result $(grep -cE ' fail(:|ed)|error:' log)"
    # A stressor that is not there fails, too.
    [ "$result" -eq 0 ] && ! grep -q 'error:' log || status=1
    grep -E ' fail(:|ed)|error:' log | sed 's/\[[0-9]*\]//' | head -n 3
done
exit $status
