package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/shell"
)

// The idioms that suspicious-command names. What a command says is never
// shown: it may hold secrets.
const (
	coinMiner      = "a coin miner"
	reverseShell   = "a reverse shell"
	runsDownload   = "a download that is run at once"
	replacedHelper = "a replaced helper program"
)

// suspiciousCommand looks at all that a container runs or hands to what it
// runs.
func suspiciousCommand(p *lint.Pass, c *manifest.Container) {
	if image := c.At("image"); namesMiner(imagePath(image.Str())) {
		reportIdiom(p, c, image, "the image", coinMiner)
	}
	whole := slices.Concat(c.At("command").Items(), c.At("args").Items())
	where := c.At("args")
	if len(where.Items()) == 0 {
		where = c.At("command")
	}
	judgeExec(p, c, where, whole)
	for _, key := range []string{"script", "source"} {
		if n := c.At(key); n.IsString() {
			reportIdioms(p, c, n, "the script", textIdioms(n.Value))
		}
	}
	for _, hook := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		command := c.At(hook, "exec", "command")
		judgeExec(p, c, command, command.Items())
	}
	for _, hook := range []string{"postStart", "preStop"} {
		command := c.At("lifecycle", hook, "exec", "command")
		judgeExec(p, c, command, command.Items())
	}
	for _, env := range c.At("env").Items() {
		judgeVariable(p, c, env)
	}
	judgeMountedScripts(p, c, whole)
}

func reportIdioms(p *lint.Pass, c *manifest.Container, n *manifest.Node, what string, idioms []string) {
	for _, idiom := range idioms {
		reportIdiom(p, c, n, what, idiom)
	}
}

func reportIdiom(p *lint.Pass, c *manifest.Container, n *manifest.Node, what, idiom string) *lint.Finding {
	return p.Reportf(n, "container %q: %s shows %s", c.Name(), what, idiom).Showing(idiom)
}

// judgeExec looks at a command that is given as a list. The finding lies on
// the item that shows the idiom by itself, else on the list.
func judgeExec(p *lint.Pass, c *manifest.Container, list *manifest.Node, items []*manifest.Node) {
	if len(items) == 0 {
		return
	}
	var words []string
	for _, item := range items {
		words = append(words, item.Str())
	}
	command := shell.Command{Words: words}
	program, _ := command.Program()
	var found []string
	for _, item := range items {
		if strings.ContainsAny(item.Str(), " \t\n") && !prints(program) {
			idioms := textIdioms(item.Str())
			reportIdioms(p, c, item, "its command", idioms)
			found = append(found, idioms...)
		}
	}
	for _, idiom := range commandIdioms([]shell.Command{command}) {
		if !slices.Contains(found, idiom) {
			reportIdiom(p, c, list, "its command", idiom)
		}
	}
}

// prints tells of programs whose arguments are text or patterns, not commands.
func prints(program string) bool {
	return slices.Contains([]string{"echo", "printf", "grep", "egrep", "pgrep", "pkill", "killall", "iptables", "sed", "awk", "apt-get", "apk", "yum"}, program)
}

func judgeVariable(p *lint.Pass, c *manifest.Container, env *manifest.Node) {
	value := env.At("value")
	text := strings.TrimSpace(value.Str())
	if text == "" {
		return
	}
	switch name := env.At("name").Str(); {
	case name == "GITSYNC_GIT" && path.Base(text) != "git",
		name == "LD_PRELOAD" && slices.ContainsFunc(preloads(text), func(library string) bool { return isWritable(c, library) }):
		reportIdiom(p, c, value, "variable "+name, replacedHelper)
	case strings.HasPrefix(name, "GITSYNC_"): // addresses of repositories
	default:
		reportIdioms(p, c, value, "variable "+name, variableIdioms(text))
	}
}

func variableIdioms(text string) []string {
	if poolAddress(text) {
		return []string{coinMiner}
	}
	if strings.ContainsAny(text, " \t\n") {
		return textIdioms(text)
	}
	return nil
}

func preloads(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == ' ' })
}

// isWritable tells whether a process of the container could put a file at the
// path: a directory for temporary files, or a volume that is mounted writable.
func isWritable(c *manifest.Container, file string) bool {
	file = path.Clean(file)
	if !path.IsAbs(file) {
		return false
	}
	if mount := mountOf(c, file); mount != nil {
		volume := volumeOf(c.Pod, mount.At("name").Str())
		writable := volume.At("emptyDir").IsSet() || volume.At("hostPath").IsSet() || volume.At("persistentVolumeClaim").IsSet()
		return writable && mount.At("readOnly").Truth() != manifest.True
	}
	for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
		if under(file, dir) {
			return true
		}
	}
	return false
}

// mountOf is the innermost mount that holds the path.
func mountOf(c *manifest.Container, file string) *manifest.Node {
	var best *manifest.Node
	depth := -1
	for _, mount := range c.At("volumeMounts").Items() {
		at := path.Clean(mount.At("mountPath").Str())
		if path.IsAbs(at) && (at == "/" || under(file, at)) && len(at) > depth {
			best, depth = mount, len(at)
		}
	}
	return best
}

func volumeOf(pod *manifest.Pod, name string) *manifest.Node {
	for _, volume := range pod.Volumes() {
		if volume.At("name").Str() == name {
			return volume
		}
	}
	return nil
}

// judgeMountedScripts reads the scripts that the command names and that a
// ConfigMap in view brings in.
func judgeMountedScripts(p *lint.Pass, c *manifest.Container, items []*manifest.Node) {
	seen := map[*manifest.Node]bool{}
	for _, item := range items {
		for _, command := range append(shell.Commands(item.Str()), shell.Command{Words: []string{item.Str()}}) {
			for _, word := range command.Words {
				script := mountedScript(p.Set, c, path.Clean(word))
				if script == nil || seen[script] {
					continue
				}
				seen[script] = true
				for _, idiom := range textIdioms(script.Value) {
					reportIdiom(p, c, item, "the mounted script "+path.Base(word), idiom).Relate(script, "the script stands in this ConfigMap")
				}
			}
		}
	}
}

// mountedScript is the text of a ConfigMap in view that the container sees at
// the path.
func mountedScript(set *manifest.Set, c *manifest.Container, file string) *manifest.Node {
	if !path.IsAbs(file) {
		return nil
	}
	mount := mountOf(c, file)
	if mount == nil {
		return nil
	}
	inVolume := strings.TrimPrefix(strings.TrimPrefix(file, path.Clean(mount.At("mountPath").Str())), "/")
	inVolume = path.Join(mount.At("subPath").Str(), inVolume)
	volume := volumeOf(c.Pod, mount.At("name").Str())
	if n := configMapFile(set, c.Pod, volume.At("configMap"), inVolume); n != nil {
		return n
	}
	for _, source := range volume.At("projected", "sources").Items() {
		if n := configMapFile(set, c.Pod, source.At("configMap"), inVolume); n != nil {
			return n
		}
	}
	return nil
}

// configMapFile is the text that a ConfigMap volume source puts at the path.
func configMapFile(set *manifest.Set, pod *manifest.Pod, source *manifest.Node, file string) *manifest.Node {
	name, key := source.At("name").Str(), file
	if name == "" {
		return nil
	}
	if items := source.At("items").Items(); len(items) > 0 {
		key = ""
		for _, item := range items {
			if path.Clean(item.At("path").Str()) == file {
				key = item.At("key").Str()
			}
		}
	}
	for _, d := range set.Documents {
		o := d.Object
		if o != nil && o.Kind == "ConfigMap" && o.Group() == "" && o.Name == name && o.Namespace == pod.Object.Namespace {
			if n := o.At("data", key); n.IsString() {
				return n
			}
		}
	}
	return nil
}
