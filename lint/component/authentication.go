package component

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Anonymous is what an AuthenticationConfiguration says of requests without
// credentials (KEP-4633). Where it says nothing, the flag --anonymous-auth
// holds.
type Anonymous struct {
	// Node is the field that decides: the condition that lets in more than
	// health checks, else enabled; nil when the file does not say.
	Node *manifest.Node
	// Allowed is False when anonymous requests are refused or reach health paths
	// only, and Unset when the file does not say.
	Allowed manifest.Truth
}

// healthPaths are what load balancers and kubeadm's probes ask for without
// credentials.
var healthPaths = []string{"/livez", "/readyz", "/healthz", "/version"}

// AnonymousOf reads the anonymous field of an AuthenticationConfiguration.
func AnonymousOf(config *manifest.Node) Anonymous {
	anonymous := config.At("anonymous")
	if !anonymous.IsSet() {
		return Anonymous{}
	}
	enabled, conditions := anonymous.At("enabled"), anonymous.At("conditions").Items()
	switch allowed := enabled.Truth(); {
	case !enabled.IsSet():
		return Anonymous{Node: anonymous, Allowed: manifest.False}
	case allowed != manifest.True || len(conditions) == 0:
		return Anonymous{Node: enabled, Allowed: allowed}
	}
	for _, condition := range conditions {
		switch at := condition.At("path"); {
		case at.Templated():
			return Anonymous{Node: at, Allowed: manifest.Unknown}
		case !slices.Contains(healthPaths, at.Str()):
			return Anonymous{Node: condition, Allowed: manifest.True}
		}
	}
	return Anonymous{Node: enabled, Allowed: manifest.False}
}

// UnprefixedClaim is a user or group name that is taken from a token as it is,
// so that an issuer can assert one that Kubernetes gives a meaning, such as
// system:masters.
type UnprefixedClaim struct {
	// Node is the prefix or the expression; Mapping the map that lacks it when
	// there is none.
	Node, Mapping *manifest.Node
	// Name is username or groups.
	Name string
	// Issuer is the URL of the issuer.
	Issuer string
}

// UnprefixedClaims are the claims that the JWT authenticators of an
// AuthenticationConfiguration take over without a prefix and without a rule
// that refuses names with system: in them.
func UnprefixedClaims(config *manifest.Node) []UnprefixedClaim {
	var found []UnprefixedClaim
	for _, jwt := range config.At("jwt").Items() {
		for _, name := range []string{"username", "groups"} {
			mapping := jwt.At("claimMappings", name)
			if !mapping.IsSet() || refusesSystemNames(jwt, name) {
				continue
			}
			claim := UnprefixedClaim{Mapping: mapping, Name: name, Issuer: jwt.At("issuer", "url").Str()}
			if takenAsItIs(mapping, name, &claim) {
				found = append(found, claim)
			}
		}
	}
	return found
}

// takenAsItIs tells whether a mapping adds nothing to the claim. An email
// address cannot be the name of a component.
func takenAsItIs(mapping *manifest.Node, name string, claim *UnprefixedClaim) bool {
	if expression := mapping.At("expression"); expression.IsSet() {
		claim.Node = expression
		m := plainClaim().FindStringSubmatch(strings.TrimSpace(expression.Str()))
		return m != nil && (name != "username" || m[1] != "email")
	}
	of, prefix := mapping.At("claim"), mapping.At("prefix")
	claim.Node = prefix
	return of.IsSet() && !of.Templated() && prefix.Str() == "" && (name != "username" || of.Str() != "email")
}

var plainClaim = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^claims(?:\.([A-Za-z_][A-Za-z0-9_]*)|\[["'][^"']*["']\])+$`)
})

// refusesSystemNames tells whether a validation rule of a JWT authenticator
// looks for system: in the users' or groups' names.
func refusesSystemNames(jwt *manifest.Node, name string) bool {
	field := "user." + name
	return slices.ContainsFunc(jwt.At("userValidationRules").Items(), func(rule *manifest.Node) bool {
		expression := rule.At("expression").Str()
		return strings.Contains(expression, field) && strings.Contains(expression, "system:")
	})
}
