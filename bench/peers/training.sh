#!/usr/bin/env bash
# A step of training side by side with PyTorch on the CPU: the same model, batch and dtype, by turns.
#   bench/peers/training.sh [--config models/train-foundry-3m.json] [--steps 4] [--rounds 3] [--threads 2]
# Needs Debian's python3-torch; without it only kf is measured. Prints a Markdown table.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
config=$root/models/train-foundry-3m.json steps=4 rounds=3 threads=$(nproc) document=512
kf=${KF:-}
while [ $# -gt 0 ]; do
  case $1 in
    --config) config=$2 ;; --steps) steps=$2 ;; --rounds) rounds=$2 ;; --threads) threads=$2 ;;
    *) echo "training.sh: '$1' is no option" >&2; exit 2 ;;
  esac
  shift 2
done
if [ -z "$kf" ]; then
  dotnet build "$root/src/Cli" -c Release --nologo -v quiet >&2
  kf="dotnet $root/src/Cli/bin/Release/net10.0/kf.dll"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Digits are tokens of their own: with begin and end, every document has as many tokens as PyTorch's rows.
awk -v n=$((document - 2)) 'BEGIN { srand(1); for (d = 0; d < 200; d++) { s = ""; for (i = 0; i < n; i++) s = s int(rand() * 10); print "{\"text\": \"" s "\"}" } }' > "$folder/data.jsonl"
awk 'BEGIN { srand(2); for (i = 0; i < 400000; i++) printf "%s%s", substr("abcdefghijklmnopqrstuvwxyz", int(rand() * 26) + 1, 1), rand() < 0.2 ? " " : "" }' > "$folder/words.txt"
$kf tokenizer train --data "$folder/words.txt" --vocab 4096 --pre qwen2 --special '<|end|>' '<|begin|>' --bos '<|begin|>' --out "$folder/tokenizer.gguf" >/dev/null

echo "| round | kf tokens/s | share of FMA peak | PyTorch tokens/s | kf / PyTorch |"
echo "|---|---|---|---|---|"
for round in $(seq "$rounds"); do
  rm -f "$folder"/out.gguf*
  json=$($kf train --config "$config" --data "$folder/data.jsonl" --tokenizer "$folder/tokenizer.gguf" --out "$folder/out.gguf" --device cpu --threads "$threads" --max-steps "$steps" --roof --json)
  read -r ours share < <(python3 -c 'import json, sys; o = json.loads(sys.argv[1]); print("%.0f %.1f%%" % (o["tokens_per_second"], 100 * o["operations_per_second"] / o["fma_peak"]))' "$json")
  if python3 -c 'import torch' 2>/dev/null; then
    theirs=$(python3 "$here/training.py" "$config" 4096 "$document" "$steps" "$threads")
    echo "| $round | $ours | $share | $theirs | $(python3 -c "print(f'{$ours / $theirs:.2f}')") |"
  else
    echo "| $round | $ours | $share | no python3-torch | |"
  fi
done
