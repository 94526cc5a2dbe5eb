#!/bin/sh
# demo.sh - the main job on real input: the shop of examples/, or the folders given.
# usage: demo.sh MERLON [FOLDER...]. Reads only: nothing is changed in the folders.
set -u
merlon=$1
shift
own=$#
[ $# -gt 0 ] || set -- examples/shop

say() { printf '\n+ %s\n' "$*"; }

say "merlon check $*"
"$merlon" check "$@"
code=$?
# Findings are what a demo is for; anything else is a failure.
[ "$code" = 0 ] || [ "$code" = 1 ] || [ "$code" = 3 ] || exit "$code"

say "merlon check --diff $*      # what --fix would change: comments and layout stay"
"$merlon" check --diff "$@" | head -n 60

if [ "$own" = 0 ]; then
    say "merlon check --format markdown $* | head -n 6      # also json, sarif, junit; several with -o FORM=FILE"
    "$merlon" check --format markdown "$@" | head -n 6
    printf '\nTry it on your own manifests: ./x demo FOLDER\n'
fi
