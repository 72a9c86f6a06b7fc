package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// overcommitParams are the parameters of memory-overcommitted.
type overcommitParams struct {
	Ratio float64 `doc:"how many times the request the limit may be" min:"1"`
}

// memoryOvercommitted compares request and limit of each container, and those
// of the pod as a whole. What only a LimitRange states is no fault of the pod.
func memoryOvercommitted(p *lint.Pass, pod *manifest.Pod) {
	for _, c := range pod.Containers() {
		if c.Role != manifest.Ephemeral {
			overcommitted(p.In(c), fmt.Sprintf("container %q", c.Name()), effectiveQuantity(p, c, "requests"), effectiveQuantity(p, c, "limits"))
		}
	}
	if p.Version.AtLeast(34) {
		whole := pod.At("resources")
		overcommitted(p, "the pod", firstStated(ownQuantities(whole, "requests", "memory")), quantityAt(whole, "limits", "memory"))
	}
}

func overcommitted(p *lint.Pass, who string, request, limit quantity) {
	for _, q := range []quantity{request, limit} {
		if q.known == manifest.Unknown {
			p.Unknown(q.at, q.reason)
			return
		}
	}
	if request.known == manifest.False || limit.known == manifest.False {
		return
	}
	at, other := limit.at, request.at
	if !belongs(at, p.Object) {
		at, other = other, at
	}
	asked, askedOK := amountAt(request.at)
	allowed, allowedOK := amountAt(limit.at)
	params, _ := p.Rule.Params.(*overcommitParams)
	switch {
	case !belongs(at, p.Object):
	case !askedOK || !allowedOK:
		p.Unknown(at, "the value is no quantity")
	case allowed.exceeds(asked, params.Ratio):
		p.Reportf(at, "%s may use %s of memory and requests %s", who, limit.at.Str(), request.at.Str()).
			Relate(other, other.Parent.Key+" of memory")
	}
}

// belongs tells whether a node is one of the object.
func belongs(n *manifest.Node, o *manifest.Object) bool {
	for ; n != nil; n = n.Parent {
		if n == o.Node {
			return true
		}
	}
	return false
}

// effectiveQuantity is the memory that a container requests or is limited to:
// its own, or what a LimitRange supplies.
func effectiveQuantity(p *lint.Pass, c *manifest.Container, section string) quantity {
	own := firstStated(ownQuantities(c.At("resources"), section, "memory"))
	if own.known != manifest.False {
		return own
	}
	return surest(limitRangeQuantities(p, c, section, "memory"))
}

// firstStated is the first source that states the quantity, readable or not.
func firstStated(sources []quantity) quantity {
	if i := slices.IndexFunc(sources, func(q quantity) bool { return q.known != manifest.False }); i >= 0 {
		return sources[i]
	}
	return quantity{known: manifest.False}
}
