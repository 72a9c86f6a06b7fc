package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// The checks in this file decide as Pod Security Admission does (package
// k8s.io/pod-security-admission/policy), its quirks included. They run in
// place of the rules' own checks under the pss profiles; a test holds them
// against that package.

// windowsByName tells Windows pods as Pod Security Admission does: by
// spec.os.name alone.
func windowsByName(pod *manifest.Pod) bool { return pod.At("os", "name").Str() == "windows" }

// podSecurityFrom is a check that begins with a minor version.
func podSecurityFrom(minor int, check func(*lint.Pass)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		if p.Version.AtLeast(minor) {
			check(p)
		}
	}
}

// podSecurityPods is eachPod without Windows pods from 1.25 on, the version in
// which all controls that exempt them began to.
func podSecurityPods(check func(*lint.Pass, *manifest.Pod)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		if !p.Version.AtLeast(25) || !windowsByName(pod) {
			check(p, pod)
		}
	})
}

// podSecurityContainers is podSecurityPods for each container of the pods.
func podSecurityContainers(check func(*lint.Pass, *manifest.Container)) func(*lint.Pass) {
	return podSecurityPods(func(p *lint.Pass, pod *manifest.Pod) {
		for _, c := range pod.Containers() {
			check(p.In(c), c)
		}
	})
}

// podSecurityOverridden is for a Baseline control whose place a control of the
// Restricted level takes, which exempts Windows pods from 1.25 on: there, and
// only at the Restricted level, nobody judges them.
func podSecurityOverridden(check func(*lint.Pass, *manifest.Pod)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		if !p.Restricted || !p.Version.AtLeast(25) || !windowsByName(pod) {
			check(p, pod)
		}
	})
}

// podSecurityAdds is the part of capabilities_baseline that belongs to one
// rule: names compare as they are written.
func podSecurityAdds(in func(name string) bool) func(*lint.Pass) {
	return podSecurityOverridden(func(p *lint.Pass, pod *manifest.Pod) {
		for _, c := range pod.Containers() {
			reportAdds(p.In(c), c, in)
		}
	})
}

// podSecurityRestrictedAdds is the add half of capabilities_restricted, from
// 1.22: what is left of it when other rules have reported what Baseline
// forbids too.
func podSecurityRestrictedAdds(p *lint.Pass) {
	podSecurityFrom(22, podSecurityContainers(func(p *lint.Pass, c *manifest.Container) {
		reportAdds(p, c, isBaselineOnly)
	}))(p)
}

func reportAdds(p *lint.Pass, c *manifest.Container, in func(name string) bool) {
	for _, entry := range ownContext(c, "capabilities", "add").Items() {
		switch {
		case entry.Templated():
			p.UnknownValue(entry)
		case in(entry.Str()):
			p.Reportf(entry, "container %q adds capability %s", c.Name(), entry.Str()).About(entry.Str())
		}
	}
}

// podSecurityDropAll is the drop half of capabilities_restricted.
func podSecurityDropAll(p *lint.Pass) {
	podSecurityFrom(22, podSecurityContainers(func(p *lint.Pass, c *manifest.Container) {
		dropped := ownContext(c, "capabilities", "drop")
		switch {
		case dropped.IsSet() && dropped.Kind == manifest.Scalar:
			p.UnknownValue(dropped)
		case slices.ContainsFunc(dropped.Items(), func(entry *manifest.Node) bool { return entry.Str() == "ALL" }):
			p.Comply()
		case slices.ContainsFunc(dropped.Items(), (*manifest.Node).Templated):
			p.Unknown(dropped, "the value is templated")
		default:
			p.Missingf(c.Node, []string{"securityContext", "capabilities", "drop"}, "container %q must drop ALL capabilities", c.Name())
		}
	}))(p)
}

// podSecurityEscalation is a part of allowPrivilegeEscalation, from 1.8 on;
// Windows pods are exempt from 1.25.
func podSecurityEscalation(check func(*lint.Pass, *manifest.Container)) func(*lint.Pass) {
	return podSecurityFrom(8, podSecurityContainers(check))
}

// podSecurityUsers is a control of users: from 1.35 on it does not apply to
// pods with a user namespace of their own.
func podSecurityUsers(check func(*lint.Pass, *manifest.Pod)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		if !inUserNamespace(p, pod) {
			check(p, pod)
		}
	})
}

// podSecurityRoot is runAsUser, from 1.23 on, and the part of runAsNonRoot
// that looks at explicit values: those of the pod count even where each
// container overrides them.
func podSecurityRoot(p *lint.Pass) {
	podSecurityUsers(inContexts(func(p *lint.Pass, owner string, context *manifest.Node) {
		user, nonRoot := along(context, "runAsUser"), along(context, "runAsNonRoot")
		id, known := user.Int()
		switch {
		case !p.Version.AtLeast(23):
		case user.IsSet() && !known:
			p.UnknownValue(user)
		case known && id == 0:
			p.Reportf(user, "%s names user 0", owner)
		}
		switch nonRoot.Truth() {
		case manifest.False:
			p.Reportf(nonRoot, "%s sets runAsNonRoot to false", owner)
		case manifest.Unknown:
			p.UnknownValue(nonRoot)
		}
	}))(p)
}

// podSecurityNonRootUnset is the other part of runAsNonRoot.
func podSecurityNonRootUnset(p *lint.Pass) {
	podSecurityUsers(func(p *lint.Pass, pod *manifest.Pod) {
		for _, c := range pod.Containers() {
			switch n := effectiveContext(c, "runAsNonRoot"); n.Truth() {
			case manifest.True:
				p.Comply()
			case manifest.False:
				p.Forfeit()
			case manifest.Unknown:
				p.UnknownValue(n)
			default:
				p.In(c).Missingf(c.Node, []string{"securityContext", "runAsNonRoot"}, "container %q must set runAsNonRoot", c.Name())
			}
		}
	})(p)
}

// podSecuritySeccomp is seccompProfile_baseline and the part of
// seccompProfile_restricted that looks at explicit values. Before 1.19 there
// were annotations only, which no Restricted control read.
func podSecuritySeccomp(p *lint.Pass) {
	if !p.Version.AtLeast(19) {
		eachPod(seccompAnnotations)(p)
		return
	}
	podSecurityOverridden(inContexts(profileField("seccompProfile")))(p)
}

func seccompAnnotations(p *lint.Pass, pod *manifest.Pod) {
	keys := []string{seccompPodAnnotation}
	for _, c := range pod.Containers() {
		if key := seccompContainerAnnotation + c.Name(); !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		switch n := pod.Annotation(key); {
		case n == nil:
		case n.Templated():
			p.UnknownValue(n)
		case !isSeccompAnnotation(n.Str()):
			p.Reportf(n, "annotation names the seccomp profile %q", n.Str())
		}
	}
}

// profileField reports a seccompProfile or appArmorProfile whose type is
// neither RuntimeDefault nor Localhost, nothing at all included.
func profileField(field string) func(p *lint.Pass, owner string, context *manifest.Node) {
	return func(p *lint.Pass, owner string, context *manifest.Node) {
		profile := along(context, field)
		typ := along(profile, "type")
		switch {
		case !profile.IsSet() || typ.Str() == "RuntimeDefault" || typ.Str() == "Localhost":
		case !typ.IsSet():
			p.Reportf(profile, "%s sets %s without a type", owner, field)
		case !readable(typ, "type"):
			p.UnknownValue(typ)
		default:
			p.Reportf(typ, "%s sets %s.type to %q", owner, field, typ.Str())
		}
	}
}

// podSecuritySeccompUnset is the other part of seccompProfile_restricted; a
// profile of the pod that is not allowed is reported there already.
func podSecuritySeccompUnset(p *lint.Pass) {
	podSecurityFrom(19, podSecurityContainers(func(p *lint.Pass, c *manifest.Container) {
		profile := effectiveContext(c, "seccompProfile")
		state, at := fieldConfinement(profile)
		switch {
		case !profile.IsSet():
			p.Missingf(c.Node, []string{"securityContext", "seccompProfile", "type"}, "container %q must name a seccomp profile", c.Name())
		case state == confined:
			p.Comply()
		case state == untold && !readable(at, "type"):
			p.UnknownValue(at)
		default:
			p.Forfeit()
		}
	}))(p)
}

// podSecurityAppArmor is appArmorProfile: annotations count whether or not
// they name a container of the pod.
func podSecurityAppArmor(p *lint.Pass) {
	eachPod(inContexts(profileField("appArmorProfile")))(p)
	eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, n := range pod.Metadata.At("annotations").Fields() {
			switch {
			case !strings.HasPrefix(n.Key, appArmorAnnotation) || isAppArmorAnnotation(n.Str()):
			case n.Templated():
				p.UnknownValue(n)
			default:
				p.Reportf(n, "annotation names the AppArmor profile %q", n.Str())
			}
		}
	})(p)
}

// podSecurityProcMount is procMount and procMount_restricted: from 1.35 on
// Baseline, but not Restricted, allows any value in a user namespace.
func podSecurityProcMount(p *lint.Pass) {
	if p.Restricted {
		eachContainer(procMountUnmasked)(p)
		return
	}
	podSecurityUsers(func(p *lint.Pass, pod *manifest.Pod) {
		for _, c := range pod.Containers() {
			procMountUnmasked(p.In(c), c)
		}
	})(p)
}

// podSecuritySysctls is sysctls: names compare as they are written, and an
// entry without a name is not on the list.
func podSecuritySysctls(p *lint.Pass, pod *manifest.Pod) {
	for _, item := range podContext(pod, "sysctls").Items() {
		switch n := along(item, "name"); {
		case n.Templated():
			p.UnknownValue(n)
		case !n.IsSet():
			p.Reportf(item, "pod sets a kernel parameter without a name")
		case !isSafeSysctl(n.Str(), p.Version):
			p.Reportf(n, "pod sets the kernel parameter %s", n.Str()).About(n.Str())
		}
	}
}
