package secret

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"strconv"
	"strings"
)

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// base62Checksum checks GitHub's and npm's tokens: the last 6 of 36 characters
// are the CRC32 of the others, without the prefix, in base 62
// (https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/).
func base62Checksum(token string) finding {
	body := token[strings.IndexByte(token, '_')+1:]
	split := len(body) - 6
	if split < 0 {
		return nothing
	}
	sum := uint64(0)
	for i := split; i < len(body); i++ {
		sum = sum*62 + uint64(max(0, strings.IndexByte(base62Digits, body[i])))
	}
	return valid(sum == uint64(crc32.ChecksumIEEE([]byte(body[:split]))))
}

// routableChecksum checks the CRC32 in base 36 at the end of a routable token
// of GitLab; older ones have no dot (gitlab, Authn::TokenField::Generator).
func routableChecksum(token string) finding {
	if !strings.Contains(token, ".") {
		return credential
	}
	split := len(token) - 7
	sum, err := strconv.ParseUint(token[split:], 36, 64)
	return valid(err == nil && sum == uint64(crc32.ChecksumIEEE([]byte(token[:split]))))
}

// grafanaChecksum checks the CRC32 at the end of a service account token,
// little-endian in hexadecimal (grafana, pkg/components/satokengen).
func grafanaChecksum(token string) finding {
	split := strings.LastIndexByte(token, '_')
	sum, err := hex.DecodeString(token[split+1:])
	if err != nil || len(sum) != 4 {
		return nothing
	}
	want := uint32(sum[0]) | uint32(sum[1])<<8 | uint32(sum[2])<<16 | uint32(sum[3])<<24
	return valid(crc32.ChecksumIEEE([]byte(token[:split])) == want)
}

// bech32Checksum checks an age identity (BIP 173, as age's specification
// demands).
func bech32Checksum(token string) finding {
	const digits = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	split := strings.LastIndexByte(token, '1')
	sum := uint32(1)
	feed := func(value byte) {
		top := sum >> 25
		sum = (sum&0x1ffffff)<<5 ^ uint32(value)
		for i, generator := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= generator
			}
		}
	}
	prefix := strings.ToLower(token[:split])
	for i := range len(prefix) {
		feed(prefix[i] >> 5)
	}
	feed(0)
	for i := range len(prefix) {
		feed(prefix[i] & 31)
	}
	for i := split + 1; i < len(token); i++ {
		feed(byte(max(0, strings.IndexByte(digits, token[i]))))
	}
	return valid(sum == 1)
}

// jwt reads a JSON web token. Header and payload are JSON objects; unsigned
// ones and those for the public are no credentials.
func jwt(token string, ofKubernetes bool) finding {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nothing
	}
	header, ok := jsonObject(parts[0])
	algorithm, _ := header["alg"].(string)
	if !ok || algorithm == "" || strings.EqualFold(algorithm, "none") {
		return nothing
	}
	payload, ok := jsonObject(parts[1])
	if !ok || payload["role"] == "anon" || isDocumentedJWT(payload) {
		return nothing
	}
	if strings.Contains(stringOf(payload["iss"]), "demo") {
		return finding{class: Default}
	}
	kubernetes := payload["kubernetes.io"] != nil || payload["kubernetes.io/serviceaccount/service-account.name"] != nil ||
		strings.HasPrefix(stringOf(payload["sub"]), "system:serviceaccount:")
	return valid(kubernetes == ofKubernetes)
}

// isDocumentedJWT tells the sample of jwt.io.
func isDocumentedJWT(payload map[string]any) bool {
	return payload["sub"] == "1234567890" && (payload["name"] == "John Doe" || payload["iat"] == float64(1516239022))
}

func stringOf(value any) string {
	text, _ := value.(string)
	return text
}

// jsonObject decodes an object from base64 of either alphabet.
func jsonObject(encoded string) (object map[string]any, ok bool) {
	encoded = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(encoded, "="))
	data, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || json.Unmarshal(data, &object) != nil {
		return nil, false
	}
	return object, object != nil
}

// holdsJSON tells whether base64 is a JSON object with the given members.
func holdsJSON(encoded string, members ...string) bool {
	object, ok := jsonObject(encoded)
	for _, name := range members {
		ok = ok && object[name] != nil
	}
	return ok
}

// basicAuth judges base64 of user:password, as in an Authorization header.
func basicAuth(encoded string) finding {
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nothing
	}
	user, password, ok := strings.Cut(string(data), ":")
	if !ok || user == "" || !isPrintable(string(data)) {
		return nothing
	}
	return literal(password)
}

// literal judges a text in the place of a password.
func literal(value string) finding {
	v := judgeValue(passwordName, value)
	return finding{class: v.Class, note: v.Note}
}

func isPrintable(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\ufffd' }) < 0
}
