# registry_kit.sh - registries for the end-to-end scripts that need one. A script sources it after it has set tmp (an own
# folder, its working folder) and pids (empty), and ends the processes of $pids when it exits.
# shellcheck shell=sh disable=SC2154

free_port() { # a port of loopback that nobody listens on
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
wait_for() { # FILE: until it is there and not empty
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -s "$1" ] && return 0
        sleep 0.25
    done
    return 1
}
# debian NAME PORT LINES: Debian's docker-registry with that configuration; its images lie in $tmp/data.
debian() {
    printf 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s/data}}\nhttp:\n  addr: 127.0.0.1:%s\n%s\n' \
        "$tmp" "$2" "$3" >"$1.yml"
    docker-registry serve "$1.yml" >"$1.log" 2>&1 &
    pids="$pids $!"
    python3 -c '
import socket, sys, time
for _ in range(100):
    try: socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close(); break
    except OSError: time.sleep(0.05)' "$2"
}
# What debian's lines may say: TLS by tls.pem and tls.key; a password, which writes the file that knows it.
tls_lines() { printf '  tls: {certificate: %s/tls.pem, key: %s/tls.key}' "$tmp" "$tmp"; }
password_lines() { # user:pass
    # shellcheck disable=SC2016
    echo 'user:$2b$05$.gT87bK/Ueq3/SGnb0SYOOp/PXfrggxooUxdKWJ3MXcqL/neBskom' >htpasswd # by bcrypt
    printf 'auth: {htpasswd: {realm: r, path: %s/htpasswd}}' "$tmp"
}
