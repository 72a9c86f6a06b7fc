package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// apiServerAnonymousAuth reads --anonymous-auth, and the configuration of
// authentication, which decides where it says anything.
func apiServerAnonymousAuth(p *lint.Pass) {
	eachComponent(anonymousRequests, component.APIServer)(p)
	for _, config := range configurations(p, component.Authentication) {
		a := component.AnonymousOf(config.Node)
		switch a.Allowed {
		case manifest.True:
			p.Reportf(a.Node, "requests without credentials reach more than health checks")
		case manifest.Unknown:
			p.UnknownValue(a.Node)
		}
	}
}

func anonymousRequests(p *lint.Pass, c *component.Component) {
	if c.Setting("anonymous-auth").State != component.Given && anonymousByFile(p, c) {
		return
	}
	s, ok := judged(p, c, "anonymous-auth")
	if !ok || s.Truth() != manifest.True {
		return
	}
	f := reportFlag(p, s, "%s answers requests without credentials: %s", c.Name, stated(s))
	if c.Setting("authorization-mode").Holds("AlwaysAllow") {
		f.Message += ", and every request is allowed"
		f.Severity = lint.Critical
	} else if binding := contextOf(p.Set).anonymousBinding; binding != nil {
		f.Message += ", and a binding gives them rights"
		f.Severity = lint.Critical
		f.Relate(binding.At("metadata", "name"), "the binding")
	}
}

// anonymousByFile tells whether an AuthenticationConfiguration decides on
// anonymous requests, which is judged where it stands, or unknown when it is
// not in view. The flag and the file exclude each other.
func anonymousByFile(p *lint.Pass, c *component.Component) bool {
	file := c.Setting("authentication-config")
	if file.State == component.Unknown {
		unknownSetting(p, file)
		return true
	}
	if file.Text == "" {
		return false
	}
	configs := component.FileIn(p.Set, c, file.Text, component.Authentication)
	if len(configs) == 0 {
		p.Unknown(file.Part().Node, "the AuthenticationConfiguration is not in view")
		return true
	}
	return component.AnonymousOf(configs[0].Node).Allowed != manifest.Unset
}

// configurations are the files of a kind that the object is or carries.
func configurations(p *lint.Pass, kind component.ConfigKind) []*component.ConfigFile {
	var found []*component.ConfigFile
	for _, file := range component.ConfigFilesIn(p.Set).In(p.Object) {
		if kind.Is(file.Object) {
			found = append(found, file)
		}
	}
	return found
}

func apiServerStaticAuthFile(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		for _, flag := range []string{"token-auth-file", "basic-auth-file"} {
			if s, ok := judged(p, c, flag); ok && s.Text != "" {
				reportFlag(p, s, "%s reads credentials that never expire from a file: --%s", c.Name, flag)
			}
		}
	}, component.APIServer)(p)
}

// apiServerExternalAuthMissing reports once for a set, on the first API server
// that has no authentication for users.
func apiServerExternalAuthMissing(p *lint.Pass) {
	if c := contextOf(p.Set).unauthenticated; c != nil && c.Object == p.Object {
		reportMissing(inComponent(p, c), c.Setting("oidc-issuer-url"), "%s authenticates users by certificates and tokens alone: none of --oidc-issuer-url, --authentication-config and --authentication-token-webhook-config-file is set", c.Name)
	}
}

func apiServerOIDCUnprefixed(p *lint.Pass) {
	eachComponent(oidcPrefixes, component.APIServer)(p)
	for _, config := range configurations(p, component.Authentication) {
		for _, claim := range component.UnprefixedClaims(config.Node) {
			const message = "issuer %q can assert any of Kubernetes' own %s: nothing is put before the claim"
			what := map[string]string{"username": "users", "groups": "groups"}[claim.Name]
			if claim.Node.IsSet() {
				p.Reportf(claim.Node, message, claim.Issuer, what)
			} else {
				p.Missingf(claim.Mapping, []string{"prefix"}, message, claim.Issuer, what)
			}
		}
	}
}

func oidcPrefixes(p *lint.Pass, c *component.Component) {
	if issuer, ok := judged(p, c, "oidc-issuer-url"); !ok || issuer.Text == "" {
		return
	}
	prefix, claim := c.Setting("oidc-username-prefix"), c.Setting("oidc-username-claim")
	if prefix.IsGiven() && prefix.Text == "-" && claim.State != component.Unknown && claim.Text != "email" {
		reportFlag(p, prefix, "%s takes user names from the provider as they are: --oidc-username-prefix is -", c.Name)
	}
	groups := c.Setting("oidc-groups-claim")
	if groups.State == component.Given && groups.Text == "" || groups.State != component.Given && groups.State != component.Unknown {
		return
	}
	switch prefix := c.Setting("oidc-groups-prefix"); {
	case prefix.State == component.Unknown:
		unknownSetting(p, prefix)
	case prefix.Text != "":
	case prefix.Part().Node != nil:
		reportFlag(p, prefix, "%s takes groups from the provider as they are: --oidc-groups-prefix is empty", c.Name)
	default:
		reportFlag(p, groups, "%s takes groups from the provider as they are: --oidc-groups-prefix is not set", c.Name)
	}
}

func apiServerAlwaysAllow(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		mode, ok := authorizationMode(p, c)
		if !ok {
			return
		}
		for _, item := range mode.Items() {
			switch {
			case item.Text != "AlwaysAllow":
			case item.Node == nil:
				reportMissing(p, mode, "%s allows every request: --authorization-mode is left out and defaults to AlwaysAllow", c.Name)
			default:
				reportPart(p, item, "%s allows every request: --authorization-mode holds AlwaysAllow", c.Name)
			}
		}
	}, component.APIServer)(p)
	for _, config := range configurations(p, component.Authorization) {
		for _, a := range component.Authorizers(config.Node) {
			if a.Type == "AlwaysAllow" {
				p.Reportf(a.Node.At("type"), "the API server allows every request: an authorizer has type AlwaysAllow")
			}
		}
	}
}

// authorizationMode are the authorizers that the flag gives; not ok when they
// are unknown, or when a file decides in its place.
func authorizationMode(p *lint.Pass, c *component.Component) (component.Setting, bool) {
	mode, file := c.Setting("authorization-mode"), c.Setting("authorization-config")
	switch {
	case mode.State == component.Given:
		return mode, true
	case file.State == component.Unknown:
		unknownSetting(p, file)
		return mode, false
	case file.Text != "":
		if len(component.FileIn(p.Set, c, file.Text, component.Authorization)) == 0 {
			p.Unknown(file.Part().Node, "the AuthorizationConfiguration is not in view")
		}
		return mode, false
	}
	return judged(p, c, "authorization-mode")
}

func apiServerAuthorizationMode(p *lint.Pass) {
	eachComponent(authorizers, component.APIServer)(p)
	for _, config := range configurations(p, component.Authorization) {
		authorizationFile(p, config.Node)
	}
	if p.Object.Group() == "abac.authorization.kubernetes.io" {
		p.Reportf(p.Object.At("kind"), "rights are given by an ABAC policy, which only a restart of the API server changes")
	}
}

func authorizers(p *lint.Pass, c *component.Component) {
	if mode, ok := authorizationMode(p, c); ok {
		var types []string
		for _, item := range mode.Items() {
			types = append(types, item.Text)
			if item.Text == "ABAC" {
				reportPart(p, item, "%s authorizes by an ABAC file, which only a restart changes", c.Name)
			}
		}
		if missing := missingAuthorizers(types); missing != "" {
			reportFlag(p, mode, "%s does not authorize by %s: %s", c.Name, missing, stated(mode))
		}
	}
	if file := c.Setting("authorization-policy-file"); file.IsGiven() && file.Text != "" {
		reportFlag(p, file, "%s is given an ABAC file: --authorization-policy-file", c.Name)
	}
}

// missingAuthorizers are those that the types lack, "" for none.
func missingAuthorizers(types []string) string {
	var missing []string
	for _, want := range []string{"Node", "RBAC"} {
		if !slices.Contains(types, want) {
			missing = append(missing, want)
		}
	}
	return strings.Join(missing, " and ")
}

func authorizationFile(p *lint.Pass, config *manifest.Node) {
	var types []string
	for _, a := range component.Authorizers(config) {
		if a.GivesNoOpinion() && !(slices.Contains(types, "Node") && slices.Contains(types, "RBAC")) {
			p.Reportf(a.FailurePolicy, "what webhook %q would deny is left to the next authorizers when it fails", a.Name)
		}
		if a.Type == "ABAC" {
			p.Reportf(a.Node.At("type"), "the API server authorizes by an ABAC file, which only a restart changes")
		}
		types = append(types, a.Type)
	}
	if missing := missingAuthorizers(types); missing != "" && !slices.ContainsFunc(types, manifest.IsTemplate) {
		p.Missingf(config, []string{"authorizers"}, "the API server does not authorize by %s", missing)
	}
}
