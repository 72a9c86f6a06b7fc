package rules

import "github.com/seaworthy-lint/seaworthy/lint"

var images = []lint.Rule{}
