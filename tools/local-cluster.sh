#!/usr/bin/env bash
# Three members on this machine, as `npm run cluster` starts them: data in <name>.etcd, logs in
# <name>.log, until Ctrl-C. Arguments are passed on to each member.
set -euo pipefail
etcd_ts=$(dirname "$0")/../dist/bin/etcd-ts.js
cluster=a=http://127.0.0.1:2380,b=http://127.0.0.1:2480,c=http://127.0.0.1:2580

for member in a:23 b:24 c:25; do
  name=${member%:*} ports=${member#*:}
  client=http://127.0.0.1:${ports}79 peer=http://127.0.0.1:${ports}80
  node --enable-source-maps "$etcd_ts" --name "$name" --data-dir "$name.etcd" \
    --initial-cluster "$cluster" \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
    "$@" 2>"$name.log" &
  echo "member $name: $client, process $!"
done
trap 'kill $(jobs -p) 2>/dev/null' INT TERM
echo 'etcdctl --endpoints=127.0.0.1:2379,127.0.0.1:2479,127.0.0.1:2579 endpoint status -w table'
# Again after each signal, until all have ended.
while wait -n; [[ -n $(jobs -p) ]]; do :; done
