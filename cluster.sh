#!/usr/bin/env bash
# Builds and starts one node of a cluster on Microsoft Orleans and PostgreSQL; see docs/CLUSTER.md. Safe to run twice.
#   ./cluster.sh build     only builds, into artifacts/cluster
#   Crm__ConnectionString='Host=...;Username=crm;Password=...;Database=crm' ./cluster.sh --role both|silo|web
# Needs the .NET 10 SDK, Node 20 or newer, a package registry that has Microsoft.Orleans.* 10.4, and a PostgreSQL database.
set -euo pipefail
cd "$(dirname "$0")"

command -v dotnet >/dev/null || { echo "cluster.sh needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 2; }
command -v node >/dev/null || { echo "cluster.sh needs Node 20 or newer: https://nodejs.org" >&2; exit 2; }

. ./build.sh
build_ui
build_cluster
[ "${1:-}" = build ] && exit 0

# 64 MiB of new objects between two collections, which only the environment can say: a quarter more commands a second (DECISIONS 47)
export DOTNET_GCgen0size="${DOTNET_GCgen0size:-0x4000000}"
export ASPNETCORE_URLS="${ASPNETCORE_URLS:-http://127.0.0.1:5080}"
export Crm__DataPath="${Crm__DataPath:-$PWD/data}"
exec dotnet artifacts/cluster/Crm.Orleans.dll "$@"
