# git.sh: init, commits, branches, a merge, a clone, a pack.
. "${0%/*}/begin.sh"
set -e
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a \
    GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_DATE="1700000000 +0000" \
    GIT_COMMITTER_DATE="1700000000 +0000" GIT_PAGER=cat GIT_CONFIG_GLOBAL=/dev/null
git init -q -b main one
cd one
seq 500 >numbers
echo a >file
git add .
git commit -qm first
git checkout -qb side
echo b >>file
git commit -qam second
git checkout -q main
echo c >other
git add other
git commit -qm third
git merge -q side -m merged
git log --oneline --graph
git clone -q . ../two
cd ../two
git gc -q
git fsck
git status
git grep -c 4 numbers
git diff HEAD~1 --stat
cat other file
