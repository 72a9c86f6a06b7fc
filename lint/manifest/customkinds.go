package manifest

// customPods tells where custom resources describe pods. The paths are those
// of the projects' own API types.
var customPods = []podPlace{
	{groups: []string{"argoproj.io"}, kinds: []string{"Rollout"}, at: []string{"spec.template"}},
	{
		groups: []string{"argoproj.io"}, kinds: []string{"Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"},
		at: []string{"spec.templates[]"}, form: podFields, outer: "spec", batch: true,
		containers: workflowContainers,
	},
	{
		groups: []string{"argoproj.io"}, kinds: []string{"CronWorkflow"},
		at: []string{"spec.workflowSpec.templates[]"}, form: podFields, outer: "spec.workflowSpec", batch: true,
		containers: workflowContainers,
	},
	{groups: []string{"argoproj.io"}, kinds: []string{"AnalysisTemplate", "ClusterAnalysisTemplate"}, at: []string{"spec.metrics[].provider.job.spec.template"}, batch: true},
	{groups: []string{"argoproj.io"}, kinds: []string{"EventSource", "Sensor"}, at: []string{"spec.template"}, form: podFields, containers: []string{"container"}},
	{groups: []string{"serving.knative.dev"}, kinds: []string{"Service", "Configuration"}, at: []string{"spec.template.spec"}, form: podSpec},
	{groups: []string{"serving.knative.dev"}, kinds: []string{"Revision"}, at: []string{"spec"}, form: podSpec},
	{groups: []string{"sources.knative.dev"}, kinds: []string{"ContainerSource"}, at: []string{"spec.template"}},
	{groups: []string{"apps.openshift.io"}, kinds: []string{"DeploymentConfig"}, at: []string{"spec.template"}},
	{groups: []string{"apps.kruise.io"}, kinds: []string{"CloneSet", "StatefulSet", "DaemonSet"}, at: []string{"spec.template"}},
	{groups: []string{"apps.kruise.io"}, kinds: []string{"BroadcastJob"}, at: []string{"spec.template"}, batch: true},
	{groups: []string{"apps.kruise.io"}, kinds: []string{"AdvancedCronJob"}, at: []string{"spec.template.jobTemplate.spec.template", "spec.template.broadcastJobTemplate.spec.template"}, batch: true},
	{groups: []string{"apps.kruise.io"}, kinds: []string{"UnitedDeployment"}, at: []string{
		"spec.template.statefulSetTemplate.spec.template", "spec.template.advancedStatefulSetTemplate.spec.template",
		"spec.template.cloneSetTemplate.spec.template", "spec.template.deploymentTemplate.spec.template",
	}},
	{groups: []string{"apps.kruise.io"}, kinds: []string{"SidecarSet"}, at: []string{"spec"}, form: podFields, containers: []string{"containers[]", "initContainers[]"}},
	{groups: []string{"keda.sh"}, kinds: []string{"ScaledJob"}, at: []string{"spec.jobTargetRef.template"}, batch: true},
	{groups: []string{"tekton.dev"}, kinds: []string{"Task", "ClusterTask"}, at: []string{"spec"}, form: podFields, containers: taskContainers, batch: true},
	{groups: []string{"tekton.dev"}, kinds: []string{"TaskRun"}, at: []string{"spec.taskSpec"}, form: podFields, containers: taskContainers, outer: "spec.podTemplate", batch: true},
	{groups: []string{"tekton.dev"}, kinds: []string{"Pipeline"}, at: []string{"spec.tasks[].taskSpec", "spec.finally[].taskSpec"}, form: podFields, containers: taskContainers, batch: true},
	{
		groups: []string{"tekton.dev"}, kinds: []string{"PipelineRun"},
		at:   []string{"spec.pipelineSpec.tasks[].taskSpec", "spec.pipelineSpec.finally[].taskSpec"},
		form: podFields, containers: taskContainers, outer: "spec.taskRunTemplate.podTemplate", batch: true,
	},
	{groups: []string{"ray.io"}, kinds: []string{"RayCluster"}, at: []string{"spec.headGroupSpec.template", "spec.workerGroupSpecs[].template"}},
	{groups: []string{"ray.io"}, kinds: []string{"RayJob"}, at: []string{"spec.rayClusterSpec.headGroupSpec.template", "spec.rayClusterSpec.workerGroupSpecs[].template", "spec.submitterPodTemplate"}, batch: true},
	{groups: []string{"ray.io"}, kinds: []string{"RayService"}, at: []string{"spec.rayClusterConfig.headGroupSpec.template", "spec.rayClusterConfig.workerGroupSpecs[].template"}},
	{groups: []string{"kubeflow.org"}, kinds: []string{"PyTorchJob", "TFJob", "MPIJob", "XGBoostJob", "PaddleJob", "JAXJob"}, at: []string{"spec.*ReplicaSpecs.*.template"}, batch: true},
	{groups: []string{"kubeflow.org"}, kinds: []string{"Notebook"}, at: []string{"spec.template.spec"}, form: podSpec},
	{groups: []string{"kubeflow.org"}, kinds: []string{"Experiment"}, at: []string{"spec.trialTemplate.trialSpec.spec.template"}, batch: true},
	{groups: []string{"trainer.kubeflow.org"}, kinds: []string{"TrainingRuntime", "ClusterTrainingRuntime"}, at: []string{"spec.template.spec.replicatedJobs[].template.spec.template"}, batch: true},
	{groups: []string{"jobset.x-k8s.io"}, kinds: []string{"JobSet"}, at: []string{"spec.replicatedJobs[].template.spec.template"}, batch: true},
	{groups: []string{"leaderworkerset.x-k8s.io"}, kinds: []string{"LeaderWorkerSet"}, at: []string{"spec.leaderWorkerTemplate.leaderTemplate", "spec.leaderWorkerTemplate.workerTemplate"}},
	{groups: []string{"batch.volcano.sh"}, kinds: []string{"Job"}, at: []string{"spec.tasks[].template"}, batch: true},
	{groups: []string{"sparkoperator.k8s.io"}, kinds: []string{"SparkApplication"}, at: []string{"spec.driver", "spec.executor"}, form: podFields, containers: sparkContainers, podSecurity: "podSecurityContext", batch: true},
	{groups: []string{"sparkoperator.k8s.io"}, kinds: []string{"ScheduledSparkApplication"}, at: []string{"spec.template.driver", "spec.template.executor"}, form: podFields, containers: sparkContainers, podSecurity: "podSecurityContext", batch: true},
	{groups: []string{"flink.apache.org"}, kinds: []string{"FlinkDeployment"}, at: []string{"spec.podTemplate", "spec.jobManager.podTemplate", "spec.taskManager.podTemplate"}, partial: true},
	{groups: []string{"serving.kserve.io"}, kinds: []string{"InferenceService"}, at: []string{"spec.predictor", "spec.transformer", "spec.explainer"}, form: podSpec, containers: append([]string{"model"}, podContainers...)},
	{groups: []string{"serving.kserve.io"}, kinds: []string{"ServingRuntime", "ClusterServingRuntime"}, at: []string{"spec"}, form: podSpec},
	{groups: []string{"machinelearning.seldon.io"}, kinds: []string{"SeldonDeployment"}, at: []string{"spec.predictors[].componentSpecs[].spec"}, form: podSpec},
	{groups: []string{"kubernetes.dask.org"}, kinds: []string{"DaskCluster", "DaskWorkerGroup", "DaskJob"}, at: []string{"spec.worker.spec", "spec.scheduler.spec", "spec.job.spec"}, form: podSpec},
	{groups: []string{"elasticsearch.k8s.elastic.co"}, kinds: []string{"Elasticsearch"}, at: []string{"spec.nodeSets[].podTemplate"}, partial: true},
	{
		groups: []string{"kibana.k8s.elastic.co", "apm.k8s.elastic.co", "logstash.k8s.elastic.co", "enterprisesearch.k8s.elastic.co", "maps.k8s.elastic.co"},
		kinds:  []string{"Kibana", "ApmServer", "Logstash", "EnterpriseSearch", "ElasticMapsServer"}, at: []string{"spec.podTemplate"}, partial: true,
	},
	{
		groups: []string{"beat.k8s.elastic.co", "agent.k8s.elastic.co"}, kinds: []string{"Beat", "Agent"},
		at: []string{"spec.daemonSet.podTemplate", "spec.deployment.podTemplate", "spec.statefulSet.podTemplate"}, partial: true,
	},
	{groups: []string{"monitoring.coreos.com"}, kinds: []string{"Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"}, at: []string{"spec"}, form: podFields, containers: []string{"containers[]", "initContainers[]"}},
	{groups: []string{"opentelemetry.io"}, kinds: []string{"OpenTelemetryCollector"}, at: []string{"spec"}, form: podFields, containers: []string{"additionalContainers[]", "initContainers[]"}, podSecurity: "podSecurityContext"},
	{groups: []string{"actions.github.com"}, kinds: []string{"AutoscalingRunnerSet"}, at: []string{"spec.template"}},
	{groups: []string{"actions.summerwind.dev"}, kinds: []string{"RunnerDeployment", "RunnerReplicaSet"}, at: []string{"spec.template.spec"}, form: podFields, containers: []string{"containers[]", "initContainers[]"}},
	{groups: []string{"actions.summerwind.dev"}, kinds: []string{"RunnerSet"}, at: []string{"spec.template"}, partial: true},
	{groups: []string{"agones.dev"}, kinds: []string{"GameServer"}, at: []string{"spec.template"}},
	{groups: []string{"agones.dev"}, kinds: []string{"Fleet", "GameServerSet"}, at: []string{"spec.template.spec.template"}},
	{groups: []string{"extensions.agents.x-k8s.io", "agents.x-k8s.io"}, kinds: []string{"SandboxTemplate", "Sandbox"}, at: []string{"spec.podTemplate"}},
	{groups: []string{"pkg.crossplane.io"}, kinds: []string{"DeploymentRuntimeConfig"}, at: []string{"spec.deploymentTemplate.spec.template"}, partial: true},
	{groups: []string{"operators.coreos.com"}, kinds: []string{"ClusterServiceVersion"}, at: []string{"spec.install.spec.deployments[].spec.template"}},
	{groups: []string{"rabbitmq.com"}, kinds: []string{"RabbitmqCluster"}, at: []string{"spec.override.statefulSet.spec.template"}, partial: true},
	{groups: []string{"postgresql.cnpg.io"}, kinds: []string{"Pooler"}, at: []string{"spec.template"}, partial: true},
	{groups: []string{"acid.zalan.do"}, kinds: []string{"postgresql"}, at: []string{"spec"}, form: podFields, containers: []string{"sidecars[]", "initContainers[]"}},
	{groups: []string{"mongodbcommunity.mongodb.com"}, kinds: []string{"MongoDBCommunity"}, at: []string{"spec.statefulSet.spec.template"}, partial: true},
	{groups: []string{"cassandra.datastax.com"}, kinds: []string{"CassandraDatacenter"}, at: []string{"spec.podTemplateSpec"}, partial: true},
	{
		groups: []string{"kafka.strimzi.io"}, kinds: []string{"Kafka", "KafkaConnect", "KafkaMirrorMaker2", "KafkaBridge"},
		at:   []string{"spec.template", "spec.kafka.template", "spec.zookeeper.template", "spec.entityOperator.template"},
		form: podFields, pod: "pod", containers: []string{"*Container"},
	},
	{groups: []string{"cert-manager.io"}, kinds: []string{"Issuer", "ClusterIssuer"}, at: []string{"spec.acme.solvers[].http01.ingress.podTemplate"}, partial: true},
	{
		groups: []string{"gateway.envoyproxy.io"}, kinds: []string{"EnvoyProxy"},
		at:   []string{"spec.provider.kubernetes.envoyDeployment", "spec.provider.kubernetes.envoyDaemonSet"},
		form: podFields, pod: "pod", containers: []string{"container", "initContainers[]"},
	},
	{groups: []string{"install.istio.io", "sailoperator.io"}, kinds: []string{"IstioOperator", "Istio"}, at: []string{"spec.components.*.k8s", "spec.components.ingressGateways[].k8s", "spec.components.egressGateways[].k8s"}, form: podFields, containers: []string{}},
}

var (
	workflowContainers = []string{"container", "script", "containerSet.containers[]", "sidecars[]", "initContainers[]"}
	taskContainers     = []string{"steps[]", "sidecars[]"}
	sparkContainers    = []string{"sidecars[]", "initContainers[]"}
)
