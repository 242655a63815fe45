#!/usr/bin/env bash
# test.sh all|unit|integration|layout|critest|vm: builds the tests, runs the suites of that name and ends with
# 'N passed, N failed, N skipped' over all of them. Non-zero when something failed, or when nothing ran.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
results=$PWD/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
started=$SECONDS
filter=${FILTER:-}

section() { printf '\n== %s (at %ds)\n' "$*" $((SECONDS - started)); }

build() {
    section "build"
    dotnet build eng/Tests.proj -restore -nologo -v:q -clp:NoSummary "$@"
}

# suite <project> [filter]: runs one built test project; a runner that dies counts as one failed test.
suite() {
    local project=$1 expression=${2:-} code=0 arguments=()
    local assembly=artifacts/bin/$project/debug/$project.dll
    [[ -n $filter ]] && expression="${expression:+($expression)&}FullyQualifiedName~$filter"
    [[ -n $expression ]] && arguments+=(--filter "$expression")
    section "$project"
    # A suite that hangs is ended, and its dump would be larger than the disk likes.
    timeout --signal=TERM --kill-after=30 "${SUITE_TIMEOUT:-900}" \
        dotnet test "$assembly" --nologo --results-directory "$results" --logger "trx;LogFileName=$project.trx" \
        --logger "console;verbosity=${VERBOSITY:-minimal}" "${arguments[@]}" </dev/null || code=$?
    if [[ $code -ne 0 ]] && ! grep -q 'outcome="Failed"' "$results/$project.trx" 2>/dev/null; then
        echo "$project: the test runner ended with code $code" | tee "$results/$project.crashed"
    fi
}

unit() {
    local directory
    for directory in tests/*.Tests; do
        suite "$(basename "$directory")"
    done
}

# critest: CRI_ENDPOINT says against which runtime; without one the suite starts our daemon.
critest() {
    export CRI_ENDPOINT=${ENDPOINT:-}
    if [[ -n ${TEST_IMAGE:-} ]]; then
        suite critest
    else
        export -f suite section
        export results filter started
        eng/with-registry.sh bash -euo pipefail -c 'suite critest'
    fi
}

# What runs in the virtual machine. Each line is a test project and which of its tests.
vm_suites=(
    critest,Resources,Stats,StatusTests,ExecSync,StopTests,ConfinementTests,NamespaceTests,DeviceRule,PrivilegeTests
    Runtime.Tests,RealCgroup,SandboxLaunch,ContainerLaunch
    integration,Systemd,KillTests,OciHandler
)

# vm: the suites above on a kernel and a service manager that this machine may not have.
vm() {
    section "virtual machine"
    local reason=
    if [[ $(uname -m) != x86_64 ]]; then
        reason="the machine is built for x86-64 only"
    elif ! make vm-deps; then
        reason="Debian's qemu-system-x86 and mmdebstrap can't be installed here"
    fi
    if [[ -n $reason ]]; then
        echo "vm: $reason" | tee "$results/vm.skipped"
    elif ! eng/vm/test.sh "$KEELSON_BIN" "$results" "${vm_suites[@]}"; then
        echo "vm: the virtual machine failed" | tee "$results/vm.crashed"
    fi
}

root() { [[ $(id -u) -eq 0 ]]; }

published() {
    section "publish"
    make publish
    export KEELSON_BIN=$PWD/artifacts/dist/bin KEELSON_SHIM=$PWD/artifacts/dist/bin/keelson-shim
}

case $what in
    unit)
        build
        unit
        ;;
    layout)
        eng/deps.sh gcc libc6-dev
        build
        suite Linux.Tests "FullyQualifiedName~Layout"
        ;;
    integration)
        root || { echo "needs root" >&2; exit 1; }
        make deps
        build
        published
        suite integration
        ;;
    critest)
        build
        if [[ -z ${ENDPOINT:-} ]]; then
            root || { echo "needs root" >&2; exit 1; }
            make deps
            published
        fi
        critest
        ;;
    vm)
        root || { echo "needs root" >&2; exit 1; }
        make deps
        build
        published
        vm
        ;;
    all)
        if root; then make deps; fi
        build
        # First: some unit tests hold the published binaries to their budgets.
        if root; then published; fi
        unit
        if root; then
            critest
            suite integration
        else
            echo "not root: integration and critest were not run"
        fi
        ;;
    *)
        echo "unknown suite: $what" >&2
        exit 2
        ;;
esac

section "summary"
eng/test-summary.sh "$results"
