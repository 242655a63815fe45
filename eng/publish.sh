#!/usr/bin/env bash
# publish.sh <project> <binary> <framework> <rid> <bin>: NativeAOT publish of one project, its binary copied to <bin>.
set -euo pipefail
cd "$(dirname "$0")/.."
project=$1 binary=$2 framework=$3 rid=$4 bin=$5

echo "publishing $binary ($framework, $rid)"
dotnet publish "src/$project" -c Release -f "$framework" -r "$rid" -nologo -v:q -clp:NoSummary
mkdir -p "$bin"
# A new inode: the old binary may be running, and then can't be written.
install -m 0755 "artifacts/publish/$project/release_${framework}_$rid/$binary" "$bin/.$binary.new"
mv -f "$bin/.$binary.new" "$bin/$binary"
