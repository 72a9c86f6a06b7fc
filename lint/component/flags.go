package component

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// word is a word of a command line and where it stands.
type word struct {
	text  string
	node  *manifest.Node
	span  manifest.Span // in a node of several words
	exact bool
}

// switches are the boolean flags that are asked for: they take no separate
// value.
var switches = []string{
	"anonymous-auth", "authentication-token-webhook", "auto-tls", "client-cert-auth", "kubelet-https", "make-iptables-util-chains", "peer-auto-tls",
	"peer-client-cert-auth", "profiling", "protect-kernel-defaults", "rotate-certificates", "rotate-server-certificates", "seccomp-default",
	"service-account-extend-token-expiration", "service-account-lookup", "use-service-account-credentials",
}

// accumulates tells whether a flag that is given several times has all the
// values (pflag's slices); else the last is in force.
func accumulates(name Name, flag string) bool {
	switch flag {
	case "authorization-mode", "enable-admission-plugins", "disable-admission-plugins", "admission-control":
		return name == APIServer
	case "etcd-servers", "tls-cipher-suites", "feature-gates", "allowed-unsafe-sysctls", "service-account-key-file":
		return true
	}
	return strings.HasSuffix(flag, argKey)
}

// argKey ends the options of k3s that hand flags on to a component.
const argKey = "-arg"

// readFlags reads the flags of a command line, and sets doubt when there may be
// others than those that stand there.
func (c *Component) readFlags(words []word) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		text, ok := dashless(c.Name, w.text)
		switch {
		case w.text == "--":
			return
		case !ok:
			if isVariable(w.text) {
				c.doubt = "arguments are filled in when it starts"
			}
			continue
		}
		flag, value, stated := strings.Cut(text, "=")
		flag = flagName(c.Name, flag)
		if isVariable(flag) {
			c.doubt = "arguments are filled in when it starts"
			continue
		}
		if !stated {
			value = "true"
			if next := i + 1; !slices.Contains(switches, flag) && next < len(words) && !strings.HasPrefix(words[next].text, "-") {
				value = words[next].text
				i = next
			}
		}
		c.add(flag, occurrence{Part: Part{Text: unquoted(value), Node: w.node, Span: w.span, Exact: w.exact}})
	}
}

// dashless is a flag without its dashes: two, or one for etcd, whose flags are
// those of Go's package.
func dashless(name Name, text string) (string, bool) {
	if rest, ok := strings.CutPrefix(text, "--"); ok {
		return rest, rest != ""
	}
	rest, ok := strings.CutPrefix(text, "-")
	return rest, ok && rest != "" && name == Etcd
}

// flagName is the name of a flag as it is asked for: the components of
// Kubernetes take underscores for dashes.
func flagName(name Name, flag string) string {
	if name == Etcd {
		return flag
	}
	return strings.ReplaceAll(flag, "_", "-")
}

// unquoted drops quotes around a whole value that no shell has dropped: what is
// meant is judged.
func unquoted(value string) string {
	if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}

// handedOn reads a value such as anonymous-auth=false, which an installer
// hands on to a component.
func (c *Component) handedOn(p Part) {
	text := strings.TrimLeft(p.Text, "-")
	flag, value, stated := strings.Cut(text, "=")
	if !stated {
		value = "true"
	}
	p.Text = unquoted(value)
	c.add(flagName(c.Name, flag), occurrence{Part: p})
}
