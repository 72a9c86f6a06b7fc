package secret

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
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
