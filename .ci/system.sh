# Sourced by .ci/install-*: Debian packages, installed or named to the person.

stop() {
  printf '\n%s\n' "$1" >&2
  exit 1
}

# install_packages PACKAGE...: install them, or stop with the command to run by hand.
install_packages() {
  local command="apt-get update && apt-get install -y --no-install-recommends $*"
  local prefix=()
  if [ "$(id -u)" != 0 ]; then
    prefix=(sudo -n)
    command="sudo sh -c '$command'"
  fi
  command -v apt-get >/dev/null ||
    stop "These are missing here and there is no apt-get to install them: $*. Please install them, then run make again."
  if [ "${#prefix[@]}" != 0 ] && ! sudo -n true 2>/dev/null; then
    stop "These need an administrator to install them: $*. Please run: $command"
  fi
  local apt=("${prefix[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
    apt-get -o Dpkg::Options::=--force-confold)
  local install=("${apt[@]}" install -y --no-install-recommends "$@")
  # The lists on the machine may do; they are fetched only where they do not.
  "${install[@]}" </dev/null || { "${apt[@]}" update </dev/null && "${install[@]}" </dev/null; } ||
    stop "These could not be installed: $*. Please run: $command"
}

# as_root COMMAND...: run it with the rights to change the system.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
