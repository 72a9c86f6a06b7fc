package manifest

// Files of other tools are no Kubernetes objects, but rules on secrets read
// them. They stand in a set as objects of these kinds.
const (
	// ValuesAPIVersion and ValuesKind are the values of a chart, by its name.
	ValuesAPIVersion = "helm.sh/v1"
	ValuesKind       = "Values"
	// SOPSAPIVersion and SOPSKind are a .sops.yaml, by its path.
	SOPSAPIVersion = "getsops.io/v1"
	SOPSKind       = "Config"
)

// OfTool tells whether an apiVersion stands for a file of another tool.
func OfTool(apiVersion string) bool {
	return apiVersion == ValuesAPIVersion || apiVersion == SOPSAPIVersion
}

// ReadTool makes a document of a file of another tool. It is nil where the file
// holds no map, or something that does not parse.
func ReadTool(apiVersion, kind, path, name string, content []byte) *Document {
	file, err := NewFile(path, content)
	if err != nil {
		return nil
	}
	spans := Documents(file)
	if len(spans) != 1 {
		return nil
	}
	tree, err := Parse(spans[0])
	if err != nil || tree.Root.Kind != Map {
		return nil
	}
	d := &Document{File: file, Number: 1, Status: Linted, Kind: kind, Span: contentStart(spans[0])}
	if encryptedBySOPS(tree.Root) {
		d.Status, d.Reason = Encrypted, sopsReason
		return d
	}
	d.Object = &Object{Node: tree.Root, APIVersion: apiVersion, Kind: kind, Name: name}
	return d
}
