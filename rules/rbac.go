package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var rbac = []lint.Rule{}
