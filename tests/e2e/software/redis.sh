# redis.sh: a server, its benchmark on loopback, a fork that saves, shutdown.
. "$(dirname "$0")/begin.sh"
redis-server --port 0 --unixsocket "$work/s" --dir "$work" --save "" \
    --logfile /dev/null &
cli() { redis-cli -s "$work/s" "$@"; }
until_it_works cli ping
redis-benchmark -s "$work/s" -n 300 -c 5 -t set,get,lpush -q |
    tr '\r' '\n' | grep -c 'requests per second'
cli set a 1 && cli incr a && cli bgsave
until_it_works sh -c "redis-cli -s '$work/s' info persistence |
    grep -q rdb_bgsave_in_progress:0"
test -s dump.rdb && cli dbsize
cli shutdown nosave
wait
echo $?
