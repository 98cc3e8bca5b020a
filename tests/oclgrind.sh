#!/usr/bin/env bash
# Runs the kernel suite with Oclgrind as the OpenCL device, which watches every memory access: races and bounds errors fail the run.
# test.sh runs the kernels' records so. Needs Debian's oclgrind and a Release build. Arguments go to the test program, as in -method '*RmsNorm'.
set -uo pipefail
cd "$(dirname "$0")/.."
icd=/usr/lib/oclgrind/liboclgrind-rt-icd.so
[ -f "$icd" ] || { echo "oclgrind is not installed: apt-get install oclgrind"; exit 69; }
tests=tests/Kernels/bin/Release/net10.0/KernelFoundry.Kernels.Tests
[ -x "$tests" ] || { echo "build first: dotnet build -c Release"; exit 2; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export OCL_ICD_VENDORS=$icd OCLGRIND_DATA_RACES=1 OCLGRIND_CHECK_API=1 OCLGRIND_LOG=$log
export KERNELFOUNDRY_CACHE=off KERNELFOUNDRY_REQUIRE_OPENCL=1
# One at a time: Oclgrind simulates one device and is not made for threads.
"$tests" -parallel none "$@"
status=$?
if [ -s "$log" ]; then
  echo "Oclgrind found:"
  head -n 60 "$log"
  status=1
fi
exit $status
