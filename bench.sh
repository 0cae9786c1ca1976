#!/usr/bin/env bash
# Prints the figures that README quotes, each beside its baseline from the same run. About ten minutes on 2 cores.
#   ./bench.sh                     all of them
#   ./bench.sh commands http       some of: commands http live import lists rights postgres
#   ./bench.sh --quick             a tenth of the work, to see that everything runs
set -euo pipefail
cd "$(dirname "$0")"
. ./build.sh
echo "building ..."
quietly dotnet build tests/Crm.Benchmarks -c Release --nologo
# as run.sh starts the server
export DOTNET_GCgen0size="${DOTNET_GCgen0size:-0x4000000}"
exec dotnet tests/Crm.Benchmarks/bin/Release/net10.0/Crm.Benchmarks.dll "$@"
