package secret

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"strings"
)

// keyFormats are private keys and the hashes of passwords.
var keyFormats = []*Format{
	{ID: "pem-private-key", Name: "private key", general: true, keywords: []string{pemBegin}, scan: scanPEM},
	{ID: "pem-private-key-base64", Name: "private key in base64", keywords: []string{"LS0tLS1CRUdJTi"}, scan: scanEncodedPEM},
	{ID: "pgp-private-key", Name: "PGP private key", keywords: []string{"-----BEGIN PGP PRIVATE"}, scan: scanPGP},
	{ID: "putty-private-key", Name: "PuTTY private key", keywords: []string{"PuTTY-User-Key-File-"}, scan: scanPutty},
	{
		ID: "wireguard-private-key", Name: "WireGuard key", keywords: []string{"PrivateKey", "PresharedKey"},
		pattern: `(?:PrivateKey|PresharedKey)\s{0,4}=\s{0,4}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)`,
	},
	{ID: "jwk-private-key", Name: "private JSON web key", keywords: []string{`"kty"`}, scan: scanJWK},
	{
		ID: "htpasswd", Name: "password hash", keywords: []string{":$apr1$", ":$2y$", ":$2a$", ":$2b$", ":{SHA}", ":{SSHA}", ":$6$", ":$5$", ":$y$"},
		pattern: `[^:\s"'=]{1,64}:((?:\$(?:apr1|5|6|y)\$|\$2[aby]\$[0-9]{2}\$|\{SS?HA\})[0-9A-Za-z./+$=,]{20,200})`,
		lead:    func(c byte) bool { return isInk(c) && strings.IndexByte(":\"'=", c) < 0 }, leadLength: 64, leadLeast: 1,
		joins: "./+$=", check: func(string) finding { return noted },
	},
	{
		ID: "django-secret-key", Name: "Django secret key", keywords: []string{"django-insecure-"},
		pattern: `django-insecure-[^\s"'\\]{40,60}`, joins: "-", check: func(string) finding { return credential },
	},
}

const pemBegin = "-----BEGIN "

var pemHeader = shaped(`^-----BEGIN (?:(RSA|EC|DSA|OPENSSH|ENCRYPTED|ANY|SSH2 ENCRYPTED) )?PRIVATE KEY-----`)

// pemLength bounds the text of a key: RSA keys of 16384 bits have 13 KB.
const pemLength = 24 << 10

// scanPEM finds a private key in PEM that parses, in lines, in one line or with
// the escaped line breaks of JSON.
func scanPEM(text string, at int) (Match, bool) {
	header := pemHeader().FindStringSubmatchIndex(text[at:min(len(text), at+64)])
	if header == nil {
		return Match{}, false
	}
	kind := ""
	if header[2] >= 0 {
		kind = text[at+header[2] : at+header[3]]
	}
	body, end, ok := armor(text, at+header[1])
	if !ok {
		return Match{}, false
	}
	encrypted := strings.Contains(kind, "ENCRYPTED") || strings.Contains(body, "ENCRYPTED")
	if i := strings.LastIndexByte(body, ':'); i >= 0 { // headers as Proc-Type and DEK-Info end with an empty line
		_, body, ok = strings.Cut(strings.ReplaceAll(strings.ReplaceAll(body[i:], `\n`, "\n"), "\r", ""), "\n")
		if !ok {
			return Match{}, false
		}
	}
	der, ok := unwrap(body)
	if !ok {
		return Match{}, false
	}
	switch {
	case kind == "OPENSSH":
		encrypted, ok = openSSH(der)
	case !encrypted:
		ok = isPrivateKey(der)
	}
	return Match{Start: at, End: end, Class: Credential, Note: encrypted}, ok
}

// armor is the text between the header of a PEM block and its footer.
func armor(text string, from int) (body string, end int, ok bool) {
	window := text[from:min(len(text), from+pemLength)]
	i := strings.Index(window, "-----")
	if i < 0 || !strings.HasPrefix(window[i:], "-----END ") {
		return "", 0, false
	}
	j := strings.Index(window[i+len("-----END "):], "-----")
	if j < 0 || j > 40 {
		return "", 0, false
	}
	return window[:i], from + i + len("-----END ") + j + len("-----"), true
}

// unwrap decodes the base64 of a PEM body, whatever its line breaks.
func unwrap(body string) ([]byte, bool) {
	body = strings.ReplaceAll(strings.ReplaceAll(body, `\n`, ""), `\r`, "")
	clean := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\\' || r == '"' || r == '\'' {
			return -1
		}
		return r
	}, body)
	data, err := base64.StdEncoding.DecodeString(clean)
	if err != nil {
		data, err = base64.RawStdEncoding.DecodeString(clean)
	}
	return data, err == nil && len(data) >= 30
}

// isPrivateKey tells whether DER is a private key. Kinds that the standard
// library does not know, as DSA and Ed448, need to be whole ASN.1.
func isPrivateKey(der []byte) bool {
	if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return true
	}
	if _, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return true
	}
	if _, err := x509.ParseECPrivateKey(der); err == nil {
		return true
	}
	var sequence asn1.RawValue
	rest, err := asn1.Unmarshal(der, &sequence)
	if err != nil || len(rest) > 0 || sequence.Tag != asn1.TagSequence {
		return false
	}
	var version int
	_, err = asn1.Unmarshal(sequence.Bytes, &version)
	return err == nil && version <= 1
}

// openSSH reads the head of OpenSSH's own key format (PROTOCOL.key): the name
// of the cipher follows the magic.
func openSSH(data []byte) (encrypted, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte("openssh-key-v1\x00"))
	if !ok || len(rest) < 4 {
		return false, false
	}
	length := int(rest[2])<<8 | int(rest[3])
	if rest[0] != 0 || rest[1] != 0 || length == 0 || length > 64 || len(rest) < 4+length {
		return false, false
	}
	return string(rest[4:4+length]) != "none", true
}

// scanEncodedPEM finds a private key whose PEM is in base64, as in a kubeconfig.
func scanEncodedPEM(text string, at int) (Match, bool) {
	if at > 0 && isBase64Byte(text[at-1]) {
		return Match{}, false
	}
	end := runOf(text, at, 4*pemLength/3, isBase64Byte)
	data, err := base64.RawStdEncoding.DecodeString(text[at:end])
	if err != nil {
		return Match{}, false
	}
	for end < len(text) && text[end] == '=' {
		end++
	}
	decoded := string(data)
	for from := 0; ; from += len(pemBegin) {
		i := strings.Index(decoded[from:], pemBegin)
		if i < 0 {
			return Match{}, false
		}
		from += i
		m, ok := scanPEM(decoded, from)
		if !ok {
			m, ok = scanPGP(decoded, from)
		}
		if ok {
			return Match{Start: at, End: end, Class: m.Class, Note: m.Note}, true
		}
	}
}

func scanPGP(text string, at int) (Match, bool) {
	header := "-----BEGIN PGP PRIVATE KEY BLOCK-----"
	if !strings.HasPrefix(text[at:], header) {
		return Match{}, false
	}
	body, end, ok := armor(text, at+len(header))
	if !ok {
		return Match{}, false
	}
	// The armor headers end with an empty line; the checksum begins with "=".
	if _, after, cut := strings.Cut(strings.ReplaceAll(strings.ReplaceAll(body, "\r", ""), `\n`, "\n"), "\n\n"); cut {
		body = after
	}
	if i := strings.LastIndex(body, "\n="); i > 0 {
		body = body[:i]
	}
	data, ok := unwrap(body)
	// A packet begins with a set bit; 5 is the tag of a secret key (RFC 9580).
	ok = ok && (data[0]&0xc0 == 0x80 && data[0]>>2&0xf == 5 || data[0] == 0xc5)
	return Match{Start: at, End: end, Class: Credential}, ok
}

func scanPutty(text string, at int) (Match, bool) {
	window := text[at:min(len(text), at+pemLength)]
	i := strings.Index(window, "Private-MAC:")
	if i < 0 || !strings.Contains(window[:i], "Private-Lines:") {
		return Match{}, false
	}
	end := at + i + len("Private-MAC:")
	for end < len(text) && (text[end] == ' ' || isHex(text[end])) {
		end++
	}
	return Match{Start: at, End: end, Class: Credential, Note: !strings.Contains(window[:i], "Encryption: none")}, true
}

var jwkSecret = shaped(`"([dk])"\s*:\s*"([A-Za-z0-9_-]{22,1000})"`)

// scanJWK finds the private member of a JSON web key (RFC 7517): "d", or "k"
// of a symmetric one.
func scanJWK(text string, at int) (Match, bool) {
	from := max(0, at-2048)
	from += strings.LastIndexByte(text[from:at], '{') + 1
	rest := text[at+1 : min(len(text), at+4096)]
	end := strings.IndexByte(rest, '}')
	if end < 0 || strings.Contains(rest[:end], `"kty"`) {
		return Match{}, false
	}
	window := text[from : at+1+end]
	for _, g := range jwkSecret().FindAllStringSubmatchIndex(window, 4) {
		if window[g[2]] == 'd' || strings.Contains(window, `"oct"`) {
			return Match{Start: from + g[4], End: from + g[5], Class: Credential}, !isSample(window[g[4]:g[5]])
		}
	}
	return Match{}, false
}
