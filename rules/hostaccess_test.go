package rules

import (
	"slices"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// TestHostFolding judges with all rules: a stronger rule hides the weaker ones
// for the same volume or pod only.
func TestHostFolding(t *testing.T) {
	const manifests = `
apiVersion: v1
kind: Pod
metadata: {name: volumes}
spec:
  containers:
  - name: app
    volumeMounts:
    - {name: socket, mountPath: /a}
    - {name: etc, mountPath: /b}
    - {name: data, mountPath: /c}
  volumes:
  - {name: socket, hostPath: {path: /run/docker.sock}}
  - {name: etc, hostPath: {path: /etc}}
  - {name: data, hostPath: {path: /data}}
---
apiVersion: v1
kind: Pod
metadata: {name: ports}
spec:
  hostNetwork: true
  containers:
  - {name: app, ports: [{containerPort: 8080, hostPort: 8080}]}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: etc}
spec: {hostPath: {path: /etc}}
`
	report := linttest.Check(t, linttest.Load(t, "a.yaml", []byte(manifests)), lint.Options{Rules: hostRules()})
	want := []string{
		"volumes runtime-socket-mount volume/socket",
		"volumes sensitive-host-path volume/etc",
		"volumes writable-host-path volume/etc",
		"volumes host-path-volume volume/data",
		"volumes writable-host-path volume/data",
		"ports host-network ",
		"etc sensitive-host-path volume/etc",
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Object.Name+" "+f.Rule.ID+" "+f.Item)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
}

// TestHostUnknown has a value that cannot be told for each rule that can meet
// one: it is neither found nor passed over.
func TestHostUnknown(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: "
	for id, spec := range map[string]string{
		"host-network":                    `{hostNetwork: "true"}`,
		"host-pid":                        `{hostPID: "${PID}"}`,
		"host-ipc":                        `{hostIPC: 1}`,
		"runtime-socket-mount":            `{volumes: [{name: a, hostPath: {path: "${SOCKET}"}}]}`,
		"host-proc-mount":                 `{volumes: [{name: a, hostPath: {path: 1}}]}`,
		"sensitive-host-path":             `{volumes: [{name: a, hostPath: {path: "/etc/{{ name }}"}}]}`,
		"host-path-volume":                `{volumes: [{name: a, hostPath: "${VOLUME}"}]}`,
		"writable-host-path":              `{containers: [{name: a, volumeMounts: [{name: a, readOnly: "true"}]}], volumes: [{name: a, hostPath: {path: /a}}]}`,
		"bidirectional-mount-propagation": `{containers: [{name: a, volumeMounts: [{name: a, mountPropagation: "${P}"}]}]}`,
		"host-aliases":                    `{hostAliases: "${ALIASES}"}`,
		"probe-host-override":             `{containers: [{name: a, livenessProbe: {httpGet: {host: "${HOST}"}}}]}`,
		"control-plane-scheduling":        `{nodeName: cp-1}`,
		"restricted-volume-type":          `{volumes: ["${VOLUME}"]}`,
		"sub-path-mount":                  `{containers: [{name: a, volumeMounts: [{name: a, subPath: b}]}], volumes: [{name: a, emptyDir: {}}]}`,
		"host-port":                       `{containers: [{name: a, ports: [{hostPort: "80"}]}]}`,
		"privileged-port":                 `{containers: [{name: a, ports: [{containerPort: "${PORT}"}]}]}`,
		"ssh-port":                        `{containers: [{name: a, ports: [{containerPort: "${PORT}"}]}]}`,
		"unauthenticated-debug-port":      `{containers: [{name: a, args: ["-agentlib:jdwp=transport=dt_socket,server=y,address=5005"]}]}`,
		"invalid-port":                    `{containers: [{name: a, ports: [{name: "${NAME}"}], livenessProbe: {httpGet: {port: web}}}]}`,
	} {
		rules := slices.DeleteFunc(hostRules(), func(r *lint.Rule) bool { return r.ID != id })
		report := linttest.Check(t, linttest.Load(t, "a.yaml", []byte(pod+spec+"\n")), lint.Options{Rules: rules})
		if len(report.Unknown) == 0 || len(report.Findings) > 0 {
			t.Errorf("%s: %d findings and %d unknown values in %s", id, len(report.Findings), len(report.Unknown), spec)
		}
	}
}

// TestDebugPortHoldsNoCommand keeps commands, which may hold secrets, out of
// what is shown.
func TestDebugPortHoldsNoCommand(t *testing.T) {
	const manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: a\n" +
		"    args: ['java -Dpassword=swordfish -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005']\n" +
		"    env: [{name: DOCKER_HOST, value: 'tcp://user:swordfish@docker:2375'}]\n"
	rules := slices.DeleteFunc(hostRules(), func(r *lint.Rule) bool { return r.ID != "unauthenticated-debug-port" })
	report := linttest.Check(t, linttest.Load(t, "a.yaml", []byte(manifest)), lint.Options{Rules: rules})
	var shown []string
	for _, f := range report.Findings {
		shown = append(shown, f.Value)
	}
	if want := []string{"the Java debugger (jdwp)", "port 2375"}; !slices.Equal(shown, want) {
		t.Errorf("shows %q, want %q", shown, want)
	}
}

// hostRules are the rules of the families hostaccess and ports.
func hostRules() []*lint.Rule {
	return slices.DeleteFunc(All(), func(r *lint.Rule) bool { return r.Family != "hostaccess" && r.Family != "ports" })
}
