#!/bin/sh
# What DrOrchestrator does where a backup of PostgreSQL is restored to be looked at: restore, look, remove. Part of the product; dro starts it through the program that an estate
# names under 'restore-places:' (for instance ssh with a forced command), with a verb and plain words as arguments.
#
#   postgres-restore.sh --scratch DIR (--backups DIR | --fetch COMMAND) --port PORT [--bin DIR] [--wal COMMAND] [--at-most SECONDS] VERB MARK
#
#     status MARK     restored, partial or absent; and whether somebody is at it
#     restore MARK    takes the newest backup, holds it against its manifest, starts a server of its own on it, on 127.0.0.1 only, and says of which moment it is
#     remove MARK     ends that server, removes its folder, and shows that neither is there any more
#
# --backups  a folder of base backups in plain format (pg_basebackup -D DIR/NAME), each with backup_label and backup_manifest. The newest one is taken.
# --fetch    instead: a command line that puts a whole backup into the folder given as its last argument, such as "pgbackrest --stanza=ledger restore --pg1-path" behind a
#            wrapper of yours, or one around 'restic restore'. A backup with a manifest is held against it here as well; one without is restored too, and "verified" is false.
#            The backup must hold the log (WAL) it needs, unless --wal is given: pgBackRest keeps it in its backups with archive-copy=y alone.
# --wal      restore_command of the restored server; without it, it has the log that came with the backup, and stands where that ends. A target that the tool of the backups has
#            written into its settings (pgBackRest's --type=immediate) is taken back: the server goes to the end of the log it has.
# --at-most  a restored server that nobody removes ends by itself after so many seconds, and its folder with it (21600).
#
# Everything lies under SCRATCH/MARK; nothing else is touched. The server archives nothing, follows nobody and replicates to nobody. It runs as the account that SCRATCH belongs to.
# The last line on standard output is one JSON object. Exit codes: 0 done, now or before. 10 refused, and nothing is left of it. 11 not reached, may be asked again.
# Anything else: unknown.
set -u
umask 077
export LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
SCRATCH='' BACKUPS='' FETCH='' PORT='' BIN='' WAL='' LIFE=21600
while [ $# -gt 0 ]; do
    case $1 in
        --scratch) SCRATCH=$2; shift 2 ;;
        --backups) BACKUPS=$2; shift 2 ;;
        --fetch) FETCH=$2; shift 2 ;;
        --port) PORT=$2; shift 2 ;;
        --bin) BIN=$2; shift 2 ;;
        --wal) WAL=$2; shift 2 ;;
        --at-most) LIFE=$2; shift 2 ;;
        *) break ;;
    esac
done
VERB=${1:-}
MARK=${2:-}

# ---- words

quote() { printf '%s' "$1" | tr '\n\r\t' '   ' | sed 's/\\/\\\\/g; s/"/\\"/g' | cut -c 1-400; }
answer() { printf '{"verb":"%s",%s}\n' "$VERB" "$1"; }
refuse() { answer "\"refused\":true,\"reason\":\"$(quote "$1")\""; exit 10; }
short() { answer "\"reason\":\"$(quote "$1")\""; exit 11; }
lost() { answer "\"reason\":\"$(quote "$1")\""; exit 1; }

case $MARK in '' | *[!a-z0-9-]*) refuse "the mark '$MARK' is no word of lower-case letters, digits and hyphens" ;; esac
case $PORT in '' | *[!0-9]*) refuse "no port: give --port" ;; esac
case $LIFE in '' | *[!0-9]*) refuse "--at-most is no number of seconds" ;; esac
[ -d "$SCRATCH" ] || refuse "there is no scratch folder '$SCRATCH': give --scratch"
SCRATCH=$(cd -P -- "$SCRATCH" && pwd -P) || refuse "the scratch folder cannot be entered"
[ -x "${BIN:-/none}/pg_ctl" ] || for found in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
    [ -x "$found/pg_ctl" ] && BIN=$found
done
[ -x "$BIN/pg_ctl" ] && [ -x "$BIN/pg_verifybackup" ] || refuse "there is no pg_ctl or pg_verifybackup in '$BIN': give --bin"

# PostgreSQL's programs refuse root: they run as the account of the scratch folder.
OWNER=$(stat -c %u -- "$SCRATCH")
GROUP=$(stat -c %g -- "$SCRATCH")
ME=$(id -u)
[ "$OWNER" != 0 ] || refuse "the scratch folder belongs to root; PostgreSQL does not run as root: give it to another account"
[ "$ME" = 0 ] || [ "$ME" = "$OWNER" ] || refuse "the scratch folder belongs to account $OWNER; this runs as $ME"
[ "$ME" = "$OWNER" ] || unset HOME
owner() {
    if [ "$ME" = "$OWNER" ]; then "$@"; else setpriv --reuid="$OWNER" --regid="$GROUP" --init-groups -- "$@"; fi
}

HERE=$SCRATCH/$MARK
DATA=$HERE/data

# ---- what is here

# Processes of the restored server, found by the folder they work in, which no child of a postmaster leaves.
pids() {
    ls -ld /proc/[0-9]*/cwd 2>/dev/null | while read -r line; do
        case $line in *" -> $DATA" | *" -> $DATA (deleted)") ;; *) continue ;; esac
        pid=${line#*/proc/}
        pid=${pid%%/*}
        case $(sed -n 's/^.*) \([A-Za-z]\) .*$/\1/p' "/proc/$pid/stat" 2>/dev/null) in '' | Z | X | x) continue ;; esac
        printf '%s\n' "$pid"
    done
}
listens() { owner "$BIN/pg_isready" -q -h 127.0.0.1 -p "$PORT" -t 2; [ $? -lt 2 ]; }
restored() { [ -f "$HERE/restored.json" ] && [ -n "$(pids)" ]; }

# Ends the server and removes the folder; true once neither is there.
clear_all() {
    waited=0
    while [ -n "$(pids)" ]; do
        [ "$waited" -gt 0 ] || owner "$BIN/pg_ctl" stop -D "$DATA" -m immediate -W >/dev/null 2>&1
        [ "$waited" -lt 50 ] || kill -9 $(pids) 2>/dev/null
        [ "$waited" -lt 100 ] || return 1
        waited=$((waited + 1))
        sleep 0.1
    done
    rm -rf -- "$HERE" && [ ! -e "$HERE" ]
}
give_up() { clear_all || lost "$1; and what was begun could not be removed from $HERE"; refuse "$1"; }

# The beginning of a backup as its label has it. The label's time is by the server's log_timezone, whose abbreviation alone means nothing (CST is two).
began() {
    text=$(sed -n 's/^START TIME: //p' "$1/backup_label" 2>/dev/null)
    [ -n "$text" ] || return 1
    zone=$(sed -n "s/^[[:space:]]*log_timezone[[:space:]]*=[[:space:]]*'\([^']*\)'.*/\1/p" "$1/postgresql.conf" "$1/postgresql.auto.conf" 2>/dev/null | tail -n 1)
    [ -n "$zone" ] || case $text in *' UTC' | *' GMT') zone=UTC ;; *) return 1 ;; esac
    date -u -d "TZ=\"$zone\" ${text% *}" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null
}
newest() {
    for label in "$BACKUPS"/*/backup_label; do
        [ -f "$label" ] && [ -f "$(dirname -- "$label")/PG_VERSION" ] && printf '%s %s\n' "$(began "$(dirname -- "$label")" || echo 0)" "$(dirname -- "$label")"
    done | sort | tail -n 1 | cut -d ' ' -f 2-
}

case $VERB in
    status | restore | remove) ;;
    *) refuse "there is no verb '$VERB'" ;;
esac

exec 9>"$SCRATCH/$MARK.lock" || refuse "$SCRATCH cannot be written to"
if ! flock -n 9; then
    [ "$VERB" = status ] && { answer "\"state\":\"partial\",\"busy\":true"; exit 0; }
    short "somebody is at $MARK already"
fi

trap '[ -e "$HERE" ] || rm -f -- "$SCRATCH/$MARK.lock"' EXIT

case $VERB in
    status)
        if restored; then answer "\"state\":\"restored\",\"busy\":false,$(cat "$HERE/restored.json")"
        elif [ -e "$HERE" ] || [ -n "$(pids)" ]; then answer '"state":"partial","busy":false'
        else answer '"state":"absent","busy":false'; fi
        exit 0
        ;;
    remove)
        clear_all || short "the restored server or its folder $HERE is still there"
        listens && short "something still listens on port $PORT"
        answer "\"removed\":true,\"processes\":0,\"folder\":\"absent\",\"port\":\"refused\""
        exit 0
        ;;
esac

# ---- restore

restored && { answer "$(cat "$HERE/restored.json")"; exit 0; }
clear_all || short "what an earlier attempt left in $HERE is still there"
listens && refuse "something listens on port $PORT already: a restored server would not be the one that is asked"
start=$(date +%s)
if [ -n "$FETCH" ]; then
    NAME=fetched
else
    [ -d "$BACKUPS" ] || refuse "there is no folder of backups '$BACKUPS': give --backups or --fetch"
    FROM=$(newest)
    [ -n "$FROM" ] || refuse "there is no base backup in $BACKUPS (a folder with backup_label and PG_VERSION)"
    NAME=$(basename -- "$FROM")
    need=$(du -sk -- "$FROM" | cut -f 1)
    have=$(df -Pk -- "$SCRATCH" | awk 'NR == 2 { print $4 }')
    [ "$have" -gt "$need" ] || refuse "$SCRATCH has room for $have KiB, the backup $NAME needs $need KiB"
fi
owner mkdir -p -- "$HERE" || refuse "$HERE cannot be made"
if [ -n "$FETCH" ]; then
    owner mkdir -- "$DATA"
    said=$(owner sh -c "$FETCH \"\$1\"" sh "$DATA" 2>&1 9>&-) || give_up "the backup could not be fetched: $(printf '%s' "$said" | tail -n 1)"
else
    cp -R -- "$FROM" "$DATA" 2>/dev/null || give_up "the backup $NAME could not be copied"
    chown -R "$OWNER:$GROUP" "$DATA" 2>/dev/null
fi
chmod 700 "$DATA"
[ -f "$DATA/backup_label" ] && [ -f "$DATA/PG_VERSION" ] && [ -d "$DATA/global" ] || give_up "the backup $NAME is not whole: backup_label, PG_VERSION or global is missing"
MOMENT=$(began "$DATA") || give_up "of which moment the backup $NAME is cannot be told: its label has no START TIME, or a time zone that means nothing here"
if [ -f "$DATA/backup_manifest" ]; then
    said=$(owner "$BIN/pg_verifybackup" -q "$DATA" 2>&1) || give_up "the backup $NAME does not match its manifest: $(printf '%s' "$said" | head -n 1 | sed 's/^pg_verifybackup: //; s/^error: //')"
    VERIFIED=true
elif [ -n "$FETCH" ]; then
    VERIFIED=false
else
    give_up "the backup $NAME has no backup_manifest: nothing shows that it is whole"
fi
rm -f -- "$DATA/standby.signal" "$DATA/recovery.signal" "$DATA/postmaster.pid"
[ -z "$WAL" ] || owner touch "$DATA/recovery.signal"
[ -f "$DATA/postgresql.conf" ] || owner sh -c ': > "$1"' sh "$DATA/postgresql.conf"
[ -f "$DATA/pg_hba.conf" ] || owner sh -c 'echo "host all all 127.0.0.1/32 scram-sha-256" > "$1"' sh "$DATA/pg_hba.conf"
# Last words win: whatever the backup's own settings say, this server is alone.
owner sh -c 'cat >> "$1"' sh "$DATA/postgresql.auto.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
port = $PORT
unix_socket_directories = ''
ssl = off
archive_mode = off
archive_command = ''
restore_command = '$(printf '%s' "$WAL" | sed "s/'/''/g")'
recovery_target = ''
recovery_target_lsn = ''
recovery_target_name = ''
recovery_target_time = ''
recovery_target_xid = ''
primary_conninfo = ''
primary_slot_name = ''
synchronous_standby_names = ''
shared_preload_libraries = ''
max_logical_replication_workers = 0
max_wal_senders = 0
wal_level = minimal
hot_standby = off
logging_collector = off
log_destination = 'stderr'
hba_file = '$DATA/pg_hba.conf'
SETTINGS
owner "$BIN/pg_ctl" start -D "$DATA" -w -t 600 -s -l "$HERE/server.log" </dev/null >/dev/null 2>&1 9>&- ||
    give_up "the server does not start on the backup $NAME: $(sed -n 's/^.*\(FATAL\|PANIC\): *//p' "$HERE/server.log" 2>/dev/null | head -n 1)"
# pg_ctl waits for the beginning of the replay only; its end is when somebody may sign in.
until owner "$BIN/pg_isready" -q -h 127.0.0.1 -p "$PORT" -t 5; do
    [ -n "$(pids)" ] || give_up "the server does not come to the end of the log of the backup $NAME: $(sed -n 's/^.*\(FATAL\|PANIC\): *//p' "$HERE/server.log" 2>/dev/null | head -n 1)"
    sleep 0.2
done
state=$(owner "$BIN/pg_controldata" -D "$DATA" 2>/dev/null)
field() { printf '%s\n' "$state" | sed -n "s/^$1: *//p"; }
[ "$(field 'Database cluster state')" = 'in production' ] || give_up "the server on the backup $NAME is '$(field 'Database cluster state')', not in production"
printf '"mark":"%s","backup":"%s","represents":"%s","verified":%s,"systemIdentifier":"%s","port":%s,"seconds":%s' \
    "$MARK" "$(quote "$NAME")" "$MOMENT" "$VERIFIED" "$(field 'Database system identifier')" "$PORT" "$(($(date +%s) - start))" > "$HERE/restored.json.new" &&
    mv -- "$HERE/restored.json.new" "$HERE/restored.json" || give_up "what was restored could not be written down"
facts=$(cat "$HERE/restored.json")
# Nobody's server: it goes by itself when nobody removes it.
# By exec: what a shell keeps aside while a function is redirected would hold the lock, and the caller's pipe, as long as the watch lasts.
(exec </dev/null >/dev/null 2>&1 9>&-; owner setsid sh -c ': > "$1/watched"; end=$(($(date +%s) + $3)); while [ -d "$1/data" ]; do [ "$(date +%s)" -lt "$end" ] || { "$2/pg_ctl" stop -D "$1/data" -m immediate >/dev/null 2>&1; rm -rf -- "$1"; exit; }; sleep 1; done' \
    sh "$HERE" "$BIN" "$LIFE") &
# Whoever ends this script's session does not end that one, once it has a session of its own.
until [ -e "$HERE/watched" ] || [ ! -e "$DATA" ]; do sleep 0.05; done
answer "$facts"
