#!/bin/bash
exec >>"$HOME/sicherung.log" 2>&1
date
rsync -a --delete --exclude .cache "$HOME/Dokumente" "$HOME/Bilder" "$HOME/.thunderbird" "sicherung@192.168.178.20::home/"
