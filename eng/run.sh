#!/usr/bin/env bash
# run.sh <bin>: a daemon on private directories, a network of its own, a first pod, and the socket to play with, until Ctrl-C.
# The image is IMAGE where that can be pulled, else one made of Debian's busybox-static in a registry on loopback.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$1" && pwd)
[[ $(id -u) -eq 0 ]] || { echo "needs root: namespaces, mounts and cgroups are made on this host" >&2; exit 1; }
if [[ -z ${TEST_REGISTRY:-} ]]; then
    # In the foreground and with our terminal, so that Ctrl-C ends everything.
    "$here/with-registry.sh" "$here/run.sh" "$bin"
    exit
fi

work=$(mktemp -d -t keelson-run.XXXXXX)
bridge=keelson$((RANDOM % 1000))
cgroup=/$(basename "$work" | tr '[:upper:].' '[:lower:]-')
socket=$work/state/keelson.sock
daemon=
export CONTAINER_RUNTIME_ENDPOINT=unix://$socket PATH=$bin:$PATH

say() { printf '\033[1m%s\033[0m\n' "$*"; }

# timed <what> <command>...: prints how long the command took; its output goes where ours goes.
timed() {
    local what=$1 begun ended
    shift
    begun=$(date +%s%N)
    "$@"
    ended=$(date +%s%N)
    printf '\033[2m  %-28s %7d.%d ms\033[0m\n' "$what" $(((ended - begun) / 1000000)) $(((ended - begun) / 100000 % 10)) >&2
}

# Everything made here goes: pods first, by the daemon; then the daemon; then what the plugins made on the host.
finish() {
    trap '' INT TERM
    set +e
    echo
    if [[ -n $daemon ]] && kill -0 "$daemon" 2>/dev/null; then
        say "cleaning up"
        for pod in $(keelson pods -q 2>/dev/null); do keelson rm --force "$pod" >/dev/null 2>&1; done
        kill "$daemon" && wait "$daemon"
    fi
    ip link delete "$bridge" 2>/dev/null
    for directory in /sys/fs/cgroup/*"$cgroup" "/sys/fs/cgroup$cgroup"; do
        [[ -d $directory ]] && rmdir "$directory"
    done
    if grep -q " $work" /proc/self/mountinfo; then
        echo "mounts are left below $work; it stays" >&2
    else
        rm -rf "$work"
    fi
}
trap finish EXIT
trap 'exit 0' INT TERM

"$here/cni-conf.sh" "$work/cni" "$bridge" "10.$((RANDOM % 50 + 200)).$((RANDOM % 250))"
cat >"$work/config.yaml" <<YAML
root: $work/root
state: $work/state
cgroup_parent: $cgroup
cni:
  conf_dir: $work/cni/conf
  bin_dirs: [/opt/cni/bin, /usr/lib/cni]
YAML

say "starting the daemon"
wait_for_socket() {
    for _ in {1..500}; do
        keelson version >/dev/null 2>&1 && return
        kill -0 "$daemon" 2>/dev/null || break
        sleep 0.01
    done
    cat "$work/log" >&2
    exit 1
}
# A session of its own: Ctrl-C is for this script, which takes the pods down first.
setsid keelson serve --config "$work/config.yaml" >"$work/log" 2>&1 &
daemon=$!
timed "start to first answer" wait_for_socket

say "pulling the image"
image=$TEST_IMAGE
if [[ -n ${IMAGE:-} ]]; then
    if timed "pull" keelson pull "$IMAGE"; then image=$IMAGE; else say "$IMAGE can't be pulled; taking the one on loopback"; fi
fi
[[ $image == "$TEST_IMAGE" ]] && timed "pull" keelson pull "$image"

say "running a first pod"
container=
start_pod() {
    container=$(keelson run --times --name hello "$image" -- /bin/sh -c \
        'echo "hello from $(hostname)"; ip -4 -o addr show eth0; trap "echo bye; exit 0" TERM; while :; do sleep 0.2; done')
}
timed "pod and container" start_pod
echo "container $container"
for _ in {1..50}; do [[ $(keelson logs "$container" | wc -l) -ge 2 ]] && break; sleep 0.02; done

say "its address"
pod=$(keelson pods -q | head -n 1)
keelson inspect "$pod" | sed -n 's/^ *"ip": *"\([^"]*\)".*/\1/p' | head -n 1

say "its log"
timed "logs" keelson logs "$container"
say "a command in it"
timed "exec" keelson exec "$container" -- /bin/sh -c 'echo "$(id -un) sees $(ps | grep -c "[s]h") shell processes; kernel $(uname -r)"'
say "the pod"
timed "pods" keelson pods
timed "ps" keelson ps

cat <<TEXT

Serving. Point any CRI client at the socket:

  $bin/keelson -r unix://$socket ps
  crictl --runtime-endpoint unix://$socket --image-endpoint unix://$socket pods

The daemon's log: $work/log       Ctrl-C stops the pods and removes everything.
TEXT
[[ ${ONCE:-} ]] && exit 0
wait "$daemon"
