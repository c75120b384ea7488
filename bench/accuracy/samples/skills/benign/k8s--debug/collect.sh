#!/bin/sh
# bundle for a support ticket; secrets are left out
ns="${1:?namespace}"; d=$(mktemp -d)
kubectl -n "$ns" get deploy,po,svc,ing,ev -o wide > "$d/objects.txt"
for p in $(kubectl -n "$ns" get po -o name); do kubectl -n "$ns" logs --tail=500 "$p" > "$d/$(basename "$p").log" 2>&1; done
tar czf "support-$ns.tgz" -C "$d" . && rm -rf "$d"
echo "look through support-$ns.tgz, then attach it to the ticket yourself"
