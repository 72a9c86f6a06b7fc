package secret

// Decode gives what a value of Secret data holds: base64 decoded, what is
// compressed by gzip in it expanded (up to 1 MiB), and the second base64 of a
// Helm release removed. ok is false for what is not base64.
func Decode(value string) (data []byte, ok bool) {
	_ = value
	return nil, false
}
