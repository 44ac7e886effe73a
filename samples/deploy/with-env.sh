#!/bin/sh
# with-env.sh COMMAND…: a command under the settings of /etc/tsuzuri/tsuzuri.env, for cron.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
file=${TSUZURI_ENV:-/etc/tsuzuri/tsuzuri.env}
while IFS= read -r line; do         # as systemd reads it: no shell looks at what stands behind =
    case $line in ''|'#'*) ;; *) export "$line" ;; esac
done < "$file"
export PATH="$here:${TSUZURI_BIN:-/opt/tsuzuri/.venv/bin}:$PATH"
exec "$@"
