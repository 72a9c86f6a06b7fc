package rules

import (
	"fmt"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func invalidPort(p *lint.Pass) {
	eachContainer(invalidContainerPort)(p)
	if isService(p.Object) {
		invalidServicePort(p)
	}
}

func invalidContainerPort(p *lint.Pass, c *manifest.Container) {
	of := fmt.Sprintf("container %q", c.Name())
	names := map[string]bool{}
	for _, port := range c.At("ports").Items() {
		portNumber(p, port.At("containerPort"), 1, of)
		portNumber(p, port.At("hostPort"), 0, of)
		name := port.At("name")
		if !portName(p, name, isPortName, of) {
			continue
		}
		if names[name.Str()] {
			p.Reportf(name, "%s declares the port name %q twice", of, name.Str())
		}
		names[name.Str()] = true
	}
	for _, h := range handlers(c) {
		target := h.At("port")
		switch {
		case target.IsString():
			if portName(p, target, isPortName, of) {
				undeclaredPort(p, c, h, target)
			}
		case portNumber(p, target, 1, of):
			undeclaredPort(p, c, h, target)
		}
	}
}

// portNumber reports a number out of range. It tells whether there is a number
// that a port can have.
func portNumber(p *lint.Pass, n *manifest.Node, lowest int64, of string) bool {
	value, ok := number(p, n)
	if ok && (value < lowest || value > 65535) {
		p.Reportf(n, "%s has the %s %d, which is no port number", of, n.Key, value)
		return false
	}
	return ok
}

var (
	serviceName = lazyRegexp(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	dnsLabel    = lazyRegexp(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
)

// isPortName tells whether a name has the form of an IANA service name
// (RFC 6335, section 5.1), in lower case.
func isPortName(name string) bool {
	return len(name) <= 15 && serviceName().MatchString(name) && strings.Trim(name, "0123456789-") != ""
}

// isDNSLabel tells whether a Service can have a port of that name: its own
// names are DNS labels, unlike those of containers.
func isDNSLabel(name string) bool { return len(name) <= 63 && dnsLabel().MatchString(name) }

// portName reports a name that is not valid. It tells whether there is one
// that is.
func portName(p *lint.Pass, n *manifest.Node, valid func(string) bool, of string) bool {
	switch {
	case n.Templated() || n.IsSet() && !n.IsString():
		p.UnknownValue(n)
	case n.Str() == "":
	case !valid(n.Str()):
		p.Reportf(n, "%s has the %s %q, which is no port name", of, n.Key, n.Str())
	default:
		return true
	}
	return false
}

// undeclaredPort judges the port of a probe of a container that stays: nothing
// declares a name but ports, while a number need not stand there.
func undeclaredPort(p *lint.Pass, c *manifest.Container, h handler, target *manifest.Node) {
	if !h.probe || c.Pod.Batch || c.Role != manifest.App && c.Role != manifest.Sidecar {
		return
	}
	key := "containerPort"
	if target.IsString() {
		key = "name"
	}
	unsure := c.Partial() || c.At("ports").Templated()
	for _, port := range c.At("ports").Items() {
		switch declared := port.At(key); {
		case declared.Str() == target.Str() && protocol(port) == "TCP":
			return
		case declared.Templated() || port.Templated() || port.At("protocol").Templated():
			unsure = true
		}
	}
	switch {
	case unsure:
		p.Unknown(target, "the ports of the container are not all in view")
	case target.IsString():
		p.Reportf(target, "container %q declares no TCP port named %q, to which its %s connects", c.Name(), target.Str(), h.of)
	default:
		p.Reportf(target, "container %q does not list port %s, to which its %s connects", c.Name(), target.Str(), h.of).AsNote()
	}
}

func invalidServicePort(p *lint.Pass) {
	of := fmt.Sprintf("Service %q", p.Object.Name)
	names, numbers := map[string]bool{}, map[string]bool{}
	for _, port := range p.Object.At("spec", "ports").Items() {
		portNumber(p, port.At("nodePort"), 0, of)
		if target := port.At("targetPort"); target.IsString() {
			portName(p, target, isPortName, of)
		} else {
			portNumber(p, target, 1, of)
		}
		if n := port.At("port"); portNumber(p, n, 1, of) && !port.At("protocol").Templated() {
			key := n.Str() + "/" + protocol(port)
			if numbers[key] {
				p.Reportf(n, "%s has port %s twice", of, key)
			}
			numbers[key] = true
		}
		if name := port.At("name"); portName(p, name, isDNSLabel, of) {
			if names[name.Str()] {
				p.Reportf(name, "%s has two ports named %q", of, name.Str())
			}
			names[name.Str()] = true
		}
	}
}
