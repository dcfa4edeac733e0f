#!/usr/bin/env bash
# Puts what requirements-test.txt names into .local/python; done once, and anew when that file changes.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=.local/python
if cmp --silent requirements-test.txt "$folder/requirements-test.txt"; then exit 0; fi

if ! python3 -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 10))' 2> /dev/null; then
  echo 'Needs Python 3.10 or newer with venv: python3 on the PATH (Debian, Ubuntu: apt-get install python3-venv).' >&2
  exit 1
fi
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement requirements-test.txt
# What is to stand on a PATH: a Python there would take the place of the machine's own.
mkdir "$folder/tools"
ln -s ../bin/aws ../bin/cfn-lint "$folder/tools/"
# Last, so that an installation that broke off is begun again.
cp requirements-test.txt "$folder/"
