package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var ports = []lint.Rule{}
