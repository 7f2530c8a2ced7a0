#!/usr/bin/env bash
# Runs every test. Installs the real parts that tests need when they are missing and it may; says exactly what is missing when it may not.
# Usage: ./test.sh [arguments of dotnet test, e.g. --filter Kill]
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v dotnet >/dev/null 2>&1; then
  echo "test.sh: the .NET 10 SDK is missing: 'dotnet' is not on the PATH. Install it, then run ./test.sh again." >&2
  exit 2
fi
if ! dotnet --list-sdks | grep -q '^10\.'; then
  echo "test.sh: a .NET 10 SDK is needed; found: $(dotnet --list-sdks | tr '\n' ' '). Install it, then run ./test.sh again." >&2
  exit 2
fi

# Time zones of calendars come from the operating system; PostgreSQL is the real thing that stores, probes and recovery points are held to.
missing=()
[ -e /usr/share/zoneinfo/Asia/Shanghai ] || missing+=(tzdata)
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing+=(postgresql)
command -v pgbackrest >/dev/null 2>&1 || missing+=(pgbackrest)
command -v restic >/dev/null 2>&1 || missing+=(restic)
command -v prometheus >/dev/null 2>&1 || missing+=(prometheus)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "test.sh: installing ${missing[*]}"
    # The programs are wanted, not their services: nothing that is installed here is started.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
      trap 'rm -f "$policy"' EXIT
    fi
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "test.sh: missing and not installable without root: ${missing[*]}. Install with: apt-get install ${missing[*]}" >&2
    exit 2
  fi
fi
# Optional: with it the lab's API is also held to kubectl. Without it that one test says so and passes over.
command -v kubectl >/dev/null 2>&1 || echo "test.sh: kubectl is not installed; the test that drives the lab with it is passed over."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The end-to-end tests start hundreds of programs: with machine code made once, each spares itself the compiler at its start, which is a third of the whole time.
export DRO_PRECOMPILED=true
if ! dotnet restore DrOrchestrator.sln --nologo -v quiet; then
  echo "test.sh: restored again without the package that makes machine code in advance: everything runs, the end-to-end tests take longer." >&2
  export DRO_PRECOMPILED=false
  dotnet restore DrOrchestrator.sln --nologo -v quiet
fi
dotnet build DrOrchestrator.sln -c Release --no-restore --nologo -v quiet
[ "$DRO_PRECOMPILED" = false ] || dotnet publish tests/DrOrchestrator.EndToEnd.Tests -c Release --no-build --nologo -v quiet
# The programs live for seconds: code is compiled anew for speed only once it has proved that it stays.
export DOTNET_TC_CallCountThreshold=500
# One test project at a time: the end-to-end tests start whole sites and need the cores for themselves.
# Tests interrupt programs; whoever runs this in the background of a script has SIGINT ignored, and so would every program below it.
env --default-signal=INT dotnet test DrOrchestrator.sln -c Release --no-build --nologo -m:1 --logger "console;verbosity=minimal" "$@"
