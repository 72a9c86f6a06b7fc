package rules

import (
	"net/netip"
	"net/url"
	"path"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func etcdAutoTLS(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		for _, flag := range []string{"auto-tls", "peer-auto-tls"} {
			if s, ok := judged(p, c, flag); ok && s.Truth() == manifest.True {
				reportFlag(p, s, "etcd makes certificates that nobody can verify: %s is true", settingName(s))
			}
		}
	}, component.Etcd)(p)
}

func etcdClientTLS(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		clientCertificates(p, c, "etcd takes clients without a certificate: %s", "client-cert-auth")
		needed(p, c, "etcd does not serve TLS to clients: %s", "cert-file", "key-file")
		for _, flag := range []string{"listen-client-urls", "advertise-client-urls"} {
			plainURLs(p, c, flag, "clients")
		}
		listen := c.Setting("listen-client-urls")
		for _, item := range listen.Items() {
			if listen.IsGiven() && item.Node != nil && bindsAll(item.Text) && !isPlainURL(item.Text) {
				reportPart(p, item, "etcd listens to clients on all addresses: %s", item.Text).AsNote()
			}
		}
	}, component.Etcd)(p)
}

func etcdPeerTLS(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		listen := c.Setting("listen-peer-urls")
		alone := listen.Known() && !slices.ContainsFunc(listen.Items(), func(item component.Part) bool {
			u, err := url.Parse(item.Text)
			return err != nil || !isLoopback(u.Host)
		})
		if alone && c.Source != component.Kubeadm {
			return // a single member that no other machine reaches
		}
		clientCertificates(p, c, "etcd takes members without a certificate: %s", "peer-client-cert-auth")
		needed(p, c, "etcd does not serve TLS to members: %s", "peer-cert-file", "peer-key-file")
		plainURLs(p, c, "listen-peer-urls", "members")
	}, component.Etcd)(p)
}

// clientCertificates asks that a side of etcd wants a certificate.
func clientCertificates(p *lint.Pass, c *component.Component, message, flag string) {
	if s, ok := judged(p, c, flag); ok && s.Truth() == manifest.False {
		reportFlag(p, s, message, stated(s))
	}
}

// plainURLs reports URLs of a list that lead beyond the host without TLS.
func plainURLs(p *lint.Pass, c *component.Component, flag, side string) {
	s, ok := judged(p, c, flag)
	if !ok {
		return
	}
	for _, item := range s.Items() {
		if item.Node != nil && isPlainURL(item.Text) {
			reportPart(p, item, "etcd talks to %s without TLS: %s holds %s", side, settingName(s), item.Text)
		}
	}
}

// bindsAll tells whether a URL is that of all addresses of the host.
func bindsAll(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(u.Hostname())
	return err == nil && address.IsUnspecified()
}

// sharedCA is the first etcd of a set that trusts the CA by which an API server
// beside it takes clients; its fields are nil when there is none.
type sharedCA struct{ etcd, server *component.Component }

// etcdSharedCA reports once for a set.
func etcdSharedCA(p *lint.Pass) {
	shared := manifest.Derived(p.Set, findSharedCA)
	if shared.etcd == nil || shared.etcd.Object != p.Object {
		return
	}
	clients := shared.server.Setting("client-ca-file")
	f := reportFlag(inComponent(p, shared.etcd), shared.etcd.Setting("trusted-ca-file"), "etcd trusts every client certificate of the cluster: --trusted-ca-file and --client-ca-file of kube-apiserver are both %s", clients.Text)
	if part := clients.Part(); part.Node != nil {
		f.Relate(part.Node, "the CA of the cluster's clients")
	}
}

// findSharedCA compares each etcd with the API servers in its folder; where
// there are none, with all of the set.
func findSharedCA(set *manifest.Set) *sharedCA {
	byFolder := map[string][]*component.Component{}
	all := component.All(set, component.APIServer)
	for _, server := range all {
		byFolder[folderOf(server)] = append(byFolder[folderOf(server)], server)
	}
	for _, etcd := range component.All(set, component.Etcd) {
		servers := byFolder[folderOf(etcd)]
		if len(servers) == 0 {
			servers = all
		}
		for _, server := range servers {
			if sameCA(etcd.Setting("trusted-ca-file"), server.Setting("client-ca-file")) {
				return &sharedCA{etcd, server}
			}
		}
	}
	return &sharedCA{}
}

func sameCA(a, b component.Setting) bool {
	return a.Known() && b.Known() && a.Text != "" && b.Text != "" && path.Clean(a.Text) == path.Clean(b.Text)
}

func folderOf(c *component.Component) string { return path.Dir(c.Object.Span().File.Path) }
