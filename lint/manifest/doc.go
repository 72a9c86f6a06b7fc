// Package manifest holds the read-only tree that rules look at, in which every
// node knows its bytes, and Kubernetes views of that tree: documents, objects,
// pods and containers.
//
// It is the only package that knows the YAML library. Values are read as
// kubectl and the API server read them (sigs.k8s.io/yaml), because a linter
// that reads them otherwise can be evaded.
package manifest
