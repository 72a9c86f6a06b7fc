package rules

import "github.com/seaworthy-lint/seaworthy/lint"

// controlPlane are the rules on the components of the control plane and their files.
var controlPlane = []lint.Rule{}
