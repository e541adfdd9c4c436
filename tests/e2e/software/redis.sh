# redis.sh: a server, its benchmark on loopback, a fork that saves, shutdown.
. "${0%/*}/begin.sh"
port=$((20000 + $$ % 12000)) # below those that the kernel chooses itself
redis-server --bind 127.0.0.1 --port $port --unixsocket "$work/s" --dir "$work" --save "" \
    --logfile /dev/null &
cli() { redis-cli -s "$work/s" "$@"; }
until_it_works cli ping || exit 1
for where in "-s $work/s" "-p $port --threads 2"; do
    # shellcheck disable=SC2086
    redis-benchmark $where -n 300 -c 5 -t set,get,lpush -q |
        tr '\r' '\n' | grep -c 'requests per second'
done
cli set a 1 && cli incr a && cli bgsave || exit 1
until_it_works sh -c "redis-cli -s '$work/s' info persistence |
    grep -q rdb_bgsave_in_progress:0" || exit 1
test -s dump.rdb && cli dbsize || exit 1
cli shutdown nosave
wait
echo $?
