package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func apiServerInsecureServing(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "insecure-port"); ok && s.Text != "0" {
			reportFlag(p, s, "%s serves plain HTTP without authentication: --insecure-port is %s", c.Name, s.Text)
		}
		if s, ok := judged(p, c, "insecure-bind-address"); ok && s.Text != "" {
			reportFlag(p, s, "%s serves plain HTTP without authentication: --insecure-bind-address is %s", c.Name, s.Text)
		}
		if s, ok := judged(p, c, "secure-port"); ok && s.Text == "0" {
			reportFlag(p, s, "%s does not serve TLS: --secure-port is 0", c.Name)
		}
	}, component.APIServer)(p)
}

func apiServerKubeletTLS(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		needed(p, c, string(c.Name)+" and kubelets do not verify each other: %s", "kubelet-client-certificate", "kubelet-client-key", "kubelet-certificate-authority")
		if s := c.Setting("kubelet-https"); s.IsGiven() && s.Truth() == manifest.False {
			reportFlag(p, s, "%s talks to kubelets without TLS: --kubelet-https is false", c.Name)
		}
	}, component.APIServer)(p)
}

// apiServerAuditDisabled asks for a policy, and for a log or a webhook.
func apiServerAuditDisabled(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		const message = "%s writes no audit log: %s"
		policy, known := judged(p, c, "audit-policy-file")
		log, webhook := c.Setting("audit-log-path"), c.Setting("audit-webhook-config-file")
		noSink := isUnset(log) && isUnset(webhook)
		switch {
		case known && policy.Text == "" && noSink && policy.Part().Node == nil:
			reportMissing(p, policy, message, c.Name, "--audit-policy-file and --audit-log-path are missing")
			return
		case known && policy.Text == "":
			reportFlag(p, policy, message, c.Name, "--audit-policy-file is missing or empty")
		case known && p.Bounds == manifest.Closed && len(component.FileIn(p.Set, c, policy.Text, component.AuditPolicy)) == 0:
			reportFlag(p, policy, "no audit policy in view is the one of %s", c.Name).AsNote()
		}
		switch {
		case noSink:
			reportFlag(p, log, message, c.Name, "neither --audit-log-path nor --audit-webhook-config-file has a value")
		case log.State == component.Unknown && !webhook.IsGiven():
			unknownSetting(p, log)
		}
	}, component.APIServer)(p)
}

// auditRotationParams are the parameters of apiserver-audit-log-rotation.
type auditRotationParams struct {
	MinDays      int64 `doc:"the least value of --audit-log-maxage" min:"1"`
	MinFiles     int64 `doc:"the least value of --audit-log-maxbackup" min:"1"`
	MinMegabytes int64 `doc:"the least value of --audit-log-maxsize" min:"1"`
}

func apiServerAuditLogRotation(p *lint.Pass) {
	params, _ := p.Rule.Params.(*auditRotationParams)
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if log, ok := judged(p, c, "audit-log-path"); !ok || log.Text == "" || log.Text == "-" {
			return
		}
		var flags []string
		for _, limit := range []struct {
			flag  string
			least int64
		}{
			{"audit-log-maxage", params.MinDays},
			{"audit-log-maxbackup", params.MinFiles},
			{"audit-log-maxsize", params.MinMegabytes},
		} {
			s := c.Setting(limit.flag)
			if n, ok := s.Int(); ok && n < limit.least {
				reportFlag(p, s, "%s keeps its audit log too short: --%s is %d, less than %d", c.Name, limit.flag, n, limit.least)
			}
			flags = append(flags, limit.flag)
		}
		needed(p, c, string(c.Name)+" does not say how long its audit log is kept: %s", flags...)
	}, component.APIServer)(p)
}

func apiServerEncryptionMissing(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if old := c.Setting("experimental-encryption-provider-config"); old.IsGiven() && old.Text != "" {
			return // its name before 1.13
		}
		needed(p, c, string(c.Name)+" stores Secrets in clear: %s", "encryption-provider-config")
	}, component.APIServer)(p)
}

func apiServerServiceAccountTokens(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "service-account-lookup"); ok && s.Truth() == manifest.False {
			reportFlag(p, s, "%s accepts tokens of deleted service accounts: --service-account-lookup is false", c.Name)
		}
		if s, ok := judged(p, c, "service-account-extend-token-expiration"); ok && s.Truth() == manifest.True {
			reportFlag(p, s, "%s lets mounted tokens live a year: %s", c.Name, stated(s)).AsNote()
		}
	}, component.APIServer)(p)
}

func apiServerEtcdTLS(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		needed(p, c, string(c.Name)+" does not authenticate itself and etcd to each other: %s", "etcd-cafile", "etcd-certfile", "etcd-keyfile")
		s, ok := judged(p, c, "etcd-servers")
		if !ok {
			return
		}
		for _, item := range s.Items() {
			if item.Node != nil && isPlainURL(item.Text) {
				reportPart(p, item, "%s talks to etcd without TLS: %s", c.Name, item.Text)
			}
		}
	}, component.APIServer)(p)
}

func controlPlaneProfiling(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "profiling"); ok && s.Truth() == manifest.True {
			reportFlag(p, s, "%s serves profiles: %s", c.Name, stated(s))
		}
	}, component.APIServer, component.ControllerManager, component.Scheduler)(p)
}

// weakVersions are names of TLS versions that can be broken: Kubernetes', and
// etcd's.
var weakVersions = []string{"VersionTLS10", "VersionTLS11", "TLS1.0", "TLS1.1"}

func controlPlaneWeakTLS(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "tls-min-version"); ok && slices.Contains(weakVersions, s.Text) {
			reportFlag(p, s, "%s accepts old TLS: %s is %s", c.Name, settingName(s), s.Text)
		}
		flag := "tls-cipher-suites"
		if c.Name == component.Etcd {
			flag = "cipher-suites"
		}
		s, ok := judged(p, c, flag)
		if !ok {
			return
		}
		for _, item := range s.Items() {
			if reason := weakSuite(item.Text); reason != "" && item.Node != nil {
				reportPart(p, item, "%s accepts the weak suite %s: %s", c.Name, item.Text, reason).About(item.Text)
			}
		}
	}, component.APIServer, component.ControllerManager, component.Scheduler, component.Etcd, component.Kubelet)(p)
}

// weakSuite says why a cipher suite, named as Go does, is weak; "" for the
// strong ones, which have forward secrecy and authenticated encryption.
func weakSuite(suite string) string {
	switch {
	case strings.Contains(suite, "_RC4_"), strings.Contains(suite, "_3DES_"):
		return "its cipher is broken"
	case strings.HasPrefix(suite, "TLS_RSA_"):
		return "key exchange by plain RSA has no forward secrecy, although older lists of the benchmark still name it"
	case strings.Contains(suite, "_CBC_"):
		return "CBC is open to padding attacks"
	}
	return ""
}

func controlPlaneBindAddress(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		inPod := c.Container != nil && p.Object.Kind == "Deployment" && !c.Container.Pod.At("hostNetwork").True()
		s, ok := judged(p, c, "bind-address")
		if ok && !isLoopback(s.Text) && !(inPod && s.State == component.Default) { // a second scheduler is probed at its pod's address
			reportFlag(p, s, "%s listens beyond loopback: %s", c.Name, stated(s))
		}
		for _, flag := range []string{"healthz-bind-address", "metrics-bind-address"} {
			s := c.Setting(flag)
			if c.Name == component.Scheduler && s.IsGiven() && s.Text != "" && s.Text != "0" && !strings.HasSuffix(s.Text, ":0") && !isLoopback(s.Text) {
				reportFlag(p, s, "%s listens beyond loopback without TLS: %s", c.Name, stated(s))
			}
		}
	}, component.ControllerManager, component.Scheduler)(p)
}

// controlPlaneLimitParams are the parameters of control-plane-limits.
type controlPlaneLimitParams struct {
	MaxRequestSeconds int64 `doc:"the longest --request-timeout that is plausible, in seconds; the default of the flag is 60" min:"1"`
}

func controlPlaneLimits(p *lint.Pass) {
	params, _ := p.Rule.Params.(*controlPlaneLimitParams)
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if c.Name == component.ControllerManager {
			s, ok := judged(p, c, "terminated-pod-gc-threshold")
			if n, isInt := s.Int(); ok && isInt && n <= 0 {
				reportFlag(p, s, "%s never collects pods that ended: %s", c.Name, stated(s))
			}
			return
		}
		s, ok := judged(p, c, "request-timeout")
		if !ok || s.Text == "" {
			return
		}
		timeout, err := time.ParseDuration(s.Text)
		switch {
		case err != nil:
			reportFlag(p, s, "%s: --request-timeout is no duration: %s", c.Name, s.Text)
		case timeout == 0 || timeout.Seconds() > float64(params.MaxRequestSeconds):
			reportFlag(p, s, "%s lets requests run too long: --request-timeout is %s", c.Name, s.Text)
		}
	}, component.APIServer, component.ControllerManager)(p)
}

func controlPlaneCertificates(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		message := string(c.Name) + " runs without certificates or keys of the cluster: %s"
		if c.Name == component.ControllerManager {
			needed(p, c, message, "service-account-private-key-file", "root-ca-file")
			return
		}
		needed(p, c, message, "tls-cert-file", "tls-private-key-file", "client-ca-file", "service-account-key-file")
	}, component.APIServer, component.ControllerManager)(p)
}

func controllerManagerSharedCredentials(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if s, ok := judged(p, c, "use-service-account-credentials"); ok && s.Truth() == manifest.False {
			reportFlag(p, s, "controllers share one identity: %s", stated(s))
		}
	}, component.ControllerManager)(p)
}
