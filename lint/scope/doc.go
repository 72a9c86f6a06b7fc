// Package scope is the model of what is deployed together: it answers the
// questions that no single object can, such as which pods a selector matches
// and which workloads run as a service account.
//
// A scope is made of a set once, each of its indexes when it is first asked
// for. Answers have three values: namespaces that objects do not name, labels
// that are templated and the like make them unknown. A question that has a
// list for an answer returns what is sure and, second, what may be.
package scope
