# Finds a JDK 21 or newer and exports it as JAVA_HOME; sourced by ./mvnw and ./tocsin.
# Order: JAVA_HOME, the java on the PATH, then the newest in the usual folders. Says one sentence and exits 1 when there is none.

tocsin_jdk_feature() { # prints the feature version (17, 21, ...) of the JDK in $1, nothing when $1 holds none
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  v=''
  if [ -r "$1/release" ]; then
    v=$(sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release")
  fi
  [ -n "$v" ] || v=$("$1/bin/java" -version 2>&1 | sed -n '1s/.*"\([0-9][0-9]*\).*/\1/p')
  echo "$v"
}

tocsin_find_jdk() {
  if [ -n "${JAVA_HOME:-}" ]; then
    v=$(tocsin_jdk_feature "$JAVA_HOME")
    if [ "${v:-0}" -ge 21 ]; then
      export JAVA_HOME
      return 0
    fi
  fi
  best='' best_version=20
  on_path=$(command -v javac 2>/dev/null || true)
  if [ -n "$on_path" ]; then
    on_path=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    home=$(dirname "$(dirname "$on_path")")
    v=$(tocsin_jdk_feature "$home")
    if [ "${v:-0}" -ge 21 ]; then
      JAVA_HOME=$home
      export JAVA_HOME
      return 0
    fi
  fi
  for home in ${TOCSIN_JDK_DIRS:-${JAVA_HOME_25_X64:-} ${JAVA_HOME_21_X64:-} /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*}; do
    v=$(tocsin_jdk_feature "$home")
    if [ "${v:-0}" -gt "$best_version" ]; then
      best=$home best_version=$v
    fi
  done
  if [ -z "$best" ]; then
    echo "Tocsin needs a JDK 21 or newer and found none: install one, or set JAVA_HOME to its folder." >&2
    return 1
  fi
  JAVA_HOME=$best
  export JAVA_HOME
}

tocsin_find_jdk || exit 1
