#!/usr/bin/env bash
# Installs what the tests need and runs all of them. Ends with a line "N passed, N failed". Safe to run twice.
# Needs the .NET 10 SDK and Node 20+; for the browser tests Chromium and for the power-cut replay strace, which are
# installed with apt when this runs as root on Debian or Ubuntu; so is PostgreSQL, which the tests run on a folder of their own.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

. ./build.sh

passed=0
failed=0

# Adds a runner's counts to ours. A runner that dies without counts is one failure.
count() {
  passed=$((passed + ${1:-0}))
  failed=$((failed + ${2:-1}))
}

need() {
  command -v "$1" >/dev/null && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $2 ..."
    [ -n "${apt_updated:-}" ] || { quietly apt-get update; apt_updated=1; }
    DEBIAN_FRONTEND=noninteractive quietly apt-get install -y --no-install-recommends $2
  else
    echo "missing: $2 (its tests will say so)"
  fi
}

need chromium "chromium fonts-noto-cjk"
need strace strace
# its programs are not on the path
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || need initdb postgresql

# Microsoft's emulator of Azure Blob, which the tests of files start for themselves
install_azurite() {
  [ tests/azurite/node_modules/.package-lock.json -nt tests/azurite/package-lock.json ] && return 0
  echo "installing Azurite ..."
  (cd tests/azurite && quietly npm ci --ignore-scripts --no-audit --no-fund)
}

run_dotnet_tests() {
  local project log
  for project in tests/*.Tests; do
    # those of the cluster have a solution of their own
    grep -q "$(basename "$project").csproj" Crm.sln || continue
    log=$(mktemp)
    echo "== $(basename "$project")"
    dotnet "$project/bin/Release/net10.0/$(basename "$project").dll" -noLogo -noColor > "$log" 2>&1
    # the runner's last summary: Total: N, Errors: N, Failed: N, Skipped: N, ...
    local summary
    summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+' "$log" | tail -1)
    if [ -z "$summary" ]; then
      tail -50 "$log"
      count 0 1
    else
      local total errors fails skipped
      total=$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$summary")
      errors=$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$summary")
      fails=$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$summary")
      skipped=$(sed -E 's/.*Skipped: ([0-9]+).*/\1/' <<<"$summary")
      [ $((errors + fails)) -eq 0 ] || grep -vE '^\s*$' "$log" | tail -150
      echo "   $((total - fails - skipped)) passed, $((errors + fails)) failed"
      count $((total - fails - skipped)) $((errors + fails))
    fi
    rm -f "$log"
  done
}

run_ui_tests() {
  local log
  log=$(mktemp)
  echo "== UI"
  (cd src/Crm.Web/ui && npm run lint) > "$log" 2>&1 && count 1 0 || { tail -40 "$log"; count 0 1; }
  (cd src/Crm.Web/ui && NO_COLOR=1 npm test) > "$log" 2>&1
  local ok bad
  ok=$(grep -E '^ *Tests ' "$log" | grep -oE '[0-9]+ passed' | grep -oE '[0-9]+' | tail -1)
  bad=$(grep -E '^ *Tests ' "$log" | grep -oE '[0-9]+ failed' | grep -oE '[0-9]+' | tail -1)
  if [ -z "$ok$bad" ]; then
    tail -40 "$log"
    count 0 1
  else
    [ -z "$bad" ] || tail -80 "$log"
    echo "   ${ok:-0} passed, ${bad:-0} failed"
    count "${ok:-0}" "${bad:-0}"
  fi
  rm -f "$log"
}

run_browser_tests() {
  local log last
  log=$(mktemp)
  echo "== Crm.Browser.Tests"
  tests/Crm.Browser.Tests/run.sh > "$log" 2>&1
  last=$(tail -1 "$log")
  if [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    [ "${BASH_REMATCH[2]}" -eq 0 ] || tail -150 "$log"
    echo "   $last"
    count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
  else
    tail -50 "$log"
    count 0 1
  fi
  rm -f "$log"
}

if build_ui && build_server; then
  is_built=1
else
  is_built=0
  count 0 1
fi
echo "building the tests ..."
if quietly dotnet build Crm.sln -c Release --nologo; then
  install_azurite
  run_dotnet_tests
else
  count 0 1
fi
install_ui && run_ui_tests
# not against what was built before
[ "$is_built" -eq 1 ] && run_browser_tests

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
