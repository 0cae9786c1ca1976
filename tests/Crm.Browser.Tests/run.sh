#!/usr/bin/env bash
# Flows in a real Chromium against the published server. Ends with a line "N passed, N failed". Safe to run twice.
# Needs artifacts/app (build.sh makes it), Node 20+ and Chromium (CHROMIUM names another one).
# With arguments, runs only the files whose names contain one of them: ./run.sh board
set -uo pipefail
cd "$(dirname "$0")"

give_up() {
  echo "$1"
  echo "0 passed, 1 failed"
  exit 1
}

export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"
[ -x "$CHROMIUM" ] || give_up "Chromium is missing at $CHROMIUM: install it (apt-get install chromium fonts-noto-cjk) or name it in CHROMIUM."
[ -f ../../artifacts/app/Crm.Web.dll ] || give_up "The server is not built: artifacts/app/Crm.Web.dll is missing."

if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --ignore-scripts --no-audit --no-fund > /dev/null || give_up "The packages of the browser tests could not be installed."
fi

exec node run.mjs "$@"
