#!/usr/bin/env bash
# initrd.sh <root> <kernel version> <file>: an initramfs of busybox and the modules that the first disk needs.
set -euo pipefail
root=$1 version=$2 file=$3
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{bin,dev,proc,sys,root,modules}
cp "$root/bin/busybox" "$tree/bin/"

# In the order in which they must be loaded.
number=0
for module in virtio_pci virtio_blk; do
    while read -r verb path _; do
        name=${path##*/}
        if [[ $verb == insmod ]] && ! compgen -G "$tree/modules/*-$name" >/dev/null; then
            number=$((number + 1))
            cp "$root$path" "$tree/modules/$(printf %02d "$number")-$name"
        fi
    done < <(chroot "$root" /usr/sbin/modprobe --set-version "$version" --show-depends "$module")
done

cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for module in /modules/*; do
    /bin/busybox insmod "$module" || echo "cannot load $module"
done
/bin/busybox mount -t ext4 -o noatime /dev/vda /root || { echo "no root file system"; exec /bin/busybox poweroff -f; }
# Here, because the machine has no udev, without which systemd waits for disks in vain.
/bin/busybox mount -t ext4 -o ro,noatime /dev/vdb /root/opt/keelson || echo "no second disk"
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
INIT
chmod 0755 "$tree/init"
(cd "$tree" && find . | "$root/bin/busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$file"
