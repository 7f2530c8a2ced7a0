#!/bin/sh
# What DrOrchestrator does on the host of a PostgreSQL server: look, fence, release, keep, rebuild. Part of the product; dro starts it through the program that an estate
# names under 'databases: ... host:' (for instance ssh with a forced command), with a verb and plain words as arguments.
#
#   postgres-host.sh [--data DIR] [--bin DIR] [--keep DIR] [--start COMMAND] VERB [ARGUMENT...]
#
#     status                     what is here: running or not, fenced by whom, the state of its control file
#     fence MARK [PATIENCE]      stops the server (clean, else at once, else killed), proves that nothing of it lives, and keeps it from starting until released
#     release MARK [start]       lifts that fence; with 'start' the server runs again
#     end-of-wal                 where the server's own log ends
#     keep FENCE LSN TIMELINE    keeps the log beyond the fork at LSN and lists the transactions that only this server has
#     rebuild MARK FENCE METHOD HOST PORT DATABASE USER SSLMODE NAME
#                                makes a standby of what HOST serves: METHOD is 'rewind' (on a copy) or 'basebackup'. What was here before is kept whole, still fenced.
#
# Settings may stand in the environment instead: DRO_PGDATA, DRO_PGBIN, DRO_KEEP, DRO_START. Passwords come from the .pgpass of the server's account, never from arguments.
# The last line on standard output is one JSON object. Exit codes: 0 done, now or before. 10 refused, and surely nothing changed. 11 not reached, may be asked again.
# Anything else: unknown.
#
# The fence: global/pg_control is renamed to global/pg_control.dro-fence.MARK and the folder is synced. No PostgreSQL starts without its control file, whoever tries:
# a service manager, a person, a node that comes back. Needs Linux (/proc) and the usual tools; runs as root or as the account that the data belongs to.
set -u
umask 077
LC_ALL=C
export LC_ALL

DATA=${DRO_PGDATA:-}
BIN=${DRO_PGBIN:-}
KEEP=${DRO_KEEP:-}
START=${DRO_START:-}
while [ $# -gt 0 ]; do
    case $1 in
        --data) DATA=$2; shift 2 ;;
        --bin) BIN=$2; shift 2 ;;
        --keep) KEEP=$2; shift 2 ;;
        --start) START=$2; shift 2 ;;
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
fi
case $DATA in /*) ;; *) refuse "the data folder '$DATA' is no full path" ;; esac
[ -n "$KEEP" ] || KEEP=$DATA.dro
if [ -z "$BIN" ]; then
    for found in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
        [ -x "$found/pg_controldata" ] && [ -f "$DATA/PG_VERSION" ] && case $found in *"$(cat "$DATA/PG_VERSION")"/bin) BIN=$found ;; esac
    done
    [ -n "$BIN" ] || BIN=$(dirname -- "$(command -v pg_controldata || echo /)")
fi
[ -x "$BIN/pg_controldata" ] || refuse "there is no pg_controldata in '$BIN': give --bin or DRO_PGBIN"

# PostgreSQL's programs refuse root: they run as the account that the data belongs to (the folder above, while there is none).
OWNED=$DATA
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

# Processes of this server, each with its state. Found by the folder they work in, which no child of a postmaster leaves, and by their program.
living() {
    ls -ld /proc/[0-9]*/cwd 2>/dev/null | while read -r line; do
        case $line in *" -> $DATA" | *" -> $DATA (deleted)") ;; *) continue ;; esac
        pid=${line#*/proc/}
        pid=${pid%%/*}
        state=$(sed -n 's/^.*) \([A-Za-z]\) .*$/\1/p' "/proc/$pid/stat" 2>/dev/null)
        case $state in '' | Z | X | x) continue ;; esac
        program=$(readlink "/proc/$pid/exe" 2>/dev/null)
        case ${program##*/} in postgres | postmaster | "postgres (deleted)" | "postmaster (deleted)" | '') printf '%s %s\n' "$pid" "$state" ;; esac
    done
}
pids() { living | cut -d ' ' -f 1; }

# The segment of shared memory that the lock file names, while somebody is attached to it: a backend that the search by folder cannot see.
attached() {
    [ -f "$DATA/postmaster.pid" ] && [ -r /proc/sysvipc/shm ] || return 1
    segment=$(sed -n 7p "$DATA/postmaster.pid" | awk '{print $2}')
    [ -n "$segment" ] && awk -v id="$segment" 'NR > 1 && $2 == id && $7 > 0 { found = 1 } END { exit !found }' /proc/sysvipc/shm
}
alive() { [ -n "$(pids)" ] || attached; }
fence_of() {
    for file in "$DATA"/global/pg_control.dro-fence.*; do
        [ -f "$file" ] && printf '%s' "${file##*.dro-fence.}" && return 0
    done
    return 1
}

# The control file as pg_controldata tells it; a fenced one is read where nothing starts on it.
control() {
    if [ -f "$DATA/global/pg_control" ]; then
        owner "$BIN/pg_controldata" -D "$DATA" 2>/dev/null
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
        BEGIN { set("C_STATE", ""); set("C_ID", ""); set("C_TLI", "0"); set("C_AT", ""); set("C_BLOCK", "0"); set("C_SEGMENT", "0"); set("C_HINTS", "false"); set("C_SUMS", "false") }
        /^Database cluster state:/ { set("C_STATE", $2) }
        /^Database system identifier:/ { set("C_ID", $2) }
        /^Latest checkpoint.s TimeLineID:/ { set("C_TLI", $2) }
        /^Latest checkpoint location:/ { set("C_AT", $2) }
        /^WAL block size:/ { set("C_BLOCK", $2) }
        /^Bytes per WAL segment:/ { set("C_SEGMENT", $2) }
        /^wal_log_hints setting:/ { set("C_HINTS", $2 == "on" ? "true" : "false") }
        /^Data page checksum version:/ { set("C_SUMS", $2 == "0" ? "false" : "true") }')"
}

facts() {
    read_control
    running=false
    [ -n "$(living)" ] && running=true
    memory=false
    attached && memory=true
    held=$(fence_of) || held=
    fenced=false
    [ -n "$held" ] && [ ! -e "$DATA/global/pg_control" ] && fenced=true
    standby=false
    [ -f "$DATA/standby.signal" ] && standby=true
    built=
    [ -f "$DATA/dro-rebuilt" ] && read -r built <"$DATA/dro-rebuilt"
    length=
    [ "$C_STATE" = 'shut down' ] && length=$(record_length "$C_TLI" "$C_AT")
    printf '"data":"%s","running":%s,"sharedMemory":%s,"fenced":%s,"mark":"%s","state":"%s","systemId":"%s","timeline":%s,"checkpoint":"%s","checkpointLength":%s,"blockSize":%s,"segmentSize":%s,"standby":%s,"hints":%s,"checksums":%s,"rebuilt":"%s"' \
        "$(quote "$DATA")" "$running" "$memory" "$fenced" "$held" "$C_STATE" "$C_ID" "$C_TLI" "$C_AT" "${length:-0}" "$C_BLOCK" "$C_SEGMENT" "$standby" "$C_HINTS" "$C_SUMS" "$built"
}

# The length of the record at an LSN, in bytes; what it ends with is for the reader to compute.
record_length() {
    owner "$BIN/pg_waldump" -p "$DATA/pg_wal" -t "$1" -s "$2" -n 1 2>/dev/null | sed -n 's|^.*len (rec/tot): *[0-9]*/ *\([0-9]*\),.*$|\1|p'
}

# ---- what is done

# One at a time: what a lost connection left running ends before the next begins, and 'status' says so.
LOCK=$KEEP.lock
lock() {
    command -v flock >/dev/null || refuse "there is no flock (package util-linux)"
    (umask 077 && : >>"$LOCK") 2>/dev/null || refuse "the lock $LOCK cannot be written: give --keep a folder whose parent this account may write"
    exec 9>>"$LOCK"
    flock -w "${1:-20}" 9 || refuse "another change is under way here"
}
busy() { [ -e "$LOCK" ] && ! flock -n "$LOCK" true; }

settle() { sync "$1" 2>/dev/null || sync; }
# Waits until nothing lives, for so many twentieths of a second.
ended() {
    left=$1
    while alive; do
        [ "$left" -gt 0 ] || return 1
        left=$((left - 1))
        sleep 0.05
    done
}
signal() { for pid in $(pids); do kill "-$1" "$pid" 2>/dev/null; done; }

stop() {
    alive || { HOW=dead; return 0; }
    postmaster=$(head -n 1 "$DATA/postmaster.pid" 2>/dev/null)
    state=$(living | sed -n "s/^${postmaster:-0} //p")
    # A server that stands still hears no request: it is killed, not woken.
    case $state in
        '' | T | t) ;;
        *)
            kill -INT "$postmaster" 2>/dev/null
            HOW=clean
            ended $((PATIENCE * 20)) && return 0
            kill -QUIT "$postmaster" 2>/dev/null
            HOW=immediate
            ended 40 && return 0
            ;;
    esac
    HOW=killed
    signal KILL
    ended 60
}

fence() {
    mark "${1:-}"
    lock
    PATIENCE=${2:-10}
    case $PATIENCE in *[!0-9]*) refuse "the patience '$PATIENCE' is no number of seconds" ;; esac
    [ -d "$DATA/global" ] || refuse "there is no data folder $DATA"
    held=$(fence_of) || held=
    [ -z "$held" ] || [ "$held" = "$1" ] || refuse "it is fenced already, by $held"
    [ -n "$held" ] || [ -f "$DATA/global/pg_control" ] || refuse "there is no control file in $DATA"
    HOW=dead
    stop || short "processes of the server live on: $(living | tr '\n' ' ')"
    if [ -f "$DATA/global/pg_control" ]; then
        owner mv -f -- "$DATA/global/pg_control" "$DATA/global/pg_control.dro-fence.$1" || lost "the control file could not be renamed"
    fi
    settle "$DATA/global"
    # A service manager may have started it again in between. What starts from now on finds no control file.
    tries=0
    while alive && [ $tries -lt 20 ]; do
        HOW=killed
        signal KILL
        ended 10
        tries=$((tries + 1))
    done
    alive && short "processes of the server live on: $(living | tr '\n' ' ')"
    answer "\"how\":\"$HOW\",$(facts)"
}

run() {
    if [ -n "$START" ]; then
        sh -c "$START" >/dev/null 2>&1 </dev/null 9>&-
    else
        owner "$BIN/pg_ctl" start -D "$DATA" -w -t 60 -s -l "$DATA.log" >/dev/null 2>&1 </dev/null 9>&-
    fi
}

release() {
    mark "${1:-}"
    lock
    held=$(fence_of) || held=
    [ -z "$held" ] || [ "$held" = "$1" ] || refuse "it is fenced by $held, not by $1"
    if [ -n "$held" ]; then
        [ ! -e "$DATA/global/pg_control" ] || refuse "there is a control file beside the fence of $held: somebody put another one there"
        owner mv -- "$DATA/global/pg_control.dro-fence.$1" "$DATA/global/pg_control" || lost "the control file could not be put back"
        settle "$DATA/global"
    fi
    if [ "${2:-}" = start ] && [ -z "$(pids)" ]; then
        run || { answer "\"reason\":\"the server does not start; see its log\",$(facts)"; exit 11; }
    fi
    answer "$(facts)"
}

# Where the log of this server ends, and what stands in it from an LSN on. pg_waldump ends with an error where the log does; it names the place.
dump() {
    owner "$BIN/pg_waldump" -p "$DATA/pg_wal" -t "$1" -s "$2" >"$3" 2>"$3.end"
    sed -n 's|^.* at \([0-9A-F]*/[0-9A-F]*\)[^0-9A-F/].*$|\1|p' "$3.end" | tail -n 1
}

end_of_wal() {
    read_control
    glass=$(mktemp "${TMPDIR:-/tmp}/dro-log.XXXXXX") || lost "no place for a temporary file"
    end=$(dump "$C_TLI" "$C_AT" "$glass")
    rm -f -- "$glass" "$glass.end"
    answer "\"end\":\"$end\",$(facts)"
}

# The log beyond the fork, and the transactions that committed there: what only this server has. Asked again it answers the same, also when the data are another's by then.
keep() {
    mark "${1:-}"
    word "${2:-}"
    case ${3:-} in '' | *[!0-9]*) refuse "the timeline '${3:-}' is no number" ;; esac
    lock
    kept=$KEEP/$1
    if [ ! -f "$kept/divergence.json" ]; then
        held=$(fence_of) || held=
        [ "$held" = "$1" ] && ! alive || refuse "the server is not fenced by $1: what it has is not final"
        mkdir -p -- "$kept/wal" || refuse "$kept cannot be made"
        first=$(printf '%s' "$2" | awk -F / '{ print $1 }')
        read_control
        # File names of the log: timeline, then the position divided by the size of a file, in two parts.
        low=$(printf '%s' "$2" | awk -F / '{ print $2 }')
        from=$(printf '%08X%08X%08X' "$3" $((0x$first)) $((0x$low / C_SEGMENT)))
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
        log=$(owner mktemp "${TMPDIR:-/tmp}/dro-log.XXXXXX") || lost "no place for a temporary file"
        end=$(dump "$3" "$2" "$log")
        mv -f -- "$log" "$kept/wal-beyond-fork.txt"
        rm -f -- "$log.end"
        awk -v end="$end" '
            /^rmgr: Transaction / && / desc: COMMIT/ {
                xid = $0; sub(/^.* tx: */, "", xid); sub(/,.*$/, "", xid)
                lsn = $0; sub(/^.* lsn: */, "", lsn); sub(/,.*$/, "", lsn)
                at = $0; sub(/^.* desc: COMMIT[_A-Z]* /, "", at); sub(/;.*$/, "", at)
                if (xid == 0) next
                commits++
                if (commits <= 1000) list = list (commits > 1 ? "," : "") "{\"xid\":\"" xid "\",\"at\":\"" at "\",\"lsn\":\"" lsn "\"}"
            }
            END {
                printf "\"commits\":%d,\"listed\":%d,\"complete\":%s,\"oldEnd\":\"%s\",\"reconciliation\":[%s]", commits, commits < 1000 ? commits : 1000, commits <= 1000 ? "true" : "false", end, list
            }' "$kept/wal-beyond-fork.txt" >"$kept/divergence.new" || lost "the log could not be listed"
        sync "$kept/divergence.new" 2>/dev/null || sync
        mv -f -- "$kept/divergence.new" "$kept/divergence.json"
    fi
    answer "\"kept\":\"$(quote "$kept")\",$(cat "$kept/divergence.json")"
}

# Makes a standby in a folder beside, and puts it in the place of the old data only when it is one: whatever starts here meanwhile finds the fence, or nothing.
rebuild() {
    mark "${1:-}"
    mark "${2:-}"
    for given in "${4:-}" "${5:-}" "${6:-}" "${7:-}" "${8:-}" "${9:-}"; do word "$given"; done
    case ${3:-} in rewind | basebackup) ;; *) refuse "the method '${3:-}' is neither rewind nor basebackup" ;; esac
    lock
    new=$DATA.dro-new
    kept=$KEEP/$2
    source="host=$4 port=$5 dbname=$6 user=$7 sslmode=$8"
    built=
    [ -f "$DATA/dro-rebuilt" ] && read -r built <"$DATA/dro-rebuilt"
    if [ "$built" != "$1" ]; then
        if [ -d "$DATA" ]; then
            held=$(fence_of) || held=
            [ "$held" = "$2" ] && [ ! -e "$DATA/global/pg_control" ] || refuse "it is not fenced by $2"
            alive && refuse "processes of the server live"
            [ ! -L "$DATA/pg_wal" ] || refuse "pg_wal is a link: rebuild this server by hand"
            [ -z "$(ls -A "$DATA/pg_tblspc" 2>/dev/null)" ] || refuse "it has tablespaces: rebuild this server by hand"
            [ "$(stat -c %d "$DATA")" = "$(stat -c %d "$(dirname -- "$DATA")")" ] || refuse "the data folder is a file system of its own: rebuild this server by hand"
            [ -f "$kept/divergence.json" ] || refuse "what only this server has was not kept yet"
            rm -rf -- "$new"
            mkdir -m 700 -- "$new" && { [ "$ME" = "$OWNER" ] || chown "$OWNER:$GROUP" -- "$new"; } || refuse "$new cannot be made"
            mkdir -p -- "$kept/settings"
            cp -p -- "$DATA"/*.conf "$kept/settings/" 2>/dev/null
            chmod -R a+rX -- "$kept/settings"
            if [ "$3" = rewind ]; then
                owner cp -a --reflink=auto -- "$DATA/." "$new/" && owner mv -- "$new/global/pg_control.dro-fence.$2" "$new/global/pg_control" && rm -f -- "$new/postmaster.pid" \
                    || short "the copy could not be made (is there room?)"
                said=$(owner "$BIN/pg_rewind" --target-pgdata="$new" --source-server="$source" 2>&1 9>&-) || short "pg_rewind: $(printf '%s' "$said" | tail -n 3)"
            else
                said=$(owner "$BIN/pg_basebackup" -D "$new" -d "$source" -X stream -c fast 2>&1 9>&-) || short "pg_basebackup: $(printf '%s' "$said" | tail -n 3)"
            fi
            # Its own settings, not those of the other side; then what makes it a standby.
            for file in "$DATA"/*.conf; do [ -f "$file" ] && owner cp -p -- "$file" "$new/"; done
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
        settle "$(dirname -- "$DATA")"
    fi
    if [ -z "$(living)" ]; then
        run || short "the standby does not start; see its log"
    fi
    answer "\"method\":\"$3\",$(facts)"
}

case $VERB in
    status)
        now=false
        busy && now=true
        answer "\"busy\":$now,$(facts)"
        ;;
    fence) fence "$@" ;;
    release) release "$@" ;;
    end-of-wal) end_of_wal ;;
    keep) keep "$@" ;;
    rebuild) rebuild "$@" ;;
    *) refuse "'$VERB' is no verb; there are: status, fence, release, end-of-wal, keep, rebuild" ;;
esac
