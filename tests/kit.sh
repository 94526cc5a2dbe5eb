# kit.sh - what the end-to-end scripts share. A script sources it first: . "$(dirname "$0")/../kit.sh"
# It sets merlon (the program under test, $1), root (this tree), tmp (an own folder, the working
# folder from here on), counts what passed, failed and was skipped, and ends with `finish`.
# shellcheck shell=sh
set -u
merlon=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
skipped=0

ok() { passed=$((passed + 1)); }
bad() { # WHAT...: counts a failure and shows what the last run said
    failed=$((failed + 1))
    echo "FAIL $*"
    head -n 20 out err 2>/dev/null
}
skip() { # WHAT...: counts something that this machine cannot show, with the reason
    skipped=$((skipped + 1))
    echo "skip $*"
}

said() { # TEXT: it stands in what the last run said, as it is or with its lines joined
    grep -qF -- "$1" out err || cat out err | tr -s '\n ' ' ' | grep -qF -- "$1"
}

# wants NAME CODE TEXT COMMAND...: runs merlon; its exit code must be CODE, and TEXT stand in what it
# said.
wants() {
    name=$1 want=$2 text=$3
    shift 3
    "$merlon" "$@" >out 2>err </dev/null
    code=$?
    if [ "$code" = "$want" ] && said "$text"; then ok; else bad "$name: exit $code, want $want with '$text'"; fi
}
quiet() { # NAME CODE COMMAND...: as wants, with nothing on stderr
    name=$1 want=$2
    shift 2
    "$merlon" "$@" >out 2>err </dev/null
    code=$?
    if [ "$code" = "$want" ] && ! [ -s err ]; then ok; else bad "$name: exit $code, want $want without a word"; fi
}

finish() { # the closing line, and the exit code
    if [ "$skipped" != 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" = 0 ]
}
