package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// leastDeadline is how often the CronJob controller looks for jobs to start.
const leastDeadline = 10

func cronjobDeadlineMissing(p *lint.Pass) {
	field := p.Object.At("spec", "startingDeadlineSeconds")
	switch seconds, ok := field.Int(); {
	case !field.IsSet():
		p.Missingf(p.Object.Node, []string{"spec", "startingDeadlineSeconds"}, "the CronJob has no deadline for starting")
	case !ok:
		p.UnknownValue(field)
	case seconds < leastDeadline:
		p.Reportf(field, "a job may start up to %d s late, and the controller looks every %d s", seconds, leastDeadline)
	}
}

// jobTTLMissing knows the field from 1.21 on, when it began to be honoured by
// default.
func jobTTLMissing(p *lint.Pass) {
	if !p.Version.AtLeast(21) || isOwned(p.Object) || isHook(p.Object) || p.Object.At("spec", "ttlSecondsAfterFinished").IsSet() {
		return
	}
	p.Missingf(p.Object.Node, []string{"spec", "ttlSecondsAfterFinished"}, "the Job stays for ever once it has finished")
}

func isOwned(o *manifest.Object) bool {
	return len(o.At("metadata", "ownerReferences").Items()) > 0
}

// isHook tells objects that Helm or Argo CD make for a moment and remove: by
// default before the next run, when no deletion policy says otherwise.
func isHook(o *manifest.Object) bool {
	for _, annotation := range o.At("metadata", "annotations").Fields() {
		switch annotation.Key {
		case "helm.sh/hook", "argocd.argoproj.io/hook":
			return true
		}
	}
	return false
}

func nakedPod(p *lint.Pass) {
	for _, pod := range p.Object.Pods() {
		name := p.Object.Nearest("metadata", "name")
		if isOwned(p.Object) || isHook(p.Object) || isMirrorPod(pod) || inStaticPodDirectory(name) || isControlPlanePod(pod) {
			continue
		}
		p.Reportf(name, "the pod belongs to no controller")
	}
}

// isControlPlanePod tells the static pods of a control plane, wherever their
// files are kept, by what they run.
func isControlPlanePod(pod *manifest.Pod) bool {
	for _, c := range pod.Containers() {
		for _, line := range commandLines(c) {
			if len(line) == 0 {
				continue
			}
			command := line[0].text
			switch command[strings.LastIndex(command, "/")+1:] {
			case "kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd":
				return true
			}
		}
	}
	return false
}
