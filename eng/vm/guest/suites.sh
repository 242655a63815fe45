#!/usr/bin/env bash
# Runs every suite of /opt/keelson/vm/suites, one after the other; one that dies or hangs leaves a .crashed file.
set -uo pipefail
while IFS=, read -r -a suite; do
    name=${suite[0]}
    echo "== $name (at $(cut -d. -f1 /proc/uptime) s)"
    code=0
    timeout --signal=TERM --kill-after=10 "${SUITE_TIMEOUT:-900}" \
        "$DOTNET_ROOT/dotnet" /opt/keelson/tests/TestRunner/keelson-test-runner.dll \
        "/opt/keelson/tests/$name/$name.dll" "$RESULTS/vm-$name.trx" "${suite[@]:1}" </dev/null || code=$?
    if [[ $code -ne 0 ]] && ! grep -q 'outcome="Failed"' "$RESULTS/vm-$name.trx" 2>/dev/null; then
        echo "$name: the test runner ended with code $code" | tee "$RESULTS/vm-$name.crashed"
    fi
done </opt/keelson/vm/suites
