package rules

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// requiredFields are the fields without which the API server refuses a value
// of a type, by the name of the type (pkg/apis/*/validation of Kubernetes).
// Selectors of workloads are left to selector-mismatch.
var requiredFields = map[string][]string{
	"core/v1.PodSpec":                               {"containers"},
	"core/v1.Container":                             {"name", "image"},
	"core/v1.EnvVar":                                {"name"},
	"core/v1.ContainerPort":                         {"containerPort"},
	"core/v1.VolumeMount":                           {"name", "mountPath"},
	"core/v1.VolumeDevice":                          {"name", "devicePath"},
	"core/v1.Volume":                                {"name"},
	"core/v1.HTTPGetAction":                         {"port"},
	"core/v1.TCPSocketAction":                       {"port"},
	"core/v1.GRPCAction":                            {"port"},
	"core/v1.ConfigMapKeySelector":                  {"key"},
	"core/v1.SecretKeySelector":                     {"key"},
	"core/v1.ObjectFieldSelector":                   {"fieldPath"},
	"core/v1.ResourceFieldSelector":                 {"resource"},
	"core/v1.KeyToPath":                             {"key", "path"},
	"core/v1.HostPathVolumeSource":                  {"path"},
	"core/v1.PersistentVolumeClaimVolumeSource":     {"claimName"},
	"core/v1.CSIVolumeSource":                       {"driver"},
	"core/v1.NFSVolumeSource":                       {"server", "path"},
	"core/v1.ServicePort":                           {"port"},
	"core/v1.PersistentVolumeSpec":                  {"capacity", "accessModes"},
	"core/v1.PersistentVolumeClaimSpec":             {"accessModes"},
	"core/v1.NodeSelector":                          {"nodeSelectorTerms"},
	"core/v1.NodeSelectorRequirement":               {"key", "operator"},
	"core/v1.PodAffinityTerm":                       {"topologyKey"},
	"core/v1.TopologySpreadConstraint":              {"maxSkew", "topologyKey", "whenUnsatisfiable"},
	"meta/v1.LabelSelectorRequirement":              {"key", "operator"},
	"apps/v1.DeploymentSpec":                        {"template"},
	"apps/v1.DaemonSetSpec":                         {"template"},
	"apps/v1.StatefulSetSpec":                       {"template"},
	"batch/v1.JobSpec":                              {"template"},
	"batch/v1.CronJobSpec":                          {"schedule", "jobTemplate"},
	"networking/v1.HTTPIngressPath":                 {"backend", "pathType"},
	"networking/v1.IngressServiceBackend":           {"name"},
	"rbac/v1.RoleRef":                               {"kind", "name"},
	"rbac/v1.Subject":                               {"kind", "name"},
	"rbac/v1.PolicyRule":                            {"verbs"},
	"autoscaling/v1.CrossVersionObjectReference":    {"kind", "name"},
	"autoscaling/v2.CrossVersionObjectReference":    {"kind", "name"},
	"autoscaling/v1.HorizontalPodAutoscalerSpec":    {"scaleTargetRef", "maxReplicas"},
	"autoscaling/v2.HorizontalPodAutoscalerSpec":    {"scaleTargetRef", "maxReplicas"},
	"storage/v1.StorageClass":                       {"provisioner"},
	"node/v1.RuntimeClass":                          {"handler"},
	"admissionregistration/v1.ValidatingWebhook":    {"name", "clientConfig", "sideEffects", "admissionReviewVersions"},
	"admissionregistration/v1.MutatingWebhook":      {"name", "clientConfig", "sideEffects", "admissionReviewVersions"},
	"certificates/v1.CertificateSigningRequestSpec": {"request", "signerName", "usages"},
}

// required are the fields that a value of the type must have.
func (s *schema) required() []string {
	if s.definition != nil {
		return definedRequired(s.definition)
	}
	return requiredFields[s.name]
}

// typeNouns say what a type takes.
var typeNouns = map[valueType]string{
	stringValue: "a string", boolValue: "a boolean", intValue: "an integer", numberValue: "a number", quantityValue: "a quantity",
	intOrStringValue: "an integer or a string", timeValue: "a time", durationValue: "a duration", base64Value: "base64",
	mapValue: "a map", listValue: "a list", objectValue: "a map",
}

// wrongValue says why the API server would not decode a value, "" when it
// would.
func wrongValue(n *manifest.Node, s *schema) string {
	if s.takes == anyValue {
		return ""
	}
	if !hasType(n, s.takes) {
		return fmt.Sprintf("is %s, where the API takes %s", describe(n), typeNouns[s.takes])
	}
	text := n.Str()
	if len(s.values) > 0 && text != "" && !slices.Contains(s.values, text) {
		return fmt.Sprintf("is %q, which is none of %s", shortened(text), strings.Join(s.values, ", "))
	}
	if isForm, ok := textForms[s.takes]; ok && !isForm(text) {
		return fmt.Sprintf("is %q, which is not %s", shortened(text), formNouns[s.takes])
	}
	return ""
}

// hasType tells whether the JSON type of a value is one that a field takes.
func hasType(n *manifest.Node, takes valueType) bool {
	if n.Kind != manifest.Scalar {
		return takes == listValue && n.Kind == manifest.List || (takes == mapValue || takes == objectValue) && n.Kind == manifest.Map
	}
	isNumber := n.Type == manifest.Int || n.Type == manifest.Float
	switch takes {
	case boolValue:
		return n.Type == manifest.Bool
	case intValue:
		return isNumber && isInteger(n)
	case numberValue:
		return isNumber
	case quantityValue:
		return isNumber || n.Type == manifest.String
	case intOrStringValue:
		return isNumber && isInteger(n) || n.Type == manifest.String
	case listValue, mapValue, objectValue:
		return false
	}
	return n.Type == manifest.String
}

// isInteger tells whether a number's JSON form is an integer's: YAML's 1.0 and
// 1e3 are.
func isInteger(n *manifest.Node) bool { return strings.Trim(n.Value, "-0123456789") == "" }

// describe names a value with its type.
func describe(n *manifest.Node) string {
	switch {
	case n.Kind == manifest.Map:
		return "a map"
	case n.Kind == manifest.List:
		return "a list"
	case n.Type == manifest.Bool:
		return "the boolean " + n.Value
	case n.Type == manifest.Null:
		return "null"
	case n.Type == manifest.String:
		return fmt.Sprintf("the string %q", shortened(n.Value))
	}
	return "the number " + n.Value
}

// shortened is the beginning of a long text, to be shown in a message.
func shortened(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// textForms tell whether a text has the form that a field takes. An empty
// quantity is none, which is zero.
var textForms = map[valueType]func(string) bool{
	quantityValue: func(text string) bool { return text == "" || decodedQuantity().MatchString(strings.TrimSpace(text)) },
	base64Value: func(text string) bool {
		_, err := base64.StdEncoding.DecodeString(text)
		return err == nil
	},
	timeValue: func(text string) bool {
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	},
	durationValue: func(text string) bool {
		_, err := time.ParseDuration(text)
		return err == nil
	},
}

var formNouns = map[valueType]string{
	quantityValue: "a quantity such as 500m or 1Gi", base64Value: "base64", timeValue: "a time such as 2006-01-02T15:04:05Z", durationValue: "a duration such as 1m30s",
}

// decodedQuantity is what the API server decodes as a quantity, numbers
// without a digit among it.
var decodedQuantity = lazyRegexp(`^[-+]?[0-9]*(\.[0-9]*)?([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$`)
