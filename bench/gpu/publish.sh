#!/usr/bin/env bash
# Builds what bench/gpu/run.sh takes to a machine with a GPU, which needs no .NET then: bench/gpu/publish.sh [FILE.tar.xz]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
archive=${1:-"$here/kf-gpu.tar.xz"}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

dotnet publish "$here/KernelFoundry.Gpu.csproj" -c Release -r linux-x64 --self-contained --nologo -v quiet \
  -p:DebugType=none -p:DebugSymbols=false -p:GenerateDocumentationFile=false -p:CopyDocumentationFilesFromPackages=false -o "$folder/kf-gpu"
rm -f "$folder"/kf-gpu/*.xml
cp "$here/run.sh" "$here/peers.py" "$here/triton_peers.py" "$folder/"
tar -C "$folder" -cJf "$archive" kf-gpu run.sh peers.py triton_peers.py
size=$(stat -c %s "$archive")
echo "$archive: $((size / 1000000)) MB"
[ "$size" -lt 60000000 ] || { echo "publish.sh: that is more than the 60 MB it may be" >&2; exit 1; }
