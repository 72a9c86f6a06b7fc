package rules

import "github.com/seaworthy-lint/seaworthy/lint"

// kubelet are the rules on the components of the nodes.
var kubelet = []lint.Rule{}
