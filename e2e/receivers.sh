# Fetches and starts receivers, for the scripts in this folder, which source this file. The receivers
# are stopped when the script ends. Their logs are in $logs.

mkdir -p "${CARGO_TARGET_DIR:-target}/e2e"
work=$(cd "${CARGO_TARGET_DIR:-target}/e2e" && pwd)
logs=$work/logs-$(basename "$0")
rm -rf "$logs"
mkdir -p "$logs"

pids=()
stop() {
  trap - EXIT
  [ ${#pids[@]} -gt 0 ] || return 0
  kill "${pids[@]}" 2>/dev/null || true
  for _ in {1..100}; do kill -0 "${pids[@]}" 2>/dev/null || return 0; sleep 0.1; done
  kill -KILL "${pids[@]}" 2>/dev/null || true
}
trap stop EXIT
trap 'exit 130' INT TERM HUP

# once MARK COMMAND…: runs the command, unless it succeeded in an earlier run.
once() {
  local mark=$work/$1
  shift
  [ -e "$mark" ] && return
  "$@"
  touch "$mark"
}

packages() {
  rm -rf "$work/python"
  python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check \
    --no-warn-conflicts --target "$work/python" "$@"
}

# debian SUITE PACKAGE PROGRAM=NAME…: unpacks programs from a package of Debian, and keeps each under
# a name of its own. The system does not change.
debian() {
  local suite=$1 package=$2 folder=$work/deb mirror sources=/etc/apt/sources.list.d/debian.sources program
  shift 2
  mirror=$(awk '/^URIs:/ { print $2; exit }' "$sources" 2>/dev/null ||
    awk '/^deb / { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }' /etc/apt/sources.list)
  [ -n "$mirror" ] || { echo "e2e: no Debian mirror in $sources; add one" >&2 && return 1; }
  rm -rf "$folder"
  mkdir -p "$folder"/{lists/partial,cache/archives/partial,parts,root}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$folder/sources"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$folder/sources" -o "Dir::Etc::sourceparts=$folder/parts"
    -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o "APT::Sandbox::User=")
  "${apt[@]}" update
  (cd "$folder" && "${apt[@]}" download "$package" && dpkg -x "${package}"_*.deb root)
  mkdir -p "$work/bin"
  for program in "$@"; do mv "$folder/root/usr/bin/${program%=*}" "$work/bin/${program#*=}"; done
  rm -rf "$folder"
}

# server NAME PORTS COMMAND…: starts a server, and waits until all its ports answer.
server() {
  local name=$1 ports=$2 port deadline=$((SECONDS + 30))
  shift 2
  (cd "$logs" && exec "$@" >"$logs/$name.log" 2>&1) &
  pids+=($!)
  for port in $ports; do
    until (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
      if ! kill -0 "${pids[-1]}" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
        echo "e2e: $name does not answer on port $port:" >&2
        tail -n 20 "$logs/$name.log" >&2
        return 1
      fi
      sleep 0.1
    done
  done
}

# The collector rotel, and ddapm-test-agent.
fetch_collectors() {
  once receivers-rotel-0.0.1a15-ddapm-1.69.1 packages rotel==0.0.1a15 ddapm-test-agent==1.69.1
}

# ports N: as many ports, all free at this moment.
ports() {
  python3 -c '
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))' "$1"
}
