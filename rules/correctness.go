package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var correctness = []lint.Rule{}
