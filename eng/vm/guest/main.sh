#!/usr/bin/env bash
# What the virtual machine is booted for: runs the suites and leaves their results on the third disk.
# Its first line is what the host waits for.
set -uo pipefail
exec 2>&1
echo "keelson-vm: up after $(cut -d. -f1 /proc/uptime) s: Linux $(uname -r), $(systemctl --version | head -n 1), cgroup controllers $(cat /sys/fs/cgroup/cgroup.controllers)"

# So that limits on swap and on huge pages can be set and read back.
fallocate -l 64M /swap && chmod 0600 /swap && mkswap -q /swap && swapon /swap
echo 4 >/proc/sys/vm/nr_hugepages

# A network of its own, as a node has one: what programs take for the way out leads nowhere.
ip link add node0 type dummy && ip addr add 198.51.100.1/24 dev node0 && ip link set node0 up && ip route add default via 198.51.100.254

export HOME=/root TERM=dumb PATH=/opt/keelson/bin:$PATH
export DOTNET_ROOT=/opt/keelson/dotnet DOTNET_TieredPGO=0 DOTNET_gcServer=0 DOTNET_EnableDiagnostics=0
export KEELSON_BIN=/opt/keelson/bin KEELSON_PACKAGING=/opt/keelson/packaging
export TEST_STORAGE=/opt/keelson/images RESULTS=/results
mkdir -p "$RESULTS"
/opt/keelson/eng/with-registry.sh /opt/keelson/vm/suites.sh
echo "keelson-vm: suites over after $(cut -d. -f1 /proc/uptime) s"
journalctl --boot --no-pager >"$RESULTS/journal.log"
tar -cf /dev/vdc -C "$RESULTS" .
sync
