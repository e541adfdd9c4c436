# python.sh MODULE [TEST...]: python's own regression tests; what each came to.
. "${0%/*}/begin.sh"
module=$1
shift
python3 -m "test.$module" -v "$@" >log 2>&1
status=$?
# Names and verdicts; times, addresses and the order of threads' lines differ.
grep -oE '^test[A-Za-z0-9_]+ \(.*\).*|^(ERROR|FAIL): .*|^(OK|FAILED).*' log |
    sed -E "s/ \.\.\. .*(ok|skipped|FAIL|ERROR|expected failure).*/ \1/" | sort
exit $status
