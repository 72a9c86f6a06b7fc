package rules

import (
	"strings"
	"time"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// eachKubelet judges each kubelet that the object configures.
func eachKubelet(check func(*lint.Pass, *component.Component)) func(*lint.Pass) {
	return eachComponent(check, component.Kubelet)
}

func kubeletAnonymousAuth(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "anonymous-auth"); ok && s.Truth() == manifest.True {
			reportFlag(p, s, "kubelet answers requests without credentials: %s", stated(s))
		}
	})(p)
}

func kubeletAlwaysAllow(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "authorization-mode"); ok && s.Text == "AlwaysAllow" {
			reportFlag(p, s, "kubelet allows every request: %s", stated(s))
		}
	})(p)
}

func kubeletClientCA(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		needed(p, c, "kubelet cannot verify the certificate of the API server: %s", "client-ca-file")
	})(p)
}

func kubeletReadOnlyPort(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		s, ok := judged(p, c, "read-only-port")
		if port, isInt := s.Int(); ok && isInt && port != 0 {
			reportFlag(p, s, "kubelet serves its read-only port without authentication: %s", stated(s))
		}
	})(p)
}

// kubeletHostnameOverride passes a name that is filled in later: it is the one
// that the cloud gives. A name in nodeRegistration is a note, since kubeadm
// issues the certificate for it.
func kubeletHostnameOverride(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		if s := c.Setting("hostname-override"); s.IsGiven() && s.Text != "" {
			reportFlag(p, s, "kubelet calls itself %s, not what its host is called: --hostname-override", s.Text)
		}
	})(p)
	if p.Object.Group() != component.KubeadmGroup {
		return
	}
	if name := p.Object.At("nodeRegistration", "name"); name.Str() != "" && !name.Templated() {
		p.Reportf(name, "the node is called %s, whatever its host is called", name.Str()).AsNote()
	}
}

func kubeletServingCert(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		bootstrap := c.Setting("rotate-server-certificates")
		certificate, key := c.Setting("tls-cert-file"), c.Setting("tls-private-key-file")
		if certificate.Text != "" && key.Text != "" || bootstrap.Known() && bootstrap.Truth() == manifest.True {
			return
		}
		for _, s := range []component.Setting{bootstrap, certificate, key} {
			if s.State == component.Unknown {
				unknownSetting(p, s)
			}
			if !s.Known() {
				return
			}
		}
		reportFlag(p, bootstrap, "kubelet serves a self-signed certificate: neither %s nor %s with %s is set", settingName(bootstrap), settingName(certificate), settingName(key))
	})(p)
}

func kubeletSeccompDefault(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "seccomp-default"); ok && s.Truth() == manifest.False {
			reportFlag(p, s, "containers without a seccomp profile run unconfined: %s", stated(s))
		}
	})(p)
}

func kubeletStaticPodURL(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		s, ok := judged(p, c, "manifest-url")
		if !ok || s.Text == "" {
			return
		}
		f := reportFlag(p, s, "kubelet runs pods from an address without admission control: %s", settingName(s))
		if strings.HasPrefix(s.Text, "http://") {
			f.Message += ", over plain HTTP"
			f.Severity = lint.Critical
		}
	})(p)
}

// kubeletLimitParams are the parameters of kubelet-limits-disabled.
type kubeletLimitParams struct {
	MaxEventRate int64 `doc:"the most events in a second that eventRecordQPS may let through" min:"1"`
}

// timeoutIgnored is the release from which on the kubelet ignores
// streamingConnectionIdleTimeout (its types in k8s.io/kubelet).
const timeoutIgnored = 37

func kubeletLimits(p *lint.Pass) {
	params, _ := p.Rule.Params.(*kubeletLimitParams)
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		timeout, ok := judged(p, c, "streaming-connection-idle-timeout")
		if d, err := time.ParseDuration(timeout.Text); ok && (err == nil && d == 0 || timeout.Text == "0") {
			f := reportFlag(p, timeout, "streams to pods never end: %s", stated(timeout))
			f.Note = versionOf(p, c).AtLeast(timeoutIgnored)
		}
		qps, ok := judged(p, c, "event-qps")
		if n, isInt := qps.Int(); ok && isInt && (n <= 0 || n > params.MaxEventRate) {
			reportFlag(p, qps, "kubelet may flood the API server with events: %s, not 1 to %d", stated(qps), params.MaxEventRate)
		}
		pids, ok := judged(p, c, "pod-max-pids")
		if n, isInt := pids.Int(); ok && isInt && n <= 0 {
			reportFlag(p, pids, "a pod may use up the processes of the node: %s", stated(pids))
		}
	})(p)
}

func kubeletKernelDefaults(p *lint.Pass) {
	eachKubelet(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "make-iptables-util-chains"); ok && s.Truth() == manifest.False {
			reportFlag(p, s, "kubelet leaves iptables to others: %s", stated(s))
		}
		if s, ok := judged(p, c, "protect-kernel-defaults"); ok && s.Truth() == manifest.False {
			reportFlag(p, s, "kubelet changes kernel settings instead of refusing to start: %s", stated(s))
		}
		s, ok := judged(p, c, "allowed-unsafe-sysctls")
		if !ok || len(s.Items()) == 0 {
			return
		}
		f := reportFlag(p, s, "pods may set sysctls that reach beyond them: %s is %s", settingName(s), s.Text)
		if s.Holds("*") || s.Holds("kernel.*") || s.Holds("net.*") {
			f.Severity = lint.Medium
		}
	})(p)
}

// rotationGate is on by default from 1.12 on.
const rotationGate = "RotateKubeletServerCertificate=false"

func kubeletCertRotation(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if c.Name == component.Kubelet {
			if s, ok := judged(p, c, "rotate-certificates"); ok && s.Truth() == manifest.False {
				reportFlag(p, s, "kubelet does not renew its client certificate: %s", stated(s))
			}
		}
		gates := c.Setting("feature-gates")
		for _, item := range gates.Items() {
			if item.Text == rotationGate && item.Node != nil {
				reportPart(p, item, "%s switches off the renewal of serving certificates: feature gate %s", c.Name, rotationGate)
			}
		}
	}, component.Kubelet, component.ControllerManager)(p)
}

func kubeProxyMetrics(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "metrics-bind-address"); ok && s.Text != "" && !isLoopback(s.Text) {
			reportFlag(p, s, "kube-proxy shows its metrics beyond loopback: %s", stated(s))
		}
	}, component.Proxy)(p)
}
