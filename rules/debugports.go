package rules

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func unauthenticatedDebugPort(p *lint.Pass, c *manifest.Container) {
	for _, item := range slices.Concat(c.At("command").Items(), c.At("args").Items()) {
		if isTemplate(item) {
			p.UnknownValue(item)
		}
	}
	lines := commandLines(c)
	d := debugPorts{Pass: p, container: c}
	everything := environment(c)
	for _, line := range lines {
		everything = append(everything, line...)
		d.node(line)
		d.delve(line)
		d.debugpy(line)
		d.dockerDaemon(line)
	}
	d.node(environment(c, "NODE_OPTIONS"))
	d.java(everything)
	d.jmx(everything)
	d.dockerImage(lines)
	d.dockerClient()
}

// isTemplate tells whether a value is nothing but a template, so that it may
// turn out to be any option.
func isTemplate(n *manifest.Node) bool {
	text := strings.TrimSpace(n.Str())
	return n.Templated() && (strings.HasPrefix(text, "{{") || strings.HasPrefix(text, "${")) && strings.HasSuffix(text, "}")
}

// debugPorts reports the control ports of one container. Messages and values
// name the option only: what stands beside it may be a secret.
type debugPorts struct {
	*lint.Pass
	container *manifest.Container
}

// reach tells who can connect to an address.
type reach uint8

const (
	loopback reach = iota
	beyondLoopback
	unclear
)

// reachOf judges an address, a host with or without a port. What an empty host
// and a bare port mean differs from tool to tool.
func reachOf(address string, emptyHost, barePort reach) reach {
	host := address
	if address == "" {
		return emptyHost
	}
	if i := strings.LastIndex(address, ":"); i >= 0 && !strings.HasSuffix(address, "]") {
		host = address[:i]
		if host == "" {
			return emptyHost
		}
	} else if strings.Trim(address, "0123456789") == "" {
		return barePort
	}
	switch {
	case host == "*":
		return beyondLoopback
	case strings.EqualFold(host, "localhost"):
		return loopback
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	switch {
	case err != nil:
		return unclear
	case ip.IsLoopback():
		return loopback
	}
	return beyondLoopback
}

func (d debugPorts) report(w word, r reach, what string) {
	switch r {
	case beyondLoopback:
		f := d.Reportf(w.node, "container %q opens %s beyond loopback without authentication", d.container.Name(), what).Showing(what)
		if span, ok := w.inScript(); ok {
			f.At(span)
		}
	case unclear:
		d.Unknown(w.node, "the address of "+what+" cannot be told")
	}
}

// java reads the options of the JDWP agent. A bare port is loopback from Java 9
// on and every address before.
func (d debugPorts) java(words []word) {
	for _, w := range words {
		for _, agent := range []string{"-agentlib:jdwp=", "-Xrunjdwp:"} {
			_, list, ok := strings.Cut(w.text, agent)
			if !ok {
				continue
			}
			settings := map[string]string{}
			for _, setting := range strings.Split(list, ",") {
				key, value, _ := strings.Cut(setting, "=")
				settings[key] = value
			}
			if settings["server"] == "y" && settings["address"] != "" {
				d.report(w, reachOf(settings["address"], unclear, unclear), "the Java debugger (jdwp)")
			}
		}
	}
}

func (d debugPorts) node(words []word) {
	for _, w := range words {
		for _, option := range []string{"--inspect=", "--inspect-brk=", "--inspect-wait="} {
			if _, address, ok := strings.Cut(w.text, option); ok {
				d.report(w, reachOf(address, loopback, loopback), "the Node.js inspector ("+strings.TrimSuffix(option, "=")+")")
			}
		}
	}
}

func (d debugPorts) delve(line []word) {
	arguments, ok := after(line, "dlv")
	if i := slices.IndexFunc(arguments, func(w word) bool { return w.text == "--" }); i >= 0 {
		arguments = arguments[:i] // the rest is for the program
	}
	if !ok || !flag(arguments, "--headless") {
		return
	}
	for _, w := range options(arguments, "--listen", "-l") {
		if !strings.HasPrefix(w.text, "unix:") {
			d.report(w, reachOf(w.text, beyondLoopback, unclear), "the Delve debugger (dlv --headless)")
		}
	}
}

// debugpy's own options stand before those of the program.
func (d debugPorts) debugpy(line []word) {
	arguments, _ := after(line, "debugpy")
	if listen := options(arguments, "--listen"); len(listen) > 0 {
		d.report(listen[0], reachOf(listen[0].text, beyondLoopback, loopback), "the Python debugger (debugpy --listen)")
	}
}

// jmx needs a port beside authenticate=false: without one the JVM opens none.
// Any value but true is false for it.
func (d debugPorts) jmx(words []word) {
	const prefix = "com.sun.management.jmxremote."
	settings := map[string]string{}
	var at word
	for _, w := range words {
		if _, setting, ok := strings.Cut(w.text, prefix); ok {
			key, value, _ := strings.Cut(setting, "=")
			settings[key] = value
			if key == "authenticate" {
				at = w
			}
		}
	}
	isTrue := func(key string) bool { return strings.EqualFold(settings[key], "true") }
	if at.node == nil || isTrue("authenticate") || isTrue("ssl.need.client.auth") {
		return
	}
	r := beyondLoopback
	switch {
	case strings.ContainsAny(settings["authenticate"], "${"):
		r = unclear
	case settings["port"] == "" && variable(d.container, "JMX_PORT") == nil:
		r = unclear
	case settings["host"] != "":
		r = reachOf(settings["host"], unclear, unclear)
	}
	d.report(at, r, "JMX (jmxremote.authenticate=false)")
}

// dockerDaemon reads the hosts of dockerd, which takes tcp:// without a host
// for loopback.
func (d debugPorts) dockerDaemon(line []word) {
	arguments, ok := after(line, "dockerd", "dockerd-rootless.sh")
	if !ok || flag(arguments, "--tlsverify") {
		return
	}
	for _, w := range options(arguments, "-H", "--host") {
		if address, ok := strings.CutPrefix(w.text, "tcp://"); ok {
			d.report(w, reachOf(address, loopback, unclear), "the Docker API (dockerd --host without --tlsverify)")
		}
	}
}

// dockerImage knows the entry point of the docker:dind images: unless it is
// told to run something else, an empty DOCKER_TLS_CERTDIR makes it listen on
// every address without TLS.
func (d debugPorts) dockerImage(lines [][]word) {
	entry := variable(d.container, "DOCKER_TLS_CERTDIR")
	if !isDockerInDocker(d.container.At("image").Str()) || !runsDockerEntryPoint(d.container, lines) {
		return
	}
	switch value := entry.At("value"); {
	case value.Templated():
		d.UnknownValue(value)
	case entry.IsSet() && value.Str() == "" && !entry.At("valueFrom").IsSet():
		d.report(word{node: entry.Nearest("value")}, beyondLoopback, "the Docker API (empty DOCKER_TLS_CERTDIR)")
	}
}

// isDockerInDocker tells the images docker:dind, docker:27-dind-rootless and
// so on, from any registry.
func isDockerInDocker(image string) bool {
	image, _, _ = strings.Cut(image, "@")
	name, tag, _ := strings.Cut(path.Base(image), ":")
	return name == "docker" && slices.Contains(strings.Split(tag, "-"), "dind")
}

// runsDockerEntryPoint tells whether the image's entry point runs and starts
// the daemon itself, which it does when its first argument is an option.
func runsDockerEntryPoint(c *manifest.Container, lines [][]word) bool {
	starts := func(arguments []word) bool {
		return (len(arguments) == 0 || strings.HasPrefix(arguments[0].text, "-")) && !flag(arguments, "--tlsverify")
	}
	if len(c.At("command").Items()) == 0 {
		return starts(lines[0])
	}
	return slices.ContainsFunc(lines, func(line []word) bool {
		arguments, ok := after(line, "dockerd-entrypoint.sh")
		return ok && starts(arguments)
	})
}

// dockerClient takes DOCKER_HOST for a sign of a daemon that listens without
// TLS: port 2375 is where it does, and what the client assumes without a port.
func (d debugPorts) dockerClient() {
	entry := variable(d.container, "DOCKER_HOST").At("value")
	address, ok := strings.CutPrefix(entry.Str(), "tcp://")
	if !ok || variable(d.container, "DOCKER_TLS_VERIFY").At("value").Str() != "" {
		return
	}
	address = strings.TrimSuffix(address, "/")
	port := "2375"
	if i := strings.LastIndex(address, ":"); i >= 0 {
		port = address[i+1:]
	} else if strings.ContainsAny(address, "${") {
		port = address
	}
	switch {
	case strings.ContainsAny(port, "${}"):
		d.Unknown(entry, "the port of DOCKER_HOST is not known")
	case port == "2375" && !daemonOnLoopback(d.container.Pod):
		d.Reportf(entry, "container %q uses a Docker API without TLS (DOCKER_HOST on port 2375)", d.container.Name()).Showing("port 2375")
	}
}

// daemonOnLoopback tells whether a container of the pod starts dockerd for the
// other containers only.
func daemonOnLoopback(pod *manifest.Pod) bool {
	for _, c := range pod.Containers() {
		for _, line := range commandLines(c) {
			arguments, _ := after(line, "dockerd", "dockerd-rootless.sh")
			for _, w := range options(arguments, "-H", "--host") {
				if address, ok := strings.CutPrefix(w.text, "tcp://"); ok && reachOf(address, loopback, unclear) == loopback {
					return true
				}
			}
		}
	}
	return false
}
