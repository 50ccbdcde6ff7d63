#!/bin/bash
# tests/lint.sh [CHECK...] - is the code laid out, directed and worded as agreed?
#
# CHECK is one of the functions check_NAME below; without one all run.  `make lint`
# calls this with SRCDIR, BUILDDIR (where config.h is) and DEPS_CFLAGS; it works by hand
# too.  Ends with "N passed, N failed[, N skipped]": a check is one test, and one
# whose tool is not installed is skipped.

set -u
export LC_ALL=C

SRCDIR=${SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
BUILDDIR=${BUILDDIR:-$SRCDIR}
DEPS_CFLAGS=${DEPS_CFLAGS:-$(pkg-config --cflags libdw libzstd libxml-2.0 2>/dev/null)}
JOBS=${JOBS:-2}
cd "$SRCDIR" || exit 1

# All our C, known to git or not yet: what will be committed should be linted before.
sources() {
	find parser report render commands tests -name "$1" -type f ! -path '*/.*' | sort
}

have() {
	command -v "$1" >/dev/null && return
	echo "skip: $1 is not installed"
	exit 77
}

# ---- the checks; each prints what is wrong and returns non-zero ---------------

# The layout is .clang-format's.  Mend: clang-format -i FILE
check_format() {
	have clang-format
	sources '*.[ch]' | xargs -r clang-format --dry-run -Werror
}

# Each folder with those it may include; `parser/base` stands on nothing.
check_includes() {
	sources '*.[ch]' | grep -v '^tests/' | xargs -r awk '
		BEGIN {
			level["parser/base"] = 0; level["parser"] = 1; level["report"] = 2
			level["render"] = 3; level["commands"] = 4; level["tests"] = 5
		}
		function room(path) {
			return path ~ /^parser\/base\// ? "parser/base" : substr(path, 1, index(path, "/") - 1)
		}
		/^[ \t]*#[ \t]*include[ \t]*"/ {
			split($0, part, "\"")
			from = room(FILENAME); to = room(part[2])
			if (!(to in level)) {
				print FILENAME ":" FNR ": \"" part[2] "\": write the path from the root, folder first"
				bad = 1
			} else if (level[to] > level[from]) {
				print FILENAME ":" FNR ": " from "/ must not know " to "/ (\"" part[2] "\")"
				bad = 1
			}
		}
		END { exit bad }'
}

# Calls that have a better sibling, outside comments and strings.
check_calls() {
	sources '*.[ch]' | xargs -r awk '
		BEGIN {
			better["strcpy"] = better["strcat"] = "a counted copy"
			better["sprintf"] = "snprintf"; better["vsprintf"] = "vsnprintf"
			better["atoi"] = better["atol"] = "strtol, which tells errors"
			better["strtok"] = "strcspn and strspn"
			better["gets"] = "fgets"; better["alloca"] = "an arena or malloc"
		}
		FNR == 1 { comment = 0 }
		{
			line = $0
			gsub(/\\./, "", line)
			gsub(/"[^"]*"/, "\"\"", line)
			if (comment) {
				if (!sub(/^.*\*\//, "", line))
					next
				comment = 0
			}
			gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
			if (sub(/\/\*.*$/, "", line))
				comment = 1
			sub(/\/\/.*$/, "", line)
			while (match(line, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
				name = substr(line, RSTART, RLENGTH - 1)
				sub(/[ \t]+$/, "", name)
				if (name in better) {
					print FILENAME ":" FNR ": " name "(): use " better[name]
					bad = 1
				}
				line = substr(line, RSTART + RLENGTH)
			}
		}
		END { exit bad }'
}

# Every file is in a list of Makefile.am, every row there has its file, and each
# list is sorted, so that one sees where a row belongs.
check_lists() {
	awk '
		/^[A-Za-z_]+ = \\$/ { list = $1; last = ""; next }
		!/^\t/ { list = "" }
		list ~ /_SOURCES$|^FUZZ_SOURCES$|^UNIT_TESTS$/ {
			file = $1 (list == "UNIT_TESTS" ? ".c" : "")
			if (file <= last) {
				print "Makefile.am:" FNR ": " list " is not in alphabetical order at " file > "/dev/stderr"
				bad = 1
			}
			last = file
			print file
		}
		END { exit bad }' Makefile.am >"$scratch/listed"
	local bad=$?

	sort "$scratch/listed" | uniq -d | sed 's/^/Makefile.am: listed twice: /' | grep . && bad=1
	echo tests/fuzz/replay.c >>"$scratch/listed" # has a library of its own
	sort -u "$scratch/listed" >"$scratch/listed.sorted"
	sources '*.[ch]' | sort >"$scratch/there"
	comm -13 "$scratch/listed.sorted" "$scratch/there" | sed 's/^/Makefile.am: in no list: /' | grep . && bad=1
	comm -23 "$scratch/listed.sorted" "$scratch/there" | sed 's/^/Makefile.am: no such file: /' | grep . && bad=1
	return "$bad"
}

# Tabs and ends of lines, in what clang-format does not read.
check_spaces() {
	! grep -nE '[[:blank:]]+$' autogen.sh configure.ac Makefile.am .ci/run tests/run $(sources '*.sh') $(sources '*.py') $(sources '*.[ch]')
}

# Flags as the build has them; cppcheck and clang-tidy see the code as the compiler does.
config_flags() {
	[ -f "$BUILDDIR/config.h" ] && echo "-include $BUILDDIR/config.h" || echo "-D_GNU_SOURCE"
}

check_cppcheck() {
	have cppcheck
	# Off: the system's headers are not looked for (missing*); identicalInnerCondition does not
	# see that a pointer was moved between two equal questions.
	sources '*.c' | cppcheck --quiet --file-list=- -j "$JOBS" --std=c11 --language=c -I. -D_GNU_SOURCE=1 \
		-DHAVE_LIBIBERTY=1 -DHAVE_LIBIBERTY_DEMANGLE_H=1 -DHAVE_LIBARCHIVE=1 -DHAVE_CAPSTONE=1 \
		--enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingInclude --suppress=missingIncludeSystem --suppress=unmatchedSuppression \
		--suppress=identicalInnerCondition \
		--suppress=normalCheckLevelMaxBranches --suppress=checkersReport \
		--template='{file}:{line}: {severity}: {message} [{id}]'
}

# The slow one: `make lint LINT_ARGS=tidy`, or TIDY_FILES="a.c b.c" for a few files.
check_tidy() {
	have clang-tidy
	# One file a run: clang 14 forgets what va_start means in the second.
	# What it says on stderr is only how many warnings of other headers it swallowed.
	# shellcheck disable=SC2046,SC2086
	echo ${TIDY_FILES:-$(sources '*.c')} | tr ' ' '\n' | xargs -r -I '{}' -P "$JOBS" sh -c '
		clang-tidy --quiet "$1" -- -std=gnu11 -I. $2 2>"$3" || { cat "$3" >&2; exit 1; }' \
		tidy '{}' "$(config_flags) $DEPS_CFLAGS" "$scratch/tidy-stderr"
}

# ---- run them ---------------------------------------------------------------

all="includes calls lists spaces format cppcheck tidy"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

passed=0 failed=0 skipped=0
for check in ${*:-$all}; do
	if ! declare -F "check_$check" >/dev/null; then
		echo "lint: there is no check \"$check\"; there are: $all" >&2
		exit 2
	fi
	(check_"$check") >"$scratch/out" 2>&1
	case $? in
	0) passed=$((passed + 1)) && echo "ok   lint $check" ;;
	77) skipped=$((skipped + 1)) && echo "skip lint $check" && cat "$scratch/out" ;;
	*) failed=$((failed + 1)) && echo "FAIL lint $check" && cat "$scratch/out" ;;
	esac
done

echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
