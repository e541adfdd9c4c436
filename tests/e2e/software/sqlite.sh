# sqlite.sh: two writers at once on a database in WAL mode.
. "${0%/*}/begin.sh"
set -e
sqlite3 base.db 'pragma journal_mode=wal; create table t(x);'
for writer in 1 2; do
    for i in 1 2 3 4 5; do
        sqlite3 -cmd '.timeout 60000' base.db "insert into t values($writer)"
    done &
done
wait
sqlite3 base.db 'select x,count(*) from t group by x; pragma integrity_check;'
