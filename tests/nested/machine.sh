#!/bin/bash
# machine.sh BUILD_DIR SCRIPT [FILE...]: boot a Debian cloud kernel in QEMU's
# software emulation of an AMD processor with SVM, where /dev/kvm is kvm-amd,
# and run SCRIPT there. The machine's disk is made for the run: the built
# program, tests, guests and examples below /t, for the tests (e2e.sh) the real
# programs that they name, with their libraries, and the packages of
# $NESTED_PACKAGES as they are installed here. With $NESTED_HEAVY it has the
# memory for heavy guests, and its kernel's command line says so. Its console is
# standard output.
# The exit status is SCRIPT's; without the closing marker of the console it is 1.
set -euo pipefail

build=$(realpath "$1")
script=$(realpath "$2")
shift 2
root=$(realpath "$(dirname "$0")/../..")
cache=$(dirname "$build")/nested
seconds=${NESTED_SECONDS:-3000}
heavy=${NESTED_HEAVY:+heavy}
memory=${heavy:+9216}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image=$work/image

# The kernel: from its package, unpacked, not installed.
fetch_kernel() {
    local package
    [ -e "$cache/complete" ] && return
    rm -rf "$cache"
    mkdir -p "$cache/packages"
    package=$(apt-cache depends linux-image-cloud-amd64 |
        sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
    [ -n "$package" ] || {
        echo "nested: linux-image-cloud-amd64 is not known; apt-get update" >&2
        return 1
    }
    (cd "$cache/packages" && apt-get -q download "$package" >&2)
    dpkg -x "$cache"/packages/*.deb "$cache"
    rm -r "$cache/packages"
    touch "$cache/complete"
}

# The libraries of a program, with theirs; none if it is static or a script.
libraries() {
    { ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | grep -vxF "$1"; } || true
}

# Copy a file to the same place in the image.
copy() {
    [ -e "$image$1" ] && return
    mkdir -p "$image${1%/*}"
    cp -L "$1" "$image$1"
}

# The same, with the libraries it needs.
add() {
    local lib
    copy "$1"
    libraries "$1" | while read -r lib; do copy "$lib"; done
}

add_programs() {
    local name
    for name in "$@"; do
        [ -e "$name" ] || { echo "nested: $name is missing here" >&2; return 1; }
        add "$name"
    done
}

# The programs of the tests are those that they name; no second list.
add_tested_programs() {
    local dir
    # shellcheck disable=SC2046
    add_programs $(grep -oh '"/usr/bin/[^"]*"' "$root"/tests/e2e/*.c | tr -d '"' |
        sort -u) /usr/bin/{bash,dash,mktemp,timeout,grep,sed,cat,env,chmod,touch} \
        /usr/bin/{mkdir,tar,gzip,rm,mv,ls,head,find,diff,cp,ln}
    # What the interpreters load by themselves.
    for dir in $(/usr/bin/perl -e 'print "@INC"') /usr/lib/python3.[0-9]*; do
        case $dir in /usr/lib/*) ;; *) continue ;; esac
        [ -d "$dir" ] || continue
        mkdir -p "$image$dir"
        cp -a "$dir/." "$image$dir/"
    done
    rm -rf "$image"/usr/lib/python3*/{idlelib,lib2to3,ensurepip,config-*}
    find "$image/usr/lib" -name '*.so' | while read -r dir; do
        add "${dir#"$image"}"
    done
}

# Packages whose programs look for files of their own: all of them, with all
# that they depend on.
add_packages() {
    local name file
    [ $# -gt 0 ] || return 0
    apt-cache depends --recurse --installed --no-recommends --no-suggests \
        --no-conflicts --no-breaks --no-replaces --no-enhances "$@" |
        grep '^[a-z0-9]' | sort -u >"$work/packages"
    while read -r name; do
        # A name may be a virtual package: it has no files.
        { dpkg -L "$name" 2>/dev/null || true; } |
            sed '/^\/usr\/share\/\(doc\|man\|locale\)\//d' |
            while read -r file; do
                [ -d "$file" ] && [ ! -L "$file" ] || echo "$file"
            done
    done <"$work/packages" | sort -u >"$work/files"
    (cd / && cpio -pdmu --quiet "$image" 2>/dev/null <"$work/files") || true
    while read -r file; do
        case $file in
        */bin/* | */sbin/* | */lib/* | */libexec/*)
            if [ -f "$file" ] && [ -x "$file" ]; then libraries "$file"; fi ;;
        *.so*) libraries "$file" ;;
        esac
    done <"$work/files" | sort -u | while read -r file; do copy "$file"; done
    # What a link leads to, wherever it is.
    while read -r file; do
        if [ -L "$file" ] && [ -f "$file" ]; then
            file=$(readlink -f "$file")
            [ -e "$image$file" ] || add "$file"
        fi
    done <"$work/files"
}

make_image() {
    local d file
    mkdir -p "$image"/{usr/bin,usr/sbin,usr/lib,usr/lib64} \
        "$image"/{proc,sys,dev,tmp,etc,t,run,var/log,var/lib,var/tmp,root}
    for d in bin sbin lib lib64; do ln -s "usr/$d" "$image/$d"; done
    chmod 1777 "$image/tmp" "$image/var/tmp"
    add_programs /usr/bin/sh /usr/bin/uname
    [ "${script##*/}" != e2e.sh ] || add_tested_programs
    # shellcheck disable=SC2086
    add_packages ${NESTED_PACKAGES:-}
    cp -a /etc/{passwd,group,nsswitch.conf,ld.so.cache} "$image/etc/"
    cp -a /etc/alternatives "$image/etc/"
    echo "127.0.0.1 localhost" >"$image/etc/hosts"
    add /usr/bin/busybox
    add /usr/lib/x86_64-linux-gnu/libgcc_s.so.1 # by pthread_exit(3)
    mkdir -p "$image/t/bin"
    cp "$build"/bin/microvm-hook "$build"/bin/microvm-ctl "$build"/bin/shim.bin \
        "$image/t/bin/"
    for d in bin/guests e2e examples; do
        [ ! -d "$build/$d" ] || cp -rL "$build/$d" "$image/t/$d"
    done
    for file in "$build"/bin/microvm-{hook,ctl} "$build"/e2e/test_*; do
        libraries "$file" | while read -r d; do add "$d"; done
    done
    cp "$root"/tests/e2e/run.sh "$@" "$image/t/"
    cp "$script" "$image/t/main.sh"
    mke2fs -q -F -t ext4 -O ^has_journal -m 0 -d "$image" "$work/disk" \
        "$(($(du -sm "$image" | cut -f 1) * 5 / 4 + 300))m" >/dev/null
}

# The first file system only finds the disk.
make_initrd() {
    local first=$work/first module kernel
    kernel=$(echo "$cache"/lib/modules/*/kernel)
    mkdir -p "$first"/{usr/bin,mod,disk,proc,sys,dev}
    cp /usr/bin/busybox "$first/usr/bin/"
    for module in drivers/virtio/virtio{,_ring,_pci_legacy_dev,_pci_modern_dev,_pci} \
        drivers/block/virtio_blk virt/lib/irqbypass arch/x86/kvm/kvm{,-amd}; do
        cp "$kernel/$module.ko" "$first/mod/"
    done
    cp "$root"/tests/nested/init "$first/init"
    chmod 755 "$first/init"
    (cd "$first" && find . | cpio -o -H newc --quiet) >"$work/initrd"
}

# Boot. The limit is on everything; a hang ends here. One processor: with two
# the machine was seen to stop for good in some runs, and it is no faster.
# Nobody attacks it: its kernel goes without what costs a fifth of its time.
boot() {
    timeout -k 5 "$seconds" qemu-system-x86_64 -accel tcg,thread=multi \
        -cpu max -smp 1 -m "${memory:-2048}" -nographic -nodefaults -serial stdio \
        -no-reboot -kernel "$cache"/boot/vmlinuz-* -initrd "$work/initrd" \
        -drive "if=virtio,format=raw,cache=unsafe,file=$work/disk" \
        -append "console=ttyS0 panic=-1 quiet mitigations=off $heavy" </dev/null 2>&1
}

fetch_kernel
make_image "$@"
make_initrd
status=0
boot | sed -u 's/\x1b\[[0-9;?]*[a-zA-Z]//g; s/\x1bc//g; s/\r//g' |
    tee "$work/console" | grep --line-buffered -v '^== end of machine: ' || true
status=$(sed -n 's/^== end of machine: //p' "$work/console")
if [ -z "$status" ]; then
    echo "nested: the machine did not come to its end in $seconds s" >&2
    status=1
fi
exit "$status"
