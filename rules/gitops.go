package rules

import "github.com/seaworthy-lint/seaworthy/lint"

// Groups of the kinds that deploy from repositories.
const (
	argoGroup          = "argoproj.io"
	fluxSourceGroup    = "source.toolkit.fluxcd.io"
	fluxKustomizeGroup = "kustomize.toolkit.fluxcd.io"
	fluxHelmGroup      = "helm.toolkit.fluxcd.io"
	kustomizeGroup     = "kustomize.config.k8s.io"
)

var gitops = []lint.Rule{
	{
		ID:     "gitops-source-insecure",
		Family: "gitops",
		Title:  "source is fetched without verified TLS",
		Why: "Argo CD and Flux apply what a source gives them, often with every right in the cluster. " +
			"Over a connection that is not verified, anyone on the way can hand them manifests of their own.",
		Fix:        "use https or ssh with known_hosts",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:4.2.1", "ATTACK:T1557,T1195.002", "OWASP:K02"},
		Kinds: lint.Kinds{Names: []string{
			fluxSourceGroup + "/GitRepository", fluxSourceGroup + "/OCIRepository", fluxSourceGroup + "/HelmRepository", fluxSourceGroup + "/Bucket",
			"image.toolkit.fluxcd.io/ImageRepository", "helm.fluxcd.io/HelmRelease", argoGroup + "/Application", argoGroup + "/ApplicationSet", "Secret",
		}},
		Scope: lint.ResourceScope,
		Hides: []string{"image-registry-insecure"},
		Check: gitopsSourceInsecure,
	},
	{
		ID:     "flux-decryption-missing",
		Family: "gitops",
		Title:  "Kustomization applies encrypted documents without decrypting them",
		Why: "Flux decrypts what SOPS encrypted only when the Kustomization asks for it. " +
			"Otherwise the ciphertext becomes the Secret's value, or the apply fails and nothing else is updated.",
		Fix:        "add decryption.provider: sops with its secretRef",
		FixKind:    lint.SafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"OWASP:K08"},
		Kinds:      lint.Kinds{Names: []string{fluxKustomizeGroup + "/Kustomization"}, Context: []string{"Secret", "ConfigMap"}},
		Scope:      lint.ResourceScope,
		Check:      fluxDecryptionMissing,
	},
	{
		ID:     "argocd-project-wildcard",
		Family: "gitops",
		Title:  "Argo CD project confines nothing",
		Why: "A project is what keeps the applications of one team from the rest of the cluster. " +
			"One that allows every repository, namespace or kind makes whoever may write an application an administrator.",
		Fix:        "list repositories, destinations and kinds, and write the project literally",
		FixKind:    lint.NoFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:4.3.1,4.3.4", "ATTACK:T1098.006,T1195.002", "OWASP:K02,K03"},
		Kinds:      lint.Kinds{Names: []string{argoGroup + "/AppProject", argoGroup + "/Application", argoGroup + "/ApplicationSet"}},
		Scope:      lint.ResourceScope,
		Check:      argocdProjectWildcard,
	},
	{
		ID:     "argocd-access-open",
		Family: "gitops",
		Title:  "Argo CD admits too much",
		Why: "Argo CD can change everything it deploys. " +
			"Anonymous users, a default role that may write, terminals in pods or build options that run programs give that power away.",
		Fix:        "delete the setting; set policy.default: role:readonly",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:authentication", "NIST:4.3.1,4.3.2", "ATTACK:T1190,T1609", "OWASP:K03,K06"},
		Kinds:      lint.Kinds{Workloads: true, Names: []string{"ConfigMap"}, Context: []string{"Ingress", "Service"}},
		Scope:      lint.ResourceScope,
		Check:      argocdAccessOpen,
	},
	{
		ID:     "remote-source-unpinned",
		Family: "gitops",
		Title:  "what is deployed can change without a commit",
		Why: "A branch, a version range or no version at all leaves the choice of what runs to whoever can push elsewhere. " +
			"Nobody here reviews the change, and going back does not bring the old state back.",
		Fix:        "pin a commit, version or digest, or vendor the base",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"strict", "novel"},
		References: []string{"NIST:4.1.5,4.2.2", "ATTACK:T1195.002", "OWASP:K02"},
		Kinds: lint.Kinds{Names: []string{
			argoGroup + "/Application", argoGroup + "/ApplicationSet", fluxSourceGroup + "/GitRepository", fluxSourceGroup + "/OCIRepository",
			fluxHelmGroup + "/HelmRelease", "HelmChart", kustomizeGroup + "/Kustomization", kustomizeGroup + "/Component",
		}, Context: []string{fluxKustomizeGroup + "/Kustomization"}},
		Scope: lint.ResourceScope,
		Check: remoteSourceUnpinned,
	},
	{
		ID:     "flux-service-account-missing",
		Family: "gitops",
		Title:  "Flux applies with its own rights",
		Why: "Flux's controllers are cluster administrators. " +
			"A Kustomization or HelmRelease that names no service account makes everyone who can change its source one too.",
		Fix:        "set spec.serviceAccountName",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"strict", "novel"},
		References: []string{"NIST:4.3.1", "ATTACK:T1098.006", "OWASP:K03"},
		Kinds: lint.Kinds{
			Names:   []string{fluxKustomizeGroup + "/Kustomization", fluxHelmGroup + "/HelmRelease"},
			Context: []string{"Deployment", kustomizeGroup + "/Kustomization", "FluxInstance"},
		},
		Scope: lint.ResourceScope,
		Check: fluxServiceAccountMissing,
	},
}
