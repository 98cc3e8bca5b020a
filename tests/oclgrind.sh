#!/usr/bin/env bash
# Runs the OpenCL cases of the kernel suite in Oclgrind, which watches every memory access: races and bounds errors fail the run.
# Slow, so not part of test.sh. Needs Debian's oclgrind. Arguments are passed to dotnet test.
set -uo pipefail
cd "$(dirname "$0")/.."
icd=/usr/lib/oclgrind/liboclgrind-rt-icd.so
[ -f "$icd" ] || { echo "oclgrind is not installed: apt-get install oclgrind"; exit 2; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export OCL_ICD_VENDORS=$icd OCLGRIND_DATA_RACES=1 OCLGRIND_CHECK_API=1 OCLGRIND_LOG=$log
export KERNELFOUNDRY_CACHE=off KERNELFOUNDRY_REQUIRE_OPENCL=1
dotnet test tests/Kernels -c Release --filter "DisplayName~OpenCl" "$@"
status=$?
if [ -s "$log" ]; then
  echo "Oclgrind found:"
  head -n 60 "$log"
  status=1
fi
exit $status
