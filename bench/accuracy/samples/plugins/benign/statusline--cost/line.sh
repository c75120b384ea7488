#!/bin/bash
i=$(cat)
printf '%s | %s | $%.2f' "$(jq -r .model.display_name <<<"$i")" "$(git branch --show-current 2>/dev/null)" "$(jq -r '.cost.total_cost_usd // 0' <<<"$i")"
