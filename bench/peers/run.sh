#!/usr/bin/env bash
# Runs GGUF files through kf and through llama.cpp by turns and prints a Markdown table:
#   bench/peers/run.sh [--threads 1,2] [--pp 512] [--tg 128] [--rounds 5] [--patience 60] FILE.gguf...
# Before each measurement it waits for an idle half second, as many seconds as patience says.
# llama.cpp comes from npm, as prebuilt libraries, into bench/peers/node_modules. Needs Node.js 20 and Linux.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$(node -p "require('$here/package.json').dependencies['node-llama-cpp']")
platform=linux-$(node -p process.arch)

# The package's optional dependencies are libraries for every GPU there is, 700 MB: one for this processor is enough.
if [ ! -d "$here/node_modules/@node-llama-cpp/$platform" ]; then
  (cd "$here" && npm install --no-save --no-package-lock --omit=optional --ignore-scripts --no-audit --no-fund \
    "node-llama-cpp@$version" "@node-llama-cpp/$platform@$version") >&2
fi

dotnet build "$here/../../src/Cli" -c Release --nologo -v quiet >&2
exec node "$here/peers.mjs" --kf "$here/../../src/Cli/bin/Release/net10.0/kf.dll" "$@"
