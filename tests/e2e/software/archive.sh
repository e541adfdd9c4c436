# archive.sh: tar and compressors in pipelines, xargs -P, a local rsync.
. "${0%/*}/begin.sh"
set -e
mkdir -p from/a/b from/c
for i in 1 2 3 4 5 6 7 8 9; do seq $((i * 1000)) >from/a/b/$i; done
ln from/a/b/1 from/c/hard
ln -s ../a from/c/soft
dd if=/dev/zero of=from/c/sparse bs=1 count=1 seek=1000000 2>/dev/null
find from -exec touch -h -d '2020-02-02 02:02:02' {} +
tar --sort=name --owner=0 --group=0 -cf - from | xz -T2 -6 >from.tar.xz
xz -dc from.tar.xz | sha256sum
mkdir to && tar -C to -xJf from.tar.xz && diff -r from to/from
tar --sparse -cf - from | gzip | gunzip | tar -tf - | sort
find from -type f -print0 | xargs -0 -n 2 -P 4 sha256sum | sort
seq 20 | xargs -P 3 -I N sh -c 'exit $((N == 13))' || echo "xargs $?"
rsync -aH --sparse from/ copy/
diff -r from copy && stat -c '%h %s' copy/c/hard copy/c/sparse
echo more >>copy/a/b/5 && rm copy/a/b/6
rsync -aHi --checksum --delete from/ copy/
diff -r from copy
