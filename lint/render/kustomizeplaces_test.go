package render

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// place says on which line of which file a field of a built object was set;
// near tells that the line does not hold the value as it is.
type place struct {
	dir, object, path, file, line string
	near                          bool
}

const (
	podPath = "spec.template.spec."
	webPath = podPath + "containers[web]."
)

var places = []place{
	// The base, through two overlays.
	{dir: "shop/prod", object: "Deployment/web", path: webPath + "command[--verbose]", file: "shop/base/web.yaml", line: `command: [serve, "--verbose"]`},
	{dir: "shop/prod", object: "Deployment/web", path: podPath + "securityContext.runAsNonRoot", file: "shop/base/web.yaml", line: "runAsNonRoot: true"},
	{dir: "shop/prod", object: "Deployment/web", path: podPath + "containers[side].securityContext", file: "shop/base/web.yaml", line: "securityContext: {}"},
	{dir: "shop/prod", object: "Deployment/web", path: podPath + "containers[side].name", file: "shop/base/web.yaml", line: "- name: side"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "name", file: "shop/base/web.yaml", line: "- name: web"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "volumeMounts[data].readOnly", file: "shop/base/web.yaml", line: "- {name: data, mountPath: /more, readOnly: true}"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "ports[admin].containerPort", file: "shop/base/web.yaml", line: "- containerPort: 8081"},
	// Names and references stay where they are written.
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: "metadata.name", file: "shop/base/web.yaml", line: "name: web", near: true},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: podPath + "serviceAccountName", file: "shop/base/web.yaml", line: "serviceAccountName: runner", near: true},
	{dir: "shop/dev", object: "RoleBinding/dev-reader-one", path: "subjects[dev-runner-one].name", file: "shop/base/rest.yaml", line: "name: runner", near: true},
	{dir: "shop/dev", object: "RoleBinding/dev-reader-one", path: "subjects[dev-runner-one].kind", file: "shop/base/rest.yaml", line: "- kind: ServiceAccount"},
	// Strategic merge patches, in a file and inline.
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: podPath + "hostNetwork", file: "shop/dev/root.yaml", line: "hostNetwork: true"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "env[COLOR].value", file: "shop/dev/root.yaml", line: "value: green"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: podPath + "containers[debug].image", file: "shop/dev/root.yaml", line: "image: registry.example.com/debug"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: podPath + "containers[debug].name", file: "shop/dev/root.yaml", line: "- name: debug"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "securityContext.privileged", file: "shop/dev/kustomization.yaml", line: "privileged: true"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "securityContext", file: "shop/dev/kustomization.yaml", line: "securityContext:"},
	// JSON patches: inline, quoted, in YAML and JSON files.
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "image", file: "shop/dev/kustomization.yaml", line: "value: registry.example.com/side:dev"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: podPath + "containers[side].image", file: "shop/base/web.yaml", line: "image: registry.example.com/side:1"},
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: webPath + "args[--debug]", file: "shop/dev/kustomization.yaml", line: `value: ["--debug"]`},
	{dir: "shop/dev", object: "Role/dev-reader-one", path: "rules[0].verbs[*]", file: "shop/dev/kustomization.yaml", line: `patch: '[{"op": "add", "path": "/rules/0", "value": {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}}]'`},
	{dir: "shop/dev", object: "Role/dev-reader-one", path: "rules[2].verbs[list]", file: "shop/base/rest.yaml", line: "verbs: [list]"},
	{dir: "shop/stage", object: "Deployment/web", path: podPath + "hostPID", file: "shop/component/ops.yaml", line: "value: true"},
	{dir: "shop/prod", object: "Deployment/web", path: podPath + "hostPID", file: "shop/prod/mend.json", line: `{"op": "replace", "path": "/spec/template/spec/hostPID", "value": false},`},
	{dir: "shop/prod", object: "Deployment/web", path: webPath + "securityContext.allowPrivilegeEscalation", file: "shop/prod/mend.json", line: `"value": {"allowPrivilegeEscalation": false}}`},
	// Transformers.
	{dir: "shop/dev", object: "Deployment/dev-web-one", path: "metadata.namespace", file: "shop/dev/kustomization.yaml", line: "namespace: shop-dev"},
	{dir: "shop/prod", object: "Deployment/web", path: webPath + "image", file: "shop/stage/kustomization.yaml", line: `newTag: "2"`},
	{dir: "shop/stage", object: "Deployment/web", path: podPath + "containers[side].image", file: "shop/stage/kustomization.yaml", line: "newName: mirror.example.com/side"},
	{dir: "shop/stage", object: "Deployment/web", path: podPath + "initContainers[init].image", file: "shop/stage/kustomization.yaml", line: "digest: sha256:0123456789012345678901234567890123456789012345678901234567890123"},
	{dir: "shop/stage", object: "Deployment/web", path: "spec.replicas", file: "shop/stage/kustomization.yaml", line: "count: 5"},
	{dir: "shop/stage", object: "Deployment/web", path: "spec.template.metadata.labels.stage", file: "shop/stage/kustomization.yaml", line: `- pairs: {stage: "yes"}`},
	{dir: "shop/stage", object: "Deployment/web", path: "metadata.annotations.owner", file: "shop/stage/kustomization.yaml", line: "owner: team-a"},
	{dir: "shop/stage", object: "NetworkPolicy/closed", path: "spec.policyTypes[Ingress]", file: "shop/component/policy.yaml", line: "policyTypes: [Ingress]"},
	{dir: "shop/prod", object: "Deployment/web", path: webPath + "env[COLOR].value", file: "shop/prod/kustomization.yaml", line: "- spec.template.spec.containers.[name=web].env.[name=COLOR].value", near: true},
	// Generators.
	{dir: "shop/base", object: "ConfigMap/settings-*", path: "data.URL", file: "shop/base/kustomization.yaml", line: "- URL=http://example.com/?a=b", near: true},
	{dir: "shop/base", object: "ConfigMap/settings-*", path: "data.renamed", file: "shop/base/kustomization.yaml", line: "- renamed=app.conf", near: true},
	{dir: "shop/base", object: "ConfigMap/settings-*", path: `data.["app.conf"]`, file: "shop/base/kustomization.yaml", line: "- app.conf", near: true},
	{dir: "shop/base", object: "ConfigMap/settings-*", path: "data.COLOR", file: "shop/base/app.env", line: "COLOR=red"},
	{dir: "shop/prod", object: "ConfigMap/settings-*", path: "data.MODE", file: "shop/prod/kustomization.yaml", line: "- MODE=slow", near: true},
	{dir: "shop/prod", object: "Secret/token", path: "data.password", file: "shop/prod/kustomization.yaml", line: "literals: [password=hunter2]", near: true},
	{dir: "shop/prod", object: "Secret/token", path: "metadata.labels.made", file: "shop/prod/kustomization.yaml", line: "labels: {made: here}"},
	// Deprecated fields.
	{dir: "old", object: "Deployment/web", path: "metadata.labels.team", file: "old/kustomization.yaml", line: "team: old"},
	{dir: "old", object: "Deployment/web", path: webPath + "image", file: "old/kustomization.yaml", line: `newTag: "9"`},
	{dir: "old", object: "Deployment/web", path: "spec.revisionHistoryLimit", file: "old/kustomization.yaml", line: "revisionHistoryLimit: 3"},
	{dir: "old", object: "Deployment/web", path: "spec.paused", file: "old/ops.yaml", line: "- {op: add, path: /spec/paused, value: true}"},
	{dir: "old", object: "Deployment/web", path: webPath + "args[--as=runner]", file: "old/merge.yaml", line: `args: ["--as=$(ACCOUNT)"]`, near: true},
	// Rare ones.
	{dir: "more", object: "Deployment/m-web", path: webPath + "env[ONLY].value", file: "more/two.yaml", line: "- {name: ONLY, value: one}"},
	{dir: "more", object: "Deployment/m-web", path: podPath + "hostPID", file: "more/kustomization.yaml", line: "path: /spec/template/spec/hostPID", near: true},
	{dir: "more", object: "Deployment/m-web", path: podPath + "tolerations[1].operator", file: "more/kustomization.yaml", line: "value: {operator: Exists}"},
	{dir: "more", object: "Deployment/m-web", path: webPath + "args[--host=example.com]", file: "more/kustomization.yaml", line: "fieldPaths: [spec.template.spec.containers.*.args.0]", near: true},
	{dir: "more", object: "Deployment/m-web", path: `metadata.annotations.["example.com/host"]`, file: "more/replace.yaml", line: "fieldPaths: ['metadata.annotations.[example.com/host]']", near: true},
	{dir: "more", object: "Service/m-web", path: "spec.externalTrafficPolicy", file: "more/two.yaml", line: "externalTrafficPolicy: Local"},
	{dir: "more", object: "Thing/m-thing", path: "spec.runner", file: "more/kustomization.yaml", line: "newTag: v3"},
	{dir: "more", object: "Job/m-job-sub", path: podPath + "restartPolicy", file: "more/sub/job.json", line: `"restartPolicy": "Never",`},
	{dir: "more", object: "Job/m-job-sub", path: "spec.template.metadata.labels.tier", file: "more/sub/kustomization.yaml", line: "- pairs: {tier: low}"},
	{dir: "more", object: "ConfigMap/m-late", path: "immutable", file: "more/kustomization.yaml", line: "immutable: true"},
	// Transformers of kustomize's own, configured in files.
	{dir: "plugins", object: "Deployment/web", path: podPath + "shareProcessNamespace", file: "plugins/patch.yaml", line: "value: true"},
	{dir: "plugins", object: "Deployment/web", path: "metadata.annotations.note", file: "plugins/kustomization.yaml", line: "annotations: {note: here}"},
}

func TestKustomizePlaces(t *testing.T) {
	root, err := filepath.Abs("testdata/kustomize")
	if err != nil {
		t.Fatal(err)
	}
	k := NewKustomizer(optionsFor(root))
	built := map[string]Result{}
	for _, want := range places {
		if _, ok := built[want.dir]; !ok {
			built[want.dir] = k.Build(filepath.Join(root, want.dir))
		}
		t.Run(want.dir+" "+want.object+" "+want.path, func(t *testing.T) { want.check(t, built[want.dir]) })
	}
}

func (p place) check(t *testing.T, r Result) {
	t.Helper()
	for _, d := range r.Documents {
		if d.Object == nil {
			continue
		}
		if ok, _ := filepath.Match(p.object, d.Object.Kind+"/"+d.Object.Name); !ok {
			continue
		}
		for n := range everyNode(d.Object.Node) {
			if n.StablePath() != p.path && n.Path() != p.path {
				continue
			}
			span := n.Field()
			at := span.File.Position(span.Start)
			if line := strings.TrimSpace(span.File.Line(at.Line)); span.File.Path != p.file || line != p.line || n.Exact() == p.near {
				t.Fatalf("is said to be at %s:%d (exact %t)\n%s\nwant %s\n%s", span.File.Path, at.Line, n.Exact(), line, p.file, p.line)
			}
			return
		}
		t.Fatalf("%s has no %s", p.object, p.path)
	}
	t.Fatalf("no %s: %s", p.object, reasons(r))
}

func everyNode(n *manifest.Node) func(yield func(*manifest.Node) bool) {
	var walk func(*manifest.Node, func(*manifest.Node) bool) bool
	walk = func(n *manifest.Node, yield func(*manifest.Node) bool) bool {
		if !yield(n) {
			return false
		}
		for _, kid := range n.Kids {
			if !walk(kid, yield) {
				return false
			}
		}
		return true
	}
	return func(yield func(*manifest.Node) bool) { walk(n, yield) }
}
