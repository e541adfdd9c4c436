#!/bin/bash
# document.sh PROGRAM WHAT FILE: FILE is what PROGRAM prints for WHAT.
if "$1" "$2" | diff - "$3"; then
    echo "ok: $2"
else
    echo "make it again: cmake --build --preset dev --target documents"
    echo "not ok: $2"
    exit 1
fi
