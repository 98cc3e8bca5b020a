#!/usr/bin/env bash
# Builds everything and runs every test suite; the last line is the total.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

dotnet build KernelFoundry.sln -c Release || exit 1
dotnet test KernelFoundry.sln -c Release --no-build 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

sum() { { grep -Eo "$1: +[0-9]+, " "$log" || true; } | grep -Eo '[0-9]+' | awk '{ total += $1 } END { print total + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)
if [ "$skipped" -gt 0 ]; then
  echo "Skipped, with their reasons above: $skipped"
  if [ "${KERNELFOUNDRY_REQUIRE_REFERENCE:-}" = 1 ]; then
    echo "The reference data is here, so nothing may be skipped."
    failed=$((failed + skipped))
  fi
fi
[ "$status" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1

# Every kernel's record once more with races and bounds watched, where Oclgrind is installed. These cases have been counted above.
tests/oclgrind.sh -method '*RecordTests*' >"$log" 2>&1
case $? in
  0) echo "Oclgrind: no races, nothing out of bounds" ;;
  69) tail -n 1 "$log"; [ "${KERNELFOUNDRY_REQUIRE_OPENCL:-}" = 1 ] && failed=$((failed + 1)) ;;
  *) tail -n 80 "$log"; failed=$((failed + 1)) ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
