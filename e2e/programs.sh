# Builds the programs that a check runs, for the scripts that source this file.

# programs PACKAGE OPTION…: builds programs of a package, and prints their folder. With
# PROGRAMS_ARE_BUILT, they are there: `.ci/run` has built them all with the features of the whole
# workspace, because every other set of features compiles dependencies again. A check that depends on
# which metrics its program links builds the program by itself.
programs() {
  [ -n "${PROGRAMS_ARE_BUILT:-}" ] || cargo build --quiet -p "$@" || return 1
  (cd "${CARGO_TARGET_DIR:-target}/debug" && pwd)
}
