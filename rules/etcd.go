package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
)

// etcdRules are the rules on the flags of etcd.
var etcdRules = []lint.Rule{
	{
		ID:       "etcd-auto-tls",
		Family:   "controlplane",
		Title:    "etcd makes its own certificates",
		Why:      "Certificates that etcd signs itself cannot be verified by the other side, so a machine in between is not noticed.",
		Fix:      "delete --auto-tls and --peer-auto-tls and give certificates of a CA",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"trivy-checks:KCV-0044", "trivy-checks:KCV-0047", "checkov:CKV_K8S_118", "kubescape:C-0155",
			"kubescape:C-0158", "kics:98ce8b81-7707-4734-aa39-627c6db3d84b", "kics:ae8827e2-4af9-4baa-9998-87539ae0d6f0",
		},
		References: []string{"CIS:2.3,2.6", "NSA:encryption", "NIST:4.3.3", "ATTACK:T1557", "OWASP:K09"},
		Kinds:      componentKinds(nil, nil, component.Etcd),
		Scope:      lint.ResourceScope,
		Check:      etcdAutoTLS,
	},
	{
		ID:       "etcd-client-tls",
		Family:   "controlplane",
		Title:    "etcd is open to clients without a certificate",
		Why:      "etcd holds the whole cluster, all Secrets too: whoever reaches the port reads and writes them.",
		Fix:      "set --client-cert-auth=true, --trusted-ca-file, --cert-file, --key-file and https URLs",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Critical,
		Points:   -9,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"trivy-checks:KCV-0042", "trivy-checks:KCV-0043", "checkov:CKV_K8S_116", "checkov:CKV_K8S_117",
			"kubescape:C-0153", "kubescape:C-0154", "kics:075ca296-6768-4322-aea2-ba5063b969a9",
			"kics:9391103a-d8d7-4671-ac5d-606ba7ccb0ac",
		},
		References: []string{
			"CIS:2.1,2.2", "NSA:control-plane-hardening", "NIST:4.3.2,4.3.3", "ATTACK:T1552", "OWASP:K06,K08,K09",
		},
		Kinds: componentKinds(nil, nil, component.Etcd),
		Scope: lint.ResourceScope,
		Check: etcdClientTLS,
	},
	{
		ID:       "etcd-peer-tls",
		Family:   "controlplane",
		Title:    "etcd members do not authenticate each other",
		Why:      "A machine that reaches the peer port can join or read the replication, which is all data of the cluster.",
		Fix:      "set --peer-client-cert-auth=true, --peer-trusted-ca-file, --peer-cert-file, --peer-key-file and https URLs",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -7,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"trivy-checks:KCV-0045", "trivy-checks:KCV-0046", "checkov:CKV_K8S_119", "checkov:CKV_K8S_121",
			"kubescape:C-0156", "kubescape:C-0157", "kics:09bb9e96-8da3-4736-b89a-b36814acca60",
			"kics:b7d0181d-0a9b-4611-9d1c-1ad4f0b620ff",
		},
		References: []string{"CIS:2.4,2.5", "NSA:control-plane-hardening", "NIST:4.3.2,4.3.3", "OWASP:K06,K09"},
		Kinds:      componentKinds(nil, nil, component.Etcd),
		Scope:      lint.ResourceScope,
		Check:      etcdPeerTLS,
	},
	{
		ID:         "etcd-shared-ca",
		Family:     "controlplane",
		Title:      "etcd trusts the CA of the cluster",
		Why:        "Every client certificate that the cluster signs, a kubelet's too, then opens etcd past the API server.",
		Fix:        "create a CA for etcd alone",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"default", "strict", "cis"},
		Aliases:    []string{"kubescape:C-0159", "kics:cb7e695d-6a85-495c-b15f-23aed2519303"},
		References: []string{"CIS:2.7", "NIST:4.3.2", "OWASP:K06"},
		Kinds:      componentKinds(nil, nil, component.Etcd, component.APIServer),
		Scope:      lint.RepoScope,
		Check:      etcdSharedCA,
	},
}
