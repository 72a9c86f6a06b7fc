package networkpolicy_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
)

// This file is a second, plain reading of NetworkPolicy: generated clusters are
// held in Go values, every policy is asked of every pair, and no code is shared
// with what is tested.

type plainPod struct {
	name, namespace string
	labels          map[string]string
	host            bool
	ports           map[string]int // by name
}

type plainSelector struct {
	labels      map[string]string
	expressions []plainExpression
}

type plainExpression struct {
	key, operator string
	values        []string
}

func (s *plainSelector) matches(labels map[string]string) bool {
	for key, value := range s.labels {
		if have, ok := labels[key]; !ok || have != value {
			return false
		}
	}
	for _, e := range s.expressions {
		have, ok := labels[e.key]
		in := ok && slices.Contains(e.values, have)
		holds := map[string]bool{"In": in, "NotIn": !in, "Exists": ok, "DoesNotExist": !ok}[e.operator]
		if !holds {
			return false
		}
	}
	return true
}

type plainPeer struct {
	namespaces, pods *plainSelector
	cidr             string // 0.0.0.0/0, 10.0.0.0/8 or empty
	except           string
}

type plainPort struct {
	name       string
	port, last int
	protocol   string
}

type plainRule struct {
	peers []plainPeer
	ports []plainPort
}

type plainPolicy struct {
	namespace string
	pods      plainSelector
	types     []string
	rules     [2][]plainRule // nil when the key is absent
}

type plainCluster struct {
	namespaces map[string]map[string]string
	pods       []plainPod
	policies   []plainPolicy
}

// isolates tells whether a policy is about a direction of a pod.
func (c plainCluster) isolates(policy plainPolicy, pod plainPod, d int) bool {
	if pod.host || policy.namespace != pod.namespace || !policy.pods.matches(pod.labels) {
		return false
	}
	if len(policy.types) > 0 {
		return slices.Contains(policy.types, []string{"Ingress", "Egress"}[d])
	}
	return d == 0 || len(policy.rules[1]) > 0
}

// lets tells whether policies let a connection of a pod through: no for pods
// whose address decides, since nobody knows it.
func (c plainCluster) lets(pod plainPod, d int, peer *plainPod, address string, target *plainPod, port plainPort) string {
	isolated, answer := false, "no"
	for _, policy := range c.policies {
		if !c.isolates(policy, pod, d) {
			continue
		}
		isolated = true
		for _, rule := range policy.rules[d] {
			if !hasPort(rule.ports, target, port) {
				continue
			}
			switch c.isPeer(policy, rule, peer, address) {
			case "yes":
				return "yes"
			case "unknown":
				answer = "unknown"
			}
		}
	}
	if !isolated {
		return "yes"
	}
	return answer
}

func hasPort(ports []plainPort, target *plainPod, asked plainPort) bool {
	for _, port := range ports {
		number := port.port
		if port.name != "" {
			number = -1
			if target != nil && target.ports[port.name] != 0 && port.protocol == "TCP" {
				number = target.ports[port.name]
			}
		}
		last := max(port.last, number)
		if port.protocol == asked.protocol && number <= asked.port && asked.port <= last {
			return true
		}
	}
	return len(ports) == 0
}

func (c plainCluster) isPeer(policy plainPolicy, rule plainRule, peer *plainPod, address string) string {
	if len(rule.peers) == 0 {
		return "yes"
	}
	answer := "no"
	for _, p := range rule.peers {
		switch {
		case p.cidr != "" && peer != nil:
			answer = "unknown"
		case p.cidr != "":
			in := p.cidr == "0.0.0.0/0" || strings.HasPrefix(address, "10.")
			if in && !(p.except != "" && strings.HasPrefix(address, strings.TrimSuffix(p.except, ".0.0/16")+".")) {
				return "yes"
			}
		case peer != nil:
			near := peer.namespace == policy.namespace
			if p.namespaces != nil {
				near = p.namespaces.matches(c.namespaces[peer.namespace])
			}
			if near && (p.pods == nil || p.pods.matches(peer.labels)) {
				if !peer.host || p.namespaces != nil && p.namespaces.empty() && (p.pods == nil || p.pods.empty()) {
					return "yes"
				}
				answer = "unknown"
			}
		}
	}
	return answer
}

func (s *plainSelector) empty() bool { return len(s.labels) == 0 && len(s.expressions) == 0 }

// generate makes a cluster.
func generate(random *rand.Rand) plainCluster {
	pick := func(options ...string) string { return options[random.Intn(len(options))] }
	labels := func(keys ...string) map[string]string {
		found := map[string]string{}
		for _, key := range keys {
			if value := pick("", "a", "b", "c"); value != "" {
				found[key] = value
			}
		}
		return found
	}
	selector := func(keys ...string) plainSelector {
		s := plainSelector{}
		if random.Intn(3) > 0 {
			s.labels = labels(keys[random.Intn(len(keys))])
		}
		if random.Intn(3) == 0 {
			e := plainExpression{key: pick(keys...), operator: pick("In", "NotIn", "Exists", "DoesNotExist")}
			if strings.HasSuffix(e.operator, "In") {
				e.values = []string{pick("a", "b"), pick("b", "c")}
			}
			s.expressions = append(s.expressions, e)
		}
		return s
	}
	c := plainCluster{namespaces: map[string]map[string]string{}}
	for _, name := range []string{"one", "two"} {
		c.namespaces[name] = labels("team")
		c.namespaces[name]["kubernetes.io/metadata.name"] = name
	}
	for i := range 1 + random.Intn(5) {
		c.pods = append(c.pods, plainPod{
			name: fmt.Sprintf("p%d", i), namespace: pick("one", "two"), labels: labels("app", "tier"), host: random.Intn(8) == 0,
			ports: map[string]int{pick("http", "sql"): 1 + random.Intn(3)},
		})
	}
	rules := func() []plainRule {
		var all []plainRule
		for range random.Intn(3) {
			rule := plainRule{}
			for range random.Intn(3) {
				peer := plainPeer{}
				own, other := selector("app", "tier"), selector("team")
				switch random.Intn(4) {
				case 0:
					peer.pods = &own
				case 1:
					peer.namespaces = &other
				case 2:
					peer.pods, peer.namespaces = &own, &other
				case 3:
					peer.cidr, peer.except = pick("0.0.0.0/0", "10.0.0.0/8"), pick("", "10.1.0.0/16")
				}
				rule.peers = append(rule.peers, peer)
			}
			for range random.Intn(2) {
				port := plainPort{port: 1 + random.Intn(3), protocol: pick("TCP", "UDP")}
				switch random.Intn(3) {
				case 0:
					port.last = port.port + 1
				case 1:
					port = plainPort{name: pick("http", "sql"), protocol: "TCP"}
				}
				rule.ports = append(rule.ports, port)
			}
			all = append(all, rule)
		}
		return all
	}
	for range random.Intn(5) {
		policy := plainPolicy{namespace: pick("one", "two"), pods: selector("app", "tier"), rules: [2][]plainRule{rules(), rules()}}
		if types := pick("", "Ingress", "Egress", "Ingress, Egress"); types != "" {
			policy.types = strings.Split(types, ", ")
		}
		c.policies = append(c.policies, policy)
	}
	return c
}

// compare asks both readings of a cluster the same questions, and counts the
// answers.
func compare(t *testing.T, c plainCluster, answers map[string]int) {
	t.Helper()
	text := c.yaml()
	v := newView(t, text)
	failed := func(format string, args ...any) {
		t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), text)
	}
	port := plainPort{port: 2, protocol: "TCP"}
	asked := networkpolicy.Port{Number: 2}
	for i := range c.pods {
		to := &c.pods[i]
		end := v.end(to.namespace + "/" + to.name)
		for j := range c.pods {
			from := &c.pods[j]
			want := least(c.lets(*to, 0, from, "", to, port), c.lets(*from, 1, to, "", to, port))
			answers[want]++
			if got := truths[v.model.Allows(v.end(from.namespace+"/"+from.name), end, asked)]; got != want {
				failed("%s/%s -> %s/%s: %s, want %s", from.namespace, from.name, to.namespace, to.name, got, want)
			}
		}
		for _, address := range []string{"10.1.2.3", "10.2.2.3", "1.1.1.1"} {
			if got, want := truths[v.model.Allows(v.end(address), end, asked)], c.lets(*to, 0, nil, address, to, port); got != want {
				failed("%s -> %s/%s: %s, want %s", address, to.namespace, to.name, got, want)
			}
			if got, want := truths[v.model.Allows(end, v.end(address), asked)], c.lets(*to, 1, nil, address, nil, port); got != want {
				failed("%s/%s -> %s: %s, want %s", to.namespace, to.name, address, got, want)
			}
		}
		for d, direction := range []networkpolicy.Direction{networkpolicy.Ingress, networkpolicy.Egress} {
			want := manifest.TruthOf(slices.ContainsFunc(c.policies, func(p plainPolicy) bool { return c.isolates(p, *to, d) }))
			if got := v.model.Verdict(v.pods[to.namespace+"/"+to.name], direction); got.Isolated != want {
				failed("%s of %s/%s is isolated: %d, want %d", direction, to.namespace, to.name, got.Isolated, want)
			}
		}
	}
}

func least(a, b string) string {
	switch {
	case a == "no" || b == "no":
		return "no"
	case a == "unknown" || b == "unknown":
		return "unknown"
	}
	return "yes"
}

// TestBruteForce compares both readings over generated clusters.
func TestBruteForce(t *testing.T) {
	answers := map[string]int{}
	for seed := range 3000 {
		compare(t, generate(rand.New(rand.NewSource(int64(seed)))), answers)
	}
	for _, answer := range []string{"yes", "no", "unknown"} {
		if answers[answer] < 100 {
			t.Errorf("only %d connections are answered %q", answers[answer], answer)
		}
	}
}

// FuzzBruteForce looks for a cluster that both read differently.
func FuzzBruteForce(f *testing.F) {
	f.Add(int64(1))
	f.Fuzz(func(t *testing.T, seed int64) { compare(t, generate(rand.New(rand.NewSource(seed))), map[string]int{}) })
}
