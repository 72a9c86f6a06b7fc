package component

import (
	"encoding/base64"
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// API groups of the configuration files of the control plane.
const (
	AuditGroup     = "audit.k8s.io"
	APIServerGroup = "apiserver.config.k8s.io"
	KubeadmGroup   = "kubeadm.k8s.io"
	// PodSecurityGroup is that of the PodSecurity admission plugin's
	// configuration.
	PodSecurityGroup = "pod-security.admission.config.k8s.io"
	// EventRateLimitGroup is that of the EventRateLimit admission plugin's
	// configuration.
	EventRateLimitGroup = "eventratelimit.admission.k8s.io"

	// The group of AdmissionConfiguration before 1.17.
	oldAPIServerGroup = "apiserver.k8s.io"
)

// ConfigKind is a kind of configuration file. Several groups may have had it.
type ConfigKind struct {
	Kind   string
	Groups []string
}

// The configuration files that an API server or kubeadm reads, and those that
// the other components have of their own.
var (
	AuditPolicy    = ConfigKind{"Policy", []string{AuditGroup}}
	Encryption     = ConfigKind{"EncryptionConfiguration", []string{APIServerGroup}}
	OldEncryption  = ConfigKind{"EncryptionConfig", []string{""}}
	Admission      = ConfigKind{"AdmissionConfiguration", []string{APIServerGroup, oldAPIServerGroup}}
	PodSecurity    = ConfigKind{"PodSecurityConfiguration", []string{PodSecurityGroup}}
	EventRateLimit = ConfigKind{"Configuration", []string{EventRateLimitGroup}}
	Authentication = ConfigKind{"AuthenticationConfiguration", []string{APIServerGroup}}
	Authorization  = ConfigKind{"AuthorizationConfiguration", []string{APIServerGroup}}
	KubeadmCluster = ConfigKind{"ClusterConfiguration", []string{KubeadmGroup}}
	KubeadmJoin    = ConfigKind{"JoinConfiguration", []string{KubeadmGroup}}
	KubeadmInit    = ConfigKind{"InitConfiguration", []string{KubeadmGroup}}
	KubeletOwn     = ConfigKind{"KubeletConfiguration", []string{"kubelet.config.k8s.io"}}
	SchedulerOwn   = ConfigKind{"KubeSchedulerConfiguration", []string{"kubescheduler.config.k8s.io"}}
	ManagerOwn     = ConfigKind{"KubeControllerManagerConfiguration", []string{"kubecontrollermanager.config.k8s.io"}}
	ProxyOwn       = ConfigKind{"KubeProxyConfiguration", []string{"kubeproxy.config.k8s.io"}}
	// Kubeconfig is of version v1, of no group.
	Kubeconfig = ConfigKind{"Config", []string{""}}
)

var configKinds = []ConfigKind{
	AuditPolicy, Encryption, OldEncryption, Admission, PodSecurity, EventRateLimit, Authentication, Authorization,
	KubeadmCluster, KubeadmInit, KubeadmJoin, KubeletOwn, SchedulerOwn, ManagerOwn, ProxyOwn, Kubeconfig,
}

// bootstrapKinds carry files that are written to machines before they join, at
// one of bootstrapPaths.
var (
	bootstrapKinds = []string{
		"KubeadmControlPlane", "KubeadmControlPlaneTemplate", "KubeadmConfig", "KubeadmConfigTemplate",
		"RKE2ControlPlane", "RKE2ControlPlaneTemplate", "RKE2Config", "RKE2ConfigTemplate",
	}
	bootstrapPaths = [][]string{{"spec"}, {"spec", "template", "spec"}, {"spec", "kubeadmConfigSpec"}, {"spec", "template", "spec", "kubeadmConfigSpec"}}
)

const kopsCluster = "kops.k8s.io/Cluster"

// Is tells whether an object is of the kind.
func (k ConfigKind) Is(o *manifest.Object) bool { return k.is(o.APIVersion, o.Kind) }

func (k ConfigKind) is(apiVersion, kind string) bool {
	return kind == k.Kind && slices.Contains(k.Groups, manifest.GroupOf(apiVersion))
}

// Names are the kind as rules name what they read: group/Kind.
func (k ConfigKind) Names() []string {
	var names []string
	for _, group := range k.Groups {
		name := k.Kind
		if group != "" {
			name = group + "/" + k.Kind
		}
		names = append(names, name)
	}
	return names
}

// Carriers are the kinds of objects that carry configuration files as text.
func Carriers() []string {
	return append([]string{"ConfigMap", "Secret", kopsCluster}, bootstrapKinds...)
}

// ConfigFile is a configuration file: a document of its own, or one that an
// object carries.
type ConfigFile struct {
	// Object is the configuration itself. Its nodes lie where they are written.
	*manifest.Object
	// Carrier is the object that holds the file, Object itself for a document of
	// its own.
	Carrier *manifest.Object
	// Path is where the file is on the machine, or what the carrier calls it: the
	// key of a ConfigMap, the path of a document's own file.
	Path string
}

// ConfigFiles are the configuration files of a set.
type ConfigFiles struct {
	in map[*manifest.Object][]*ConfigFile
	// named are the files by the last element of their paths.
	named map[string][]*ConfigFile
}

// ConfigFilesIn are the configuration files of a set: documents of their own,
// and those in the data of ConfigMaps and Secrets, in cloud-init's write_files
// there, and in the files of Cluster API's and kOps' resources.
func ConfigFilesIn(set *manifest.Set) *ConfigFiles {
	return manifest.Derived(set, func(set *manifest.Set) *ConfigFiles {
		found := &ConfigFiles{in: map[*manifest.Object][]*ConfigFile{}, named: map[string][]*ConfigFile{}}
		for _, o := range set.Objects() {
			if isConfig(o.APIVersion, o.Kind) {
				found.add(o, &ConfigFile{Object: o, Carrier: o, Path: o.Span().File.Path})
			}
			for _, text := range carriedBy(o) {
				found.read(o, text)
			}
		}
		return found
	})
}

// In are the configuration files that an object carries or is.
func (c *ConfigFiles) In(o *manifest.Object) []*ConfigFile { return c.in[o] }

// Named are the files of a kind whose last element of the path is that of the
// given one.
func (c *ConfigFiles) Named(kind ConfigKind, file string) []*ConfigFile {
	var found []*ConfigFile
	for _, f := range c.named[path.Base(file)] {
		if kind.Is(f.Object) {
			found = append(found, f)
		}
	}
	return found
}

// Beside are the documents of the file of that name that the carrier of f
// carries too, whatever their kind: some plugins read files that name none.
func (f *ConfigFile) Beside(name string) []*manifest.Node {
	var roots []*manifest.Node
	for _, text := range carriedBy(f.Carrier) {
		if path.Base(text.path) == path.Base(name) {
			trees, _ := text.documents(nil) // what does not parse says nothing
			for _, tree := range trees {
				roots = append(roots, tree.Root)
			}
		}
	}
	return roots
}

func (c *ConfigFiles) add(carrier *manifest.Object, f *ConfigFile) {
	c.in[carrier] = append(c.in[carrier], f)
	name := path.Base(f.Path)
	c.named[name] = append(c.named[name], f)
}

func (c *ConfigFiles) read(carrier *manifest.Object, text carriedText) {
	trees, _ := text.documents(isConfig) // what does not parse is no configuration that a rule could judge
	for _, tree := range trees {
		if o, _ := manifest.NewObject(tree.Root, tree.Duplicates); o != nil {
			c.add(carrier, &ConfigFile{Object: o, Carrier: carrier, Path: text.path})
		}
	}
}

func isConfig(apiVersion, kind string) bool {
	return slices.ContainsFunc(configKinds, func(k ConfigKind) bool { return k.is(apiVersion, kind) })
}

// carriedText is a file's content in a scalar. decoded is set when the text is
// not the scalar's own.
type carriedText struct {
	path    string
	node    *manifest.Node
	decoded *string
}

func (t carriedText) documents(reads func(apiVersion, kind string) bool) ([]*manifest.Tree, error) {
	if t.decoded != nil {
		return manifest.EmbeddedText(t.node, *t.decoded, reads)
	}
	return manifest.Embedded(t.node, reads)
}

func (t carriedText) text() string {
	if t.decoded != nil {
		return *t.decoded
	}
	return t.node.Str()
}

// base64Text is the text that a scalar holds in base64; ok is false when it
// does not.
func base64Text(name string, n *manifest.Node) (text carriedText, ok bool) {
	content, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Str()), ""))
	if err != nil || len(content) == 0 {
		return carriedText{}, false
	}
	decoded := string(content)
	return carriedText{path: name, node: n, decoded: &decoded}, true
}

// carriedBy are the files that an object carries.
func carriedBy(o *manifest.Object) []carriedText {
	var found []carriedText
	switch group := o.Group(); {
	case group == "" && (o.Kind == "ConfigMap" || o.Kind == "Secret"):
		found = dataOf(o)
	case group+"/"+o.Kind == kopsCluster:
		for _, asset := range o.At("spec", "fileAssets").Items() {
			found = appendFile(found, asset.At("path"), asset.At("content"), asset.At("isBase64").True())
		}
	case slices.Contains(bootstrapKinds, o.Kind):
		for _, keys := range bootstrapPaths {
			found = append(found, writtenFiles(o.At(keys...).At("files"))...)
		}
	}
	return found
}

// dataOf are the files in a ConfigMap or Secret, those among them that
// cloud-init would write.
func dataOf(o *manifest.Object) []carriedText {
	var texts []carriedText
	for _, field := range []string{"data", "binaryData", "stringData"} {
		for _, n := range o.At(field).Fields() {
			if field == "binaryData" || field == "data" && o.Kind == "Secret" {
				if text, ok := base64Text(n.Key, n); ok {
					texts = append(texts, text)
				}
				continue
			}
			texts = append(texts, carriedText{path: n.Key, node: n})
		}
	}
	for _, text := range texts {
		if strings.HasPrefix(strings.TrimLeft(text.text(), " \t\r\n"), "#cloud-config") || strings.Contains(text.text(), "\n#cloud-config") {
			texts = append(texts, cloudInit(text)...)
		}
	}
	return texts
}

// cloudInit are the files that the user data of a machine writes.
func cloudInit(text carriedText) []carriedText {
	trees, _ := text.documents(nil) // what does not parse writes no file
	var found []carriedText
	for _, tree := range trees {
		found = append(found, writtenFiles(tree.Root.At("write_files"))...)
	}
	return found
}

// writtenFiles are the entries of cloud-init's write_files, whose form Cluster
// API has taken over.
func writtenFiles(list *manifest.Node) []carriedText {
	var found []carriedText
	for _, file := range list.Items() {
		encoding := file.At("encoding").Str()
		found = appendFile(found, file.At("path"), file.At("content"), encoding == "base64" || encoding == "b64")
	}
	return found
}

func appendFile(files []carriedText, name, content *manifest.Node, inBase64 bool) []carriedText {
	switch {
	case !content.IsString():
		return files
	case !inBase64:
		return append(files, carriedText{path: name.Str(), node: content})
	}
	if text, ok := base64Text(name.Str(), content); ok {
		return append(files, text)
	}
	return files
}
