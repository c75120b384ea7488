#!/bin/bash
input=$(cat)
dir=$(echo "$input" | jq -r .workspace.current_dir)
model=$(echo "$input" | jq -r .model.display_name)
echo "[$model] ${dir##*/} $(git -C "$dir" branch --show-current 2>/dev/null)"
