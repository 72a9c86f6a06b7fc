package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// clusterContext is what the objects of a set say of its API servers.
type clusterContext struct {
	// anonymousBinding gives requests without credentials more than what they
	// may see by default; nil when nothing does.
	anonymousBinding *manifest.Object
	// verifiesPulls tells that a kubelet asks for the credentials of images that
	// it has already (KEP-2535).
	verifiesPulls bool
	// refusesExternalIPs tells that a policy reads externalIPs of Services.
	refusesExternalIPs bool
	// unauthenticated is the first API server that has no authentication for
	// users; nil when all have one, or a cloud maps its users.
	unauthenticated *component.Component
}

func contextOf(set *manifest.Set) *clusterContext {
	return manifest.Derived(set, func(set *manifest.Set) *clusterContext {
		return &clusterContext{
			anonymousBinding:   anonymousBinding(set),
			verifiesPulls:      verifiesPullCredentials(set),
			refusesExternalIPs: refusesExternalIPs(set),
			unauthenticated:    unauthenticated(set),
		}
	})
}

// publicInfo is the role whose default binding lets everyone read health and
// version.
const publicInfo = "system:public-info-viewer"

func anonymousBinding(set *manifest.Set) *manifest.Object {
	for _, o := range set.OfKind(rbac.Group, "ClusterRoleBinding") {
		if o.At("roleRef", "name").Str() == publicInfo {
			continue
		}
		for _, subject := range o.At("subjects").Items() {
			if name := subject.At("name").Str(); name == "system:anonymous" || name == "system:unauthenticated" {
				return o
			}
		}
	}
	return nil
}

func verifiesPullCredentials(set *manifest.Set) bool {
	for _, o := range set.OfKind("kubelet.config.k8s.io", "KubeletConfiguration") {
		if o.At("imagePullCredentialsVerificationPolicy").Str() == "AlwaysVerify" {
			return true
		}
	}
	return false
}

func refusesExternalIPs(set *manifest.Set) bool {
	if len(set.OfKind(constraintsGroup, "K8sExternalIPs")) > 0 {
		return true
	}
	for _, kind := range [][2]string{{kyvernoGroup, "ClusterPolicy"}, {admissionGroup, "ValidatingAdmissionPolicy"}} {
		for _, o := range set.OfKind(kind[0], kind[1]) {
			if strings.Contains(o.Span().Text(), "externalIPs") {
				return true
			}
		}
	}
	return false
}

func unauthenticated(set *manifest.Set) *component.Component {
	for _, mapping := range []string{"aws-auth", "ncp-auth"} {
		if len(set.Named("", "ConfigMap", mapping)) > 0 {
			return nil
		}
	}
	for _, c := range component.All(set, component.APIServer) {
		if authenticatesUsers(set, c) == manifest.False {
			return c
		}
	}
	return nil
}

// authenticatesUsers tells whether an API server has an authenticator for
// users beside client certificates and tokens.
func authenticatesUsers(set *manifest.Set, c *component.Component) manifest.Truth {
	truth := manifest.False
	for _, flag := range []string{"oidc-issuer-url", "authentication-token-webhook-config-file", "authentication-config"} {
		s := c.Setting(flag)
		switch {
		case !s.Known():
			truth = manifest.Unknown
		case s.Text == "":
		case flag != "authentication-config":
			return manifest.True
		default:
			configs := component.FileIn(set, c, s.Text, component.Authentication)
			if len(configs) == 0 {
				truth = manifest.Unknown
			} else if len(configs[0].At("jwt").Items()) > 0 {
				return manifest.True
			}
		}
	}
	if names := c.Setting("requestheader-allowed-names"); names.IsGiven() && !names.Holds("front-proxy-client") && !names.Holds("aggregator") && names.Text != "" {
		return manifest.True // a proxy of its own, not the one for aggregated APIs
	}
	return truth
}
