package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// sensitiveInterface is a product whose interface gives control or data to
// whoever reaches it.
type sensitiveInterface struct {
	product string
	// images are ends of the normalised repository, in whole path segments; a
	// segment may hold *.
	images []string
	// ports are those of the interface, where the product has others that are
	// meant for everyone.
	ports []int64
	// login tells that the product asks for a password as it comes.
	login bool
	// protectedBy are options and environment variables by which it is made to
	// ask for one.
	protectedBy []string
	// exposed tells whether the container has the interface open; nil when it
	// always has.
	exposed func(*manifest.Container) bool
}

// sensitiveInterfaces are tried in order; the first that fits counts.
var sensitiveInterfaces = []sensitiveInterface{
	// Dashboards of clusters.
	{product: "the Kubernetes dashboard", images: []string{"kubernetesui/dashboard*", "kubernetes-dashboard", "kubernetes-dashboard-amd64"}},
	{product: "Headlamp", images: []string{"headlamp"}, login: true},
	{product: "Argo CD", images: []string{"argoproj/argocd", "argoproj/argo-cd"}, ports: []int64{8080, 8443}, login: true},
	{product: "Argo Workflows", images: []string{"argoproj/argocli", "argo-server"}},
	{product: "Kubeflow", images: []string{"centraldashboard"}},
	{product: "Rancher", images: []string{"rancher/rancher"}, login: true},
	{product: "Portainer", images: []string{"portainer/portainer*", "portainer/agent"}},
	{product: "Weave Scope", images: []string{"weaveworks/scope"}},
	{product: "the Traefik dashboard", images: []string{"traefik"}, ports: []int64{8080}, exposed: runsWith("--api.insecure")},
	{product: "the administration interface of Envoy", images: []string{"envoyproxy/envoy*"}, ports: []int64{9901}},
	{product: "the Ray dashboard", images: []string{"rayproject/ray*"}, ports: []int64{8265}},
	// Notebooks, workflows and remote desktops: they run code.
	{product: "JupyterHub", images: []string{"jupyterhub/jupyterhub", "jupyterhub/k8s-hub"}, login: true},
	{product: "Jupyter", images: []string{"jupyter/*", "kubeflownotebookswg/jupyter*"}},
	{product: "NiFi", images: []string{"apache/nifi", "nifi"}},
	{product: "Airflow", images: []string{"apache/airflow", "airflow"}, ports: []int64{8080}, login: true},
	{product: "Spark", images: []string{"apache/spark*", "spark"}, ports: []int64{4040, 8080, 8081, 18080}},
	{product: "n8n", images: []string{"n8nio/n8n", "n8n"}, protectedBy: []string{"N8N_BASIC_AUTH_ACTIVE"}},
	{product: "Node-RED", images: []string{"nodered/node-red*"}},
	{product: "code-server", images: []string{"code-server"}, login: true},
	{product: "Guacamole", images: []string{"guacamole/guacamole"}, login: true},
	// Building, code and artifacts.
	{product: "Jenkins", images: []string{"jenkins/jenkins", "library/jenkins", "bitnami/jenkins"}, login: true},
	{product: "GitLab", images: []string{"gitlab/gitlab-ce", "gitlab/gitlab-ee"}, login: true},
	{product: "Gitea", images: []string{"gitea/gitea"}, login: true},
	{product: "Drone", images: []string{"drone/drone"}, login: true},
	{product: "Nexus", images: []string{"sonatype/nexus3"}, login: true},
	{product: "SonarQube", images: []string{"sonarqube"}, login: true},
	{product: "a container registry", images: []string{"library/registry", "distribution/distribution"}, protectedBy: []string{"REGISTRY_AUTH", "REGISTRY_AUTH_HTPASSWD_PATH"}},
	// Monitoring.
	{product: "Prometheus", images: []string{"prom/prometheus", "prometheus/prometheus", "bitnami/prometheus"}, protectedBy: []string{"--web.config.file"}},
	{product: "Alertmanager", images: []string{"prom/alertmanager", "prometheus/alertmanager", "bitnami/alertmanager"}, protectedBy: []string{"--web.config.file"}},
	{product: "Grafana", images: []string{"grafana/grafana*", "bitnami/grafana"}, login: true, exposed: runsWithout("GF_AUTH_ANONYMOUS_ENABLED")},
	{product: "Grafana with anonymous access", images: []string{"grafana/grafana*", "bitnami/grafana"}},
	{product: "Kibana", images: []string{"kibana"}, login: true, exposed: sinceElastic8},
	{product: "Kibana", images: []string{"kibana"}, protectedBy: []string{"ELASTICSEARCH_PASSWORD"}},
	{product: "OpenSearch Dashboards", images: []string{"opensearch-dashboards"}, login: true},
	// Data stores.
	{product: "Elasticsearch", images: []string{"elasticsearch"}, login: true, exposed: sinceElastic8},
	{product: "Elasticsearch", images: []string{"elasticsearch"}, protectedBy: []string{"ELASTIC_PASSWORD"}},
	{product: "OpenSearch", images: []string{"opensearch"}, login: true, exposed: runsWithout("DISABLE_SECURITY_PLUGIN")},
	{product: "OpenSearch without its security plugin", images: []string{"opensearch"}},
	{product: "Redis", images: []string{"redis", "redis-stack*"}, protectedBy: []string{"--requirepass", "--aclfile", "REDIS_PASSWORD", "REDIS_PASSWORD_FILE"}},
	{product: "Valkey", images: []string{"valkey"}, protectedBy: []string{"--requirepass", "--aclfile", "VALKEY_PASSWORD", "VALKEY_PASSWORD_FILE"}},
	{product: "memcached", images: []string{"memcached"}, protectedBy: []string{"-S", "--enable-sasl", "MEMCACHED_PASSWORD"}},
	{product: "MongoDB", images: []string{"mongo", "mongodb"}, protectedBy: []string{"--auth", "MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD_FILE", "MONGODB_ROOT_PASSWORD"}},
	{product: "mongo-express", images: []string{"mongo-express"}, protectedBy: []string{"ME_CONFIG_BASICAUTH_USERNAME"}},
	{product: "MySQL", images: []string{"mysql"}, login: true},
	{product: "MariaDB", images: []string{"mariadb"}, login: true},
	{product: "PostgreSQL", images: []string{"postgres", "postgresql"}, login: true},
	{product: "phpMyAdmin", images: []string{"phpmyadmin"}, login: true},
	{product: "Adminer", images: []string{"adminer"}, login: true},
	{product: "pgAdmin", images: []string{"pgadmin4"}, login: true},
	{product: "Cassandra", images: []string{"cassandra"}, protectedBy: []string{"CASSANDRA_PASSWORD"}},
	{product: "CouchDB", images: []string{"couchdb"}, protectedBy: []string{"COUCHDB_PASSWORD"}},
	{product: "Neo4j", images: []string{"neo4j"}, login: true},
	{product: "etcd", images: []string{"etcd"}, protectedBy: []string{"--client-cert-auth", "ETCD_CLIENT_CERT_AUTH", "ETCD_ROOT_PASSWORD"}},
	{product: "Consul", images: []string{"consul"}, ports: []int64{8500, 8501}},
	{product: "Vault without TLS", images: []string{"hashicorp/vault", "library/vault"}, exposed: vaultWithoutTLS},
	{product: "the management of RabbitMQ", images: []string{"rabbitmq"}, ports: []int64{15672}, login: true},
	{product: "Kafka UI", images: []string{"kafka-ui"}, protectedBy: []string{"AUTH_TYPE"}},
	{product: "AKHQ", images: []string{"akhq"}},
	{product: "the MinIO console", images: []string{"minio/minio", "bitnami/minio"}, ports: []int64{9001}, login: true},
	// Model servers: they run whatever model they are given.
	{product: "Ollama", images: []string{"ollama/ollama"}},
	{product: "vLLM", images: []string{"vllm/vllm-*"}, protectedBy: []string{"--api-key", "VLLM_API_KEY"}},
	{product: "Triton", images: []string{"tritonserver"}},
	{product: "KServe", images: []string{"kserve/*server"}},
	{product: "Seldon", images: []string{"seldonio/*server*"}},
	{product: "MLflow", images: []string{"mlflow", "mlflow/mlflow"}, protectedBy: []string{"--app-name"}},
	{product: "BentoML", images: []string{"bentoml/*"}},
}

// authProxies are images that ask for a login and pass requests on.
var authProxies = []string{"oauth2-proxy", "oauth-proxy", "ose-oauth-proxy", "kube-rbac-proxy", "keycloak-gatekeeper", "louketo-proxy", "gogatekeeper", "pomerium", "authelia"}

// interfaceOf is the interface that a container opens; nil when it opens none
// of the table.
func interfaceOf(c *manifest.Container) *sensitiveInterface {
	name := readImage(c.At("image")).ref.name()
	for i, entry := range sensitiveInterfaces {
		if entry.hasImage(name) && (entry.exposed == nil || entry.exposed(c)) {
			return &sensitiveInterfaces[i]
		}
	}
	return nil
}

// podInterfaces are the interfaces of the pods of a set that open any, by their
// containers: many Services may ask for those of one pod.
type podInterfaces map[*manifest.Pod]map[*manifest.Node]*sensitiveInterface

// interfacesOf are the interfaces that a pod opens.
func interfacesOf(s *scope.Scope, pod *manifest.Pod) map[*manifest.Node]*sensitiveInterface {
	found := manifest.Derived(s.Set, func(*manifest.Set) *podInterfaces {
		found := podInterfaces{}
		for _, pod := range s.Pods() {
			for _, c := range pod.Containers() {
				if entry := interfaceOf(c); entry != nil {
					if found[pod] == nil {
						found[pod] = map[*manifest.Node]*sensitiveInterface{}
					}
					found[pod][c.Node] = entry
				}
			}
		}
		return &found
	})
	return (*found)[pod]
}

func (s sensitiveInterface) hasImage(name string) bool {
	return slices.ContainsFunc(s.images, func(pattern string) bool { return endsWithSegments(name, pattern) })
}

// endsWithSegments tells whether the last segments of a repository are those
// of the pattern.
func endsWithSegments(name, pattern string) bool {
	segments := strings.Split(name, "/")
	count := strings.Count(pattern, "/") + 1
	if len(segments) < count {
		return false
	}
	ok, err := path.Match(pattern, strings.Join(segments[len(segments)-count:], "/"))
	return ok && err == nil
}

// asksForLogin tells whether nobody gets past the product without a password.
func (s sensitiveInterface) asksForLogin(c *manifest.Container) bool {
	return s.login || slices.ContainsFunc(s.protectedBy, func(name string) bool { return runsWith(name)(c) })
}

// runsWith makes a check whether a container has an option, or an environment
// variable, that is not switched off.
func runsWith(name string) func(*manifest.Container) bool {
	return func(c *manifest.Container) bool {
		if entry := variable(c, name); entry.IsSet() {
			value := strings.ToLower(entry.At("value").Str())
			return entry.At("valueFrom").IsSet() || value != "" && value != "false" && value != "0" && value != "disabled"
		}
		return slices.ContainsFunc(commandLines(c), func(line []word) bool { return flag(line, name) })
	}
}

func runsWithout(name string) func(*manifest.Container) bool {
	return func(c *manifest.Container) bool { return !runsWith(name)(c) }
}

// sinceElastic8 tells whether a container of the Elastic stack has a version
// that asks for a password by default, and is not told otherwise.
func sinceElastic8(c *manifest.Container) bool {
	version, ok := parseVersion(readImage(c.At("image")).ref.Tag)
	return ok && version[0] >= 8 && variable(c, "xpack.security.enabled").At("value").Str() != "false"
}

// vaultWithoutTLS tells whether a container of Vault shows that it listens
// without TLS: as a development server, by its configuration or its address.
func vaultWithoutTLS(c *manifest.Container) bool {
	if runsWith("-dev")(c) || strings.HasPrefix(variable(c, "VAULT_ADDR").At("value").Str(), "http://") {
		return true
	}
	texts := append(commandTexts(c), variable(c, "VAULT_LOCAL_CONFIG").At("value"))
	return slices.ContainsFunc(texts, func(n *manifest.Node) bool { return tlsDisabled().MatchString(n.Str()) })
}

var tlsDisabled = lazyRegexp(`tls_disable["']?\s*[=:]\s*["']?(?:true|1)\b`)

// hasAuthProxy tells whether a container of the pod asks for a login.
func hasAuthProxy(pod *manifest.Pod) bool {
	return slices.ContainsFunc(pod.Containers(), func(c *manifest.Container) bool {
		return slices.Contains(authProxies, path.Base(readImage(c.At("image")).ref.name()))
	})
}
