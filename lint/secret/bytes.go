package secret

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isAlnum(c byte) bool { return isLower(c) || isUpper(c) || isDigit(c) }

func isWordByte(c byte) bool { return isAlnum(c) || c == '_' }

// isNameByte tells the bytes of names of variables, keys and hosts.
func isNameByte(c byte) bool { return isWordByte(c) || c == '-' || c == '.' }

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

func isBase64Byte(c byte) bool { return isAlnum(c) || c == '+' || c == '/' }

func isInk(c byte) bool { return c > ' ' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// all tells whether a text has only bytes of a class; the empty one has not.
func all(text string, class func(byte) bool) bool {
	for i := range len(text) {
		if !class(text[i]) {
			return false
		}
	}
	return text != ""
}

// runOf is where the run of bytes of a class ends that begins at a place, after
// limit bytes at the latest.
func runOf(text string, from, limit int, class func(byte) bool) int {
	end := from
	for end < len(text) && end-from < limit && class(text[end]) {
		end++
	}
	return end
}
