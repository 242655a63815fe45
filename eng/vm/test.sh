#!/usr/bin/env bash
# test.sh <bin> <results> <suite>...: runs suites of the built tests in the virtual machine and collects their results. Ends with 0
# when the machine came up and went down as it should; what the tests said is in the results.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1 results=$2
shift 2
directory=$(cd "$here/../.." && pwd)/artifacts/vm
mkdir -p "$directory" "$results"

"$here/build-image.sh" "$directory"
"$here/payload.sh" "$bin" "$directory/payload.img" "$@"
disk=$directory/results.tar
rm -f "$disk"
truncate -s 64M "$disk"
"$here/boot.sh" "$directory" "$directory/payload.img" "$disk"

# A tar ends where it says so: the rest of the disk is zeros.
if ! tar -xf "$disk" -C "$results" 2>/dev/null || [[ ! -f $results/journal.log ]]; then
    echo "the virtual machine left no results; its console is above" >&2
    exit 1
fi
mv "$results/journal.log" "$directory/journal.log"
