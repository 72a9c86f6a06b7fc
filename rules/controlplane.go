package rules

import "slices"

// controlPlane are the rules on the components of the control plane and their files.
var controlPlane = slices.Concat(apiServerRules, controlPlaneComponentRules, etcdRules, clusterFileRules)
