package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// schemaFile is what go generate writes.
const schemaFile = "../../rules/schema/builtin.txt"

// TestFresh fails when the file in the repository is not what the types of
// k8s.io/api give.
func TestFresh(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go generate ./rules", schemaFile)
	}
}

// TestLines looks at some lines whose form the reader of the file relies on.
func TestLines(t *testing.T) {
	text, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\nkind apps/v1 Deployment apps/v1.Deployment\n",
		"\nkind v1 Pod core/v1.Pod\n",
		"\nenum core/v1.PullPolicy Always|IfNotPresent|Never\n",
		"\ntype core/v1.TCPSocketAction port=x host=s\n",
		"\ntype core/v1.ResourceRequirements limits={}q requests={}q claims=[].ResourceClaim\n",
		" metadata=meta/v1.ObjectMeta spec=.DeploymentSpec status=*\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no line %q", want)
		}
	}
}

// TestNotLinked holds that the rules read the file only: the types are the
// generator's.
func TestNotLinked(t *testing.T) {
	deps, err := exec.Command("go", "list", "-deps", "../../rules").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(string(deps)) {
		if strings.HasPrefix(pkg, "k8s.io/api/") || strings.HasPrefix(pkg, "k8s.io/apimachinery/") {
			t.Errorf("the rules link %s", pkg)
		}
	}
}
