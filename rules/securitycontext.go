package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var securityContext = slices.Concat(
	privilegeRules,
	userRules,
	seccompRules,
	appArmorRules,
	kernelRules,
	windowsRules,
	sudoRules,
	agentSandboxRules,
)

// along follows keys as Node.At does, but stops at a value that hides the
// rest, such as a template in the place of a map: what it hides is unknown,
// not absent.
func along(n *manifest.Node, keys ...string) *manifest.Node {
	for _, key := range keys {
		if n.IsSet() && n.Kind != manifest.Map {
			return n
		}
		n = n.At(key)
	}
	return n
}

// readable tells whether a value found by along is the string at the key that
// was looked for.
func readable(n *manifest.Node, key string) bool {
	return n.IsString() && n.Key == key && !n.Templated()
}

// ownContext finds a field of the container's own security context.
func ownContext(c *manifest.Container, keys ...string) *manifest.Node {
	return along(c.At("securityContext"), keys...)
}

// podContext finds a field of the pod's security context.
func podContext(pod *manifest.Pod, keys ...string) *manifest.Node {
	return along(pod.At("securityContext"), keys...)
}

// effectiveContext is the value that holds for the container: its own if it is
// set, else the pod's.
func effectiveContext(c *manifest.Container, keys ...string) *manifest.Node {
	if n := ownContext(c, keys...); n.IsSet() {
		return n
	}
	return podContext(c.Pod, keys...)
}

// inContexts makes a check of a pod of a check of one security context: the
// pod's own and that of each container. The owner is named for messages.
func inContexts(check func(p *lint.Pass, owner string, context *manifest.Node)) func(*lint.Pass, *manifest.Pod) {
	return func(p *lint.Pass, pod *manifest.Pod) {
		check(p, "pod", pod.At("securityContext"))
		for _, c := range pod.Containers() {
			check(p.In(c), fmt.Sprintf("container %q", c.Name()), c.At("securityContext"))
		}
	}
}

// confinement is what a profile of seccomp or AppArmor says.
type confinement uint8

const (
	unnamed    confinement = iota // no profile is named
	confined                      // a profile holds
	unconfined                    // the profile is switched off
	untold                        // it cannot be told
)

// fieldConfinement reads a seccompProfile or appArmorProfile, which have the
// same types, and finds the node that decides.
func fieldConfinement(profile *manifest.Node) (confinement, *manifest.Node) {
	at := along(profile, "type")
	switch {
	case !at.IsSet():
		return unnamed, profile
	case !readable(at, "type"):
		return untold, at
	case at.Str() == "Unconfined":
		return unconfined, at
	case at.Str() == "RuntimeDefault", at.Str() == "Localhost":
		return confined, at
	}
	return untold, at
}

// isAnnotation tells a profile that an annotation names from a field's.
func isAnnotation(profile *manifest.Node) bool {
	return profile.IsSet() && strings.Contains(profile.Key, "/")
}

func unknownProfile(p *lint.Pass, n *manifest.Node) {
	if n.IsString() && !n.Templated() {
		p.Unknown(n, "Kubernetes knows no such profile")
		return
	}
	p.UnknownValue(n)
}
