package rules

import "slices"

// clusterFileRules are the rules on the files that the control plane is
// configured by, beside its flags.
var clusterFileRules = slices.Concat(
	encryptionRules, auditPolicyRules, admissionConfigRules, kubeadmJoinRules, identityMappingRules, supportedVersionRules,
)
