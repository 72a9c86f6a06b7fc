package rules

import (
	"fmt"
	"go/build"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// podSecurityOptions are the options that stand for a level and version of the
// Pod Security Standards.
func podSecurityOptions(level string, version lint.Version) lint.Options {
	var chosen []*lint.Rule
	for _, r := range All() {
		if r.InProfile("pss-" + level) {
			chosen = append(chosen, r)
		}
	}
	return lint.Options{Rules: chosen, PodSecurity: true, Restricted: level == "restricted", Version: version}
}

// podSecurityFindings says what the rules find, one line for each finding. A
// value that cannot be told must not occur: it would pass for allowed.
func podSecurityFindings(t *testing.T, name string, content []byte, opts lint.Options) []string {
	t.Helper()
	report := linttest.Check(t, linttest.Load(t, name, content), opts)
	var lines []string
	for _, f := range report.Findings {
		lines = append(lines, f.Rule.ID+": "+f.Message)
	}
	for _, u := range report.Unknown {
		t.Errorf("%s: %s is unknown: %s", name, u.Rule.ID, u.Reason)
	}
	return lines
}

// failures counts what went wrong by topic and shows the first cases.
type failures struct {
	t      *testing.T
	counts map[string]int
}

func (f *failures) add(topic, format string, args ...any) {
	if f.counts == nil {
		f.counts = map[string]int{}
	}
	if f.counts[topic]++; f.counts[topic] <= 3 {
		f.t.Errorf(format, args...)
	}
}

func (f *failures) finish() {
	for topic, n := range f.counts {
		f.t.Errorf("%s: %d wrong", topic, n)
	}
}

// TestPodSecurityFixtures judges the fixtures of Pod Security Admission, which
// lie in testdata/<level>/v1.<minor>/pass and fail.
func TestPodSecurityFixtures(t *testing.T) {
	const minimum = 4537 // the fixtures of v0.37.2
	module, err := build.Import("k8s.io/pod-security-admission/test", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(module.Dir, "testdata")
	cases := 0
	wrong := failures{t: t}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		parts := strings.Split(filepath.ToSlash(name), "/")
		if len(parts) != 4 || parts[2] != "pass" && parts[2] != "fail" {
			return fmt.Errorf("unexpected place of a fixture: %s", name)
		}
		version, err := lint.ParseVersion(parts[1])
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		cases++
		found := podSecurityFindings(t, name, content, podSecurityOptions(parts[0], version))
		if allowed := len(found) == 0; allowed != (parts[2] == "pass") {
			control := strings.TrimRight(strings.TrimSuffix(parts[3], ".yaml"), "0123456789")
			wrong.add(control, "%s: %q", name, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wrong.finish()
	if cases < minimum {
		t.Errorf("%d fixtures, want at least %d", cases, minimum)
	}
	t.Logf("%d fixtures", cases)
}

// TestPodSecurityGenerated compares verdicts on generated pods with those of
// Pod Security Admission's evaluator.
func TestPodSecurityGenerated(t *testing.T) {
	const pods = 8000
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	g := podGenerator{rand.New(rand.NewSource(20211))}
	allowed := map[bool]int{}
	wrong := failures{t: t}
	for i := range pods {
		content, template := g.manifest(t)
		pod := corev1.Pod{}
		if err := yaml.Unmarshal(template, &pod); err != nil {
			t.Fatalf("%v\n%s", err, template)
		}
		setDefaults(&pod.Spec)
		minor := g.minor()
		for _, level := range []string{"baseline", "restricted"} {
			at := api.LevelVersion{Level: api.Level(level), Version: api.MajorMinorVersion(1, minor)}
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(at, &pod.ObjectMeta, &pod.Spec))
			version := lint.Version{Minor: minor, Patch: -1, Named: true}
			found := podSecurityFindings(t, fmt.Sprintf("pod%d.yaml", i), content, podSecurityOptions(level, version))
			allowed[result.Allowed]++
			if result.Allowed != (len(found) == 0) {
				wrong.add(result.ForbiddenReason(), "pod %d, %s v1.%d: forbidden %q, found %q\n%s", i, level, minor, result.ForbiddenDetail(), found, content)
			}
		}
	}
	wrong.finish()
	if allowed[true] < pods/4 || allowed[false] < pods/4 {
		t.Errorf("verdicts are too one-sided: %v", allowed)
	}
	t.Logf("%d pods, allowed: %v", pods, allowed)
}

// setDefaults sets the one default of the API server that a verdict depends on:
// a volume without a source is an emptyDir.
func setDefaults(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if source := &spec.Volumes[i].VolumeSource; *source == (corev1.VolumeSource{}) {
			source.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}

// podGenerator makes pods near the border between allowed and forbidden.
type podGenerator struct{ *rand.Rand }

// minor is any minor version, more often one at which a control changes.
func (g podGenerator) minor() int {
	if g.Intn(2) == 0 {
		return g.Intn(lint.NewestMinor + 1)
	}
	return pick(g, []int{7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37})
}

// manifest gives a manifest, and the pod of its template.
func (g podGenerator) manifest(t *testing.T) (content, template []byte) {
	t.Helper()
	metadata, spec := g.pod()
	pod := map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
	template = marshal(t, pod)
	if g.Intn(4) > 0 {
		return template, template
	}
	return marshal(t, map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "generated"},
		"spec": map[string]any{"template": map[string]any{"metadata": metadata, "spec": spec}},
	}), template
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	content, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func (g podGenerator) pod() (metadata, spec map[string]any) {
	metadata = map[string]any{"name": "generated"}
	spec = map[string]any{"containers": g.containers(1, "container")}
	for _, list := range []string{"initContainers", "ephemeralContainers"} {
		if g.Intn(2) == 0 {
			spec[list] = g.containers(0, strings.TrimSuffix(list, "s"))
		}
	}
	if g.Intn(4) > 0 {
		context := map[string]any{"runAsNonRoot": true}
		if g.Intn(5) > 0 {
			context["seccompProfile"] = map[string]any{"type": "RuntimeDefault"}
		}
		spec["securityContext"] = context
	}
	if g.Intn(4) == 0 {
		spec["os"] = map[string]any{"name": "windows"}
	}
	for range g.Intn(3) {
		g.change(spec, podFieldValues)
	}
	if g.Intn(6) == 0 {
		key := pick(g, annotationKeys)
		metadata["annotations"] = map[string]any{key: pick(g, annotationValues)}
	}
	return metadata, spec
}

func (g podGenerator) containers(least int, name string) []any {
	var list []any
	for i := range least + g.Intn(2) {
		c := map[string]any{"name": fmt.Sprintf("%s%d", name, i), "image": "registry.example.com/app:1"}
		if g.Intn(6) > 0 {
			c["securityContext"] = map[string]any{"allowPrivilegeEscalation": false, "capabilities": map[string]any{"drop": []any{"ALL"}}}
		}
		for range max(0, g.Intn(5)-2) {
			g.change(c, containerFieldValues)
		}
		list = append(list, c)
	}
	return list
}

// change sets one field, or takes it away.
func (g podGenerator) change(m map[string]any, fields []fieldValues) {
	field := pick(g, fields)
	keys := strings.Split(field.path, ".")
	for _, key := range keys[:len(keys)-1] {
		inner, ok := m[key].(map[string]any)
		if !ok {
			inner = map[string]any{}
			m[key] = inner
		}
		m = inner
	}
	last := keys[len(keys)-1]
	if value := pick(g, field.values); value == absent {
		delete(m, last)
	} else {
		m[last] = value
	}
}

func pick[T any](g podGenerator, from []T) T { return from[g.Intn(len(from))] }

// fieldValues are values worth trying at a path of keys.
type fieldValues struct {
	path   string
	values []any
}

type object = map[string]any

const absent = "\x00absent"

var (
	booleans = []any{true, false, nil, absent}
	users    = []any{0, 1, 1000, nil, absent}
	profiles = []any{
		object{"type": "RuntimeDefault"}, object{"type": "Localhost", "localhostProfile": "p.json"}, object{"type": "Localhost"},
		object{"type": "Unconfined"}, object{"type": "unconfined"}, object{"type": ""}, object{"type": nil}, object{}, nil, absent,
	}
	selinux = []any{
		object{"type": "container_t"}, object{"type": "container_init_t"}, object{"type": "container_kvm_t"}, object{"type": "container_engine_t"},
		object{"type": "spc_t"}, object{"type": "Container_t"}, object{"type": ""}, object{"user": "system_u"}, object{"user": ""},
		object{"role": "system_r"}, object{"role": nil, "level": "s0:c123,c456"}, object{}, nil, absent,
	}
	hostProcess    = []any{object{"hostProcess": true}, object{"hostProcess": false}, object{"hostProcess": nil}, object{}, nil, absent}
	annotationKeys = []string{
		seccompPodAnnotation, seccompContainerAnnotation + "container0", seccompContainerAnnotation + "initContainer0",
		seccompContainerAnnotation + "stranger", appArmorAnnotation + "container0", appArmorAnnotation + "stranger",
		"container.apparmor.security.beta.kubernetes.io", "example.com/profile",
	}
	annotationValues = []any{"runtime/default", "docker/default", "localhost/p", "localhost/", "localhost", "unconfined", "Runtime/Default", "", nil}
)

var podFieldValues = []fieldValues{
	{"securityContext", []any{nil, absent, object{}}},
	{"securityContext.runAsNonRoot", booleans},
	{"securityContext.runAsUser", users},
	{"securityContext.seccompProfile", profiles},
	{"securityContext.appArmorProfile", profiles},
	{"securityContext.seLinuxOptions", selinux},
	{"securityContext.windowsOptions", hostProcess},
	{"securityContext.sysctls", sysctlValues()},
	{"os", []any{object{"name": "windows"}, object{"name": "linux"}, object{"name": "Windows"}, object{"name": ""}, object{}, nil, absent}},
	{"hostUsers", booleans},
	{"hostUsers", []any{false}},
	{"hostNetwork", booleans},
	{"hostPID", booleans},
	{"hostIPC", booleans},
	{"nodeSelector", []any{object{"kubernetes.io/os": "windows"}}},
	{"volumes", volumeValues()},
}

func sysctlValues() []any {
	values := []any{[]any{}, nil, absent, []any{object{"name": "", "value": "1"}}, []any{object{"value": "1"}}, []any{object{"name": nil}}, []any{nil}}
	names := []string{"kernel.msgmax", "net/ipv4/tcp_syncookies", "net.ipv4.tcp_syncookies ", "Kernel.shm_rmid_forced", "net.core.somaxconn"}
	for _, safe := range safeSysctls {
		names = append(names, safe...)
	}
	slices.Sort(names)
	for i, name := range names {
		values = append(values, []any{object{"name": name, "value": "1"}})
		values = append(values, []any{object{"name": name, "value": "1"}, object{"name": names[(i+7)%len(names)], "value": "2"}})
	}
	return values
}

func volumeValues() []any {
	values := []any{[]any{}, nil, absent, []any{object{"name": "none"}}, []any{object{"name": "null", "emptyDir": nil}}, []any{object{"name": "null", "hostPath": nil}}}
	for _, source := range []string{
		"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
		"hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume",
		"cinder", "cephfs", "flocker", "fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk", "portworxVolume",
		"photonPersistentDisk", "scaleIO", "storageos",
	} {
		values = append(values,
			[]any{object{"name": "v", source: object{}}},
			[]any{object{"name": "w", "emptyDir": object{}}, object{"name": "v", source: object{}}},
			[]any{object{"name": "v", source: object{}, "secret": object{}}})
	}
	return append(values, []any{object{"name": "root", "hostPath": object{"path": "/"}}})
}

var containerFieldValues = slices.Concat([]fieldValues{
	{"securityContext", []any{nil, absent, object{}}},
	{"securityContext.privileged", booleans},
	{"securityContext.allowPrivilegeEscalation", booleans},
	{"securityContext.runAsNonRoot", booleans},
	{"securityContext.runAsUser", users},
	{"securityContext.seccompProfile", profiles},
	{"securityContext.appArmorProfile", profiles},
	{"securityContext.seLinuxOptions", selinux},
	{"securityContext.windowsOptions", hostProcess},
	{"securityContext.procMount", []any{"Default", "Unmasked", "default", "", nil, absent}},
	{"securityContext.capabilities", []any{nil, absent, object{}, object{"add": []any{"CHOWN"}}}},
	{"securityContext.capabilities.add", []any{
		[]any{}, nil, absent, []any{"NET_BIND_SERVICE"}, []any{"CHOWN"}, []any{"NET_BIND_SERVICE", "SYS_CHROOT"}, []any{"NET_RAW"}, []any{"SYS_ADMIN"},
		[]any{"ALL"}, []any{"chown"}, []any{"CAP_CHOWN"}, []any{"CAP_SYS_ADMIN"}, []any{"net_bind_service"}, []any{"SYS_PTRACE"}, []any{""}, []any{nil}, []any{"BOGUS"},
	}},
	{"securityContext.capabilities.drop", []any{[]any{}, nil, absent, []any{"ALL"}, []any{"all"}, []any{"CHOWN"}, []any{"CHOWN", "ALL"}, []any{"CAP_ALL"}, []any{nil}}},
	{"restartPolicy", []any{"Always", absent}},
	{"ports", []any{
		[]any{}, nil, []any{object{"containerPort": 80}}, []any{object{"containerPort": 80, "hostPort": 0}}, []any{object{"containerPort": 80, "hostPort": nil}},
		[]any{object{"containerPort": 80, "hostPort": 80}}, []any{object{"containerPort": 80}, object{"containerPort": 81, "hostPort": 1}}, []any{object{"hostPort": -1}},
	}},
}, handlerValues())

// handlerValues are probes and lifecycle handlers with and without a host.
func handlerValues() []fieldValues {
	var values []fieldValues
	for _, handler := range []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"} {
		for _, action := range []string{"httpGet", "tcpSocket"} {
			values = append(values, fieldValues{handler + "." + action, []any{
				object{"port": 80}, object{"port": 80, "host": ""}, object{"port": 80, "host": nil}, object{"port": 80, "host": "127.0.0.1"},
				object{"port": "http", "host": "169.254.169.254"}, object{"port": 80, "host": "example.com"}, nil, absent,
			}})
		}
	}
	return append(values, fieldValues{"livenessProbe", []any{nil, object{"exec": object{"command": []any{"true"}}}}})
}
