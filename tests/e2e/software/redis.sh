# redis.sh: a server, its benchmark on loopback, a fork that saves, shutdown.
. "${0%/*}/begin.sh"
redis-server --port 0 --unixsocket "$work/s" --dir "$work" --save "" \
    --logfile /dev/null &
cli() { redis-cli -s "$work/s" "$@"; }
until_it_works cli ping || exit 1
redis-benchmark -s "$work/s" -n 300 -c 5 -t set,get,lpush -q |
    tr '\r' '\n' | grep -c 'requests per second'
cli set a 1 && cli incr a && cli bgsave || exit 1
until_it_works sh -c "redis-cli -s '$work/s' info persistence |
    grep -q rdb_bgsave_in_progress:0" || exit 1
test -s dump.rdb && cli dbsize || exit 1
cli shutdown nosave
wait
echo $?
