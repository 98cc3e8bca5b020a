#!/usr/bin/env bash
# Runs the CUDA tests, the kernel benchmarks and a generation on a machine with a GPU, and writes report.md and report.json:
#   run.sh [--out FOLDER] [--model FILE.gguf] [--tokens 128] [--quick] [--emulated]
# It builds nothing: kf-gpu lies beside it, as bench/gpu/publish.sh packs them. Where python3 has PyTorch, the same shapes are measured with it.
# Exit code 0: all done; 1: a test or a measurement failed, as the report says; 2: wrong usage; 3: no CUDA device.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=results model='' tokens=128 flags=() emulated=''
while [ $# -gt 0 ]; do
  case $1 in
    --out | --model | --tokens)
      [ $# -ge 2 ] || { echo "run.sh: $1 needs a value" >&2; exit 2; }
      case $1 in --out) out=$2 ;; --model) model=$2 ;; --tokens) tokens=$2 ;; esac
      shift 2 ;;
    --quick) flags+=(--quick); shift ;;
    --emulated) flags+=(--emulated); emulated=1; shift ;;
    *) echo "run.sh: unknown option $1" >&2; exit 2 ;;
  esac
done

kf="$here/kf-gpu/kf-gpu"
[ -x "$kf" ] || { echo "run.sh: $kf is not there: bench/gpu/publish.sh packs it beside this script" >&2; exit 2; }
if [ -n "$model" ] && [ ! -r "$model" ]; then echo "run.sh: cannot read $model" >&2; exit 2; fi
export DOTNET_gcServer=0 DOTNET_TieredPGO=0
mkdir -p "$out"
rm -f "$out"/{device,shapes,check,bench,generate,peers,report}.json "$out/report.md"

"$kf" device "$out" "${flags[@]}" || exit $?
"$kf" shapes "$out" "${flags[@]}" || exit $?
status=0
"$kf" check "$out" "${flags[@]}" || status=$?
"$kf" bench "$out" "${flags[@]}" || status=$?
if [ -n "$model" ]; then "$kf" generate "$out" "${flags[@]}" --model "$model" --tokens "$tokens" || status=$?; fi
if [ -z "$emulated" ] && python3 -c 'import torch' 2>/dev/null; then
  python3 "$here/peers.py" "$out" || echo "run.sh: the peers could not be measured" >&2
else
  echo "No PyTorch here, or no GPU: nothing is measured side by side."
fi
"$kf" report "$out" && echo "$out/report.md"
exit $status
