#!/usr/bin/env bash
# build-image.sh <directory>: makes <directory>/{vmlinuz,initrd,root.img}, a Debian of this machine's release with systemd on
# cgroup v2 and AppArmor, its cloud kernel, and nothing of Keelson. Kept until this script or its packages change.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
directory=$1
packages=(
    systemd systemd-sysv dbus apparmor kmod procps iproute2 iptables nftables e2fsprogs
    containernetworking-plugins docker-registry runc crun busybox-static
    libzstd1 libssl3 libstdc++6 zlib1g
)
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# A name per release: what the .NET runtime links with is called differently there.
[[ $release == bookworm ]] || packages=("${packages[@]/libssl3/libssl3t64}")

key=$(cat "$0" "$here/initrd.sh" "$here/root-files.sh" <(echo "$release") | sha256sum | cut -d' ' -f1)
if [[ -f $directory/key && $(<"$directory/key") == "$key" ]]; then
    exit 0
fi

echo "building the virtual machine's image ($release)"
mkdir -p "$directory"
work=$(mktemp -d -p "$directory" build.XXXXXX)
trap 'rm -rf "$work"' EXIT
root=$work/root

# The kernel is unpacked, not installed: its scripts would build an initramfs for booting from unknown hardware.
# The hook's apt is the new system's: its lists and its release decide.
cat >"$work/kernel-hook" <<'HOOK'
#!/usr/bin/env bash
set -euo pipefail
cd "$1/boot"
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$package"
# Its /lib must not replace the link to /usr/lib.
dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -C "$1" --keep-directory-symlink
rm -- "$package"_*.deb
HOOK
chmod 0755 "$work/kernel-hook"

log=$work/log
if ! timeout --kill-after=10 "${IMAGE_TIMEOUT:-240}" mmdebstrap --variant=minbase --mode=root --format=directory \
    --include="$(IFS=,; echo "${packages[*]}")" \
    --aptopt='Acquire::Retries "3"' --aptopt='APT::Install-Recommends "0"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook="$work/kernel-hook" \
    "$release" "$root" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "the virtual machine's image could not be built" >&2
    exit 1
fi

version=$(ls "$root/lib/modules")
chroot "$root" /usr/sbin/depmod "$version"
"$here/root-files.sh" "$root"
"$here/initrd.sh" "$root" "$version" "$work/initrd"
cp "$root/boot/vmlinuz-$version" "$work/vmlinuz"
rm -rf "$root/boot" "$root/var/cache/apt" "$root/var/lib/apt/lists"

# No journal: the machine runs on a copy that nobody keeps.
mke2fs -q -t ext4 -O ^has_journal -m 0 -L keelson-root -d "$root" "$work/root.img" 1G

rm -f "$directory/key"
mv -f "$work/vmlinuz" "$work/initrd" "$work/root.img" "$directory/"
echo "$key" >"$directory/key"
