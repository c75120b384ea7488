#!/bin/sh
set -eu
V=1.33.0; A=$(uname -m | sed 's/x86_64/amd64/')
curl -fsSLO "https://dl.k8s.io/release/v$V/bin/linux/$A/kubectl"
echo "$(curl -fsSL "https://dl.k8s.io/release/v$V/bin/linux/$A/kubectl.sha256")  kubectl" | sha256sum -c -
sudo install -m 0755 kubectl /usr/local/bin/kubectl
