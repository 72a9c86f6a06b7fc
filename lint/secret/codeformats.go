package secret

// codeFormats are credentials of code hosts and build services.
var codeFormats = []*Format{
	{
		ID: "github-token", Name: "GitHub token", keywords: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"},
		pattern: `gh[pousr]_[0-9A-Za-z]{36}`, check: base62Checksum,
	},
	{
		ID: "github-app-token", Name: "GitHub App installation token", keywords: []string{"ghs_"},
		pattern: `ghs_[0-9]{1,12}_eyJ[A-Za-z0-9_-]{10,900}\.eyJ[A-Za-z0-9_-]{10,900}\.[A-Za-z0-9_-]{20,700}`, joins: "-", reach: 3000,
	},
	{
		ID: "github-fine-grained", Name: "GitHub fine-grained token", keywords: []string{"github_pat_"},
		pattern: `github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}`,
	},
	{
		ID: "gitlab-pat", Name: "GitLab personal access token", keywords: []string{"glpat-"},
		pattern: `glpat-[0-9A-Za-z_-]{20}(?:[0-9A-Za-z_-]{7,280}\.(?:[0-9a-z]{2}\.)?[0-9a-z]{9})?`, joins: "-", check: routableChecksum,
	},
	{
		ID: "gitlab-other", Name: "GitLab token", keywords: []string{"gldt-", "glrt-", "glsoat-", "glft-", "glptt-", "glagent-", "glimt-", "glcbt-", "gloas-", "glffct-", "glrtr-", "GR1348941"},
		pattern: `(?:(?:gldt|glrt|glrtr|glsoat|glft|glffct|gloas)-[0-9A-Za-z_-]{20,280}(?:\.(?:[0-9a-z]{2}\.)?[0-9a-z]{9})?|glptt-[0-9a-f]{40}` +
			`|glagent-[0-9A-Za-z_-]{50}|glimt-[0-9A-Za-z_-]{25}|glcbt-[0-9A-Za-z]{1,5}_[0-9A-Za-z_-]{20}|GR1348941[0-9A-Za-z_-]{20})`,
		joins: "-", check: routableChecksum,
	},
	{
		ID: "bitbucket-app-password", Name: "Bitbucket app password", keywords: []string{"ATBB"},
		pattern: `ATBB[0-9A-Za-z]{24}[0-9A-F]{8}`,
	},
	{
		ID: "atlassian-token", Name: "Atlassian API token", keywords: []string{"ATATT3", "ATCTT3"},
		pattern: `AT[AC]TT3[0-9A-Za-z_-]{150,220}=[0-9A-F]{8}`, joins: "-=",
	},
	{ID: "sonar-token", Name: "SonarQube token", keywords: []string{"squ_", "sqp_", "sqa_"}, pattern: `sq[apu]_[0-9a-f]{40}`},
	{
		ID: "circleci-token", Name: "CircleCI token", keywords: []string{"CCIPAT_", "CCIPRJ_"},
		pattern: `CCI(?:PAT|PRJ)_[0-9A-Za-z]{22}_[0-9a-f]{40}`,
	},
	{ID: "buildkite-token", Name: "Buildkite token", keywords: []string{"bkua_"}, pattern: `bkua_[0-9a-f]{40}`},
	{
		ID: "harness-token", least: 60, Name: "Harness token", keywords: []string{"pat.", "sat."},
		pattern: `[ps]at\.[0-9A-Za-z_-]{22}\.[0-9a-f]{24}\.[0-9A-Za-z]{20}`, joins: "-.",
	},
	{ID: "pulumi-token", Name: "Pulumi token", keywords: []string{"pul-"}, pattern: `pul-[0-9a-f]{40}`, joins: "-"},
	{
		ID: "terraform-token", Name: "HCP Terraform token", keywords: []string{".atlasv1."},
		pattern: `[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,70}`, lead: isAlnum, leadLength: 14, leadLeast: 14, joins: "-=",
	},
	{ID: "infracost-key", Name: "Infracost API key", keywords: []string{"ico-"}, pattern: `ico-[0-9A-Za-z]{32}`, joins: "-"},
	{ID: "prefect-key", Name: "Prefect API key", keywords: []string{"pnu_"}, pattern: `pnu_[0-9A-Za-z]{36}`},
	{
		ID: "launchdarkly-key", least: 40, Name: "LaunchDarkly SDK key", keywords: []string{"sdk-", "api-"},
		pattern: `(?:sdk|api)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`, joins: "-",
	},
}

// registryFormats are credentials of package and image registries.
var registryFormats = []*Format{
	{ID: "npm-token", Name: "npm token", keywords: []string{"npm_"}, pattern: `npm_[0-9A-Za-z]{36}`, check: base62Checksum},
	{
		ID: "npmrc-auth", Name: "npm registry credential", keywords: []string{":_authToken", ":_auth", ":_password"}, general: true,
		pattern: `:_(?:authToken|auth|password)\s{0,4}=\s{0,4}["']?([^\s"'$<{][^\s"']{7,500})`, check: literal,
	},
	{
		ID: "pypi-token", Name: "PyPI token", keywords: []string{"pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZ"},
		pattern: `pypi-AgE[0-9A-Za-z_-]{60,500}`, joins: "-", reach: 600,
	},
	{ID: "rubygems-token", Name: "RubyGems token", keywords: []string{"rubygems_"}, pattern: `rubygems_[0-9a-f]{48}`},
	{
		ID: "nuget-key", least: 46, Name: "NuGet API key", keywords: []string{"oy2"}, pattern: `oy2[a-z0-9]{43}`,
		check: func(token string) finding { return valid(isMixed(token)) },
	},
	{ID: "crates-token", least: 35, Name: "crates.io token", keywords: []string{"cio"}, pattern: `cio[0-9A-Za-z]{32}`},
	{ID: "clojars-token", Name: "Clojars token", keywords: []string{"CLOJARS_"}, pattern: `CLOJARS_[0-9a-z]{60}`},
	{
		ID: "packagist-token", Name: "Packagist token", keywords: []string{"packagist_"},
		pattern: `packagist_[ou][ru]t_[0-9a-f]{68}`,
	},
	{
		ID: "dockerhub-token", Name: "Docker Hub token", keywords: []string{"dckr_pat_", "dckr_oat_"},
		pattern: `dckr_(?:pat_[0-9A-Za-z_-]{27}|oat_[0-9A-Za-z_-]{32})`, joins: "-",
	},
	{
		ID: "docker-config-auth", Name: "registry password in a Docker configuration", keywords: []string{`"auth"`, `"auth\"`}, general: true,
		pattern: `"auth\\?"\s*:\s*\\?"([A-Za-z0-9+/]{8,900}={0,2})\\?"`, reach: 1024, check: basicAuth, low: true,
	},
	{
		ID: "artifactory-token", Name: "JFrog Artifactory token", keywords: []string{"AKCp", "cmVmd"},
		pattern: `(?:AKCp[0-9A-Za-z]{69}|cmVmd[0-9A-Za-z]{59})`, joins: "/+=",
	},
}
