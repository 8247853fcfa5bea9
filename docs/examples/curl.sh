#!/bin/sh
# The same question by curl, as JSON then as YAML; "make demo" serves at this address.
# Usage: docs/examples/curl.sh [address]
set -eu
address=${1:-http://127.0.0.1:8000}

curl --silent --show-error "$address/api/v1/timeline" \
  --header 'Content-Type: application/json' \
  --data '{"today": "2025-11-20", "documents": [{"id": "carte", "kind": "CSP", "article": "L421-1", "from": "2022-03-01", "to": "2026-02-28", "length": "4y"}]}'

curl --silent --show-error "$address/api/v1/timeline" \
  --header 'Content-Type: application/yaml' \
  --data-binary "@$(dirname "$0")/question.yaml"
