package manifest

import "testing"

// TestDefinition holds that definitions which no rule had loaded are found in
// the text of their documents.
func TestDefinition(t *testing.T) {
	const text = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec: {group: example.com, names: {kind: Gadget, plural: widgets}, scope: "not of kind Widget"}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, names: {kind: Widget, plural: widgets}}
---
kind: CustomResourceDefinition
spec: {group: example.com, names: {kind: Broken
`
	file, err := NewFile("definitions.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	set := &Set{}
	for _, span := range Documents(file) {
		set.Documents = append(set.Documents, &Document{File: file, Kind: "CustomResourceDefinition", Status: NoRulesForKind, Span: span})
	}
	set.Index()
	for kind, want := range map[string]string{"Widget": "widgets.example.com", "Gadget": "gadgets.example.com", "Broken": "", "Other": ""} {
		for range 2 { // found, and remembered
			if got := set.Definition("example.com", kind).name(); got != want {
				t.Errorf("Definition of %s: %q, want %q", kind, got, want)
			}
		}
	}
}

func (o *Object) name() string {
	if o == nil {
		return ""
	}
	return o.Name
}
