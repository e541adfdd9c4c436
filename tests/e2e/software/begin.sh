# begin.sh: what every script here does first: a directory of its own, which
# goes with it. Sourced.
set -u
PATH=$PATH:/usr/sbin # nginx
work=$(mktemp -d) && cd "$work" || exit 99
trap 'rm -rf "$work"' EXIT

# Try a command until it succeeds, for some seconds: a server comes up.
until_it_works() {
    tries=0
    until "$@" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || return 1
        sleep 0.2
    done
}
