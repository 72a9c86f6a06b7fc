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

// etcdSharedCA reports once for a set: on the first etcd that trusts the CA
// which an API server beside it takes clients by. API servers in the folder of
// the etcd are its own; where there are none, all of the set may be.
func etcdSharedCA(p *lint.Pass) {
	for _, etcd := range component.All(p.Set, component.Etcd) {
		trusted := etcd.Setting("trusted-ca-file")
		if !trusted.Known() || trusted.Text == "" {
			continue
		}
		for _, server := range serversOf(p.Set, etcd) {
			clients := server.Setting("client-ca-file")
			if !clients.Known() || clients.Text == "" || path.Clean(clients.Text) != path.Clean(trusted.Text) {
				continue
			}
			if etcd.Object == p.Object {
				f := reportFlag(inComponent(p, etcd), trusted, "etcd trusts every client certificate of the cluster: --trusted-ca-file and --client-ca-file of kube-apiserver are both %s", clients.Text)
				if part := clients.Part(); part.Node != nil {
					f.Relate(part.Node, "the CA of the cluster's clients")
				}
			}
			return
		}
	}
}

func serversOf(set *manifest.Set, etcd *component.Component) []*component.Component {
	all := component.All(set, component.APIServer)
	var beside []*component.Component
	for _, server := range all {
		if folderOf(server) == folderOf(etcd) {
			beside = append(beside, server)
		}
	}
	if len(beside) > 0 {
		return beside
	}
	return all
}

func folderOf(c *component.Component) string { return path.Dir(c.Object.Span().File.Path) }
