package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var secrets = []lint.Rule{}
