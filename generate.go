package main

//go:generate sh -c "go run . rules -f markdown > docs/rules.md"
