package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var resources = []lint.Rule{}
