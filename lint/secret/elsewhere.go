package secret

// Encrypted tells whether a value is ciphertext: SOPS ENC[…], Vault transit,
// Ansible Vault, an age or PGP message, a JWE, and the like.
func Encrypted(value string) bool {
	_ = value
	return false
}

// Refers tells whether a value as a whole refers to one elsewhere: $(VAR),
// ${VAR}, {{ … }}, <path:…>, ref+vault://…, vault:secret/…, op://…, an ARN of a
// secret. A variable with a default, as ${PW:-hunter2}, holds its default and
// is no reference.
func Refers(value string) bool {
	_ = value
	return false
}

// GitCrypt tells whether a file is encrypted by git-crypt, by its header.
func GitCrypt(file []byte) bool {
	_ = file
	return false
}
