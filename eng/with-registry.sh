#!/usr/bin/env bash
# with-registry.sh <command>...: runs the command while a docker-registry with the test images serves plain HTTP on loopback.
# The command sees TEST_REGISTRY=127.0.0.1:<port> and TEST_IMAGE. TEST_STORAGE: a directory of test-images.sh made before.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d -t keelson-registry.XXXXXX)
registry=
# The exit code is the command's: the registry dies of our SIGTERM, which says nothing about it.
finish() {
    local code=$?
    [[ -n $registry ]] && kill "$registry" 2>/dev/null && wait "$registry" 2>/dev/null || true
    rm -rf "$work"
    exit $code
}
trap finish EXIT

storage=${TEST_STORAGE:-}
if [[ -z $storage ]]; then
    storage=$work/storage
    "$here/test-images.sh" "$storage"
fi
for try in {1..20}; do
    port=$((20000 + RANDOM % 12000))
    cat >"$work/config.yml" <<YAML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $storage}, delete: {enabled: true}}
http: {addr: 127.0.0.1:$port}
YAML
    docker-registry serve "$work/config.yml" >"$work/log" 2>&1 &
    registry=$!
    for wait in {1..100}; do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && kill -0 "$registry" 2>/dev/null; then break 2; fi
        kill -0 "$registry" 2>/dev/null || continue 2
        sleep 0.05
    done
done
kill -0 "$registry" 2>/dev/null || { cat "$work/log" >&2; exit 1; }

export TEST_REGISTRY=127.0.0.1:$port
export TEST_IMAGE=$TEST_REGISTRY/keelson/busybox:latest
"$@"
