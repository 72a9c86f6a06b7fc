package manifest

import "testing"

func TestID(t *testing.T) {
	for want, text := range map[string]string{
		"apps/v1/Deployment/shop/web":                 "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}",
		"v1/Namespace/shop":                           "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
		"kubeadm.k8s.io/v1beta4/ClusterConfiguration": "{apiVersion: kubeadm.k8s.io/v1beta4, kind: ClusterConfiguration}",
	} {
		if got := Read("x.yaml", []byte(text), nil)[0].Object.ID(); got != want {
			t.Errorf("%s is named %q", text, got)
		}
	}
}
