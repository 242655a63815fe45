#!/usr/bin/env bash
# aot-check.sh <bin>: the published binaries' budgets. A size that grows past its ceiling is a decision, not an accident.
set -euo pipefail
bin=$1
failed=0
ceiling() {
    local size
    size=$(stat -c %s "$bin/$1")
    printf '%-14s %10d bytes, ceiling %d\n' "$1" "$size" "$2"
    [[ $size -le $2 ]] || failed=1
}
ceiling keelson $((22 * 1024 * 1024))
ceiling keelson-shim $((1400 * 1024))
start=$(date +%s%N)
"$bin/keelson" version --help >/dev/null
printf 'keelson --help  %6d ms\n' $((($(date +%s%N) - start) / 1000000))

# What one shim costs, measured on the published binary: private memory is asserted, times are printed.
KEELSON_SHIM=$(realpath "$bin/keelson-shim") dotnet test tests/Shim.Tests --nologo --filter FullyQualifiedName~PublishedShimTests \
    --logger 'console;verbosity=detailed' | grep -E '^ +(Passed|Failed|Skipped|one |after |start |ExecSync|log |Assert|Actual|Range)' || failed=1
exit $failed
