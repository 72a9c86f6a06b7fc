// Package networkpolicy tells what the network policies of a scope let through,
// by the rules of each kind: NetworkPolicy of Kubernetes, CiliumNetworkPolicy
// and CiliumClusterwideNetworkPolicy, NetworkPolicy and GlobalNetworkPolicy of
// Calico, and AdminNetworkPolicy, BaselineAdminNetworkPolicy and
// ClusterNetworkPolicy of the network policy API.
//
// Three layers decide, one after the other: policies of administrators, in
// their order; policies of namespaces, which isolate pods and then let through
// what a rule names; and baselines, for pods that nothing isolates. All kinds
// are taken to be enforced. Pods on the network of their node are out of reach.
package networkpolicy
