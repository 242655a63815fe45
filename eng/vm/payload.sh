#!/usr/bin/env bash
# payload.sh <bin> <file> <suite>...: writes the disk that the virtual machine runs: the published binaries, the built tests of
# the suites, the .NET runtime they need, the test images, and the scripts of guest/. A suite is a test project's name,
# followed by parts of test names to choose by, separated by commas: critest or critest,LimitTests,-Slow.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
bin=$1 file=$2
shift 2
work=$(mktemp -d -p "$(dirname "$file")" payload.XXXXXX)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir -p "$tree"/{bin,eng,vm,tests,dotnet/host/fxr,dotnet/shared/Microsoft.NETCore.App}

cp "$bin/keelson" "$bin/keelson-shim" "$tree/bin/"
cp "$here"/guest/* "$tree/vm/"
cp "$repository/eng/with-registry.sh" "$tree/eng/"
cp -r "$repository/packaging" "$tree/"
printf '%s\n' "$@" >"$tree/vm/suites"
for suite in "$@" TestRunner; do
    name=${suite%%,*}
    mkdir -p "$tree/tests/$name"
    (cd "$repository/artifacts/bin/$name/debug" && tar -c --exclude='*.pdb' --exclude=runtimes .) | tar -x -C "$tree/tests/$name"
done

# The newest runtime of the tests' framework: one of maybe several that are installed.
major=$(sed -n 's|.*<KeelsonTestFramework>net\([0-9]*\)\..*|\1|p' "$repository/Directory.Build.props")
read -r _ version shared < <(dotnet --list-runtimes | grep "^Microsoft.NETCore.App $major\." | sort -V | tail -n 1 | tr -d '[]')
root=${shared%/shared/Microsoft.NETCore.App}
cp "$root/dotnet" "$tree/dotnet/"
cp -r "$(find "$root/host/fxr" -mindepth 1 -maxdepth 1 | sort -V | tail -n 1)" "$tree/dotnet/host/fxr/"
cp -r "$shared/$version" "$tree/dotnet/shared/Microsoft.NETCore.App/"

"$repository/eng/test-images.sh" "$tree/images"

size=$(($(du -sm "$tree" | cut -f1) * 11 / 10 + 32))
rm -f "$file"
mke2fs -q -t ext4 -O ^has_journal -m 0 -L keelson -d "$tree" "$file" "${size}M" >/dev/null
