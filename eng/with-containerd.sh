#!/usr/bin/env bash
# with-containerd.sh <command>...: runs the command with ENDPOINT pointing at Debian's containerd, everything of it in a
# temporary directory: root, state, socket, CNI configuration. The test images and its sandbox image come from loopback.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [[ -z ${TEST_REGISTRY:-} ]]; then
    exec "$here/with-registry.sh" "$here/with-containerd.sh" "$@"
fi

work=$(mktemp -d -t keelson-peer.XXXXXX)
# On a tmpfs, as /run is on any node.
state=$(mktemp -d -p /dev/shm keelson-peer.XXXXXX)
bridge=kpeer$((RANDOM % 1000))
daemon=
finish() {
    set +e
    if [[ -n $daemon ]]; then
        kill "$daemon" 2>/dev/null
        wait "$daemon" 2>/dev/null
    fi
    # What containers left running would hold: shims know this daemon's address by their command line.
    for process in /proc/[0-9]*; do
        if tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q -- "-address $work/containerd.sock"; then
            for child in $(cat "$process"/task/*/children 2>/dev/null); do kill -KILL "$child" 2>/dev/null; done
            kill -KILL "${process#/proc/}" 2>/dev/null
        fi
    done
    awk -v work="$work" -v state="$state" '$5 ~ "^" work || $5 ~ "^" state { print $5 }' /proc/self/mountinfo | sort -r | while read -r mount; do umount -l "$mount"; done
    ip link delete "$bridge" 2>/dev/null
    [[ ${KEEP:-} ]] && cp "$work/log" "$KEEP"
    rm -rf "$work" "$state"
}
trap finish EXIT

"$here/cni-conf.sh" "$work/cni" "$bridge" "10.$((RANDOM % 100 + 100)).$((RANDOM % 250))"
cat >"$work/config.toml" <<TOML
version = 2
root = "$work/root"
state = "$state"
oom_score = 0
[grpc]
  address = "$work/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$TEST_REGISTRY/keelson/pause:latest"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$work/cni/conf"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
TOML
# The kernel's own module loader is not needed here, and the plugin looks for it in PATH.
containerd --config "$work/config.toml" >"$work/log" 2>&1 &
daemon=$!
for wait in {1..200}; do
    [[ -S $work/containerd.sock ]] && break
    kill -0 "$daemon" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.05
done

export ENDPOINT=unix://$work/containerd.sock PEER=${PEER:-unix://$work/containerd.sock}
"$@"
