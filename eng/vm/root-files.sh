#!/usr/bin/env bash
# root-files.sh <root>: turns a fresh Debian into the tests' machine: what it must not do at boot, and the one thing it does.
set -euo pipefail
root=$1

echo keelson >"$root/etc/hostname"
echo 4b65656c736f6e0000000000000000aa >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"
: >"$root/etc/fstab"

# There is no terminal to log in at: waiting for the serial port's udev device alone takes 90 s.
for unit in serial-getty@ttyS0.service getty@tty1.service getty-static.service systemd-journal-flush.service \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    docker-registry.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# Modules that a node's packages load at boot, and that a container's mount or a plugin can't load by itself.
printf '%s\n' overlay veth bridge br_netfilter nf_tables >"$root/etc/modules-load.d/keelson.conf"
echo 'net.ipv4.ip_forward = 1' >"$root/etc/sysctl.d/keelson.conf"

# The second disk says what is to be done; whatever comes of it, the machine goes down.
cat >"$root/etc/systemd/system/keelson-tests.service" <<'UNIT'
[Unit]
Description=Tests of Keelson
After=multi-user.target systemd-modules-load.service
SuccessAction=poweroff-force
FailureAction=poweroff-force

[Service]
Type=oneshot
ExecStart=/opt/keelson/vm/main.sh
StandardInput=null
StandardOutput=file:/dev/ttyS0
StandardError=file:/dev/ttyS0
TimeoutStartSec=infinity
KillMode=process

[Install]
WantedBy=graphical.target
UNIT

# Nobody can answer its question.
cat >"$root/etc/systemd/system/emergency.service" <<'UNIT'
[Unit]
Description=Give up
DefaultDependencies=no

[Service]
Type=oneshot
ExecStart=/bin/sh -c 'journalctl --boot --priority=warning >/dev/ttyS0; poweroff --force --force'
UNIT

mkdir -p "$root/opt/keelson" "$root/etc/systemd/system/graphical.target.wants"
ln -sf ../keelson-tests.service "$root/etc/systemd/system/graphical.target.wants/keelson-tests.service"
ln -sf /lib/systemd/system/graphical.target "$root/etc/systemd/system/default.target"
