#!/bin/sh
# autogen.sh - make ./configure out of configure.ac; first, if asked, install what the build needs.
#
# What is needed stands in one table below, a row per need with its package on
# each family of distributions.  A new dependency is a new row.

set -eu
cd "$(dirname "$0")"

# need       what it is for                     Debian, Ubuntu     Fedora, RHEL
#
# "build"    the build stops without it
# "test"     `make check` and its relatives call it; what needs it is skipped where it is missing
# "option"   perfolio builds without it and loses a feature (configure says which)
#
# A distribution that lacks one of the last two does not stop the installation.
packages() {
	cat <<-'END'
	build   C compiler                        gcc                gcc
	build   C library headers                 libc6-dev          glibc-devel
	build   make                              make               make
	build   autoconf                          autoconf           autoconf
	build   automake                          automake           automake
	build   pkg-config                        pkg-config         pkgconf-pkg-config
	build   libelf: ELF files                 libelf-dev         elfutils-libelf-devel
	build   libdw: DWARF, unwinding           libdw-dev          elfutils-devel
	build   zstd: compressed records          libzstd-dev        libzstd-devel
	build   libxml2: XML output               libxml2-dev        libxml2-devel
	option  libiberty: C++ and Rust names     libiberty-dev      binutils-devel
	option  libarchive: archives              libarchive-dev     libarchive-devel
	option  libdebuginfod: --debuginfod       libdebuginfod-dev  elfutils-debuginfod-client-devel
	option  capstone: disassembly             libcapstone-dev    capstone-devel
	test    test runner                       python3            python3
	test    xz: packed test data              xz-utils           xz
	test    zstd: profile files, unpacked     zstd               zstd
	test    man: how the pages render         man-db             man-db
	test    groff: the pages' syntax          groff-base         groff-base
	test    dwz: shared debug information     dwz                dwz
	test    jsonschema: JSON, schemas         python3-jsonschema python3-jsonschema
	test    xmllint: XML output against XSD   libxml2-utils      libxml2
	test    objdump, nm: the other opinion    binutils           binutils
	test    g++: C++ programs to unwind       g++                gcc-c++
	test    bzip2: packed archives            bzip2              bzip2
	test    strace: what is opened            strace             strace
	test    dot: graphs are accepted          graphviz           graphviz
	END
}

usage() {
	cat <<-'END'
	usage: ./autogen.sh [--install-deps] [--list-deps] [--help]

	Makes ./configure (with autoreconf).  Next: ./configure && make

	  --install-deps  first install what perfolio needs to be built and tested, with
	                  apt-get or dnf, as root or through sudo
	  --list-deps     print what --install-deps installs, for both families, and stop
	  --help          print this and stop
	END
}

say() {
	echo "autogen.sh: $*" >&2
}

die() {
	say "$*"
	exit 1
}

# as_root COMMAND...: run it with root's rights, however we can get them.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	else
		die "root's rights are needed for: $* (run this as root, or install sudo)"
	fi
}

# names COLUMN NEED...: the packages of these needs.  The names are the last two
# columns of a row (1: Debian's, 2: Fedora's).
names() {
	column=$1
	shift
	for need in "$@"; do
		packages | awk -v need="$need" -v back=$((2 - column)) '$1 == need { print $(NF - back) }'
	done
}

install_deps() {
	if command -v apt-get >/dev/null 2>&1; then
		column=1
		as_root env DEBIAN_FRONTEND=noninteractive apt-get update ||
			say "apt-get update failed; going on with the lists at hand"
		install() {
			as_root env DEBIAN_FRONTEND=noninteractive \
				apt-get install -y --no-install-recommends "$@"
		}
	elif command -v dnf >/dev/null 2>&1; then
		column=2
		install() {
			as_root dnf install -y "$@"
		}
	else
		packages >&2
		die "neither apt-get (Debian, Ubuntu) nor dnf (Fedora, RHEL) is here: install what the table above" \
			"calls \"build\" under the names of your distribution, then run ./autogen.sh"
	fi

	# The lists are words on purpose: no package has a space in its name.
	# shellcheck disable=SC2046
	install $(names $column build) ||
		die "the required packages could not be installed (see above)"

	# All at once is quicker; one by one finds the ones that do exist.
	# shellcheck disable=SC2046
	install $(names $column test option) && return
	for package in $(names $column option); do
		install "$package" ||
			say "$package is not to be had here; perfolio builds without it, see configure's summary"
	done
	for package in $(names $column test); do
		install "$package" || say "$package is not to be had here; tests that need it are skipped"
	done
}

want_deps=no
for arg in "$@"; do
	case $arg in
	--install-deps) want_deps=yes ;;
	--list-deps) packages; exit 0 ;;
	-h | --help) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done

if [ "$want_deps" = yes ]; then
	install_deps
fi

for tool in autoreconf automake pkg-config; do
	command -v $tool >/dev/null 2>&1 || die "$tool is missing; try: ./autogen.sh --install-deps"
done
autoreconf --install --force
say "done; next: ./configure && make"
