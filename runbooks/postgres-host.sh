#!/bin/sh
# What DrOrchestrator does on the host of a PostgreSQL server: look, fence, release, keep, rebuild. Part of the product; dro starts it through the program that an estate
# names under 'databases: ... host:' (for instance ssh with a forced command), with a verb and plain words as arguments.
#
#   postgres-host.sh [--data DIR] [--bin DIR] [--keep DIR] [--start COMMAND | --supervised] [--inside | --volume] VERB [ARGUMENT...]
#
#     status                     what is here: running or not, fenced by whom, the state of its control file
#     check                      whether the other verbs could do their work here: programs, rights, room. Changes nothing that lasts
#     fence MARK [PATIENCE [HOW [OLD]]]
#                                stops the server, proves that nothing of it lives, and keeps it from starting until released. HOW 'any' (default): clean within PATIENCE
#                                seconds, else at once, else killed. HOW 'clean': it is asked to end, and nothing is forced; still ending after PATIENCE is exit code 11.
#                                OLD: the mark of a fence that stands and is taken over under the new one
#     release MARK [start [WAIT]]
#                                lifts that fence; with 'start' the server runs again. WAIT: how many seconds whoever keeps it running (--supervised) has for that; 330 by default
#     kept FENCE                 whether the old data that a rebuild has kept of that fence are still there. Changes nothing
#     keep FENCE LSN TIMELINE    keeps the log beyond the fork at LSN and lists the transactions that only this server has (committed, or prepared and not ended); fails where the log cannot be read to its end
#     rows FENCE LSN TIMELINE DATABASE SALT TABLE...
#                                which rows of those tables the transactions beyond the fork have written, read from a copy of the data that a single process opens: no port, no
#                                socket, nobody else. TABLE is SCHEMA.NAME/KEY.KEY/SHOWN.SHOWN/HASHED; of a row only those columns leave the host, HASHED as digests with SALT, and such a digest of it all
#     rebuild MARK FENCE METHOD HOST PORT DATABASE USER SSLMODE NAME
#                                makes a standby of what HOST serves: METHOD is 'rewind' (on a copy) or 'basebackup'. What was here before is kept whole, still fenced.
#
# Settings may stand in the environment instead: DRO_PGDATA, DRO_PGBIN, DRO_KEEP, DRO_START; only there: DRO_SPARE, the KiB that a copy to be read leaves free (524288). Passwords come from the .pgpass of the server's account, never from arguments.
# The last line on standard output is one JSON object. Exit codes: 0 done, now or before. 10 refused, and surely nothing changed. 11 not reached, may be asked again.
# Anything else: unknown.
#
# The fence: global/pg_control is renamed to global/pg_control.dro-fence.MARK and the folder is synced. No PostgreSQL starts without its control file, whoever tries:
# a service manager, a person, a node that comes back. Needs Linux (/proc) and the usual tools; runs as root or as the account that the data belongs to.
#
# That nothing of a server lives is shown by looking at every process there is: so this must see them all. It refuses to say anything from inside a container, whose /proc shows
# its own processes only, unless --inside (DRO_INSIDE=yes) says that the server runs in that same container, or --volume that this is a Job of dro on the server's volume: dro itself sees
# to it then that no pod of the server has it, nothing is killed, and no server is started here. --supervised: whoever keeps the server running (a pod's kubelet) starts it again by himself;
# it is waited for, and no server is started here.
set -u
umask 077
LC_ALL=C
export LC_ALL

DATA=${DRO_PGDATA:-}
BIN=${DRO_PGBIN:-}
KEEP=${DRO_KEEP:-}
START=${DRO_START:-}
INSIDE=${DRO_INSIDE:-}
VOLUME=
SUPERVISED=
while [ $# -gt 0 ]; do
    case $1 in
        --data) DATA=$2; shift 2 ;;
        --bin) BIN=$2; shift 2 ;;
        --keep) KEEP=$2; shift 2 ;;
        --start) START=$2; shift 2 ;;
        --inside) INSIDE=yes; shift ;;
        --supervised) SUPERVISED=yes; shift ;;
        --volume) VOLUME=yes; shift ;;
        *) break ;;
    esac
done
VERB=${1:-}
[ $# -gt 0 ] && shift

# ---- words

quote() { printf '%s' "$1" | tr '\n\r\t' '   ' | sed 's/\\/\\\\/g; s/"/\\"/g'; }
answer() { printf '{"verb":"%s",%s}\n' "$VERB" "$1"; }
refuse() { answer "\"refused\":true,\"reason\":\"$(quote "$1")\""; exit 10; }
short() { answer "\"reason\":\"$(quote "$1")\",$(facts)"; exit 11; }
lost() { answer "\"reason\":\"$(quote "$1")\""; exit 1; }
word() { case $1 in '' | *[!A-Za-z0-9._:/-]*) refuse "'$1' is no plain word" ;; esac; }
mark() { case $1 in '' | *[!a-z0-9-]*) refuse "the mark '$1' is no word of lower-case letters, digits and hyphens" ;; esac; }

[ -n "$DATA" ] || refuse "no data folder: give --data or DRO_PGDATA"
if [ -d "$DATA" ]; then
    DATA=$(cd -P -- "$DATA" && pwd -P) || refuse "the data folder cannot be entered"
else
    # Between the two moves of a rebuild there is none: its name is the same as before all the same, also where a link led to it.
    DATA=$(readlink -m -- "$DATA")
fi
case $DATA in /*) ;; *) refuse "the data folder '$DATA' is no full path" ;; esac
[ -n "$KEEP" ] || KEEP=$DATA.dro
NEW=$DATA.dro-new
# Where the data are now. A rebuild that was cut off between its two moves has the new ones complete beside.
AT=$DATA
[ -d "$DATA" ] || [ ! -f "$NEW/dro-rebuilt" ] || AT=$NEW
if [ -z "$BIN" ]; then
    for found in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
        [ -x "$found/pg_controldata" ] && [ -f "$AT/PG_VERSION" ] && case $found in *[!0-9]"$(cat "$AT/PG_VERSION")"/bin) BIN=$found ;; esac
    done
    [ -n "$BIN" ] || BIN=$(dirname -- "$(command -v pg_controldata || echo /)")
fi
[ -x "$BIN/pg_controldata" ] || refuse "there is no pg_controldata in '$BIN': give --bin or DRO_PGBIN"

# PostgreSQL's programs refuse root: they run as the account that the data belongs to (the folder above, while there is none).
OWNED=$AT
[ -d "$OWNED" ] || OWNED=$(dirname -- "$DATA")
OWNER=$(stat -c %u -- "$OWNED" 2>/dev/null) || refuse "there is no data folder $DATA"
GROUP=$(stat -c %g -- "$OWNED")
ME=$(id -u)
[ "$ME" = "$OWNER" ] || unset HOME
[ "$ME" = 0 ] || [ "$ME" = "$OWNER" ] || refuse "the data belong to account $OWNER; this runs as $ME"
owner() {
    if [ "$ME" = "$OWNER" ]; then "$@"; else setpriv --reuid="$OWNER" --regid="$GROUP" --init-groups -- "$@"; fi
}

# ---- what is here

# Whether every process of this machine can be seen: by the number that Linux gives to the first of all namespaces of processes.
SEES=host
[ "$(readlink /proc/self/ns/pid 2>/dev/null)" = 'pid:[4026531836]' ] || SEES=container
[ -z "$VOLUME" ] || SEES=volume
[ "$SEES" != container ] || [ "$INSIDE" = yes ] || refuse "this sees only the processes of its own container, so that it cannot tell whether the server runs: run it on the host itself, or give --inside where the server runs in the same container"

# Processes of this server, each with its state. Found by the folder they work in, which no child of a postmaster leaves, and by their program. The folder itself counts (device and
# inode), not its name: a server in a container, or behind another mount, calls it otherwise; and another server may call its own folder as we call ours.
living() {
    place=$(stat -Lc %d:%i -- "$DATA" 2>/dev/null) || return 0
    stat -Lc '%d:%i %n' /proc/[0-9]*/cwd 2>/dev/null | while read -r where link; do
        [ "$where" = "$place" ] || continue
        pid=${link#/proc/}
        pid=${pid%%/*}
        state_of "$pid"
        case $state in '' | Z | X | x) continue ;; esac
        program=$(readlink "/proc/$pid/exe" 2>/dev/null)
        case ${program##*/} in postgres | postmaster | edb-postgres | "postgres (deleted)" | "postmaster (deleted)" | "edb-postgres (deleted)" | '') printf '%s %s\n' "$pid" "$state" ;; esac
    done
}
state_of() { state=$(sed -n 's/^.*) \([A-Za-z]\) .*$/\1/p' "/proc/$1/stat" 2>/dev/null); }
# Whether it is gone, or Linux is taking it down (PF_EXITING): memory, shared memory and files go before its folders do, so that one without folders writes nothing any more. Only for a
# moment, but a busy host has one at any moment, of whatever the account runs.
ending() {
    flags=$(sed -n 's/^.*) \([^ ]* \)\{6\}\([0-9]*\) .*$/\2/p' "/proc/$1/stat" 2>/dev/null)
    [ -z "$flags" ] || [ $((flags & 4)) != 0 ]
}

# Processes of the server's account that do not let themselves be looked at: they may be its.
hidden() {
    if [ "$ME" = 0 ]; then
        links=$(grep -l "^Uid:[[:space:]]*$OWNER[[:space:]]" /proc/[0-9]*/status 2>/dev/null | sed 's|/status$|/cwd|')
    else
        # What keeps its memory from its own account (sshd does) belongs to root here; a server does not.
        links=$(stat -c '%u %n/cwd' /proc/[0-9]* 2>/dev/null | sed -n "s/^$OWNER //p")
    fi
    [ -n "$links" ] || return 0
    { stat -Lc %n $links 2>/dev/null; echo ---; printf '%s\n' "$links"; } | awk '$0 == "---" { rest = 1; next } !rest { seen[$0]; next } $0 != "" && !($0 in seen)' | while read -r link; do
        pid=${link#/proc/}
        pid=${pid%%/*}
        state_of "$pid"
        case $state in '' | Z | X | x) continue ;; esac
        stat -Lc %n "$link" >/dev/null 2>&1 || ending "$pid" || printf '%s ' "$pid"
    done
}
pids() { living | cut -d ' ' -f 1; }

# The segment of shared memory that the lock file names, while somebody is attached to it: a backend that the search by folder cannot see.
shared() { sed -n 7p "$DATA/postmaster.pid" 2>/dev/null | awk '{print $2}'; }
used() { [ -n "$1" ] && [ -r /proc/sysvipc/shm ] && awk -v id="$1" 'NR > 1 && $2 == id && $7 > 0 { found = 1 } END { exit !found }' /proc/sysvipc/shm; }
attached() { used "$(shared)"; }
alive() { [ -n "$(pids)" ] || attached || [ -n "$(hidden)" ]; }
left() { living | tr '\n' ' '; hidden | sed 's/^\(..*\)$/(cannot be looked at: \1)/'; }
fence_of() {
    for file in "$DATA"/global/pg_control.dro-fence.*; do
        [ -f "$file" ] && printf '%s' "${file##*.dro-fence.}" && return 0
    done
    return 1
}

# Which fence stands, this very one: every attempt of a step sets it under the same mark.
standing() { stat -c '%i %z' -- "$DATA"/global/pg_control.dro-fence.* 2>/dev/null; }

# The control file as pg_controldata tells it; a fenced one is read where nothing starts on it.
control() {
    if [ -f "$AT/global/pg_control" ]; then
        owner "$BIN/pg_controldata" -D "$AT" 2>/dev/null
    elif held=$(fence_of); then
        glass=$(owner mktemp -d "${TMPDIR:-/tmp}/dro-control.XXXXXX") || return 1
        owner mkdir "$glass/global" && owner cp "$DATA/global/pg_control.dro-fence.$held" "$glass/global/pg_control" && owner "$BIN/pg_controldata" -D "$glass" 2>/dev/null
        rm -rf -- "$glass"
    fi
}
# What it says, as variables. Anything but plain characters is left out, so that nothing of it is ever run.
read_control() {
    eval "$(control | awk -F ': *' '
        function set(name, value) { gsub(/[^A-Za-z0-9 .\/_-]/, "", value); printf "%s=\047%s\047;", name, value }
        BEGIN { set("C_STATE", ""); set("C_ID", ""); set("C_TLI", "0"); set("C_MIN", "0"); set("C_AT", ""); set("C_BLOCK", "0"); set("C_SEGMENT", "0"); set("C_HINTS", "false"); set("C_SUMS", "false") }
        /^Database cluster state:/ { set("C_STATE", $2) }
        /^Database system identifier:/ { set("C_ID", $2) }
        /^Latest checkpoint.s TimeLineID:/ { set("C_TLI", $2) }
        /^Min recovery ending loc.s timeline:/ { set("C_MIN", $2) }
        /^Latest checkpoint location:/ { set("C_AT", $2) }
        /^WAL block size:/ { set("C_BLOCK", $2) }
        /^Bytes per WAL segment:/ { set("C_SEGMENT", $2) }
        /^wal_log_hints setting:/ { set("C_HINTS", $2 == "on" ? "true" : "false") }
        /^Data page checksum version:/ { set("C_SUMS", $2 == "0" ? "false" : "true") }')"
}

# The timeline it wrote last. The latest checkpoint tells it only once one has ended on it, which a promotion leaves for later: the end of recovery tells it at once, and so do the
# names of the files of the log.
timeline() {
    newest=$(ls "$AT/pg_wal" 2>/dev/null | sed -n 's/^\([0-9A-F]\{8\}\)[0-9A-F]\{16\}$/\1/p' | sort | tail -n 1)
    TLI=$C_TLI
    [ "$C_MIN" -le "$TLI" ] || TLI=$C_MIN
    [ $((0x${newest:-0})) -le "$TLI" ] || TLI=$((0x$newest))
}

facts() {
    read_control
    timeline
    running=false
    [ -n "$(living)" ] && running=true
    memory=false
    attached && memory=true
    lockfile=false
    [ -e "$DATA/postmaster.pid" ] && lockfile=true
    held=$(fence_of) || held=
    fenced=false
    [ -n "$held" ] && [ ! -e "$DATA/global/pg_control" ] && fenced=true
    standby=false
    [ -f "$AT/standby.signal" ] && standby=true
    built=
    [ -f "$AT/dro-rebuilt" ] && read -r built <"$AT/dro-rebuilt"
    length=
    [ "$C_STATE" = 'shut down' ] && length=$(record_length "$C_TLI" "$C_AT")
    printf '"data":"%s","running":%s,"sharedMemory":%s,"fenced":%s,"mark":"%s","state":"%s","systemId":"%s","timeline":%s,"checkpoint":"%s","checkpointLength":%s,"blockSize":%s,"segmentSize":%s,"standby":%s,"hints":%s,"checksums":%s,"rebuilt":"%s","sees":"%s","lockFile":%s' \
        "$(quote "$DATA")" "$running" "$memory" "$fenced" "$held" "$C_STATE" "$C_ID" "$TLI" "$C_AT" "${length:-0}" "$C_BLOCK" "$C_SEGMENT" "$standby" "$C_HINTS" "$C_SUMS" "$built" "$SEES" "$lockfile"
}

# The length of the record at an LSN, in bytes; what it ends with is for the reader to compute.
record_length() {
    owner "$BIN/pg_waldump" -p "$DATA/pg_wal" -t "$1" -s "$2" -n 1 2>/dev/null | sed -n 's|^.*len (rec/tot): *[0-9]*/ *\([0-9]*\),.*$|\1|p'
}

# ---- what is done

# The copy that 'rows' reads, with a lock of its own: no change waits for a reading, which takes hours. Whoever reads has that file open as number 8, all that it started included. A copy
# that is there while nobody holds the lock was left behind by force: whole data of a server.
READ=$DATA.dro-reading
forgotten() { [ -e "$READ" ] && { [ ! -e "$READ.lock" ] || flock -n "$READ.lock" true; }; }
readers() {
    lockfile=$(stat -Lc %d:%i -- "$READ.lock" 2>/dev/null) || return 0
    stat -Lc '%d:%i %n' /proc/[0-9]*/fd/8 2>/dev/null | sed -n "s|^$lockfile /proc/\([0-9]*\)/.*\$|\1|p"
}
# Ends whoever reads: the data it copies are about to be changed, and the machine is needed. One that cannot be ended (or seen) finds out itself that its copy is none. What is left of the
# copy is taken away behind this.
unread() {
    how=TERM
    until=$(($(now) + 200))
    while reading=$(readers); [ -n "$reading" ]; do
        [ -z "$how" ] || kill "-$how" $reading 2>/dev/null
        [ "$how" = KILL ] || how=
        if [ "$(now)" -ge "$until" ]; then
            [ "$how" != KILL ] || return 0
            how=KILL
            until=$(($(now) + 200))
        fi
        sleep 0.05
    done
}

# One at a time: what a lost connection left running ends before the next begins, and 'status' says so.
LOCK=$KEEP.lock
lock() {
    command -v flock >/dev/null || refuse "there is no flock (package util-linux)"
    (umask 077 && : >>"$LOCK") 2>/dev/null || refuse "the lock $LOCK cannot be written: give --keep a folder whose parent this account may write"
    exec 9>>"$LOCK"
    flock -w "${1:-20}" 9 || refuse "another change is under way here"
}
# Whoever looks shares the lock for a moment: two that look at once do not take each other for a change.
busy() { [ -e "$LOCK" ] && ! flock -s -n "$LOCK" true; }

settle() { sync "$1" 2>/dev/null || sync; }
# Hundredths of a second since the machine began.
now() { read -r up rest </proc/uptime && printf '%s' "${up%.*}${up#*.}"; }
# Waits until nothing lives, for so many hundredths of a second by the clock: a look at many processes takes its own time.
ended() {
    until=$(($(now) + $1))
    while alive; do
        [ "$(now)" -lt "$until" ] || return 1
        sleep 0.05
    done
}
signal() { for pid in $(pids); do kill "-$1" "$pid" 2>/dev/null; done; }

unstarted() { if [ -n "$SUPERVISED" ]; then echo "whoever keeps it running has not started it yet"; else echo "the $1 does not start; see its log"; fi; }

# The postmaster among what lives, with its state: by the number that its lock file names, which is another one here where it runs in a container.
chief() {
    POSTMASTER=
    state=
    named=$(head -n 1 "$DATA/postmaster.pid" 2>/dev/null)
    [ -n "$named" ] || return 0
    for pid in $named $(pids); do
        [ "$(stat -Lc %d:%i "/proc/$pid/cwd" 2>/dev/null)" = "$(stat -Lc %d:%i -- "$DATA")" ] && grep -q "^NSpid:.*[[:space:]]$named\$" "/proc/$pid/status" 2>/dev/null || continue
        POSTMASTER=$pid
        state_of "$pid"
        return 0
    done
}

stop() {
    alive || { HOW=dead; return 0; }
    # Its lock file is gone, or names another's, before the last of its processes is.
    before=$(shared)
    chief
    # On its last way out it has put its lock file away already.
    [ -n "$POSTMASTER" ] || [ "$MANNER" = any ] || { HOW=dead; ended 300 && return 0; }
    # A server that stands still hears no request: it is killed, not woken.
    case $state in
        '' | T | t | Z | X | x)
            [ "$MANNER" = any ] || short "it cannot end cleanly: its postmaster $([ -n "$POSTMASTER" ] && echo "stands still" || echo "is gone"); nothing was forced"
            ;;
        *)
            kill -INT "$POSTMASTER" 2>/dev/null
            HOW=clean
            ended $((PATIENCE * 100)) && return 0
            [ "$MANNER" = any ] || short "it was asked to end and is still ending after ${PATIENCE}s; nothing was forced"
            kill -QUIT "$POSTMASTER" 2>/dev/null
            HOW=immediate
            ended 200 && return 0
            ;;
    esac
    HOW=killed
    doomed=$(pids)
    signal KILL
    # Whoever keeps it running may start it again faster than this looks. What was there has ended all the same; what comes next is ended once it can start no more. It has memory of its
    # own: somebody who is attached to that of before is one of the old server's whom no look at processes has found.
    ended 300 || { over $doomed && ! used "$before"; }
}
# Whether each of these has ended, and there were any.
over() {
    for pid; do
        state_of "$pid"
        case $state in '' | Z | X | x) ;; *) return 1 ;; esac
    done
    [ $# -gt 0 ]
}

fence() {
    mark "${1:-}"
    PATIENCE=${2:-10}
    case $PATIENCE in *[!0-9]*) refuse "the patience '$PATIENCE' is no number of seconds" ;; esac
    MANNER=${3:-any}
    case $MANNER in any | clean) ;; *) refuse "'$MANNER' is no manner of ending it; there are: any, clean" ;; esac
    [ -z "${4:-}" ] || mark "$4"
    lock
    [ -d "$DATA/global" ] || refuse "there is no data folder $DATA"
    held=$(fence_of) || held=
    [ -z "$held" ] || [ "$held" = "$1" ] || [ "$held" = "${4:-}" ] || refuse "it is fenced already, by $held"
    [ -n "$held" ] || [ -f "$DATA/global/pg_control" ] || refuse "there is no control file in $DATA"
    [ -z "$(hidden)" ] || refuse "processes that may be the server's cannot be looked at: $(hidden)"
    [ "$SEES" != volume ] || ! alive || refuse "processes of the server live on its volume: $(left)"
    unread
    HOW=dead
    stop || short "processes of the server live on: $(left)"
    if [ -n "$held" ] && [ "$held" != "$1" ] && [ ! -f "$DATA/global/pg_control" ]; then
        owner mv -- "$DATA/global/pg_control.dro-fence.$held" "$DATA/global/pg_control.dro-fence.$1" || lost "the fence of $held could not be taken over"
    fi
    if [ -f "$DATA/global/pg_control" ]; then
        owner mv -f -- "$DATA/global/pg_control" "$DATA/global/pg_control.dro-fence.$1" || lost "the control file could not be renamed"
    fi
    settle "$DATA/global"
    # A release that waits behind this was sent before it.
    owner touch -a -c -- "$DATA/global/pg_control.dro-fence.$1" || lost "the fence could not be marked as set anew"
    # Its end was seen: by dro, or just now by this. A server that lives all the same, unseen, ends by itself within a minute when its lock file is gone.
    if [ "$SEES" = volume ] || { [ -n "$SUPERVISED" ] && [ "$HOW" != dead ]; }; then
        owner rm -f -- "$DATA/postmaster.pid" || lost "the lock file could not be removed"
    fi
    # A service manager may have started it again in between. What starts from now on finds no control file.
    tries=0
    while alive && [ $tries -lt 20 ]; do
        HOW=killed
        signal KILL
        ended 50
        tries=$((tries + 1))
    done
    alive && short "processes of the server live on: $(left)"
    answer "\"how\":\"$HOW\",$(facts)"
}

# Starts the server, or waits (so many seconds at the most) until whoever keeps it running has.
run() {
    [ "$SEES" != volume ] || return 0
    if [ -n "$SUPERVISED" ]; then
        # Nothing is changed any more: who comes now need not wait. What has ended over and over, as under a fence, a kubelet starts again after up to five minutes.
        exec 9>&-
        until=$(($(now) + ${1:-330} * 100))
        case ${DRO_ENDS:-} in '' | *[!0-9]*) ;; *) [ $((DRO_ENDS * 100 - 500)) -ge $until ] || until=$((DRO_ENDS * 100 - 500)) ;; esac
        # One that found no control file yet has put no lock file there.
        while chief; [ -z "$POSTMASTER" ]; do
            [ "$(now)" -lt "$until" ] || return 1
            sleep 0.2
        done
    elif [ -n "$START" ]; then
        sh -c "$START" >/dev/null 2>&1 </dev/null 9>&-
    else
        owner "$BIN/pg_ctl" start -D "$DATA" -w -t 60 -s -l "$DATA.log" >/dev/null 2>&1 </dev/null 9>&-
    fi
}

release() {
    mark "${1:-}"
    wait=${3:-330}
    case $wait in *[!0-9]*) refuse "'$wait' is no number of seconds" ;; esac
    asked=$(standing)
    lock
    held=$(fence_of) || held=
    [ -z "$held" ] || [ "$held" = "$1" ] || refuse "it is fenced by $held, not by $1"
    [ -z "$held" ] || [ "$(standing)" = "$asked" ] || refuse "it was fenced anew while this waited"
    if [ -n "$held" ]; then
        [ ! -e "$DATA/global/pg_control" ] || refuse "there is a control file beside the fence of $held: somebody put another one there"
        unread
        owner mv -- "$DATA/global/pg_control.dro-fence.$1" "$DATA/global/pg_control" || lost "the control file could not be put back"
        settle "$DATA/global"
    fi
    if [ "${2:-}" = start ] && { [ -n "$SUPERVISED" ] || [ -z "$(pids)" ]; }; then
        run "$wait" || short "$(unstarted server)"
    fi
    answer "$(facts)"
}

number() { printf '%s' $(((0x${1%/*} << 32) | 0x${1#*/})); }
lsn() { printf '%X/%X' $(($1 >> 32)) $(($1 & 0xFFFFFFFF)); }
segment() { printf '%08X%08X%08X' "$1" $(($2 >> 32)) $((($2 & 0xFFFFFFFF) / C_SEGMENT)); }

# What stands in the log of a timeline from an LSN on, into a file; END is where it ends. pg_waldump always ends with an error: only one that means the end of a log it could read
# is that end. Whatever else went wrong (a file that is gone, no room, no program) is told in SAID: an empty list would say that nothing was lost.
dump() {
    SAID=
    start=$(number "$2")
    [ -f "$DATA/pg_wal/$(segment "$1" "$start")" ] || { SAID="the file of the log at the fork ($(segment "$1" "$start")) is not there any more"; return 1; }
    { owner "$BIN/pg_waldump" -p "$DATA/pg_wal" -t "$1" -s "$2" 2>"$3.end"; echo "ended $?" >>"$3.end"; } | cat >"$3" || { SAID="the list cannot be written"; return 1; }
    words=$(sed '$d' "$3.end" | tail -n 1)
    first=$(sed -n '/^rmgr: /{s|^.* lsn: *\([0-9A-F]*/[0-9A-F]*\), .*$|\1|p;q;}' "$3")
    last=$(tail -n 1 "$3" | sed -n 's|^rmgr: .*len (rec/tot): *[0-9]*/ *\([0-9]*\), .* lsn: *\([0-9A-F]*/[0-9A-F]*\), .*$|\2 \1|p')
    END=$start
    if [ -n "$last" ]; then
        END=$(number "${last% *}")
        rest=${last#* }
        # Over a page's end a record goes on behind the header of the next.
        while [ "$rest" -gt $((C_BLOCK - END % C_BLOCK)) ]; do
            rest=$((rest - (C_BLOCK - END % C_BLOCK)))
            END=$((END + C_BLOCK - END % C_BLOCK))
            [ $((END % C_SEGMENT)) = 0 ] && END=$((END + 40)) || END=$((END + 24))
        done
        END=$(((END + rest + 7) / 8 * 8))
    fi
    case $words in
        *'error in WAL record at '*) [ -n "$last" ] || SAID=$words ;;
        *'could not find a valid record after '*) [ -z "$first$last" ] || SAID=$words ;;
        *'could not find file "'*)
            # The next one was never begun: the log ends with the last file there is.
            missing=${words#*could not find file \"}
            missing=${missing%%\"*}
            newest=$(ls "$DATA/pg_wal" | grep "^$(printf '%08X' "$1")[0-9A-F]\{16\}\$" | sort | tail -n 1)
            [ -n "$last" ] && [ "$(printf '%s\n%s\n' "$newest" "$missing" | sort | tail -n 1)" = "$missing" ] && [ "$missing" != "$newest" ] || SAID=$words
            ;;
        *) SAID=${words:-"pg_waldump $(tail -n 1 "$3.end") without a word"} ;;
    esac
    [ -n "$SAID" ] || [ -z "$last" ] || [ -n "$first" ] || SAID="the list cannot be read"
    if [ -z "$SAID" ] && [ -n "$first" ]; then
        case $(($(number "$first") - start)) in
            0) ;;
            24 | 40) [ $((start % C_BLOCK)) = 0 ] || SAID="the first record is at $first, not at the fork" ;;
            *) SAID="the first record is at $first, not at the fork" ;;
        esac
    fi
    [ -n "$SAID" ] || [ "$C_TLI" != "$1" ] || [ "$END" -gt "$(number "$C_AT")" ] || SAID="the log breaks off at $(lsn "$END"), before the server's own last checkpoint at $C_AT"
    [ -z "$SAID" ]
}

# The log beyond the fork, and the transactions that committed there: what only this server has. Asked again it answers the same, also when the data are another's by then.
keep() {
    mark "${1:-}"
    word "${2:-}"
    case ${3:-} in '' | *[!0-9]*) refuse "the timeline '${3:-}' is no number" ;; esac
    lock
    kept=$KEEP/$1
    # One without an end was written by somebody who could not read the log.
    if ! grep -q '"oldEnd":"[0-9A-F]' "$kept/divergence.json" 2>/dev/null; then
        held=$(fence_of) || held=
        [ "$held" = "$1" ] && ! alive || refuse "the server is not fenced by $1: what it has is not final"
        mkdir -p -- "$kept/wal" || refuse "$kept cannot be made"
        read_control
        # File names of the log: timeline, then the position divided by the size of a file, in two parts.
        from=$(segment "$3" "$(number "$2")")
        for file in "$DATA"/pg_wal/*; do
            name=${file##*/}
            case $name in
                *.history) cp -p -- "$file" "$kept/wal/" || lost "the log could not be kept" ;;
                ????????????????????????)
                    case $name in "$(printf '%08X' "$3")"*) ;; *) continue ;; esac
                    # Digits of one length: in the order of the alphabet.
                    if [ "$(printf '%s\n%s\n' "$from" "$name" | sort | head -n 1)" = "$from" ]; then cp -p -- "$file" "$kept/wal/" || lost "the log could not be kept"; fi
                    ;;
            esac
        done
        log=$kept/wal-beyond-fork.txt
        dump "$3" "$2" "$log" || lost "what only this server has cannot be listed: $SAID"
        end=$(lsn "$END")
        rm -f -- "$log.end"
        # What was prepared here, and neither committed nor rolled back here, its coordinator may have decided: nobody else knows of it any more.
        awk -v end="$end" '
            /^rmgr: Transaction / && (behind = index($0, ", desc: ")) {
                # A prepared transaction is named by whoever prepares it: what is looked for stands before its name.
                head = substr($0, 1, behind); what = substr($0, behind + 8)
                if (what !~ /^(COMMIT|PREPARE|ABORT_PREPARED)/) next
                xid = head; sub(/^.* tx: */, "", xid); sub(/,.*$/, "", xid)
                lsn = head; sub(/^.* lsn: */, "", lsn); sub(/,.*$/, "", lsn)
                if (what ~ /^PREPARE/) {
                    gid = at = ""
                    if (match(what, /^PREPARE gid .*: [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9:.]+ [A-Za-z0-9+:-]+/)) {
                        gid = at = substr(what, 1, RLENGTH)
                        sub(/^.*: /, "", at)
                        gid = substr(gid, 13, length(gid) - length(at) - 14)
                        gsub(/[^A-Za-z0-9 .,_:\/+=@#-]/, "?", gid)
                    }
                    waiting[++prepared] = xid
                    told[xid] = "{\"xid\":\"" xid "\",\"gid\":\"" gid "\",\"at\":\"" at "\",\"lsn\":\"" lsn "\"}"
                    next
                }
                at = what; sub(/^[_A-Z]* /, "", at); sub(/;.*$/, "", at)
                # Whoever ends what was prepared is another: the number stands in the record.
                if (what ~ /^[A-Z]*_PREPARED /) { xid = at; sub(/:.*$/, "", xid); sub(/^[0-9]*: /, "", at); delete told[xid] }
                if (what ~ /^ABORT/ || xid == 0) next
                commits++
                if (commits <= 1000) list = list (commits > 1 ? "," : "") "{\"xid\":\"" xid "\",\"at\":\"" at "\",\"lsn\":\"" lsn "\"}"
            }
            END {
                for (i = 1; i <= prepared; i++) if (waiting[i] in told) { open++; if (open <= 1000) rest = rest (open > 1 ? "," : "") told[waiting[i]] }
                printf "\"commits\":%d,\"listed\":%d,\"prepared\":%d,\"complete\":%s,\"oldEnd\":\"%s\",\"reconciliation\":[%s],\"undecided\":[%s]", commits, commits < 1000 ? commits : 1000, open, commits <= 1000 && open <= 1000 ? "true" : "false", end, list, rest
            }' "$kept/wal-beyond-fork.txt" >"$kept/divergence.new" || lost "the log could not be listed"
        sync "$kept/divergence.new" 2>/dev/null || sync
        mv -f -- "$kept/divergence.new" "$kept/divergence.json"
    fi
    answer "\"kept\":\"$(quote "$kept")\",$(cat "$kept/divergence.json")"
}

# Identifiers as a list of expressions over a row: "a"::text, ... (each behind and before what is given).
listed() { printf '%s' "$1" | tr '.' '\n' | sed 's/^\(..*\)$/'"$2"'/' | paste -sd , -; }

# Numbers of transactions go round: which of two came first shows only from how far they are apart.
CIRCLE='function apart(one, other,   way) { way = (one - other) % 4294967296; if (way < 0) way += 4294967296; return way < 2147483648 ? way : way - 4294967296 }'

# The log before the fork, back to a place by which none of the transactions had begun: what they deleted before the fork and committed behind it stands there only. NEXT is the
# first number that the other side gave to a transaction of its own; 0 where the log does not reach back so far.
before() {
    NEXT=0
    least=$(awk "$CIRCLE"' NR == 1 || apart($1, least) < 0 { least = $1 } END { print least }' "$READ/xids")
    start=$(number "$2")
    start=$((start - start % C_SEGMENT))
    for back in 0 1 2 4 8 16 32; do
        at=$((start - back * C_SEGMENT))
        [ "$at" -ge "$C_SEGMENT" ] && [ -f "$READ/data/pg_wal/$(segment "$1" "$at")" ] || return 0
        owner "$BIN/pg_waldump" -p "$READ/data/pg_wal" -t "$1" -s "$(lsn "$at")" -e "$2" >"$READ/before" 2>/dev/null || continue
        NEXT=$(awk -v least="$least" "$CIRCLE"'
            function reach(one) { one %= 4294967296; if (one < 3) one = 3; if (most == "" || apart(one, most) > 0) most = one }
            / tx: / { tx = $0; sub(/^.* tx: */, "", tx); sub(/,.*$/, "", tx); if (tx + 0 > 0) reach(tx + 1) }
            / desc: RUNNING_XACTS / { next_xid = $0; sub(/^.* nextXid:? /, "", next_xid); sub(/[^0-9].*$/, "", next_xid); if (next_xid + 0 > 0) { reach(next_xid + 0); if (apart(next_xid, least) <= 0) found = 1 } }
            END { printf "%.0f", found ? most : 0 }' "$READ/before")
        [ "$NEXT" = 0 ] || return 0
    done
}

# Rows of one relation that were there at the fork and that the transactions have updated or deleted: where each stood then, and where its last version stands ('-': nowhere). A place
# is taken again by other rows, so that it is rows that are followed.
touched() {
    awk -v rel="$1" '
        FILENAME ~ /xids$/ { of[$1]; next }
        !/^rmgr: Heap/ || !index($0, "rel " rel " blk ") { next }
        {
            tx = $0; sub(/^.* tx: */, "", tx); sub(/,.*$/, "", tx)
            if (!(tx in of)) next
            what = $0; sub(/^.* desc: /, "", what)
            now = block(what, "0"); was = block(what, "1"); if (was == "") was = now
            off = offset(what, "off:? [0-9]+"); behind = offset(what, "new[_ ]off:? [0-9]+")
            sub(/[ +].*$/, "", what)
            if (what == "INSERT" && off != "") { at[now "," off] = ++rows; known[now "," off] }
            else if (what == "MULTI_INSERT") many[now]
            else if (what == "DELETE" && off != "") { row = find(now "," off); last[row] = "-"; delete at[now "," off] }
            else if ((what == "UPDATE" || what == "HOT_UPDATE") && off != "" && behind != "") {
                row = find(was "," off); delete at[was "," off]; at[now "," behind] = row; known[now "," behind]; last[row] = now "," behind
            }
            else if (what != "LOCK" && what != "LOCK_UPDATED" && what != "CONFIRM" && what != "HEAP_CONFIRM" && what != "INPLACE" && what != "NEW_CID" && what != "VISIBLE" && what != "FREEZE_PAGE" && what !~ /^PRUNE/ && what != "VACUUM") unread++
        }
        function block(text, nth) { return match(text, "blkref #" nth ": rel " rel " blk [0-9]+") ? number(substr(text, RSTART, RLENGTH)) : "" }
        function offset(text, mark) { return match(text, mark) ? number(substr(text, RSTART, RLENGTH)) : "" }
        function number(text) { sub(/^.*[^0-9]/, "", text); return text }
        function find(place,   page) {
            if (place in at) return at[place]
            # Not seen before: it was there at the fork, unless it came by a record that names no places.
            at[place] = ++rows
            page = place; sub(/,.*$/, "", page)
            if (!(place in known)) { known[place]; origin[rows] = place; order[++count] = rows; if (page in many) doubtful[rows] }
            return rows
        }
        END {
            for (i = 1; i <= count && i <= 20000; i++) list = list (i > 1 ? "," : "") "[\"(" origin[order[i]] ")\",\"" (last[order[i]] == "-" ? "-" : "(" last[order[i]] ")") "\"," (order[i] in doubtful ? "true" : "false") "]"
            printf "\"touched\":[%s],\"moreTouched\":%s,\"unread\":%d", list, (count > 20000 ? "true" : "false"), unread
        }' "$READ/xids" "$READ/before" "$2"
}

# Every file of a table that the transactions have written to, by tablespace, database and number. What locks, freezes or tidies has written nothing; an index is written to with its table.
files() {
    awk '
        FILENAME ~ /xids$/ { of[$1]; next }
        !/^rmgr: / || $2 ~ /^(XLOG|Transaction|Storage|CLOG|Database|Tablespace|MultiXact|RelMap|Standby|Btree|Hash|Gin|Gist|SPGist|BRIN|CommitTs|ReplicationOrigin|LogicalMessage)$/ { next }
        {
            tx = $0; sub(/^.* tx: */, "", tx); sub(/,.*$/, "", tx)
            if (!(tx in of)) next
            what = $0; sub(/^.* desc: /, "", what); sub(/[ +].*$/, "", what)
            if ($2 ~ /^Heap2?$/ && what ~ /^(LOCK|LOCK_UPDATED|CONFIRM|HEAP_CONFIRM|INPLACE|NEW_CID|VISIBLE|FREEZE_PAGE|PRUNE.*|CLEAN|VACUUM)$/) next
            rest = $0
            while (match(rest, "rel [0-9]+/[0-9]+/[0-9]+")) {
                name = substr(rest, RSTART + 4, RLENGTH - 4)
                rest = substr(rest, RSTART + RLENGTH)
                if (!(name in seen)) { seen[name]; print name }
            }
        }' "$READ/xids" "$1"
}

# What else they have written to, as one row: tables that are not among the given ones (an index, a sequence or what is stored out of line counts for its table), large objects, other
# databases, and how many files belong to nothing any more. Definitions count where a table was made or changed.
rest() {
    cat <<SQL
COPY (WITH here AS (SELECT oid FROM pg_database WHERE datname = current_database()),
written AS (SELECT base, file, CASE WHEN base IN (0, here.oid) THEN pg_filenode_relation(space, file)::oid END AS rel, here.oid AS here FROM pg_temp.dro_files, here),
changed AS (SELECT rel FROM written WHERE rel IS NOT NULL UNION SELECT oid FROM pg_class WHERE xmin::text IN (SELECT x FROM pg_temp.dro_xids) AND relpersistence = 'p' AND relkind IN ('r', 'p', 'S')),
owners AS (SELECT COALESCE((SELECT refobjid FROM pg_depend JOIN pg_class s ON s.oid = objid WHERE classid = 'pg_class'::regclass AND objid = rel AND refclassid = 'pg_class'::regclass
AND deptype IN ('a', 'i') AND refobjsubid > 0 AND s.relkind = 'S' LIMIT 1), (SELECT indrelid FROM pg_index WHERE indexrelid = rel), (SELECT oid FROM pg_class WHERE reltoastrelid = rel), rel) AS oid FROM changed),
named AS (SELECT DISTINCT n.nspname || '.' || c.relname AS name FROM owners JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname <> 'pg_catalog' AND c.relkind <> 'm' AND c.oid <> ALL (ARRAY[$1]::regclass[]::oid[]))
SELECT json_build_object('tables', (SELECT COALESCE(json_agg(name ORDER BY name), '[]') FROM (SELECT name FROM named ORDER BY name LIMIT 1000) n),
'largeObjects', EXISTS (SELECT FROM owners WHERE oid IN ('pg_largeobject'::regclass, 'pg_largeobject_metadata'::regclass)),
'databases', (SELECT COALESCE(json_agg(DISTINCT COALESCE(datname::text, base::text)), '[]') FROM written LEFT JOIN pg_database d ON d.oid = base WHERE base NOT IN (0, here) AND (file >= 16384 OR file = 2613)),
'gone', (SELECT count(*) FROM written WHERE base = here AND rel IS NULL AND file >= 16384))) TO '$READ/rest' (DELIMITER E'\x02', QUOTE E'\x01', FORMAT csv, ENCODING 'UTF8');

SQL
}

# Waits for what was begun last, in a way that a signal interrupts: the copy of a large server takes its time.
waited() {
    child=$!
    wait "$child"
    code=$?
    child=
    return "$code"
}
# As 'owner', in the place of the shell that calls it: what is ended then is the program itself.
become() {
    if [ "$ME" = "$OWNER" ]; then exec "$@"; else exec setpriv --reuid="$OWNER" --regid="$GROUP" --init-groups -- "$@"; fi
}
given_up() {
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null
        until=$(($(now) + 200))
        while kill -0 "$child" 2>/dev/null && [ "$(now)" -lt "$until" ]; do sleep 0.05; done
        kill -KILL "$child" 2>/dev/null
    fi
    exit 1
}

# What only this server has, by the rows of its tables. The data are copied, the copy is opened by one process that replays the log to its end (postgres --single: it listens nowhere),
# asked, and thrown away. The data themselves are not touched, nor is anything read that the log does not reach.
rows() {
    mark "${1:-}"
    word "${2:-}"
    case ${3:-} in '' | *[!0-9]*) refuse "the timeline '${3:-}' is no number" ;; esac
    word "${4:-}"
    # What begins like an option would be one for the process that reads.
    case $4 in -*) refuse "'$4' is no name of a database" ;; esac
    case ${5:-} in '' | *[!0-9a-f]*) refuse "the salt is none" ;; esac
    [ "$SEES" != volume ] || refuse "rows are not read by a Job"
    [ $# -gt 5 ] || refuse "no table is named"
    held=$1 from_lsn=$2 line=$3 database=$4 salt=$5
    shift 5
    for table in "$@"; do
        # The characters first: a line break would make more lines of it, of which one may fit.
        case $table in *[!A-Za-z0-9_./]*) refuse "'$table' is no table with its key" ;; esac
        printf '%s\n' "$table" | grep -Eq '^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*/[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*(/([A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*)?){2}$' || refuse "'$table' is no table with its key"
    done
    command -v flock >/dev/null || refuse "there is no flock (package util-linux)"
    (umask 077 && : >>"$READ.lock") 2>/dev/null || refuse "the lock $READ.lock cannot be written: the folder above the data must be writable"
    exec 8>>"$READ.lock"
    flock -w 20 8 || refuse "another reading is under way here"
    # Only to see what there is to be read: nobody waits for what comes then.
    lock
    kept=$KEEP/$held
    beyond=$kept/wal-beyond-fork.txt
    grep -q '"oldEnd":"[0-9A-F]' "$kept/divergence.json" 2>/dev/null && [ -f "$beyond" ] || refuse "what only this server has was not kept yet"
    if [ "$(fence_of)" = "$held" ] && [ ! -e "$DATA/global/pg_control" ]; then
        # One of its account that has just begun or is ending, whosever it is, cannot be looked at for a moment.
        ended 200 || refuse "processes of the server live"
        source=$DATA
        asked=$(standing)
    elif [ -f "$kept/data/global/pg_control.dro-fence.$held" ]; then source=$kept/data
    else refuse "the data fenced by $held are neither in place nor kept"; fi
    [ ! -L "$source/pg_wal" ] && [ -z "$(ls -A "$source/pg_tblspc" 2>/dev/null)" ] || refuse "its log or a tablespace is outside the data folder: a copy would share it"
    [ -x "$BIN/postgres" ] || refuse "there is no postgres in $BIN"
    read_control
    exec 9>&-
    rm -rf -- "$READ"
    # Whoever ends this by force leaves the copy behind: it is taken away once nobody reads any more, the process that reads it included (it keeps the lock).
    setsid flock "$READ.lock" rm -rf -- "$READ" </dev/null >/dev/null 2>&1 8>&- &
    sweeper=$!
    child=
    trap 'rm -rf -- "$READ" && kill "$sweeper" 2>/dev/null' EXIT
    trap 'given_up' HUP INT TERM
    mkdir -m 700 -- "$READ" || refuse "$READ cannot be made"
    # The copy, what is written beside it (the log before the fork as text is up to twice the log), and some to spare: a server that shares the file system must not run out of it.
    size=$(du -sk -- "$source" 2>/dev/null | cut -f 1)
    log=$(du -sk -- "$source/pg_wal" 2>/dev/null | cut -f 1)
    free=$(df -Pk -- "$(dirname -- "$READ")" | awk 'NR == 2 { print $4 }')
    spare=${DRO_SPARE:-}
    case $spare in '' | *[!0-9]*) spare=524288 ;; esac
    # Where the file system shares what is copied, only what the log reaches is written anew: about as much again as the log.
    takes=${size:-0}
    if cp --reflink=always -- "$source/global/pg_control.dro-fence.$held" "$READ/shared" 2>/dev/null; then takes=${log:-0}; fi
    need=$((takes + 2 * ${log:-0} + ${size:-0} / 10 + spare))
    [ "${free:-0}" -gt "$need" ] || refuse "there is no room for a copy of the data: $free KiB are free, $need KiB are needed"
    cp -a --reflink=auto -- "$source" "$READ/data" &
    waited || short "the data could not be copied"
    [ "$source" != "$DATA" ] || [ "$(standing)" = "$asked" ] || short "the fence was changed while the data were copied"
    # Until it is read it stays fenced as they are, and it has no settings that anybody could start it with.
    rm -f -- "$READ"/data/postmaster.pid "$READ"/data/*.signal "$READ"/data/*.conf
    # Slots hold for others what nobody takes from a copy, and a logical one keeps it from being opened.
    rm -rf -- "$READ"/data/pg_replslot/*
    awk '/^rmgr: Transaction / && / desc: COMMIT/ {
        xid = $0; sub(/^.* tx: */, "", xid); sub(/,.*$/, "", xid)
        if ($0 ~ / desc: COMMIT_PREPARED /) { xid = $0; sub(/^.* desc: COMMIT_PREPARED /, "", xid); sub(/:.*$/, "", xid) }
        if (xid ~ /^[1-9][0-9]*$/) print xid
        if ($0 ~ /; subxacts: /) { sub(/^.*; subxacts: /, ""); sub(/;.*$/, ""); n = split($0, sub_xids, " "); for (i = 1; i <= n; i++) if (sub_xids[i] ~ /^[0-9]+$/) print sub_xids[i] }
    }' "$beyond" >"$READ/xids"
    files "$beyond" >"$READ/files"
    # Its own settings and nobody else's: no library, no archive, no port, no socket.
    printf '%s\n' "listen_addresses = ''" "unix_socket_directories = ''" 'archive_mode = off' 'fsync = off' 'shared_buffers = 64MB' 'dynamic_shared_memory_type = mmap' 'max_prepared_transactions = 1000' \
        'max_replication_slots = 1000' 'logging_collector = off' 'log_destination = stderr' 'log_min_messages = warning' "lc_messages = 'C'" >"$READ/conf"
    # Where the log came from by subscriptions its origins are counted while it is replayed: since 18 by a setting of their own.
    [ "$(cat "$READ/data/PG_VERSION")" -ge 18 ] 2>/dev/null && echo 'max_active_replication_origins = 1000' >>"$READ/conf"
    {
        printf '%s\n\n' "SET client_encoding = 'UTF8';" "SET datestyle = 'ISO, YMD';" "SET timezone = 'UTC';" "SET intervalstyle = 'iso_8601';" 'SET extra_float_digits = 1;' "SET bytea_output = 'hex';" "SET lc_monetary = 'C';" \
            "SET search_path = 'pg_catalog';" 'CREATE TEMP TABLE dro_xids (x text);' "COPY pg_temp.dro_xids FROM '$READ/xids';" \
            'CREATE TEMP TABLE dro_files (space oid, base oid, file oid);' "COPY pg_temp.dro_files FROM '$READ/files' (DELIMITER '/');"
        named=
        at=0
        for table in "$@"; do
            at=$((at + 1))
            name=\"$(printf '%s' "${table%%/*}" | sed 's/\./"."/')\"
            named="$named${named:+,}'$name'"
            keys=${table#*/}
            shown=${keys#*/}
            hashed=${shown#*/}
            keys=${keys%%/*}
            shown=${shown%%/*}
            plain="DELIMITER E'\\x02', QUOTE E'\\x01', FORMAT csv, ENCODING 'UTF8'"
            printf '%s\n\n' "COPY (SELECT format('%s/%s/%s', COALESCE(NULLIF(c.reltablespace, 0), d.dattablespace), d.oid, pg_relation_filenode(c.oid)) FROM pg_class c, pg_database d WHERE c.oid = '$name'::regclass AND d.datname = current_database()) TO '$READ/rel.$at';"
            printf '%s\n\n' "COPY (SELECT json_build_object('kind', relkind, 'columns', (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)) FROM pg_class c WHERE oid = '$name'::regclass) TO '$READ/head.$at' ($plain);"
            printf '%s\n\n' "COPY (SELECT json_build_array(json_build_array($(listed "$keys" 't."\1"::text')), t.ctid::text, encode(sha256(convert_to('$salt' || t::text, 'UTF8')), 'hex'), json_build_array($(listed "$shown" 'left(t."\1"::text, 200)')), json_build_array($(listed "$hashed" "encode(sha256(convert_to('$salt' || t.\"\\1\"::text, 'UTF8')), 'hex')"))) FROM ONLY $name t WHERE t.xmin::text IN (SELECT x FROM pg_temp.dro_xids) ORDER BY $(listed "$keys" 't."\1"') LIMIT 5001) TO '$READ/rows.$at' ($plain);"
        done
        rest "$named"
        printf '%s\n\n' "COPY (SELECT 'read') TO '$READ/done';"
    } >"$READ/sql"
    [ "$ME" = "$OWNER" ] || chown -- "$OWNER:$GROUP" "$READ" "$READ/conf" "$READ/sql" "$READ/xids" "$READ/files"
    # Before it is opened: the end of its recovery takes old files of the log away.
    : >"$READ/before"
    NEXT=0
    [ ! -s "$READ/xids" ] || before "$line" "$from_lsn"
    fence=$READ/data/global/pg_control.dro-fence.$held
    mv -- "$fence" "${fence%.dro-fence.*}" || short "the copy could not be made ready"
    state=$("$BIN/pg_controldata" -D "$READ/data" | sed -n 's/^Database cluster state: *//p')
    become sh -c 'exec "$1/postgres" --single -j -D "$2/data" -c config_file="$2/conf" -c hba_file=/dev/null -c ident_file=/dev/null "$3" <"$2/sql" >"$2/out" 2>"$2/log"' sh "$BIN" "$READ" "$database" &
    waited
    mv -f -- "${fence%.dro-fence.*}" "$fence" 2>/dev/null
    said=$(grep -E -m 1 '(ERROR|FATAL|PANIC):' "$READ/log")
    if [ -z "$said" ] && [ ! -f "$READ/done" ]; then said="it ended without a word: $(tail -n 1 "$READ/log")"; fi
    [ -z "$said" ] || short "the copy cannot be read: $said"
    # It has replayed what the list was made of, and not less.
    if [ "$state" != 'shut down' ] && [ -s "$beyond" ]; then
        end=$(tail -n 1 "$beyond" | sed -n 's|^.* lsn: *\([0-9A-F]*/[0-9A-F]*\), .*$|\1|p')
        redone=$(sed -n 's|^.*redo done at \([0-9A-F]*/[0-9A-F]*\).*$|\1|p' "$READ/log")
        [ -n "$redone" ] || short "the copy has replayed its log to no end, the list goes up to $end"
        [ "$(number "$redone")" = "$(number "$end")" ] || short "the copy has replayed its log up to $redone, the list goes up to $end"
    fi
    at=0
    list=
    for table in "$@"; do
        at=$((at + 1))
        seen=$(touched "$(cat "$READ/rel.$at")" "$beyond") && [ -n "$seen" ] || lost "the log beyond the fork cannot be read for ${table%%/*}"
        printf '%s{"name":"%s","relation":"%s","head":%s,%s,"more":%s,"rows":[%s]}' "${list:+,}" "${table%%/*}" "$(cat "$READ/rel.$at")" "$(cat "$READ/head.$at")" "$seen" \
            "$([ "$(wc -l <"$READ/rows.$at")" -gt 5000 ] && echo true || echo false)" "$(head -n 5000 "$READ/rows.$at" | paste -sd , -)" >>"$READ/list"
        list=more
    done
    [ "$(wc -c <"$READ/list")" -lt 3500000 ] || refuse "the rows are more than 3 MB: show fewer columns, or name fewer tables"
    answer "\"transactions\":$(grep -c . "$READ/xids"),\"nextXid\":$NEXT,\"rest\":$(cat "$READ/rest"),\"tables\":[$(cat "$READ/list")]"
}

# Why a rebuild cannot put other data in the place of these; nothing where it can.
unfit() {
    if [ -L "$DATA/pg_wal" ]; then echo "pg_wal is a link"
    elif [ -n "$(ls -A "$DATA/pg_tblspc" 2>/dev/null)" ]; then echo "it has tablespaces"
    elif [ "$(stat -c %d "$DATA")" != "$(stat -c %d "$(dirname -- "$DATA")")" ]; then echo "the data folder is a file system of its own"; fi
}

# What stands in the data folder and is this server's own, not the database's.
own() {
    case $1 in
        *.conf) ;;
        base | global | log | pg_* | PG_VERSION | postmaster.* | *.signal | backup_* | tablespace_map* | current_logfiles | logfile | core* | dro-rebuilt) return 1 ;;
    esac
}

# Makes a standby in a folder beside, and puts it in the place of the old data only when it is one: whatever starts here meanwhile finds the fence, or nothing.
rebuild() {
    mark "${1:-}"
    mark "${2:-}"
    for given in "${4:-}" "${5:-}" "${6:-}" "${7:-}" "${8:-}" "${9:-}"; do word "$given"; done
    case ${3:-} in rewind | basebackup) ;; *) refuse "the method '${3:-}' is neither rewind nor basebackup" ;; esac
    lock
    new=$NEW
    kept=$KEEP/$2
    source="host=$4 port=$5 dbname=$6 user=$7 sslmode=$8"
    built=
    [ -f "$DATA/dro-rebuilt" ] && read -r built <"$DATA/dro-rebuilt"
    if [ "$built" != "$1" ]; then
        if [ -d "$DATA" ]; then
            held=$(fence_of) || held=
            [ "$held" = "$2" ] && [ ! -e "$DATA/global/pg_control" ] || refuse "it is not fenced by $2"
            alive && refuse "processes of the server live"
            why=$(unfit)
            [ -z "$why" ] || refuse "$why: rebuild this server by hand"
            [ -f "$kept/divergence.json" ] || refuse "what only this server has was not kept yet"
            unread
            rm -rf -- "$new"
            mkdir -m 700 -- "$new" && { [ "$ME" = "$OWNER" ] || chown "$OWNER:$GROUP" -- "$new"; } || refuse "$new cannot be made"
            mkdir -p -- "$kept/settings"
            cp -p -- "$DATA"/*.conf "$kept/settings/" 2>/dev/null
            chmod -R a+rX -- "$kept/settings"
            if [ "$3" = rewind ]; then
                owner cp -a --reflink=auto -- "$DATA/." "$new/" && owner mv -- "$new/global/pg_control.dro-fence.$2" "$new/global/pg_control" && rm -f -- "$new/postmaster.pid" \
                    || short "the copy could not be made (is there room?)"
                said=$(owner "$BIN/pg_rewind" --target-pgdata="$new" --source-server="$source" 2>&1) || short "pg_rewind: $(printf '%s' "$said" | tail -n 3)"
            else
                said=$(owner "$BIN/pg_basebackup" -D "$new" -d "$source" -X stream -c fast 2>&1) || short "pg_basebackup: $(printf '%s' "$said" | tail -n 3)"
            fi
            # Its own settings, certificates, keys and included folders, not those of the other side; then what makes it a standby.
            for file in "$DATA"/*; do
                own "${file##*/}" || continue
                rm -rf -- "$new/${file##*/}"
                cp -a -- "$file" "$new/" || short "its own ${file##*/} could not be put back"
            done
            owner sh -c 'printf "%s\n" "$2" "primary_slot_name = '"''"'" >>"$1/postgresql.auto.conf" && : >"$1/standby.signal" && printf "%s\n" "$3" >"$1/dro-rebuilt"' \
                sh "$new" "primary_conninfo = '$source application_name=$9'" "$1" || short "the settings could not be written"
            rm -f -- "$new"/postmaster.pid "$new"/global/pg_control.dro-fence.*
            sync
            [ ! -e "$kept/data" ] || refuse "$kept/data is there already"
            mv -- "$DATA" "$kept/data" || short "the old data could not be put aside"
        fi
        [ -f "$new/dro-rebuilt" ] && read -r built <"$new/dro-rebuilt"
        [ "$built" = "$1" ] || refuse "there are no data in $DATA, and none of this rebuild beside"
        mv -- "$new" "$DATA" || short "the new data could not be put in place"
        AT=$DATA
        settle "$(dirname -- "$DATA")"
    fi
    if [ -z "$(living)" ]; then
        run || short "$(unstarted standby)"
    fi
    answer "\"method\":\"$3\",$(facts)"
}

# Whether the other verbs could do their work: looked at before it is needed.
check() {
    LIST=
    read_control
    if ! command -v flock >/dev/null; then item lock false "there is no flock (package util-linux)"
    elif (umask 077 && : >>"$LOCK") 2>/dev/null; then item lock true "$LOCK"
    else item lock false "$LOCK cannot be written"; fi
    if [ "$ME" = "$OWNER" ] || command -v setpriv >/dev/null; then item account true "$ME for $OWNER"; else item account false "there is no setpriv (package util-linux)"; fi
    # The fence renames a file in this folder.
    if owner sh -c ': >"$1/dro-check" && mv -- "$1/dro-check" "$1/dro-check.moved" && rm -- "$1/dro-check.moved"' sh "$DATA/global" 2>/dev/null; then item control-file true "can be moved"; else item control-file false "$DATA/global cannot be written"; fi
    if [ "$(record_length "$C_TLI" "$C_AT")" -gt 0 ] 2>/dev/null; then item pg_waldump true "reads the log"; else item pg_waldump false "pg_waldump of $BIN does not read the last checkpoint at $C_AT"; fi
    for program in pg_rewind pg_basebackup; do
        if [ -x "$BIN/$program" ]; then item $program true "there"; else item $program false "there is no $program in $BIN"; fi
    done
    why=$(unfit)
    if [ -z "$why" ]; then item place true "can be rebuilt"; else item place false "$why"; fi
    if forgotten; then item reading false "$READ was left behind by force"; else item reading true "none is left"; fi
    size=$(du -sk -- "$DATA" 2>/dev/null | cut -f 1)
    wal=$(du -skL -- "$DATA/pg_wal" 2>/dev/null | cut -f 1)
    free=$(df -Pk -- "$(dirname -- "$DATA")" 2>/dev/null | awk 'NR == 2 { print $4 }')
    # Where nobody can look, there may be any.
    copies=null
    if [ ! -e "$KEEP" ] || ls "$KEEP" >/dev/null 2>&1; then copies=$(($(ls -d "$KEEP"/*/data 2>/dev/null | wc -l))); fi
    answer "\"checks\":[$LIST],\"dataKilobytes\":${size:-0},\"walKilobytes\":${wal:-0},\"freeKilobytes\":${free:-0},\"keptCopies\":$copies"
}

# Whether the old data of a fence are kept here still. Only looks. What was kept beside them (the log, the list) tells that this is the place itself: a volume that is not mounted, a
# host that was replaced, another --keep show nothing.
kept() {
    mark "${1:-}"
    kept=$KEEP/$1
    ls "$kept" >/dev/null 2>&1 && [ -x "$kept" ] && [ -f "$kept/divergence.json" ] || refuse "$kept/divergence.json is not to be seen: whether the old data are kept cannot be told"
    copy=false
    [ ! -e "$kept/data" ] && [ ! -L "$kept/data" ] || copy=true
    answer "\"kept\":\"$(quote "$kept")\",\"copy\":$copy"
}
item() { LIST="$LIST${LIST:+,}{\"name\":\"$1\",\"holds\":$2,\"detail\":\"$(quote "$3")\"}"; }

# The first process of a container takes all others of it along when it ends.
[ "$SEES" != container ] || ! pids | grep -qx 1 || refuse "the server is process 1 of this container: when it is stopped, the container ends and this with it. Go by a container that outlives it: one beside it in a pod with shareProcessNamespace, or one with a supervisor as process 1"

case $VERB in
    status)
        # One that has just begun or is ending cannot be looked at for a moment: only one that stays so may be its.
        tries=0
        unseen=$(hidden)
        while [ -n "$unseen" ] && [ -z "$(living)" ]; do
            tries=$((tries + 1))
            [ $tries -lt 4 ] || refuse "no process of the server is seen, and some that may be its cannot be looked at: $unseen"
            sleep 0.1
            unseen=$(hidden)
        done
        now=false
        busy && now=true
        left=
        forgotten && left=$READ
        answer "\"busy\":$now,\"left\":\"$(quote "$left")\",$(facts)"
        ;;
    check) check ;;
    fence) fence "$@" ;;
    release) release "$@" ;;
    keep) keep "$@" ;;
    kept) kept "$@" ;;
    rows) rows "$@" ;;
    rebuild) rebuild "$@" ;;
    *) refuse "'$VERB' is no verb; there are: status, check, fence, release, keep, kept, rows, rebuild" ;;
esac
