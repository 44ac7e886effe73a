#!/bin/sh
# backup.sh FOLDER: the rows, the files, what has left, and the keys. A house in work may be copied: rows first, then files, which are
# never changed under their names. What the house has removed (a page with a number that was blacked out) goes from the copy as well.
set -eu
to=${1:?a folder on another disk}
home=${TSUZURI_HOME:?the house\'s home}
keep=${KEEP:-14}
stamp=$(date +%Y%m%d-%H%M%S)
umask 027
mkdir -p "$to/rows" "$to/files" "$to/rest"

if [ -n "${TSUZURI_DATABASE_URL:-}" ]; then
    pg_dump --format=custom --file="$to/rows/$stamp.part" "$TSUZURI_DATABASE_URL"
    mv "$to/rows/$stamp.part" "$to/rows/$stamp.dump"
else
    python3 - "$home/tsuzuri.sqlite3" "$to/rows/$stamp.part" <<'PY'
import sqlite3, sys
source, copy = (sqlite3.connect(path) for path in sys.argv[1:3])
source.backup(copy)
found = copy.execute("PRAGMA integrity_check").fetchone()[0]
copy.close()
sys.exit(None if found == "ok" else f"the copy of the rows is damaged: {found}")
PY
    mv "$to/rows/$stamp.part" "$to/rows/$stamp.sqlite3"
fi

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
if [ -d "$home/files" ]; then
    (cd "$home/files" && find . -path ./incoming -prune -o -type f -print | sort) > "$lists/here"
else
    : > "$lists/here"
fi
(cd "$to/files" && find . -type f | sort) > "$lists/there"
comm -23 "$lists/here" "$lists/there" | while IFS= read -r name; do
    mkdir -p "$to/files/$(dirname "$name")"
    # Removed by the house since it was listed: then nobody needs it.
    cp "$home/files/$name" "$to/files/$name.part" 2>/dev/null && mv "$to/files/$name.part" "$to/files/$name" || [ ! -e "$home/files/$name" ]
done
comm -13 "$lists/here" "$lists/there" | while IFS= read -r name; do rm -f "$to/files/$name"; done

for part in exports receipt-keys; do
    [ -d "$home/$part" ] && tar -C "$home" -cf "$to/rest/$part.part" "$part" && mv "$to/rest/$part.part" "$to/rest/$part.tar"
done
sync
ls -1 "$to/rows" | sort -r | tail -n "+$((keep + 1))" | while IFS= read -r old; do rm -f "$to/rows/$old"; done
echo "backup $stamp: $(wc -l < "$lists/here") files"
