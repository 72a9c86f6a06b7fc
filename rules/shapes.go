package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// workloads are all kinds with pod templates.
var workloads = lint.Kinds{Workloads: true}

// eachPod makes a rule's check of a check for one pod template.
func eachPod(check func(*lint.Pass, *manifest.Pod)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		for _, pod := range p.Object.Pods() {
			check(p.InPod(pod), pod)
		}
	}
}

// eachLinuxPod is eachPod without the pods that say they run on Windows.
func eachLinuxPod(check func(*lint.Pass, *manifest.Pod)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		if !pod.Windows() {
			check(p, pod)
		}
	})
}

// eachContainer makes a rule's check of a check for one container of any role:
// app, init, native sidecar and ephemeral.
func eachContainer(check func(*lint.Pass, *manifest.Container)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, c := range pod.Containers() {
			check(p.In(c), c)
		}
	})
}

// eachLinuxContainer is eachContainer without the containers of pods that say
// they run on Windows.
func eachLinuxContainer(check func(*lint.Pass, *manifest.Container)) func(*lint.Pass) {
	return eachLinuxPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, c := range pod.Containers() {
			check(p.In(c), c)
		}
	})
}
