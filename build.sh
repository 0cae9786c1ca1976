# Functions that run.sh, test.sh and bench.sh share. Sourced from the root of the project.

# Runs a step quietly; shows what it printed only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# A stamp of what a build is made of: it changes when any of the files does.
stamp_of() {
  find "$@" -type f -not -path '*/node_modules/*' -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/wwwroot/*' -printf '%p %s %T@\n' | sort | sha256sum | cut -d' ' -f1
}

# Builds the web UI into src/Crm.Web/wwwroot, unless it is built from these files already.
build_ui() {
  local stamp
  stamp=$(stamp_of src/Crm.Web/ui)
  [ "$(cat artifacts/ui.stamp 2>/dev/null)" = "$stamp" ] && [ -f src/Crm.Web/wwwroot/index.html ] && return 0
  install_ui || return 1
  echo "building the UI ..."
  # said out loud: whoever asks whether this worked switches "set -e" off in here
  (cd src/Crm.Web/ui && quietly npm run build) || return 1
  mkdir -p artifacts
  stamp_of src/Crm.Web/ui > artifacts/ui.stamp
}

# Installs the UI's packages, unless they are installed already.
install_ui() {
  [ src/Crm.Web/ui/node_modules/.package-lock.json -nt src/Crm.Web/ui/package-lock.json ] && return 0
  echo "installing the UI's packages ..."
  (cd src/Crm.Web/ui && quietly npm ci --ignore-scripts --no-audit --no-fund)
}

# Publishes the server into artifacts/app, unless it is built from these files already.
build_server() {
  local stamp
  stamp=$(stamp_of src Directory.Build.props Directory.Packages.props)$(cat artifacts/ui.stamp 2>/dev/null)
  [ "$(cat artifacts/app.stamp 2>/dev/null)" = "$stamp" ] && [ -f artifacts/app/Crm.Web.dll ] && return 0
  echo "building the server ..."
  rm -rf artifacts/app
  quietly dotnet publish src/Crm.Web -c Release -o artifacts/app --nologo || return 1
  echo "$stamp" > artifacts/app.stamp
}

# Publishes a node of the cluster into artifacts/cluster, unless it is built from these files already. Nodes that start together wait for one
# another here.
build_cluster() {
  local stamp
  mkdir -p artifacts
  exec 9> artifacts/cluster.lock
  flock 9 2>/dev/null || true
  stamp=$(stamp_of src Directory.Build.props Directory.Packages.props)$(cat artifacts/ui.stamp 2>/dev/null)
  if [ "$(cat artifacts/cluster.stamp 2>/dev/null)" != "$stamp" ] || [ ! -f artifacts/cluster/Crm.Orleans.dll ]; then
    echo "building the node ..."
    rm -rf artifacts/cluster
    quietly dotnet publish src/Crm.Orleans -c Release -o artifacts/cluster --nologo || return 1
    echo "$stamp" > artifacts/cluster.stamp
  fi
  exec 9>&-
}
