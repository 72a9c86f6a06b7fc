package component

// value is the default of a setting: of the flag, of the field in the
// component's configuration kind, and what kubeadm sets. An empty field means
// that there is no default of that kind.
type value struct{ flag, field, kubeadm string }

// pki is where kubeadm keeps keys and certificates.
const pki = "/etc/kubernetes/pki/"

// defaults are those that rules ask for, of Kubernetes 1.20 and newer
// (k8s.io/kubernetes: cmd/*/app/options; app/phases of cmd/kubeadm for what
// kubeadm sets; pkg/kubelet/apis/config/v1beta1 for fields).
var defaults = map[Name]map[string]value{
	APIServer: {
		"anonymous-auth":             {flag: "true"},
		"authorization-mode":         {flag: "AlwaysAllow", kubeadm: "Node,RBAC"},
		"client-ca-file":             {kubeadm: pki + "ca.crt"},
		"enable-admission-plugins":   {kubeadm: "NodeRestriction"},
		"etcd-cafile":                {kubeadm: pki + "etcd/ca.crt"},
		"etcd-certfile":              {kubeadm: pki + "apiserver-etcd-client.crt"},
		"etcd-keyfile":               {kubeadm: pki + "apiserver-etcd-client.key"},
		"etcd-servers":               {kubeadm: "https://127.0.0.1:2379"},
		"insecure-port":              {flag: "0"},
		"kubelet-client-certificate": {kubeadm: pki + "apiserver-kubelet-client.crt"},
		"kubelet-client-key":         {kubeadm: pki + "apiserver-kubelet-client.key"},
		"kubelet-https":              {flag: "true"},
		"profiling":                  {flag: "true"},
		"request-timeout":            {flag: "1m0s"},
		"secure-port":                {flag: "6443"},
		"service-account-extend-token-expiration": {flag: "true"},
		"service-account-key-file":                {kubeadm: pki + "sa.pub"},
		"service-account-lookup":                  {flag: "true"},
		"tls-cert-file":                           {kubeadm: pki + "apiserver.crt"},
		"tls-private-key-file":                    {kubeadm: pki + "apiserver.key"},
	},
	ControllerManager: {
		"bind-address":                     {flag: "0.0.0.0", kubeadm: "127.0.0.1"},
		"profiling":                        {flag: "true", field: "true"},
		"root-ca-file":                     {kubeadm: pki + "ca.crt"},
		"service-account-private-key-file": {kubeadm: pki + "sa.key"},
		"terminated-pod-gc-threshold":      {flag: "12500", field: "12500"},
		"use-service-account-credentials":  {flag: "false", kubeadm: "true"},
	},
	Scheduler: {
		"bind-address": {flag: "0.0.0.0", kubeadm: "127.0.0.1"},
		"profiling":    {flag: "true", field: "true"},
	},
	Etcd: {
		"advertise-client-urls": {flag: "http://localhost:2379", kubeadm: "https://127.0.0.1:2379"},
		"auto-tls":              {flag: "false"},
		"cert-file":             {kubeadm: pki + "etcd/server.crt"},
		"client-cert-auth":      {flag: "false", kubeadm: "true"},
		"key-file":              {kubeadm: pki + "etcd/server.key"},
		"listen-client-urls":    {flag: "http://localhost:2379", kubeadm: "https://127.0.0.1:2379"},
		"listen-peer-urls":      {flag: "http://localhost:2380", kubeadm: "https://127.0.0.1:2380"},
		"peer-auto-tls":         {flag: "false"},
		"peer-cert-file":        {kubeadm: pki + "etcd/peer.crt"},
		"peer-client-cert-auth": {flag: "false", kubeadm: "true"},
		"peer-key-file":         {kubeadm: pki + "etcd/peer.key"},
		"peer-trusted-ca-file":  {kubeadm: pki + "etcd/ca.crt"},
		"trusted-ca-file":       {kubeadm: pki + "etcd/ca.crt"},
	},
	Kubelet: {
		"anonymous-auth":                    {flag: "true", field: "false"},
		"authorization-mode":                {flag: "AlwaysAllow", field: "Webhook"},
		"client-ca-file":                    {kubeadm: pki + "ca.crt"},
		"event-qps":                         {flag: "50", field: "50"},
		"make-iptables-util-chains":         {flag: "true", field: "true"},
		"pod-max-pids":                      {flag: "-1", field: "-1"},
		"protect-kernel-defaults":           {flag: "false", field: "false"},
		"read-only-port":                    {flag: "10255", field: "0"},
		"rotate-certificates":               {flag: "false", field: "false", kubeadm: "true"},
		"rotate-server-certificates":        {flag: "false", field: "false"},
		"seccomp-default":                   {flag: "false", field: "false"},
		"streaming-connection-idle-timeout": {flag: "4h0m0s", field: "4h0m0s"},
	},
	Proxy: {
		"metrics-bind-address": {flag: "127.0.0.1:10249", field: "127.0.0.1:10249"},
	},
}

// defaultOf is what holds for a flag that the component's source leaves out.
func (c *Component) defaultOf(flag string) string {
	v := defaults[c.Name][flag]
	switch {
	case c.Source == Kubeadm && v.kubeadm != "":
		return v.kubeadm
	case c.Source == OwnFile, c.Source == Kubeadm && (c.Name == Kubelet || c.Name == Proxy):
		return v.field
	}
	return v.flag
}
