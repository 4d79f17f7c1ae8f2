# Sets CHROMIUM and PAGE_MODULES for browser.mjs. Installs Debian's Chromium if there is none and the
# user may, and playwright-core from npm below target/page. CHROMIUM names another browser. Read by
# scripts in the root of the repository.

PAGE_MODULES=${CARGO_TARGET_DIR:-target}/page
mkdir -p "$PAGE_MODULES"
PAGE_MODULES=$(cd "$PAGE_MODULES" && pwd)

: "${CHROMIUM:=$(command -v chromium || true)}"
if [ -z "$CHROMIUM" ]; then
  [ "$(id -u)" = 0 ] || { echo "$0: install Chromium, or set CHROMIUM" >&2 && exit 1; }
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium >/dev/null
  CHROMIUM=$(command -v chromium)
fi

if ! cmp -s tests/page/package.json "$PAGE_MODULES/package.json" ||
  [ ! -d "$PAGE_MODULES/node_modules" ]; then
  cp tests/page/package.json "$PAGE_MODULES"
  npm install --prefix "$PAGE_MODULES" --no-audit --no-fund --no-package-lock --loglevel=error
fi
export CHROMIUM PAGE_MODULES
