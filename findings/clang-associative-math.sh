#!/bin/bash
# Clang 14: -fassociative-math (with the two flags that it needs) changes results, and no macro tells a file that it is on; GCC 12 defines
# __ASSOCIATIVE_MATH__. Adding 1.5 * 2^52 and taking it off again, the usual way to round in vectors, becomes nothing. A pragma undoes it.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
missing=
command -v clang-14 >/dev/null || missing=clang-14
command -v gcc-12 >/dev/null || missing="$missing gcc-12"
# shellcheck disable=SC2086  # a list of packages
[ -z "$missing" ] || { apt-get update -q && apt-get install -qy --no-install-recommends $missing; } >/dev/null
cat >round.c <<'END'
#include <stdio.h>
#ifdef PRAGMA
#pragma clang fp reassociate(off)
#endif
double rounded(double x) { return x + 6755399441055744.0 - 6755399441055744.0; }
int main(int count, char **arguments) {
#ifdef __ASSOCIATIVE_MATH__
  const char *told = "told by __ASSOCIATIVE_MATH__";
#elif defined(__FAST_MATH__)
  const char *told = "told by __FAST_MATH__";
#else
  const char *told = "not told";
#endif
  (void)arguments;
  printf("%g, %s\n", rounded(1.25 * count), told);
  return 0;
}
END
flags="-O2 -fassociative-math -fno-signed-zeros -fno-trapping-math"
for with in "gcc-12 -O2" "clang-14 -O2" "gcc-12 $flags" "clang-14 $flags" "clang-14 $flags -DPRAGMA"; do
  # shellcheck disable=SC2086  # a command and its options
  $with round.c -o round
  echo "$with: $(./round)"
done >seen
cat seen
diff - seen <<END
gcc-12 -O2: 1, not told
clang-14 -O2: 1, not told
gcc-12 $flags: 1.25, told by __ASSOCIATIVE_MATH__
clang-14 $flags: 1.25, not told
clang-14 $flags -DPRAGMA: 1, not told
END
