#!/usr/bin/env bash
# Compares the logits of a tiny model of every architecture with llama.cpp's on the same file, in 32-bit floats:
#   bench/peers/architectures.sh [Debug|Release]
# and writes what it found to docs/models.tsv, of which the page docs/models.md is made. llama.cpp comes from npm, as in run.sh. Needs Node.js 20, g++ and Linux.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
configuration=${1:-Release}
version=$(node -p "require('$here/package.json').dependencies['node-llama-cpp']")
platform=linux-$(node -p process.arch)
modules=${KERNELFOUNDRY_LLAMA_MODULES:-$here/node_modules}
if [ ! -d "$modules/@node-llama-cpp/$platform" ]; then
  (cd "$here" && npm install --no-save --no-package-lock --omit=optional --ignore-scripts --no-audit --no-fund \
    "node-llama-cpp@$version" "@node-llama-cpp/$platform@$version") >&2
fi

libraries="$modules/@node-llama-cpp/$platform/bins/$platform"
mkdir -p "$here/obj"
g++ -O1 -Wall -o "$here/obj/logits" "$here/logits.cpp" -ldl
found="$here/obj/errors.tsv"
rm -f "$found"
KERNELFOUNDRY_LLAMA="$here/obj/logits|$libraries" KERNELFOUNDRY_LLAMA_ERRORS="$found" \
  dotnet test "$here/../../tests/Inference" -c "$configuration" --filter "FullyQualifiedName~PeerTests" -- xUnit.Explicit=only
{ printf 'llama.cpp\t%s\n' "$(node -p "require('$modules/node-llama-cpp/llama/binariesGithubRelease.json').release")"; sort "$found"; } > "$here/../../docs/models.tsv"
echo "Wrote docs/models.tsv; KF_UPDATE_GOLDEN=1 dotnet test tests/Inference --filter ModelsPageTests writes docs/models.md."
