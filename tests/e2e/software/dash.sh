# dash.sh: pipelines, traps, here-documents, options, the background.
. "${0%/*}/begin.sh"
seq 100 | grep 7 | sort -rn | head -n 3 | tr '\n' ' '
cat <<E | while IFS=: read -r key value; do echo "<$key> <$value>"; done
a:$((6 * 7))
b:$(printf '%s' "$(echo nested)")
E
while getopts ab:c option -a -b value; do echo "$option ${OPTARG:-}"; done
(trap 'echo usr1' USR1; trap 'echo end' EXIT; kill -USR1 "$(sh -c 'echo $PPID')")
(trap '' TERM; kill -TERM "$(sh -c 'echo $PPID')"; echo ignored)
for i in 1 2 3 4 5; do (exit $i) & pids="${pids:-} $!"; done
for pid in $pids; do wait "$pid"; echo "status $?"; done
sleep 60 &
kill -HUP $!
wait $! 2>/dev/null # says "Hangup", unless the shell has noticed before
echo "killed $?"
mkfifo pipe
echo through >pipe &
cat <pipe
exec 5>file
echo descriptor >&5
exec 5>&-
{ echo out; echo err >&2; } 2>&1 | sort
umask 077
: >secret
stat -c %a secret
(ulimit -n 5 && exec 4>a && exec 5>b) 2>/dev/null
echo "limit $?"
false | true && ! false && cat file
# Substitution, arithmetic and a function, many times: forks.
twice() { echo $(($1 * 2)); }
n=1
while [ $n -lt 500000 ]; do n=$(twice $n); done
echo $n
