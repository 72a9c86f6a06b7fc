// Package carrier tells where Kubernetes objects carry credentials. It reads
// each field as its reader does (a variable, a command line, a file in a
// ConfigMap, the values of a chart), hands names and values to lint/secret, and
// says where in the source each credential stands.
package carrier
