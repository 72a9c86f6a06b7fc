package rules

import "github.com/seaworthy-lint/seaworthy/lint"

// CISBenchmark names the benchmark that references of the form CIS:1.2.1 mean.
const CISBenchmark = "CIS Kubernetes Benchmark v1.12"

// CISUnseen are the recommendations of the benchmark that no file of a
// repository shows, by their numbers: modes and owners of files on the nodes,
// and how well namespaces are chosen. The numbers are those of the benchmark's
// version 1.12 as kube-bench and the regolibrary of Kubescape have them.
var CISUnseen = []lint.Recommendation{
	{Number: "1.1.1", Title: "mode of the API server's pod manifest (600)"},
	{Number: "1.1.2", Title: "owner of the API server's pod manifest (root:root)"},
	{Number: "1.1.3", Title: "mode of the controller manager's pod manifest (600)"},
	{Number: "1.1.4", Title: "owner of the controller manager's pod manifest (root:root)"},
	{Number: "1.1.5", Title: "mode of the scheduler's pod manifest (600)"},
	{Number: "1.1.6", Title: "owner of the scheduler's pod manifest (root:root)"},
	{Number: "1.1.7", Title: "mode of etcd's pod manifest (600)"},
	{Number: "1.1.8", Title: "owner of etcd's pod manifest (root:root)"},
	{Number: "1.1.9", Title: "mode of the CNI's configuration files (600)"},
	{Number: "1.1.10", Title: "owner of the CNI's configuration files (root:root)"},
	{Number: "1.1.11", Title: "mode of etcd's data folder (700)"},
	{Number: "1.1.12", Title: "owner of etcd's data folder (etcd:etcd)"},
	{Number: "1.1.13", Title: "mode of admin.conf and super-admin.conf (600)"},
	{Number: "1.1.14", Title: "owner of admin.conf and super-admin.conf (root:root)"},
	{Number: "1.1.15", Title: "mode of scheduler.conf (600)"},
	{Number: "1.1.16", Title: "owner of scheduler.conf (root:root)"},
	{Number: "1.1.17", Title: "mode of controller-manager.conf (600)"},
	{Number: "1.1.18", Title: "owner of controller-manager.conf (root:root)"},
	{Number: "1.1.19", Title: "owner of the PKI folder and its files (root:root)"},
	{Number: "1.1.20", Title: "mode of the PKI's certificates (644)"},
	{Number: "1.1.21", Title: "mode of the PKI's keys (600)"},
	{Number: "4.1.1", Title: "mode of the kubelet's service file (600)"},
	{Number: "4.1.2", Title: "owner of the kubelet's service file (root:root)"},
	{Number: "4.1.3", Title: "mode of kube-proxy's kubeconfig (600)"},
	{Number: "4.1.4", Title: "owner of kube-proxy's kubeconfig (root:root)"},
	{Number: "4.1.5", Title: "mode of kubelet.conf (600)"},
	{Number: "4.1.6", Title: "owner of kubelet.conf (root:root)"},
	{Number: "4.1.7", Title: "mode of the client certificate authorities' file (644)"},
	{Number: "4.1.8", Title: "owner of the client certificate authorities' file (root:root)"},
	{Number: "4.1.9", Title: "mode of the kubelet's configuration file (600)"},
	{Number: "4.1.10", Title: "owner of the kubelet's configuration file (root:root)"},
	{Number: "5.6.1", Title: "namespaces that keep apart what does not belong together"},
}
