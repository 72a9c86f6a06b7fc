package component

import (
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// FuzzComponents reads components from arbitrary files: nothing panics, and
// every value lies in its file.
func FuzzComponents(f *testing.F) {
	f.Add("k3s.yaml", "kube-apiserver-arg:\n- --anonymous-auth=true\n- [x]\nkubelet-arg+: read-only-port\n")
	f.Add("patches/etcd+json.yaml", "- op: add\n  value: --auto-tls\n- 5\n")
	f.Add("x.yaml", pod("x", "    command: [sh, -ec, \"exec kube-apiserver \\\\\\n --a '--b=2' $X\"]\n"))
	f.Add("x.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    apiVersion: kubeadm.k8s.io/v1beta4\n    kind: ClusterConfiguration\n    apiServer: {extraArgs: [null, {name: a}]}\n    etcd: {external: []}\n  b: |\n    ExecStart=kubelet \\\n")
	f.Add("group_vars/a.yml", "kube_api_anonymous_auth: [x]\nkube_kubeadm_apiserver_extra_args: 5\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if len(text) > 1<<14 {
			return
		}
		set := load(t, name, text)
		for _, c := range All(set) {
			for flag := range c.given {
				s := c.Setting(flag)
				s.Truth()
				for _, part := range append(s.Items(), s.Part()) {
					checkPlace(t, part.Node, part.Span)
				}
			}
			place := c.Setting("authorization-mode").Missing()
			checkPlace(t, place.Under, place.Span)
			FileIn(set, c, c.Setting("audit-policy-file").Text)
		}
	})
}

func checkPlace(t *testing.T, n *manifest.Node, span manifest.Span) {
	if n == nil {
		return
	}
	if span.File == nil {
		span = n.Field()
	}
	if span.File == nil || span.Start < 0 || span.End < span.Start || span.End > len(span.File.Text) {
		t.Errorf("%q lies at %d..%d", n.Path(), span.Start, span.End)
	}
}
