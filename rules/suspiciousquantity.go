package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// usage says what a quantity is for, since that decides how small or large it
// may be.
type usage uint8

const (
	limitUse   usage = iota // what a container or volume may use
	requestUse              // what it asks for: a few mebibytes can be meant
	totalUse                // a bound for many, or one below which nothing may be: any size can be meant
)

// Below these no process lives and no volume is of use.
const (
	leastMemory  = 4 << 20
	leastStorage = 1 << 20
	mostCores    = 256
)

func suspiciousQuantity(p *lint.Pass) {
	eachPod(suspiciousPod)(p)
	o := p.Object
	switch {
	case o.Kind == "StatefulSet":
		for _, template := range o.At("spec", "volumeClaimTemplates").Items() {
			suspiciousResources(p, template.At("spec", "resources"), fmt.Sprintf("volume claim template %q", template.At("metadata", "name").Str()))
		}
	case o.Group() != "":
	case o.Kind == "PersistentVolumeClaim":
		suspiciousResources(p, o.At("spec", "resources"), "volume claim")
	case o.Kind == "LimitRange":
		for _, item := range o.At("spec", "limits").Items() {
			suspiciousLimits(p, item, "the LimitRange")
		}
	case o.Kind == "ResourceQuota":
		suspiciousSection(p, o.At("spec", "hard"), totalUse, "the ResourceQuota")
	}
}

func suspiciousPod(p *lint.Pass, pod *manifest.Pod) {
	suspiciousResources(p, pod.At("resources"), "the pod")
	for _, c := range pod.Containers() {
		suspiciousResources(p.In(c), c.At("resources"), fmt.Sprintf("container %q", c.Name()))
	}
	for _, v := range pod.Volumes() {
		who := fmt.Sprintf("volume %q", v.At("name").Str())
		suspiciousValue(p, v.At("emptyDir", "sizeLimit"), "storage", limitUse, who)
		suspiciousResources(p, v.At("ephemeral", "volumeClaimTemplate", "spec", "resources"), who)
	}
}

// suspiciousResources reads requests and limits, and compares them.
func suspiciousResources(p *lint.Pass, resources *manifest.Node, who string) {
	use := requestUse
	if strings.HasPrefix(who, "volume") {
		use = limitUse // there is no other: a volume gets what it requests
	}
	suspiciousSection(p, resources.At("requests"), use, who)
	suspiciousSection(p, resources.At("limits"), limitUse, who)
	suspiciousOrder(p, resources.At("requests"), resources.At("limits"), who)
}

func suspiciousLimits(p *lint.Pass, item *manifest.Node, who string) {
	suspiciousSection(p, item.At("min"), totalUse, who)
	suspiciousSection(p, item.At("defaultRequest"), requestUse, who)
	suspiciousSection(p, item.At("default"), limitUse, who)
	suspiciousSection(p, item.At("max"), limitUse, who)
	suspiciousOrder(p, item.At("defaultRequest"), item.At("default"), who)
}

func suspiciousSection(p *lint.Pass, section *manifest.Node, use usage, who string) {
	for _, n := range section.Fields() {
		suspiciousValue(p, n, resourceName(n.Key), use, who)
	}
}

// resourceName is the resource that a key of a quota limits, or the key.
func resourceName(key string) string {
	if _, name, ok := strings.Cut(key, ".storageclass.storage.k8s.io/"); ok {
		key = name
	}
	return strings.TrimPrefix(strings.TrimPrefix(key, "requests."), "limits.")
}

func suspiciousValue(p *lint.Pass, n *manifest.Node, resource string, use usage, who string) {
	if !n.IsSet() {
		return
	}
	a, ok := amountAt(n)
	if !ok {
		unknownQuantity(p, n)
		return
	}
	if meaning, meant := suspicion(a, resource, use); meant != "" {
		p.Reportf(n, "%s.%s of %s is %s, which is %s and not %s", n.Parent.Key, n.Key, who, n.Str(), meaning, meant)
	}
}

// suspicion says what a quantity means and what must have been meant; nothing
// when it may mean what it says. The API server itself writes fractions of
// large units with the suffix m, so the suffix alone is not suspicious.
func suspicion(a amount, resource string, use usage) (meaning, meant string) {
	switch resource {
	case "cpu":
		many := a.suffix == "" && a.above(mostCores) || a.suffix == "k" && a.Sign() > 0
		if many && use != totalUse || isByteSuffix(a.suffix) && a.Sign() > 0 {
			return a.units("core"), a.number + "m"
		}
	case "memory":
		return tooSmall(a, leastMemory, use)
	case "storage", "ephemeral-storage":
		return tooSmall(a, leastStorage, use)
	}
	return "", ""
}

func isSuspicious(a amount, resource string, use usage) bool {
	_, meant := suspicion(a, resource, use)
	return meant != ""
}

func tooSmall(a amount, least int64, use usage) (meaning, meant string) {
	fraction := slices.Contains([]string{"m", "u", "n"}, a.suffix)
	deliberate := use == totalUse || use == requestUse && (a.suffix == "Mi" || a.suffix == "M")
	if a.Sign() <= 0 || !a.below(least) || deliberate && !fraction {
		return "", ""
	}
	unit := "Mi"
	if a.suffix == "Mi" || a.suffix == "M" {
		unit = "Gi"
	}
	return a.units("byte"), a.number + unit
}

// isByteSuffix tells suffixes that people write behind numbers of bytes, not
// of cores. A quota of many cores can have a k.
func isByteSuffix(suffix string) bool {
	return len(suffix) == 2 && suffix[1] == 'i' || len(suffix) == 1 && strings.Contains("MGTPE", suffix)
}

// units says the amount in words.
func (a amount) units(unit string) string {
	switch {
	case a.below(1):
		return "less than a " + unit
	case a.Num().IsInt64() && a.IsInt() && a.Num().Int64() == 1:
		return "1 " + unit
	}
	return strings.TrimSuffix(strings.TrimRight(a.FloatString(1), "0"), ".") + " " + unit + "s"
}

// suspiciousOrder reports requests above their limits, which the API server
// rejects. Where one of them has the wrong unit, that is the cause.
func suspiciousOrder(p *lint.Pass, requests, limits *manifest.Node, who string) {
	for _, request := range requests.Fields() {
		limit := limits.At(request.Key)
		asked, askedOK := amountAt(request)
		allowed, allowedOK := amountAt(limit)
		if !askedOK || !allowedOK || isSuspicious(asked, request.Key, requestUse) || isSuspicious(allowed, request.Key, limitUse) {
			continue
		}
		if asked.exceeds(allowed, 1) {
			p.Reportf(request, "%s.%s of %s is %s, more than the limit of %s", requests.Key, request.Key, who, request.Str(), limit.Str()).
				Relate(limit, "the limit")
		}
	}
}
