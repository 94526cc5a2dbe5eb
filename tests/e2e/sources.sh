#!/bin/sh
# sources.sh - build files and lock files in `merlon check`, and `merlon source verify`.
# usage: sources.sh MERLON
set -u
merlon=$(realpath "$1")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
passed=0
failed=0
ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    head -n 20 out err 2>/dev/null
}
# wants NAME CODE [TEXT]: the last run's exit code, and TEXT in its output.
wants() {
    [ "$code" = "$2" ] || { bad "$1: exit $code, want $2"; return; }
    [ $# -lt 3 ] || grep -qF -- "$3" out err || { bad "$1: no '$3'"; return; }
    ok
}
lacks() {
    if grep -qF -- "$2" out err; then bad "$1: '$2' is there"; else ok; fi
}
go() {
    "$merlon" "$@" >out 2>err
    code=$?
}

# --- build files ---------------------------------------------------------------------------------
mkdir -p tree/.github/workflows tree/.hidden
cat >tree/.github/workflows/ci.yml <<'Y'
on: pull_request_target
permissions: {contents: read}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with: {ref: "${{ github.event.pull_request.head.sha }}"}
      - run: echo "${{ github.event.pull_request.title }}"
Y
printf 'apiVersion: v1\nkind: Pod\n' >tree/.hidden/pod.yaml
cp tree/.hidden/pod.yaml tree/.github/pod.yaml
go check --format json tree
wants "a workflow is judged" 1 '"id": "MLN-BLD-002"'
wants "by its path from .github on" 1 '"document:.github/workflows/ci.yml"'
wants "what else is hidden stays hidden" 1 '"objects": 1,'
go check tree
wants "the place of a script" 1 "tree/.github/workflows/ci.yml:9:9"
go check - <tree/.github/workflows/ci.yml
wants "a workflow from standard input" 1 "MLN-BLD-003"
printf 'a:\n  script:\n    - curl https://example.com/x | sh\n' >tree/.gitlab-ci.yml
go check tree/.gitlab-ci.yml
wants "a pipeline" 1 "MLN-BLD-007"
printf 'on: push\njobs: 7\n' >tree/.github/workflows/ci.yml
go check --gate none --format json tree/.github/workflows
wants "a broken workflow is unknown" 0 "the jobs cannot be read"
printf 'on: [\n' >tree/.github/workflows/ci.yml
go check --gate none tree
wants "one that is no YAML, too" 3 "ci.yml:"

# --- lock files ----------------------------------------------------------------------------------
mkdir -p deps/web/member deps/tool/src deps/lib
echo '{"dependencies": {"a": "1"}}' >deps/web/package.json
cp deps/web/package.json deps/web/member
go check deps
wants "a manifest without a lock file" 0 "deps/web/package.json:1:1"
cat >deps/web/package-lock.json <<'J'
{"lockfileVersion": 3, "packages": {
  "node_modules/a": {"resolved": "https://registry.example.com/a.tgz", "integrity": "sha512-x"},
  "node_modules/b": {"resolved": "https://registry.example.com/b.tgz"}
}}
J
go check deps
wants "an entry without a hash has its place" 0 "deps/web/package-lock.json:3:3"
lacks "a workspace's lock file is enough for its members" "MLN-DEP-001"
printf '[package]\nname = "x"\n[dependencies]\na = "1"\n' | tee deps/tool/Cargo.toml >deps/lib/Cargo.toml
: >deps/tool/src/main.rs
go check deps
wants "a program without a lock file" 0 "deps/tool/Cargo.toml:1:1"
lacks "a library may go without" "deps/lib/Cargo.toml"
go check --sandbox --format json deps
wants "the same in a sandbox" 0 "deps/tool/Cargo.toml"
cp out sandboxed
go check --format json deps
cmp -s out sandboxed && ok || bad "the sandbox changes the answer"
echo '{' >deps/web/package-lock.json
go check deps
wants "a broken lock file is unknown" 3 "package-lock.json:"

# --- signed commits ------------------------------------------------------------------------------
if ! command -v git >/dev/null || ! command -v ssh-keygen >/dev/null; then
    echo "skipped: signed commits need git and ssh-keygen"
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
fi
HOME=$tmp
export HOME
export GIT_CONFIG_NOSYSTEM=1
git config --global user.name A
git config --global user.email a@example.com
git config --global init.defaultBranch main
git config --global gpg.format ssh
git config --global gpg.ssh.allowedSignersFile "$tmp/signers"
git config --global protocol.file.allow always
: >signers
for kind in ed25519 ecdsa rsa; do
    ssh-keygen -q -t $kind -N '' -C '' -f key_$kind
    echo "$kind@example.com namespaces=\"git\" $(cut -d' ' -f1,2 key_$kind.pub)" >>signers
done
for bits in 384 521; do
    ssh-keygen -q -t ecdsa -b $bits -N '' -C '' -f key_p$bits
    echo "p$bits@example.com $(cut -d' ' -f1,2 key_p$bits.pub)" >>signers
done
ssh-keygen -q -t ed25519 -N '' -C '' -f key_other
ssh-keygen -q -t ed25519 -N '' -C '' -f key_file
echo "file@example.com namespaces=\"file\" $(cut -d' ' -f1,2 key_file.pub)" >>signers
ssh-keygen -q -t ed25519 -N '' -C '' -f key_old
echo "old@example.com valid-before=\"20200101Z\" $(cut -d' ' -f1,2 key_old.pub)" >>signers
ssh-keygen -q -t ed25519 -N '' -C '' -f key_new
echo "new@example.com valid-after=\"20200101Z\" $(cut -d' ' -f1,2 key_new.pub)" >>signers
git init -q repo
commit() { # commit KEY TEXT
    git -C repo -c user.signingkey="$tmp/key_$1" commit -q --allow-empty -S -m "$2"
}
for key in ed25519 ecdsa rsa p384 p521 other file old new; do commit $key "by $key"; done
GIT_COMMITTER_DATE="2019-06-01T00:00:00Z" commit old "old in its time"
GIT_COMMITTER_DATE="2019-06-01T00:00:00Z" commit new "new before its time"
git -C repo commit -q --allow-empty -m "unsigned"
# The same commit with another message: the signature stays and does not hold.
git -C repo cat-file commit HEAD~11 | sed 's/^by .*/by nobody/' >forged
forged=$(git -C repo hash-object -t commit -w --stdin <forged)
same=0
for id in $(git -C repo rev-list HEAD) "$forged"; do
    theirs=1
    git -C repo verify-commit "$id" >/dev/null 2>&1 && theirs=0
    go source verify -s signers repo "$id"
    if [ "$code" = "$theirs" ]; then same=$((same + 1)); else bad "git says $theirs of $id"; fi
done
[ "$same" = 13 ] && ok || bad "same verdicts as git: $same of 13"
go source verify -s signers repo "$forged"
wants "a changed commit" 1 "the signature is not of this content"
go source verify -s signers --history --format json repo
wants "a history is judged one by one" 1 '"counts": {"pass": 7, "fail": 5, "unknown": 0}'
for why in "it is not signed" "not among the allowed" "(namespaces)" "(valid-before)" "(valid-after)"; do
    wants "why: $why" 1 "$why"
done
go source verify repo HEAD~11
wants "without a list nobody is known" 3 "--allowed-signers"
git -C repo -c user.signingkey="$tmp/key_ed25519" tag -s -m "a tag" v1 HEAD~11
git -C repo tag -a -m "no signature" v2 HEAD~11
go source verify -s signers repo v1
wants "a signed tag" 0 "2 hold"
go source verify -s signers repo v2
wants "an unsigned tag" 1 "it is not signed"
go source verify -s signers repo HEAD~11..HEAD~7
wants "a range" 0 "4 hold"
go source verify -s signers repo HEAD...HEAD
wants "three dots" 1 "A..B"
go source verify -s signers repo --output=x
wants "an option is no revision" 2
go source verify -s signers repo nowhere
wants "no such commit" 3 "nowhere"
go source verify -s signers nowhere
wants "no such repository" 3 "nowhere"
echo 'a@example.com ssh-ed25519 AAAA' >broken.signers
go source verify -s broken.signers repo
wants "a broken list has a place" 3 "broken.signers:1:1"

# Settings of the repository that run programs, and objects put in another's place.
git -C repo config core.fsmonitor "touch $tmp/owned"
git -C repo config gpg.program "touch $tmp/owned"
git -C repo config core.hooksPath "$tmp/hooks"
git -C repo replace "$forged" HEAD~11
go source verify -s signers repo "$forged"
wants "replaced objects do not count" 1 "not of this content"
# A partial clone fetches what it lacks, by a transport that the repository chose.
git init -q partial
git -C partial commit -q --allow-empty -m one
git -C partial config core.repositoryformatversion 1
git -C partial config extensions.partialClone origin
git -C partial config remote.origin.promisor true
git -C partial config remote.origin.url "ext::touch $tmp/owned"
git -C partial config protocol.ext.allow always
go source verify -s signers partial 0123456789012345678901234567890123456789
wants "what is missing is not fetched" 3
[ ! -e owned ] && ok || bad "the repository ran a program"
git -C repo replace -d "$forged" >/dev/null
git -C repo config --unset core.fsmonitor

# --- history -------------------------------------------------------------------------------------
git -C repo rev-parse HEAD~8 >last
go source verify -s signers -c last repo HEAD~7
wants "a checkpoint in the history" 0 "pass    history"
git -C repo checkout -q -b rewritten HEAD~10
commit rsa "another way"
go source verify -s signers -c last repo HEAD
wants "a rewritten history" 1 "the history was rewritten"
echo 0123456789012345678901234567890123456789 >last
go source verify -s signers -c last repo HEAD
wants "a commit that is gone" 1 "is gone"
echo HEAD >last
go source verify -s signers -c last repo HEAD
wants "a checkpoint names a commit in full" 3 "git rev-parse"
git clone -q --depth 1 "file://$tmp/repo" shallow
go source verify -s signers --history shallow
wants "a shallow clone is not the whole history" 3 "shallow"

# --- submodules ----------------------------------------------------------------------------------
git init -q lib
git -C lib commit -q --allow-empty -m one
git -C repo submodule --quiet add "$tmp/lib" lib 2>/dev/null
modules() { # modules URL
    git -C repo config -f .gitmodules submodule.lib.url "$1"
    git -C repo add .gitmodules
    commit rsa "modules"
}
modules "https://example.com/lib"
go source verify -s signers repo HEAD
wants "a submodule by https" 0 "pass    submodule"
modules "http://example.com/lib"
go source verify -s signers repo HEAD
wants "a submodule by http" 1 "neither https nor ssh"
modules "../lib"
git -C repo update-index --cacheinfo 160000,0123456789012345678901234567890123456789,lib
commit rsa "a commit that does not exist"
go source verify -s signers repo HEAD
wants "a submodule at no commit" 1 "does not exist"
git clone -q repo clone
go source verify -s signers clone HEAD
wants "a submodule that is not here" 3 "not fetched here"

# --- OpenPGP -------------------------------------------------------------------------------------
if command -v gpg >/dev/null && command -v gpgv >/dev/null; then
    GNUPGHOME=$tmp/gnupg
    export GNUPGHOME
    mkdir -m 700 gnupg
    gpg --batch --quiet --passphrase '' --quick-gen-key p@example.com ed25519 sign 2>/dev/null
    gpg --batch --quiet --export >ring.gpg
    git init -q pgp
    git -C pgp -c gpg.format=openpgp -c user.signingkey=p@example.com commit -q --allow-empty -S -m pgp
    go source verify pgp
    wants "OpenPGP without a keyring" 3 "--gpg-keyring"
    go source verify --gpg-keyring ring.gpg pgp
    wants "OpenPGP by a keyring" 0 "signed by"
    git -C pgp cat-file commit HEAD | sed 's/^pgp$/PGP/' >forged
    go source verify --gpg-keyring ring.gpg pgp "$(git -C pgp hash-object -t commit -w --stdin <forged)"
    wants "a changed commit by OpenPGP" 1 "does not hold"
    : >empty.gpg
    go source verify --gpg-keyring empty.gpg pgp
    wants "a key that is not in the keyring" 1 "not in the keyring"
    gpg --batch --quiet --passphrase '' --faked-system-time 20200101T000000 \
        --quick-gen-key q@example.com ed25519 sign 1y 2>/dev/null
    gpg --batch --quiet --export q@example.com >expired.gpg
    git -C pgp cat-file commit HEAD | sed '/^gpgsig/,/END PGP/d' >unsigned
    gpg --batch --quiet --faked-system-time 20200102T000000 -u q@example.com -bsa -o sig unsigned 2>/dev/null
    { sed '/^$/,$d' unsigned; sed '1s/^/gpgsig /; 2,$s/^/ /' sig; sed -n '/^$/,$p' unsigned; } >signed
    go source verify --gpg-keyring expired.gpg pgp "$(git -C pgp hash-object -t commit -w --stdin <signed)"
    wants "a key that is expired" 1 "does not hold"
    gpgconf --kill all 2>/dev/null
else
    echo "skipped: OpenPGP needs gpg and gpgv"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
