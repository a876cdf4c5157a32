#!/bin/sh
# Makes .venv ready for this checkout: system libraries, Python packages with checked hashes, our own
# programs. Does nothing when all of it is there already. Says plainly what is missing.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
stop() { say "cannot go on: $*"; exit 3; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
may_install() {
    command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}
install_packages() { # what for, packages...
    purpose=$1
    shift
    may_install || stop "$purpose. As an administrator run: apt-get install $*"
    say "installing $* ($purpose)"
    as_root apt-get update -qq >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        >/dev/null || stop "apt-get could not install: $*"
}

# library that the dynamic linker must find : Debian package that brings it
LIBRARIES="
libGL.so.1:libgl1 libEGL.so.1:libegl1 libglib-2.0.so.0:libglib2.0-0 libfontconfig.so.1:libfontconfig1
libdbus-1.so.3:libdbus-1-3 libxkbcommon.so.0:libxkbcommon0 libxcb.so.1:libxcb1
libxkbcommon-x11.so.0:libxkbcommon-x11-0 libxcb-cursor.so.0:libxcb-cursor0
libxcb-icccm.so.4:libxcb-icccm4 libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-shape.so.0:libxcb-shape0
libxcb-image.so.0:libxcb-image0 libxcb-render-util.so.0:libxcb-render-util0
"
if [ "$(uname -s)" = Linux ]; then
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p)
    missing=""
    for pair in $LIBRARIES; do
        case "$known" in *"${pair%%:*}"*) ;; *) missing="$missing ${pair##*:}" ;; esac
    done
    # shellcheck disable=SC2086  # a list of words
    [ -z "$missing" ] || install_packages "libraries that Qt and OpenCV need" $missing
fi

# What the tests of the real window need; a machine that only runs the product does without.
if [ "$(uname -s)" = Linux ] && [ "${1:-}" = tests ]; then
    missing=""
    for pair in Xvfb:xvfb openbox:openbox xdotool:xdotool; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
    done
    # shellcheck disable=SC2086  # a list of words
    [ -z "$missing" ] || install_packages "a screen of their own for the tests of the window" $missing
fi

# What the long fault runs need beside that: a camera that speaks RTSP.
if [ "$(uname -s)" = Linux ] && [ "${1:-}" = faults ]; then
    /usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0")' 2>/dev/null ||
        install_packages "a network camera for the fault runs" gir1.2-gst-rtsp-server-1.0 \
            python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good
fi

# What freezing needs: the system's own Python with its library, a screen to try the window on, and
# what makes packages.
if [ "$(uname -s)" = Linux ] && { [ "${1:-}" = package ] || [ "${1:-}" = package-test ]; }; then
    missing=""
    tools="Xvfb:xvfb dpkg-shlibdeps:dpkg-dev"
    [ "$1" = package ] || tools="$tools debootstrap:debootstrap systemd-nspawn:systemd-container makensis:nsis wine:wine wine:wine64"
    for pair in $tools; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
    done
    version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
    if [ -n "$version" ]; then
        /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python$version-venv"
        case "$known" in *"libpython$version.so.1.0"*) ;; *) missing="$missing libpython$version" ;; esac
    fi
    # shellcheck disable=SC2086  # a list of words
    [ -z "$missing" ] || install_packages "to freeze the product and to try it" $missing
fi

# TensorFlow is there for these.
is_usable() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
python=""
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 && is_usable "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || stop "Python 3.11, 3.12 or 3.13 is needed and was not found; name one with PYTHON=/path/to/python3"

# The place counts too: the programs in .venv name it, and a copy would run the other checkout.
wanted=$( (pwd -P; "$python" -V; cat requirements/dev.txt pyproject.toml packaging/prepare.sh) | sha256sum | cut -d ' ' -f 1)
if [ "$(cat .venv/ready 2>/dev/null || true)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi
rm -f .venv/ready
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    install_packages "Python's own venv module" "python$version-venv"
fi
[ "$(cat .venv/place 2>/dev/null || true)" = "$(pwd -P)" ] && [ "$(.venv/bin/python -V 2>/dev/null || true)" = "$("$python" -V)" ] || "$python" -m venv --clear .venv || stop "no virtual environment could be made in .venv"
say "installing the pinned packages into .venv (about 2 GB with the workshop; some minutes the first time)"
export PIP_DISABLE_PIP_VERSION_CHECK=1
.venv/bin/python -m pip install -qq --require-hashes --only-binary :all: \
    -r requirements/dev.txt || stop "a package could not be installed; the lines above name it. Is the package index reachable?"
.venv/bin/python -m pip install -qq --no-deps --no-build-isolation -e . || stop "this checkout could not be installed into .venv"
pwd -P >.venv/place
printf '%s' "$wanted" >.venv/ready
