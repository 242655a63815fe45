#!/usr/bin/env bash
# test-images.sh <registry storage directory>: writes the test images, made of Debian's busybox-static, in the layout
# docker-registry keeps on disk. No network and no push client needed.
#
#   keelson/busybox:latest   busybox with its applets, /etc/passwd, /etc/group, a sticky /tmp; also tagged 1 and stable
#   keelson/busybox:user     the same, User 1000
#   keelson/busybox:named    the same, User www:games
#   keelson/busybox:config   the same with Entrypoint, Cmd, Env, WorkingDir, StopSignal SIGUSR1 and a label
#   keelson/busybox:index    an OCI index whose linux entry for this architecture is :latest's manifest
#   keelson/layers:latest    four layers: whiteout, opaque directory, hard link, modes, owners, empty file
#   keelson/volumes:latest   volumes with content of www's over two layers, without any, and below another
#   keelson/volumes:hostile  volumes whose paths lead out of the image by links and by dots, if they are let
#   keelson/volumes:dangling links to what is not there: one declared as a volume, others for mounts
#   keelson/big:latest       a layer of 24 MiB that does not compress, to see progress and time
#   keelson/pause:latest     what peers need as a sandbox image
set -euo pipefail

root=$1/docker/registry/v2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
busybox=$(command -v busybox)
case $(uname -m) in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) architecture=$(uname -m) ;; esac

# blob <file>: stores the file, prints its digest.
blob() {
    local digest
    digest=$(sha256sum "$1" | cut -d' ' -f1)
    mkdir -p "$root/blobs/sha256/${digest:0:2}/$digest"
    cp "$1" "$root/blobs/sha256/${digest:0:2}/$digest/data"
    echo "sha256:$digest"
}

# link <path> <digest>
link() { mkdir -p "$root/repositories/$1"; printf %s "$2" >"$root/repositories/$1/link"; }

# layer <directory> <name>: a gzip layer; sets <name>.digest, .size and .diff below $work.
layer() {
    tar -C "$1" --sort=name --mtime=@1700000000 --numeric-owner --format=posix --xattrs \
        --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -cf "$work/$2.tar" .
    gzip -n -1 <"$work/$2.tar" >"$work/$2.tgz"
    blob "$work/$2.tgz" >"$work/$2.digest"
    stat -c %s "$work/$2.tgz" >"$work/$2.size"
    echo "sha256:$(sha256sum "$work/$2.tar" | cut -d' ' -f1)" >"$work/$2.diff"
    rm "$work/$2.tar" "$work/$2.tgz"
}

# image <repository> <tag> <config json> <layer>...: stores configuration and manifest, tags them, prints the manifest's digest.
image() {
    local repository=$1 tag=$2 config=$3 diffs='' layers='' name digest
    shift 3
    for name in "$@"; do
        diffs+="${diffs:+,}\"$(cat "$work/$name.diff")\""
        layers+="${layers:+,}{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"$(cat "$work/$name.digest")\",\"size\":$(cat "$work/$name.size")}"
        link "$repository/_layers/sha256/$(sed s/sha256:// "$work/$name.digest")" "$(cat "$work/$name.digest")"
    done
    printf '{"created":"2023-11-14T22:13:20Z","architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":[%s]}}' \
        "$architecture" "$config" "$diffs" >"$work/config"
    digest=$(blob "$work/config")
    link "$repository/_layers/sha256/${digest#sha256:}" "$digest"
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%s},"layers":[%s]}' \
        "$digest" "$(stat -c %s "$work/config")" "$layers" >"$work/manifest"
    manifest "$repository" "$tag" "$work/manifest"
}

# manifest <repository> <tag> <file>
manifest() {
    local digest
    digest=$(blob "$3")
    link "$1/_manifests/revisions/sha256/${digest#sha256:}" "$digest"
    link "$1/_manifests/tags/$2/current" "$digest"
    link "$1/_manifests/tags/$2/index/sha256/${digest#sha256:}" "$digest"
    echo "$digest"
}

base=$work/base
mkdir -p "$base"/{bin,dev,etc,home/www,proc,root,sys,tmp,usr/bin,var/tmp}
chmod 1777 "$base/tmp" "$base/var/tmp"
install -m 0755 "$busybox" "$base/bin/busybox"
for applet in $("$busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$base/bin/$applet"
done
cat >"$base/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/sh
www:x:1000:1000:www:/home/www:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
PASSWD
cat >"$base/etc/group" <<'GROUP'
root:x:0:
games:x:60:www
www:x:1000:
staff:x:50:www
nogroup:x:65534:
GROUP
chown -R 0:0 "$base" 2>/dev/null || true
chown 1000:1000 "$base/home/www" 2>/dev/null || true
layer "$base" base

path='"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'
digest=$(image keelson/busybox latest "{\"Env\":[$path],\"Cmd\":[\"sh\"]}" base)
size=$(stat -c %s "$work/manifest")
manifest keelson/busybox 1 "$work/manifest" >/dev/null
manifest keelson/busybox stable "$work/manifest" >/dev/null
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%064d","size":100,"platform":{"architecture":"s390x","os":"linux"}},{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":%s,"platform":{"architecture":"%s","os":"linux"}}]}' \
    0 "$digest" "$size" "$architecture" >"$work/index"
manifest keelson/busybox index "$work/index" >/dev/null
image keelson/busybox user "{\"Env\":[$path],\"Cmd\":[\"sh\"],\"User\":\"1000\"}" base >/dev/null
image keelson/busybox named "{\"Env\":[$path],\"Cmd\":[\"sh\"],\"User\":\"www:games\"}" base >/dev/null
image keelson/busybox config "{\"Env\":[$path,\"COLOUR=green\",\"SHAPE=round\"],\"Entrypoint\":[\"/bin/sh\",\"-c\"],\"Cmd\":[\"echo entrypoint \$COLOUR; pwd; trap 'echo usr1; exit 7' USR1; while :; do sleep 0.1; done\"],\"WorkingDir\":\"/srv/work\",\"StopSignal\":\"SIGUSR1\",\"Labels\":{\"keelson\":\"test\"}}" base >/dev/null
image keelson/pause latest "{\"Entrypoint\":[\"/bin/sleep\",\"1000000000\"]}" base >/dev/null

mkdir -p "$work/one/data/kept" "$work/one/data/emptied" "$work/two/data/emptied" "$work/three/data"
echo lower >"$work/one/data/removed"
echo lower >"$work/one/data/kept/file"
echo lower >"$work/one/data/emptied/old"
: >"$work/two/data/.wh.removed"
: >"$work/two/data/emptied/.wh..wh..opq"
echo upper >"$work/two/data/emptied/new"
echo linked >"$work/three/data/first"
ln "$work/three/data/first" "$work/three/data/second"
: >"$work/three/data/empty"
echo secret >"$work/three/data/private"
chmod 0640 "$work/three/data/private"
chmod 4755 "$work/three/data/empty"
chown 1000:50 "$work/three/data/private" 2>/dev/null || true
for part in one two three; do layer "$work/$part" "$part"; done
image keelson/layers latest "{\"Env\":[$path],\"Cmd\":[\"sh\"]}" base one two three >/dev/null

mkdir -p "$work/lower/data/sub" "$work/lower/nested" "$work/upper/data/sub"
echo lower >"$work/lower/data/kept"
echo lower >"$work/lower/data/removed"
echo "#!/bin/sh" >"$work/lower/data/sub/tool"
ln -s kept "$work/lower/data/link"
: >"$work/upper/data/.wh.removed"
echo upper >"$work/upper/data/sub/added"
chown -R 1000:50 "$work/lower/data" "$work/upper/data" 2>/dev/null || true
chmod 4755 "$work/lower/data/sub/tool"
for part in lower upper; do
    chmod 0750 "$work/$part/data"
    layer "$work/$part" "$part"
done
image keelson/volumes latest "{\"Env\":[$path],\"Cmd\":[\"sh\"],\"Volumes\":{\"/data\":{},\"/data/sub/below\":{},\"/made/here\":{}}}" base lower upper >/dev/null

mkdir -p "$work/hostile/nested/deep"
ln -s /etc "$work/hostile/absolute"
ln -s ../../../../../../../../../../../../etc "$work/hostile/nested/deep/relative"
layer "$work/hostile" hostile
image keelson/volumes hostile "{\"Env\":[$path],\"Cmd\":[\"sh\"],\"Volumes\":{\"/absolute\":{},\"/nested/deep/relative\":{},\"/../../../../../../../../../../../root\":{}}}" base hostile >/dev/null

mkdir -p "$work/dangling/etc"
ln -s /run/systemd/resolve/stub.conf "$work/dangling/etc/resolv.conf"
ln -s ../../volumes/first "$work/dangling/data"
ln -s /volumes/declared "$work/dangling/declared"
ln -s chain/x "$work/dangling/ring"
ln -s ring "$work/dangling/chain"
layer "$work/dangling" dangling
image keelson/volumes dangling "{\"Env\":[$path],\"Cmd\":[\"sh\"],\"Volumes\":{\"/declared\":{}}}" base dangling >/dev/null

mkdir -p "$work/big/data"
head -c 25165824 /dev/urandom >"$work/big/data/noise"
layer "$work/big" big
image keelson/big latest "{\"Env\":[$path],\"Cmd\":[\"sh\"]}" base big >/dev/null
