package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var hostAccess = []lint.Rule{}
