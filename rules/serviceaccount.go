package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var serviceAccounts = []lint.Rule{}
