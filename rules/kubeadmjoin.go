package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// clusterAPIJoins are the kinds of Cluster API that hold a JoinConfiguration.
// Its controller fills in the hashes that are left out.
var clusterAPIJoins = []string{"KubeadmConfig", "KubeadmConfigTemplate", "KubeadmControlPlane", "KubeadmControlPlaneTemplate"}

var kubeadmJoinRules = []lint.Rule{
	{
		ID:     "kubeadm-discovery-unverified",
		Family: "controlplane",
		Title:  "node joins a cluster that it does not verify",
		Why: "A node that joins takes the cluster's certificate authority from whoever answers. " +
			"Somebody between the node and the API server can give his own, and then commands the node.",
		Fix:        "set caCertHashes to the hash of the cluster's CA and delete unsafeSkipCAVerification",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:encryption", "NIST:4.3.5", "ATTACK:T1557", "OWASP:K09"},
		Kinds:      configFileKinds(component.KubeadmJoin),
		Scope:      lint.ResourceScope,
		Check:      kubeadmDiscoveryUnverified,
	},
}

func kubeadmDiscoveryUnverified(p *lint.Pass) {
	if slices.Contains(clusterAPIJoins, p.Object.Kind) {
		for _, keys := range kubeadmPaths {
			discoveryUnverified(p, p.Object.At(keys...).At("joinConfiguration", "discovery"), true)
		}
	}
	for _, file := range component.ConfigFilesIn(p.Set).In(p.Object) {
		if component.KubeadmJoin.Is(file.Object) {
			discoveryUnverified(p, file.At("discovery"), false)
		}
	}
}

// discoveryUnverified judges how a node finds its cluster. completed tells that
// a controller adds the hashes.
func discoveryUnverified(p *lint.Pass, discovery *manifest.Node, completed bool) {
	token := discovery.At("bootstrapToken")
	hashes := token.At("caCertHashes")
	switch skip := token.At("unsafeSkipCAVerification"); {
	case skip.True():
		p.Reportf(skip, "the node takes any certificate authority that it is given, since unsafeSkipCAVerification is true")
	case skip.Truth() == manifest.Unknown:
		p.UnknownValue(skip)
	case token.IsSet() && !completed && len(hashes.Items()) == 0 && !hashes.Templated():
		p.Missingf(token, []string{"caCertHashes"}, "the node joins by a token without caCertHashes, so it cannot tell the cluster from an impostor")
	}
	if from := discovery.At("file", "kubeConfigPath"); strings.HasPrefix(from.Str(), "http://") {
		p.Reportf(from, "the node loads what it trusts over plain HTTP")
	}
}
