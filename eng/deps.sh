#!/usr/bin/env bash
# Installs the Debian packages given that are not installed yet. Says what to do where it can't.
set -euo pipefail

missing=()
for package in "$@"; do
    status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
    [[ $status == "install ok installed" ]] || missing+=("$package")
done

if ! command -v dotnet >/dev/null; then
    echo "the .NET SDK 10 is not installed (it is not a Debian package): see https://learn.microsoft.com/dotnet/core/install/linux" >&2
    exit 1
fi

[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "not a Debian system: install the equivalents of: ${missing[*]}" >&2
    exit 1
fi
if [[ $(id -u) -ne 0 ]]; then
    echo "packages are missing; as root: apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists may be older than the archive: update first. One more try, for an archive that changes under us.
for try in 1 2; do
    if apt-get update -q >"$log" 2>&1 &&
        apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}" >>"$log" 2>&1; then
        exit 0
    fi
    [[ $try -eq 1 ]] && sleep 5
done
tail -n 40 "$log" >&2
echo "could not install: ${missing[*]}" >&2
exit 1
