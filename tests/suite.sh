# tests/suite.sh - what a shell suite needs: run perfolio, compare, count.  Source it:
#
#	#!/bin/sh
#	. "${SRCDIR:-$(dirname "$0")/../..}/tests/suite.sh"
#
#	golden report-tree report samples/py315-fp-tree   # compares with tests/golden/report-tree.out
#	STATUS=2 golden report-bad-option report --bad    # ... of a run that must end with status 2
#	check "the map is used" grep -q pipeline "$TMPDIR/out"
#	suite_done
#
# The working folder is the source's root, where samples/ is; write to $TMPDIR only.
# For sh as well as bash.  tests/run says what else is in the environment.

SRCDIR=$(cd "${SRCDIR:-$(dirname "$0")/../..}" && pwd)
BUILDDIR=${BUILDDIR:-$SRCDIR}
PERFOLIO=${PERFOLIO:-$BUILDDIR/perfolio}
SHARED=${SHARED:-$SRCDIR/../shared}
if [ -z "${TMPDIR:-}" ]; then # by hand, without tests/run
	TMPDIR=$(mktemp -d)
	trap 'rm -rf "$TMPDIR"' EXIT
fi
export SRCDIR BUILDDIR PERFOLIO SHARED TMPDIR LC_ALL=C TZ=UTC
cd "$SRCDIR" || exit 1

suite_passed=0
suite_failed=0
suite_skipped=0

# perfolio ARG...: the program under test, under valgrind or the like if that was asked for.
perfolio() {
	# shellcheck disable=SC2086 # the wrapper is a command with options
	${PERFOLIO_WRAPPER:-} "$PERFOLIO" "$@"
}

pass() {
	suite_passed=$((suite_passed + 1))
}

fail() {
	suite_failed=$((suite_failed + 1))
	echo "failed: $*"
}

# skip ROW: reason: a test that cannot be made here.
skip() {
	suite_skipped=$((suite_skipped + 1))
	echo "skip: $*"
}

# check ROW COMMAND...: one test; it holds if the command succeeds.
check() {
	suite_row=$1
	shift
	if "$@"; then pass; else fail "$suite_row"; fi
}

# expect STATUS ROW COMMAND...: one test; it holds if the command ends with that status.
expect() {
	suite_want=$1
	suite_row=$2
	shift 2
	suite_status=0
	"$@" || suite_status=$?
	if [ "$suite_status" -eq "$suite_want" ]; then
		pass
	else
		fail "$suite_row: status is $suite_status, not $suite_want"
	fi
}

# suite_same CASE IS WANT: compare with an expected output, or rewrite it.  No file
# means that nothing is expected.
suite_same() {
	if [ "${UPDATE_GOLDEN:-}" = 1 ]; then
		if [ -s "$2" ]; then cp "$2" "$3"; else rm -f "$3"; fi
		return 0
	fi
	[ -e "$3" ] || set -- "$1" "$2" /dev/null
	cmp -s "$2" "$3" && return 0
	echo "$1: expected (-), got (+):"
	diff -u --label expected --label got "$3" "$2"
	return 1
}

# golden CASE ARG...: one test; what `perfolio ARG...` prints is tests/golden/CASE.out,
# what it complains about is tests/golden/CASE.err, and its status is $STATUS (0).
golden() {
	suite_case=$1
	shift
	suite_out=$TMPDIR/$suite_case.out
	suite_err=$TMPDIR/$suite_case.err
	suite_status=0
	perfolio "$@" >"$suite_out" 2>"$suite_err" || suite_status=$?
	suite_row="perfolio $*"
	if [ "$suite_status" -ne "${STATUS:-0}" ]; then
		cat "$suite_err"
		fail "$suite_row: status is $suite_status, not ${STATUS:-0}"
		return
	fi
	# Both are compared, so that one look shows all that differs.
	suite_good=0
	suite_same "$suite_case.out" "$suite_out" "tests/golden/$suite_case.out" || suite_good=1
	suite_same "$suite_case.err" "$suite_err" "tests/golden/$suite_case.err" || suite_good=1
	if [ $suite_good -eq 0 ]; then pass; else fail "$suite_row"; fi
}

# need_shared: a suite of tests/shared/ ends here, skipped, where the material is missing.
need_shared() {
	[ -d "$SHARED" ] && return
	skip "there is no $SHARED"
	suite_done
}

# suite_done: say the line that tests/run adds up, and exit.
suite_done() {
	if [ "$suite_skipped" -gt 0 ]; then
		echo "$suite_passed passed, $suite_failed failed, $suite_skipped skipped"
	else
		echo "$suite_passed passed, $suite_failed failed"
	fi
	[ "$suite_failed" -eq 0 ]
	exit
}
