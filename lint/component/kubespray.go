package component

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// kubesprayNames are variables of kubespray that are not named as the flag
// that they set (its roles kubernetes/control-plane and kubernetes/node).
var kubesprayNames = map[string]struct {
	name Name
	flag string
}{
	"kube_api_anonymous_auth":                   {APIServer, "anonymous-auth"},
	"kube_controller_manager_bind_address":      {ControllerManager, "bind-address"},
	"kube_scheduler_bind_address":               {Scheduler, "bind-address"},
	"kube_read_only_port":                       {Kubelet, "read-only-port"},
	"kube_proxy_metrics_bind_address":           {Proxy, "metrics-bind-address"},
	"kubelet_event_record_qps":                  {Kubelet, "event-qps"},
	"kubelet_rotate_certificates":               {Kubelet, "rotate-certificates"},
	"kubelet_rotate_server_certificates":        {Kubelet, "rotate-server-certificates"},
	"kubelet_protect_kernel_defaults":           {Kubelet, "protect-kernel-defaults"},
	"kubelet_make_iptables_util_chains":         {Kubelet, "make-iptables-util-chains"},
	"kubelet_seccomp_default":                   {Kubelet, "seccomp-default"},
	"kubelet_streaming_connection_idle_timeout": {Kubelet, "streaming-connection-idle-timeout"},
}

// kubesprayVars reads group variables of kubespray.
func kubesprayVars(o *manifest.Object) []*Component {
	byName := map[Name]*Component{}
	component := func(name Name) *Component {
		if byName[name] == nil {
			byName[name] = &Component{Name: name, Source: Distribution, missing: Place{Under: o.Node}}
		}
		return byName[name]
	}
	for _, field := range o.Fields() {
		switch known, ok := kubesprayNames[field.Key]; {
		case ok:
			component(known.name).addNode(known.flag, field)
		case field.Key == "kubelet_authorization_mode_webhook":
			if field.Truth() == manifest.False { // its template then writes AlwaysAllow
				component(Kubelet).add("authorization-mode", occurrence{Part: Part{Text: "AlwaysAllow", Node: field, Exact: field.Exact()}})
			}
		case field.Key == "kube_profiling":
			for _, name := range []Name{APIServer, ControllerManager, Scheduler} {
				component(name).addNode("profiling", field)
			}
		case field.Key == "kube_kubeadm_apiserver_extra_args":
			component(APIServer).extraArgs(field)
		case field.Key == "kube_kubeadm_controller_extra_args":
			component(ControllerManager).extraArgs(field)
		case field.Key == "kube_kubeadm_scheduler_extra_args":
			component(Scheduler).extraArgs(field)
		case field.Key == "kubelet_config_extra_args":
			kubelet := component(Kubelet)
			for flag, path := range kubeletFields {
				kubelet.addNode(flag, field.At(path...))
			}
		case strings.HasPrefix(field.Key, "kube_apiserver_"):
			flag := strings.ReplaceAll(strings.TrimPrefix(field.Key, "kube_apiserver_"), "_", "-")
			component(APIServer).addNode(flag, field)
		}
	}
	var found []*Component
	for _, name := range names {
		if c := byName[name]; c != nil {
			found = append(found, c)
		}
	}
	return found
}
