package component

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/shell"
)

var names = []Name{APIServer, ControllerManager, Scheduler, Etcd, Kubelet, Proxy}

// launchers are programs that run what follows them and their options.
var launchers = []string{"go-runner", "tini", "dumb-init", "catatonit", "exec", "nohup", "env", "nice", "sudo", "time"}

// InContainer is the component that a container runs, by the base name of its
// command, its first argument when it has none, its image when there are only
// flags, or a command in the shell line that it runs; "" for other programs. An etcd counts only where labels,
// namespace or host network say that it is the cluster's.
func InContainer(c *manifest.Container) Name {
	for _, found := range inContainer(c) {
		if found.Source == CommandLine {
			return found.Name
		}
	}
	return ""
}

// inContainer are the components that a container runs.
func inContainer(c *manifest.Container) []*Component {
	command, args := c.At("command"), c.At("args")
	var words []word
	for _, item := range slices.Concat(command.Items(), args.Items()) {
		words = append(words, word{text: item.Str(), node: item, exact: item.Exact()})
	}
	from := Place{Under: c.Node, Keys: []string{"command"}}
	byImage := false
	if !command.IsSet() {
		from.Keys = []string{"args"}
		if byImage = len(words) > 0 && isArgument(words[0].text); byImage {
			words = slices.Insert(words, 0, word{text: programOf(c.At("image").Str()), node: c.At("image")})
		}
	}
	var found []*Component
	for _, run := range runs(words, from) {
		for _, comp := range run.components() {
			if comp.Name == Etcd && !servesCluster(c) {
				continue
			}
			comp.Object, comp.Container, comp.Root = c.Pod.Object, c, c.Pod.Object.Node
			comp.readEnvironment()
			if byImage && comp.doubt == "" {
				comp.doubt = "the entry point of its image may set it"
			}
			found = append(found, comp)
		}
	}
	return found
}

// isArgument tells whether a word cannot be a program, but only what one is
// given: a flag, or the sub-command of k3s.
func isArgument(word string) bool {
	return strings.HasPrefix(word, "-") || word == "server" || word == "agent"
}

// architectures end the names of images that are built for one of them.
var architectures = []string{"-amd64", "-arm64", "-arm", "-ppc64le", "-s390x"}

// programOf is the program that an image is named after.
func programOf(image string) string {
	name := path.Base(image)
	if end := strings.IndexAny(name, ":@"); end >= 0 {
		name = name[:end]
	}
	for _, architecture := range architectures {
		name = strings.TrimSuffix(name, architecture)
	}
	return name
}

// servesCluster tells whether an etcd is the cluster's, and not one of an
// application.
func servesCluster(c *manifest.Container) bool {
	labels := c.Pod.Metadata.At("labels")
	if c.Pod.Metadata == nil {
		labels = c.Pod.Object.At("metadata", "labels")
	}
	return c.Pod.Object.Namespace == "kube-system" || labels.At("tier").Str() == "control-plane" || c.Pod.At("hostNetwork").True()
}

// run is one command that runs, and where a missing flag of it is written.
type run struct {
	words   []word
	missing Place
}

// runs are the commands of a command line: itself, or those of the script that
// it hands to a shell.
func runs(words []word, missing Place) []run {
	words = launched(words)
	if len(words) == 0 {
		return nil
	}
	if !shell.IsShell(path.Base(words[0].text)) {
		return []run{{words, missing}}
	}
	for i, w := range words[1:] {
		if strings.HasPrefix(w.text, "-") && !strings.HasPrefix(w.text, "--") && strings.HasSuffix(w.text, "c") {
			rest := words[i+2:]
			if len(rest) > 0 && rest[0].text == "--" {
				rest = rest[1:]
			}
			if len(rest) > 0 {
				return scriptRuns(rest[0].node, rest[0].node.TextPlaces(), 0, len(rest[0].text))
			}
		}
	}
	return nil
}

// launched drops the programs that only start the next one, and their options.
func launched(words []word) []word {
	for len(words) > 0 && slices.Contains(launchers, path.Base(words[0].text)) {
		words = words[1:]
		for len(words) > 0 && (strings.HasPrefix(words[0].text, "-") || strings.Contains(words[0].text, "=")) {
			words = words[1:]
		}
	}
	return words
}

// Bounds of what is read of a script: how many components it starts, and how
// many words the command of one has. Nobody writes more.
const (
	maxRuns  = 16
	maxWords = 1000
)

// scriptRuns are the commands in a part of a scalar's text that is shell text
// and may run components. places is the scalar's.
func scriptRuns(n *manifest.Node, places func(start, end int) (manifest.Span, bool), start, end int) []run {
	text := n.Str()
	if start < 0 || end > len(text) || start > end {
		return nil
	}
	text = text[start:end]
	if !mentions(text) {
		return nil
	}
	var found []run
	for _, command := range shell.Commands(text) {
		if len(command.Words) > maxWords {
			continue
		}
		var words []word
		for i, text := range command.Words {
			w := word{text: text, node: n}
			w.span = n.Field()
			if i < len(command.Offsets) && command.Offsets[i] >= 0 {
				at := start + command.Offsets[i]
				w.span, w.exact = places(at, min(at+len(text), end))
			}
			words = append(words, w)
		}
		words = launched(words)
		if len(words) > 0 && mentions(words[0].text) {
			found = append(found, run{words, Place{Under: n, Span: words[0].span}})
		}
		if len(found) == maxRuns {
			break
		}
	}
	return found
}

// mentions tells whether a text names a component.
func mentions(text string) bool {
	for _, word := range []string{"kube", "etcd", "k3s", "rke2"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// components are what a command runs: one component, or those to which k3s or
// rke2 hand their flags on.
func (r run) components() []*Component {
	program, words := path.Base(r.words[0].text), r.words[1:]
	if strings.HasPrefix(r.words[0].text, "-") {
		return nil // arguments of an entry point that only the image knows
	}
	if len(words) > 0 {
		switch sub := words[0].text; {
		case program == "hyperkube":
			program, words = "kube-"+strings.TrimPrefix(sub, "kube-"), words[1:]
			if sub == "kubelet" {
				program = sub
			}
		case (program == "k3s" || program == "rke2") && (sub == "server" || sub == "agent"):
			return handedOnByFlags(words[1:])
		}
	}
	if !slices.Contains(names, Name(program)) {
		return nil
	}
	c := &Component{Name: Name(program), missing: r.missing}
	c.readFlags(words)
	if c.given["version"] != nil || c.given["help"] != nil {
		return nil // it only prints something
	}
	c.readConfigFlag()
	return []*Component{c}
}

// handedOnByFlags are the components that flags such as --kubelet-arg of k3s
// configure.
func handedOnByFlags(words []word) []*Component {
	k3s := &Component{}
	k3s.readFlags(words)
	var found []*Component
	for _, name := range names {
		c := &Component{Name: name, Source: Distribution}
		for _, o := range k3s.given[string(name)+argKey] {
			c.handedOn(o.Part)
		}
		if c.given != nil {
			found = append(found, c)
		}
	}
	return found
}

// readConfigFlag notes what a configuration file that a flag names decides:
// the scheduler and kube-proxy then ignore the flags that the file has fields
// for (cmd/kube-scheduler/app/options, cmd/kube-proxy/app), etcd all others;
// the kubelet's flags win over its file.
func (c *Component) readConfigFlag() {
	flag := "config"
	if c.Name == Etcd {
		flag = "config-file"
	}
	if !c.Setting(flag).IsGiven() || c.Setting(flag).Text == "" {
		return
	}
	switch c.Name {
	case Kubelet:
		c.doubt = notInView
	case Scheduler:
		delete(c.given, "profiling")
		c.decided = map[string]string{"profiling": notInView}
	case Proxy:
		delete(c.given, "metrics-bind-address")
		c.doubt = notInView
	case Etcd:
		c.given = map[string][]occurrence{flag: c.given[flag]}
		c.doubt = notInView
	}
}

// notInView says why what a configuration file sets is unknown.
const notInView = "its configuration file is not in view"

// readEnvironment takes etcd's variables, which its flags win over.
func (c *Component) readEnvironment() {
	if c.Name != Etcd || len(c.given["config-file"]) > 0 {
		return
	}
	flags := c.given
	c.given = nil
	for _, entry := range c.Container.At("env").Items() {
		name, ok := strings.CutPrefix(entry.At("name").Str(), "ETCD_")
		if !ok {
			continue
		}
		flag := strings.ReplaceAll(strings.ToLower(name), "_", "-")
		if entry.At("valueFrom").IsSet() {
			c.add(flag, occurrence{Part: Part{Text: "$(" + name + ")", Node: entry}})
			continue
		}
		c.addNode(flag, entry.At("value"))
	}
	for flag, occurrences := range flags {
		if c.given == nil {
			c.given = map[string][]occurrence{}
		}
		c.given[flag] = occurrences
	}
	if len(c.Container.At("envFrom").Items()) > 0 {
		c.doubt = "variables come from what is not in view"
	}
}
