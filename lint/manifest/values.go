package manifest

// A values file of a chart is no Kubernetes object, but rules on secrets read
// it. It stands in a set as an object of this kind, with the name of its chart.
const (
	ValuesAPIVersion = "helm.sh/v1"
	ValuesKind       = "Values"
)

// ReadValues makes a document of the values file of a chart. It is nil where
// the file holds no map of values, or something that does not parse: Helm then
// says so.
func ReadValues(name, chart string, content []byte) *Document {
	file, err := NewFile(name, content)
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
	d := &Document{File: file, Number: 1, Status: Linted, Kind: ValuesKind, Span: contentStart(spans[0])}
	if encryptedBySOPS(tree.Root) {
		d.Status, d.Reason = Encrypted, sopsReason
		return d
	}
	d.Object = &Object{Node: tree.Root, APIVersion: ValuesAPIVersion, Kind: ValuesKind, Name: chart}
	return d
}
