#!/usr/bin/env bash
# Restores, builds and starts the CRM. Safe to run twice: what is built already is not built again.
# Needs the .NET 10 SDK and Node 20 or newer; settings by environment, see README.
set -euo pipefail
cd "$(dirname "$0")"

command -v dotnet >/dev/null || { echo "run.sh needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 2; }
command -v node >/dev/null || { echo "run.sh needs Node 20 or newer: https://nodejs.org" >&2; exit 2; }
[ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || { echo "run.sh needs Node 20 or newer; this is $(node --version)." >&2; exit 2; }

. ./build.sh
build_ui
build_server

# 64 MiB of new objects between two collections, which only the environment can say: a quarter more commands a second (DECISIONS 47)
export DOTNET_GCgen0size="${DOTNET_GCgen0size:-0x4000000}"
export ASPNETCORE_URLS="${ASPNETCORE_URLS:-http://127.0.0.1:5080}"
export Crm__DataPath="${Crm__DataPath:-$PWD/data}"
exec dotnet artifacts/app/Crm.Web.dll "$@"
