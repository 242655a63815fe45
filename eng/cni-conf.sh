#!/usr/bin/env bash
# cni-conf.sh <directory> <bridge> <a.b.c>: writes a configuration list of bridge, host-local and portmap on a.b.c.0/24,
# its address book below <directory> too, so that nothing of it is left when the directory goes.
set -euo pipefail
mkdir -p "$1/conf" "$1/addresses"
cat >"$1/conf/10-$2.conflist" <<JSON
{
  "cniVersion": "0.4.0",
  "name": "$2",
  "plugins": [
    {
      "type": "bridge", "bridge": "$2", "isGateway": true, "ipMasq": false, "hairpinMode": true,
      "ipam": {
        "type": "host-local", "dataDir": "$1/addresses",
        "ranges": [[{ "subnet": "$3.0/24" }]], "routes": [{ "dst": "0.0.0.0/0" }]
      }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
JSON
