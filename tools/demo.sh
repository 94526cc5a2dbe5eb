#!/bin/sh
# demo.sh - the main job on real input: the shop of examples/, or the folders given.
# usage: demo.sh MERLON [FOLDER...]
set -u
merlon=$1
shift
if [ $# -gt 0 ]; then
    "$merlon" check "$@"
    code=$?
else
    echo "+ merlon check examples/shop"
    "$merlon" check examples/shop
    code=$?
    echo
    echo "Try it on your own manifests: ./x demo FOLDER"
fi
# Findings are what a demo is for; anything else is a failure.
[ "$code" = 0 ] || [ "$code" = 1 ] || exit "$code"
