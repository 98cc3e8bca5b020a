#!/usr/bin/env bash
# A step of training side by side with PyTorch on the CPU, by turns: the same model from the same first weights, the same documents, dtype, optimizer and threads.
#   bench/peers/training.sh [--config models/train-foundry-3m.json] [--tokenizer models/foundry-3m-Q8_0.gguf] [--steps 5] [--rounds 3] [--threads N] [--document 512]
# Needs python3-torch (Debian's is 1.13) with a BLAS such as libopenblas0-pthread. Prints medians of steps after the first, and how far the losses are apart.
# PyTorch is measured as it comes, and with what helps it: AVX-512 kernels where OpenBLAS does not know the processor, and memory that is kept and not given
# back to the system after every large tensor.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
config=$root/models/train-foundry-3m.json tokenizer=$root/models/foundry-3m-Q8_0.gguf steps=5 rounds=3 threads=$(nproc) document=512
python=${PYTHON:-/usr/bin/python3}
while [ $# -gt 0 ]; do
  case $1 in
    --config) config=$2 ;; --tokenizer) tokenizer=$2 ;; --steps) steps=$2 ;; --rounds) rounds=$2 ;; --threads) threads=$2 ;; --document) document=$2 ;;
    *) echo "training.sh: '$1' is no option" >&2; exit 2 ;;
  esac
  shift 2
done
ours=$root/bench/training/bin/Release/net10.0/KernelFoundry.TrainingBenchmark.dll
[ -e "$ours" ] || dotnet build "$root/bench/training" -c Release --nologo -v quiet >&2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Digits are tokens of their own: with begin and end every document has as many tokens. There are as many documents as fit into a step, so that their order,
# which differs, does not change a step's loss.
batch=$(grep -o '"tokens": *[0-9]*' "$config" | head -1 | grep -o '[0-9]*$')
awk -v n=$((document - 2)) -v count=$((batch / document)) 'BEGIN { srand(1); for (d = 0; d < count; d++) { s = ""; for (i = 0; i < n; i++) s = s int(rand() * 10); print "{\"text\": \"" s "\"}" } }' > "$folder/data.jsonl"

tuned=(MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=268435456)
grep -q avx512f /proc/cpuinfo && tuned+=(OPENBLAS_CORETYPE=SKYLAKEX)
theirs() { env "$@" "$python" "$here/training.py" "$config" "$tokenizer" "$folder/data.jsonl" "$steps" "$threads" "$folder/weights.gguf"; }

echo "| round | kf tokens/s | of FMA peak | PyTorch tokens/s | tuned | kf / tuned PyTorch | losses differ by at most |"
echo "|--:|--:|--:|--:|--:|--:|--:|"
for round in $(seq "$rounds"); do
  dotnet "$ours" "$config" "$tokenizer" "$folder/data.jsonl" "$steps" "$threads" "$folder/weights.gguf" > "$folder/ours.json"
  theirs > "$folder/theirs.json"
  theirs "${tuned[@]}" > "$folder/tuned.json"
  "$python" - "$round" "$folder/ours.json" "$folder/theirs.json" "$folder/tuned.json" <<'PY'
import json, sys
ours, theirs, tuned = (json.load(open(path)) for path in sys.argv[2:])
far = max(abs(a - b) for a, b in zip(ours["losses"], theirs["losses"]))
rate = lambda o: o["tokens_per_second"]
print(f"| {sys.argv[1]} | {rate(ours):.0f} | {ours['share']:.1%} | {rate(theirs):.0f} | {rate(tuned):.0f} | {rate(ours) / rate(tuned):.2f} | {far:.1e} |")
PY
done
"$python" -c "import torch; print(f'\nPyTorch {torch.__version__}')"
