package secret

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"
)

// decodedLength bounds what Decode expands.
const decodedLength = 1 << 20

// Decode gives what a value of Secret data holds: base64 decoded, what is
// compressed by gzip in it expanded (up to 1 MiB), and the second base64 of a
// Helm release removed. ok is false for what is not base64.
func Decode(value string) (data []byte, ok bool) {
	data, err := decodeBase64(value)
	if err != nil {
		return nil, false
	}
	// A Helm release is base64 of gzip, in base64 once more by the API.
	if bytes.HasPrefix(data, []byte("H4sI")) {
		if inner, err := decodeBase64(string(data)); err == nil {
			data = inner
		}
	}
	return expanded(data), true
}

// decodeBase64 reads the standard alphabet, with line breaks and with or
// without padding.
func decodeBase64(value string) ([]byte, error) {
	value = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, value)
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(value, "="))
}

func expanded(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data
	}
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return data
	}
	text, err := io.ReadAll(io.LimitReader(reader, decodedLength))
	if err != nil && len(text) == 0 {
		return data
	}
	return text
}

// isEncodedDocument tells a JSON object in base64 in which no word announces a
// credential and no text looks like one.
func isEncodedDocument(value string) bool {
	if !strings.HasPrefix(value, "eyJ") { // {"
		return false
	}
	data, err := decodeBase64(value)
	if err != nil || !json.Valid(data) {
		return false
	}
	for text := range strings.SplitSeq(string(data), `"`) {
		if strings.Contains(text, "://") || isRandom(text, 12) {
			return false
		}
	}
	text := strings.ToLower(string(data))
	return !slices.ContainsFunc(credentialStems, func(stem string) bool { return strings.Contains(text, stem) })
}

// credentialStems are parts of the names of credentials.
var credentialStems = []string{"pass", "pwd", "secret", "token", "key", "auth", "cred", "private", "cert", "sign", "hash", "salt"}
