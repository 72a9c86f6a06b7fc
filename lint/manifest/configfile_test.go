package manifest

import "testing"

// TestConfigFiles tells configuration files without apiVersion and kind from
// others.
func TestConfigFiles(t *testing.T) {
	for _, test := range []struct{ path, text, kind string }{
		{"etc/rancher/k3s/config.yaml", "token: x\n", K3sConfig},
		{"rancher/rke2/config.yaml.d/10-a.yml", "token: x\n", K3sConfig},
		{"rancher/rke2/other.yaml", "token: x\n", ""},
		{"a.yaml", "# comment\nkubelet-arg+:\n- a=b\n", K3sConfig},
		{"a.yaml", "server:\n  kubelet-arg: [a]\n", ""},
		{"a.yaml", "version: v1alpha1 # Talos\nmachine: {}\n", TalosConfig},
		{"a.yaml", "cluster:\n  apiServer:\n    certSANs: [a]\n    extraArgs: {a: b}\n", TalosConfig},
		{"values.yaml", "cluster:\n  name: a\n  apiServer: {replicas: 1}\n", ""},
		{"values.yaml", "machine: big\n", ""},
		{"cluster.yml", "nodes:\n- address: a\nservices:\n  kube-api:\n    extra_args: {a: b}\n", RKEConfig},
		{"docker-compose.yml", "services:\n  kube-api:\n    image: a\n", ""},
		{"cluster.yml", "nodes: []\nservices:\n  web: {}\n", ""},
		{"etcd.conf.yml", "name: a\npeer-transport-security:\n  auto-tls: true\n", EtcdConfig},
		{"inventory/a/group_vars/all.yml", "kube_api_anonymous_auth: true\n", KubesprayVars},
		{"group_vars/all.yml", "kube_owner: root\n", ""},
		{"a.yaml", "kube_api_anonymous_auth: true\n", ""},
		{"kubeadm-patches/kube-apiserver0+merge.yaml", "spec: {}\n", KubeadmPatch},
		{"patches/etcd+json.json", `[{"op": "add"}]`, KubeadmPatch},
		{"patches/web+json.yaml", "- op: add\n", ""},
		{"patches/kube-apiserver.yaml", "just text\n", ""},
		{"a.yaml", "kubelet-arg: [a]\napiVersion: v1\n", ""},
		{"a.yaml", "? kubelet-arg\n: [kind]\n", ""},
	} {
		documents := Read(test.path, []byte(test.text), nil)
		got := ""
		if o := documents[0].Object; o != nil {
			got = o.Kind
		}
		if got != test.kind {
			t.Errorf("%s is %q, want %q: %q", test.path, got, test.kind, test.text)
		}
		unread := Read(test.path, []byte(test.text), func(string, string) bool { return false })
		if unread[0].Object != nil {
			t.Errorf("%s is parsed although no rule reads it", test.path)
		}
	}
}
