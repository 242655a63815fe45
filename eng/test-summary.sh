#!/usr/bin/env bash
# test-summary.sh <directory>: reads the .trx files in it, prints why tests were skipped, which failed,
# and as the last line the sum over all projects.
set -euo pipefail
shopt -s nullglob
files=("$1"/*.trx)
crashed=("$1"/*.crashed)
left_out=("$1"/*.skipped)

# One record per tag; a result's <Message> follows its <UnitTestResult>.
details() {
    awk -v wanted="$1" -v RS='<' '
        function attribute(name,    at, rest) {
            at = index($0, name "=\"")
            if (!at) return ""
            rest = substr($0, at + length(name) + 2)
            return substr(rest, 1, index(rest, "\"") - 1)
        }
        /^UnitTestResult / { name = attribute("testName"); outcome = attribute("outcome"); told = 0 }
        /^Message>/ && outcome == wanted && !told {
            text = substr($0, 9)
            gsub(/[\r\n]+/, " ", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text)
            gsub(/&quot;/, "\"", text); gsub(/&#xD;|&#xA;/, " ", text); gsub(/&amp;/, "\\&", text)
            print "  " name ": " substr(text, 1, 400)
            told = 1
        }
    ' "${@:2}"
}

passed=0 failed=0 skipped=0
for file in "${files[@]}"; do
    # Skipped tests are in total and not in executed; the notExecuted counter stays 0.
    read -r total executed ok bad < <(sed -n \
        's/.*<Counters total="\([0-9]*\)" executed="\([0-9]*\)" passed="\([0-9]*\)" failed="\([0-9]*\)".*/\1 \2 \3 \4/p' "$file" | head -n1) ||
        { echo "unreadable: $file"; failed=$((failed + 1)); continue; }
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
done
for file in "${crashed[@]}"; do
    cat "$file"
    failed=$((failed + 1))
done
for file in "${left_out[@]}"; do
    cat "$file"
    skipped=$((skipped + 1))
done

if [[ ${#files[@]} -gt 0 ]]; then
    if [[ $skipped -gt 0 ]]; then
        echo "skipped:"
        details NotExecuted "${files[@]}"
    fi
    if [[ $failed -gt 0 ]]; then
        echo "failed:"
        details Failed "${files[@]}"
    fi
fi
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
