package secret

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"
)

func compressed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecode(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	packed := compressed(t, "release")
	tests := []struct {
		name, value, want string
		ok                bool
	}{
		{"text", encode([]byte("hunter2")), "hunter2", true},
		{"without padding", "aHVudGVyMg", "hunter2", true},
		{"in lines", "aHVu\n  dGVy\r\nMg==\n", "hunter2", true},
		{"empty", "", "", true},
		{"plain text", "not base64!", "", false},
		{"gzip", encode(packed), "release", true},
		{"a Helm release", encode([]byte(encode(packed))), "release", true},
		{"base64 in base64", encode([]byte("aHVudGVyMg==")), "aHVudGVyMg==", true},
		{"gzip cut short", encode(packed[:4]), string(packed[:4]), true},
	}
	for _, tt := range tests {
		if got, ok := Decode(tt.value); string(got) != tt.want || ok != tt.ok {
			t.Errorf("%s: %q, %v", tt.name, got, ok)
		}
	}
	bomb, ok := Decode(encode(compressed(t, strings.Repeat("0", 4*decodedLength))))
	if !ok || len(bomb) != decodedLength {
		t.Errorf("%d bytes of a large text", len(bomb))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("aHVudGVyMg==")
	f.Add("H4sIAAAAAAAA/wAAAP//")
	f.Add("SDRzSUFBQUFBQUFBLw==")
	f.Fuzz(func(t *testing.T, value string) {
		data, ok := Decode(value)
		if !ok && data != nil || len(data) > decodedLength+len(value) {
			t.Fatalf("%d bytes, %v", len(data), ok)
		}
	})
}
