#!/bin/sh
# restore-drill.sh FOLDER: is the newest backup worth anything? It is opened beside the house, in a folder that is thrown away:
# the rows are whole, every file that they name is there and still has its bytes, and the paper ledger closes. Exit code 1 if not.
# To restore in earnest: stop Tsuzuri, lay rows, files and rest into an empty TSUZURI_HOME in the same way, start it.
set -eu
from=${1:?the folder of backups}
rows=$(ls -1 "$from"/rows/*.sqlite3 2>/dev/null | sort | tail -n 1)
[ -n "$rows" ] || { echo "no rows under $from/rows (of PostgreSQL: pg_restore into a scratch database, set TSUZURI_DATABASE_URL)"; exit 1; }
aside=$(mktemp -d)
trap 'rm -rf "$aside"' EXIT
cp "$rows" "$aside/tsuzuri.sqlite3"
ln -s "$(cd "$from" && pwd)/files" "$aside/copied"
python3 - "$aside/tsuzuri.sqlite3" "$aside/copied" <<'PY'
import hashlib, pathlib, sqlite3, sys
rows, files = sqlite3.connect(sys.argv[1]), pathlib.Path(sys.argv[2])
wrong = []
if (found := rows.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
    wrong.append(f"rows: {found}")
named = {name for (name,) in rows.execute(
    "SELECT sha256 FROM scans WHERE masked IS NULL UNION SELECT masked FROM scans UNION SELECT picture FROM pages "
    "UNION SELECT held_list FROM export_runs UNION SELECT sha256 FROM answers") if name}
for name in sorted(named):
    path = files / name[:2] / name[2:4] / name
    if not path.is_file():
        wrong.append(f"missing: {name}")
    else:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != name:
                wrong.append(f"damaged: {name}")
print("\n".join(wrong) or f"{len(named)} files that rows name are there, byte for byte")
sys.exit(bool(wrong))
PY
env -u TSUZURI_DATABASE_URL TSUZURI_HOME="$aside" "${TSUZURI:-tsuzuri}" balance
