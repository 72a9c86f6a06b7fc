package config

// Starter is the configuration that a repository may begin with.
const Starter = `# yaml-language-server: $schema=` + SchemaURL + `
# How seaworthy judges what lies below this folder. A file of this name in a
# folder below adds to it, and wins where both speak; "root: true" there would
# keep this one out. 'seaworthy config explain FILE' shows what holds for a file.
# Lines that begin with # and no blank are proposals: take the # away.

# The rules to run: 'seaworthy rules' lists them. @1 keeps the same rules when
# an upgrade brings more.
profile: default@1

# Exit with 1 for findings of this severity or worse, or never.
fail-on: medium

# Rules beside the profile's, and rules not to run.
#extend-select: [cpu-limit-missing]
#ignore: [privileged-port]

# Severities and parameters of rules.
#rules:
#  image-registry-untrusted:
#    severity: high
#    allowed-registries: [registry.example.com]
#  required-labels-missing:
#    labels: [app.kubernetes.io/name, "team=[a-z]+"]

# All that is deployed lies here: what is missing is a finding.
#scope: closed

# Objects that exist outside of the repository.
#external:
#- {kind: Secret, namespace: shop, name: database, keys: [user, password]}

#exclude: [vendor, "**/*.generated.yaml"]

#overrides:
#- paths: [charts/upstream]
#  fail-on: never
#- kinds: [Job, CronJob]
#  namespaces: ["ci-*"]
#  labels: {tier: batch}
#  ignore: [memory-limit-missing]

#suppressions:
#- rules: [host-network]
#  kind: DaemonSet
#  name: node-agent
#  reason: it watches the node's interfaces
#  until: 2027-01-31
`
