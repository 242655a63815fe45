#!/usr/bin/env bash
# boot.sh <image directory> <payload disk> <result disk>: boots the virtual machine, shows its console, and returns when it has
# switched itself off. Without /dev/kvm: pure emulation runs anywhere, containers and virtual machines included.
# UP_TIMEOUT: seconds until the payload must have begun; RUN_TIMEOUT: seconds until it must be over.
set -euo pipefail
image=$1 payload=$2 results=$3
console=$image/console.log
: >"$console"

qemu=(
    qemu-system-x86_64 -machine q35 -accel "tcg,thread=multi,tb-size=512" -cpu max -smp 2 -m 3072
    -nodefaults -display none -no-reboot -serial "file:$console"
    -kernel "$image/vmlinuz" -initrd "$image/initrd"
    -append "console=ttyS0 root=/dev/vda rw quiet panic=-1 apparmor=1 security=apparmor systemd.show_status=false systemd.unified_cgroup_hierarchy=1"
    # What the machine writes to its root goes when it goes.
    -drive "file=$image/root.img,if=virtio,format=raw,snapshot=on,cache=unsafe"
    -drive "file=$payload,if=virtio,format=raw,readonly=on,cache=unsafe"
    -drive "file=$results,if=virtio,format=raw,cache=unsafe"
)
"${qemu[@]}" </dev/null 2>"$image/qemu.log" &
machine=$!
tail -n +1 -f --pid="$machine" "$console" &
viewer=$!
finish() {
    kill -KILL "$machine" 2>/dev/null || true
    wait "$machine" "$viewer" 2>/dev/null || true
}
trap finish EXIT

begun=$SECONDS up=
while kill -0 "$machine" 2>/dev/null; do
    elapsed=$((SECONDS - begun))
    if [[ -z $up ]] && grep -q '^keelson-vm: up' "$console"; then
        up=$elapsed
    fi
    if [[ -z $up && $elapsed -ge ${UP_TIMEOUT:-120} ]]; then
        echo "the virtual machine did not come up within $elapsed s; its console is above" >&2
        exit 1
    fi
    if [[ $elapsed -ge ${RUN_TIMEOUT:-480} ]]; then
        echo "the virtual machine was not done within $elapsed s" >&2
        exit 1
    fi
    sleep 0.3
done
if [[ -z $up ]]; then
    cat "$image/qemu.log" "$console" >&2
    echo "the virtual machine ended before it came up" >&2
    exit 1
fi
