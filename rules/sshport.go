package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

const (
	sshNumber          = 22
	alternateSSHNumber = 2222 // also used for other things
)

func sshPort(p *lint.Pass) {
	eachContainer(func(p *lint.Pass, c *manifest.Container) {
		for _, port := range c.At("ports").Items() {
			n := port.At("containerPort")
			value, ok := number(p, n)
			if !ok || protocol(port) != "TCP" {
				continue
			}
			if value == sshNumber || value == alternateSSHNumber && declaresSSH(c, port) {
				p.Reportf(n, "container %q offers SSH on port %d", c.Name(), value)
			}
		}
	})(p)
	if !isService(p.Object) {
		return
	}
	sure, unsure := p.Scope().PodsBehind(p.Object)
	for _, port := range p.Object.At("spec", "ports").Items() {
		if protocol(port) != "TCP" {
			continue
		}
		if n := sshServicePort(port, sure); n != nil {
			p.Reportf(n, "Service %q leads to SSH in a workload (%s %s)", p.Object.Name, n.Key, n.Str())
		} else if n := sshServicePort(port, unsure); n != nil {
			p.Unknown(n, "which workloads the Service selects is not known")
		}
	}
}

// sshServicePort is the field of a Service's port that shows that it leads to
// SSH in one of the pods; nil when it does not.
func sshServicePort(port *manifest.Node, pods []*manifest.Pod) *manifest.Node {
	own, target := port.At("port"), port.At("targetPort")
	if !target.IsString() && !isSSH(own, true) && !isSSH(target, true) { // whatever the pods are
		return nil
	}
	for _, pod := range pods {
		named := saysSSH(port.At("name").Str())
		for _, t := range targetPorts(port, pod) {
			named = named || declaresSSH(t.container, t.port)
			if target.IsString() && isSSH(t.port.At("containerPort"), named) {
				return target
			}
		}
		for _, n := range []*manifest.Node{own, target} {
			if isSSH(n, named) {
				return n
			}
		}
	}
	return nil
}

func isSSH(n *manifest.Node, named bool) bool {
	value, _ := n.Int()
	return value == sshNumber || value == alternateSSHNumber && named
}

// declaresSSH tells whether the name of the port or the name or image of its
// container says ssh.
func declaresSSH(c *manifest.Container, port *manifest.Node) bool {
	return saysSSH(port.At("name").Str()) || saysSSH(c.Name()) || saysSSH(c.At("image").Str())
}

// saysSSH looks for words such as ssh, sshd and openssh, not for the letters
// alone, which "passhash" has too.
func saysSSH(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
	for _, word := range words {
		if strings.HasPrefix(word, "ssh") || strings.HasPrefix(word, "openssh") {
			return true
		}
	}
	return false
}
