package component

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// Authorizer is one authorizer of an AuthorizationConfiguration (KEP-3221).
type Authorizer struct {
	// Node is the entry of the list.
	Node *manifest.Node
	// Type is Node, RBAC, ABAC, Webhook, AlwaysAllow or AlwaysDeny.
	Type string
	// Name is a webhook's.
	Name string
	// FailurePolicy is what a webhook that does not answer means; nil for other
	// types.
	FailurePolicy *manifest.Node
}

// Authorizers are the authorizers of an AuthorizationConfiguration, in the
// order in which they are asked.
func Authorizers(config *manifest.Node) []Authorizer {
	var found []Authorizer
	for _, entry := range config.At("authorizers").Items() {
		found = append(found, Authorizer{
			Node:          entry,
			Type:          entry.At("type").Str(),
			Name:          entry.At("name").Str(),
			FailurePolicy: entry.At("webhook", "failurePolicy"),
		})
	}
	return found
}

// GivesNoOpinion tells whether a webhook's failure leaves the decision to the
// authorizers after it, so that what it would have denied may be allowed.
func (a Authorizer) GivesNoOpinion() bool {
	return a.Type == "Webhook" && a.FailurePolicy.Str() == "NoOpinion"
}
