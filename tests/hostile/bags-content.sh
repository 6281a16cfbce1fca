#!/bin/sh
# shellcheck disable=SC1091,SC2034 # part is for bags.sh
# The second part of the bags that are wrong in one way each.
part=content
. "$TESTS/hostile/bags.sh"
