package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var securityContext = []lint.Rule{}
