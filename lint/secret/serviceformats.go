package secret

import (
	"encoding/base64"
	"strings"
)

// messagingFormats are credentials of chat, mail and telephone services.
var messagingFormats = []*Format{
	{
		ID: "slack-token", Name: "Slack token", keywords: []string{"xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxe-", "xoxe.xox", "xapp-"},
		pattern: `(?:(?:xoxe\.)?xox[abeoprs]-[0-9A-Za-z-]{20,250}|xapp-[0-9]-[A-Z0-9]+-[0-9]+-[0-9a-f]{32,128})`, joins: "-",
		check: func(token string) finding { return valid(strings.ContainsAny(token, "0123456789")) },
	},
	{
		ID: "slack-webhook", Name: "Slack webhook", keywords: []string{"hooks.slack.com/"},
		pattern: `hooks\.slack(?:-gov)?\.com/(?:services/T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/([0-9A-Za-z]{16,32})|(?:workflows|triggers)/([0-9A-Za-z/]{30,90}))`,
	},
	{
		ID: "discord-webhook", Name: "Discord webhook", keywords: []string{"discord.com/api/", "discordapp.com/api/"},
		pattern: `discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[0-9]{17,20}/([0-9A-Za-z_-]{60,80})`, joins: "-",
	},
	{
		ID: "discord-bot-token", Name: "Discord bot token", keywords: []string{".G", ".X", ".Y", ".Z"},
		pattern: `[MNO][0-9A-Za-z_-]{23,27}\.[GXYZ][0-9A-Za-z_-]{5}\.[0-9A-Za-z_-]{27,40}`,
		lead:    func(c byte) bool { return isWordByte(c) || c == '-' }, leadLength: 28, leadLeast: 24, least: 30, joins: "-.", check: discordToken,
	},
	{
		ID: "teams-webhook", Name: "Microsoft Teams webhook", keywords: []string{".webhook.office.com/webhookb2/"},
		lead: isNameByte, leadLength: 64, leadLeast: 1,
		pattern: `[0-9A-Za-z.-]{1,64}\.webhook\.office\.com/webhookb2/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/([0-9a-f]{32}/[0-9a-f-]{36})`,
	},
	{
		ID: "google-chat-webhook", Name: "Google Chat webhook", keywords: []string{"chat.googleapis.com/v1/spaces/"},
		pattern: `chat\.googleapis\.com/v1/spaces/[0-9A-Za-z_-]+/messages\?key=[0-9A-Za-z_-]+&(?:amp;)?token=([0-9A-Za-z_%-]{30,90})`, joins: "%-",
	},
	{
		ID: "telegram-bot", Name: "Telegram bot token", keywords: []string{":AA"},
		pattern: `(?:bot)?([0-9]{8,10}:AA[0-9A-Za-z_-]{32,33})`,
		lead:    func(c byte) bool { return isDigit(c) || c == 'b' || c == 'o' || c == 't' }, leadLength: 13, leadLeast: 8, joins: "-",
	},
	{ID: "sendgrid-key", Name: "SendGrid API key", keywords: []string{"SG."}, pattern: `SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}`, joins: "-."},
	{ID: "mailgun-key", least: 36, Name: "Mailgun API key", keywords: []string{"key-"}, pattern: `key-[0-9a-f]{32}`, joins: "-"},
	{
		ID: "mailchimp-key", Name: "Mailchimp API key", keywords: []string{"-us"},
		pattern: `[0-9a-f]{32}-us[0-9]{1,2}`, lead: isHex, leadLength: 32, leadLeast: 32, joins: "-",
	},
	{ID: "brevo-key", Name: "Brevo API key", keywords: []string{"xkeysib-"}, pattern: `xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}`, joins: "-"},
	{ID: "resend-key", least: 36, Name: "Resend API key", keywords: []string{"re_"}, pattern: `re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}`, check: func(token string) finding { return valid(isMixed(token)) }},
	{ID: "twilio-key", least: 34, Name: "Twilio API key", keywords: []string{"SK"}, pattern: `SK[0-9a-f]{32}`},
}

// businessFormats are credentials of payment, shop, office and design services.
var businessFormats = []*Format{
	{
		ID: "stripe-key", Name: "Stripe key", keywords: []string{"sk_live_", "rk_live_", "sk_test_", "rk_test_", "sk_prod_", "rk_prod_"},
		pattern: `[sr]k_(?:live|test|prod)_[0-9A-Za-z]{16,250}`, check: stripeKey,
	},
	{ID: "stripe-webhook-secret", Name: "Stripe webhook secret", keywords: []string{"whsec_"}, pattern: `whsec_[0-9A-Za-z+/]{32,88}={0,2}`, joins: "/+="},
	{
		ID: "toss-payments-key", Name: "Toss Payments secret key", keywords: []string{"live_sk_", "test_sk_", "live_gsk_", "test_gsk_"},
		pattern: `(?:live|test)_g?sk_[0-9A-Za-z]{24,48}`,
	},
	{
		ID: "square-token", least: 29, Name: "Square token", keywords: []string{"sq0atp-", "sq0csp-", "EAAA"},
		pattern: `(?:sq0atp-[0-9A-Za-z_-]{22}|sq0csp-[0-9A-Za-z_-]{43}|EAAA[0-9A-Za-z_-]{60})`, joins: "-/+=",
	},
	{
		ID: "paypal-token", Name: "PayPal Braintree access token", keywords: []string{"access_token$production$"},
		pattern: `access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}`,
	},
	{
		ID: "plaid-token", Name: "Plaid access token", keywords: []string{"access-sandbox-", "access-development-", "access-production-"},
		pattern: `access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, joins: "-",
	},
	{
		ID: "shopify-token", Name: "Shopify token", keywords: []string{"shpat_", "shpca_", "shppa_", "shpss_"},
		pattern: `shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}`,
	},
	{ID: "shippo-token", Name: "Shippo token", keywords: []string{"shippo_live_", "shippo_test_"}, pattern: `shippo_(?:live|test)_[0-9a-f]{40}`},
	{ID: "linear-key", Name: "Linear API key", keywords: []string{"lin_api_", "lin_oauth_"}, pattern: `lin_(?:api_[0-9A-Za-z]{40}|oauth_[0-9a-f]{64})`},
	{ID: "notion-token", Name: "Notion token", keywords: []string{"ntn_"}, pattern: `ntn_[0-9]{11}[0-9A-Za-z]{35}`},
	{ID: "airtable-pat", least: 82, Name: "Airtable token", keywords: []string{"pat"}, pattern: `pat[0-9A-Za-z]{14}\.[0-9a-f]{64}`},
	{ID: "postman-key", Name: "Postman API key", keywords: []string{"PMAK-"}, pattern: `PMAK-[0-9a-f]{24}-[0-9a-f]{34}`, joins: "-"},
	{
		ID: "hubspot-token", Name: "HubSpot private app token", keywords: []string{"pat-na", "pat-eu"},
		pattern: `pat-(?:na|eu)[0-9]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, joins: "-",
	},
	{ID: "figma-token", Name: "Figma token", keywords: []string{"figd_"}, pattern: `figd_[0-9A-Za-z_-]{40}`, joins: "-"},
	{ID: "contentful-token", Name: "Contentful management token", keywords: []string{"CFPAT-"}, pattern: `CFPAT-[0-9A-Za-z_-]{43}`, joins: "-"},
	{ID: "typeform-token", Name: "Typeform token", keywords: []string{"tfp_"}, pattern: `tfp_[0-9A-Za-z_.-]{40,59}`, joins: "-."},
	{ID: "segment-token", Name: "Segment token", keywords: []string{"sgp_"}, pattern: `sgp_[0-9A-Za-z]{64}`},
	{
		ID: "mapbox-token", Name: "Mapbox secret token", keywords: []string{"sk.eyJ"},
		pattern: `sk\.eyJ[0-9A-Za-z_-]{40,200}\.[0-9A-Za-z_-]{20,40}`, joins: "-",
	},
	{ID: "dropbox-token", least: 100, Name: "Dropbox token", keywords: []string{"sl."}, pattern: `sl\.(?:u\.)?[0-9A-Za-z_-]{120,990}`, joins: "-.", reach: 1024},
	{ID: "posthog-key", Name: "PostHog personal API key", keywords: []string{"phx_"}, pattern: `phx_[0-9A-Za-z]{40,48}`},
}

// modelFormats are credentials of services that serve language models.
var modelFormats = []*Format{
	{
		ID: "openai-key", Name: "OpenAI API key", keywords: []string{"T3BlbkFJ"},
		pattern: `sk-(?:(?:proj|svcacct|admin|None)-)?[0-9A-Za-z_-]{20,80}T3BlbkFJ[0-9A-Za-z_-]{20,80}`,
		lead:    func(c byte) bool { return isWordByte(c) || c == '-' }, leadLength: 96, joins: "-",
	},
	{
		ID: "anthropic-key", Name: "Anthropic API key", keywords: []string{"sk-ant-"},
		pattern: `sk-ant-(?:api|admin|oat|ort)[0-9]{2}-[0-9A-Za-z_-]{80,120}`, joins: "-",
	},
	{
		ID: "huggingface-token", least: 37, Name: "Hugging Face token", keywords: []string{"hf_", "api_org_"},
		pattern: `(?:hf_|api_org_)[A-Za-z]{34}`, check: func(token string) finding { return valid(entropy(token) >= 3.5) },
	},
	{ID: "groq-key", Name: "Groq API key", keywords: []string{"gsk_"}, pattern: `gsk_[0-9A-Za-z]{52}`},
	{ID: "openrouter-key", Name: "OpenRouter API key", keywords: []string{"sk-or-v1-"}, pattern: `sk-or-v1-[0-9a-f]{64}`, joins: "-"},
	{ID: "replicate-token", Name: "Replicate token", keywords: []string{"r8_"}, pattern: `r8_[0-9A-Za-z]{37}`},
	{ID: "perplexity-key", Name: "Perplexity API key", keywords: []string{"pplx-"}, pattern: `pplx-[0-9A-Za-z]{48}`, joins: "-"},
	{ID: "xai-key", Name: "xAI API key", keywords: []string{"xai-"}, pattern: `xai-[0-9A-Za-z]{80}`, joins: "-"},
	{ID: "nvidia-key", Name: "NVIDIA API key", keywords: []string{"nvapi-"}, pattern: `nvapi-[0-9A-Za-z_-]{60,70}`, joins: "-"},
	{ID: "langsmith-key", Name: "LangSmith API key", keywords: []string{"lsv2_"}, pattern: `lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}`},
	{ID: "pinecone-key", Name: "Pinecone API key", keywords: []string{"pcsk_"}, pattern: `pcsk_[0-9A-Za-z]{5,6}_[0-9A-Za-z]{55,65}`},
	{ID: "tavily-key", Name: "Tavily API key", keywords: []string{"tvly-"}, pattern: `tvly-(?:dev-|prod-)?[0-9A-Za-z-]{32,64}`, joins: "-"},
	{
		ID: "langfuse-key", Name: "Langfuse secret key", keywords: []string{"sk-lf-"},
		pattern: `sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, joins: "-",
	},
}

// stripeKey refuses the two test keys of Stripe's documentation.
func stripeKey(token string) finding {
	return valid(!strings.HasPrefix(token, "sk_test_4eC39HqLyjWDarjt") && !strings.HasPrefix(token, "sk_test_BQokikJOvBiI2HlW"))
}

// discordToken tells whether the first part is the bot's numeric id in base64.
func discordToken(token string) finding {
	first, _, _ := strings.Cut(token, ".")
	id, err := base64.RawURLEncoding.DecodeString(first)
	return valid(err == nil && len(id) >= 17 && all(string(id), isDigit))
}
