package manifest

// TruthOf is the answer to a question that can be told.
func TruthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// All tells whether all of several things hold; nothing at all does.
func All(truths ...Truth) Truth {
	answer := True
	for _, t := range truths {
		switch t {
		case False:
			return False
		case True:
		default:
			answer = Unknown
		}
	}
	return answer
}

// Any tells whether one of several things holds.
func Any(truths ...Truth) Truth {
	answer := False
	for _, t := range truths {
		switch t {
		case True:
			return True
		case Unknown:
			answer = Unknown
		}
	}
	return answer
}

// Not is the opposite answer.
func Not(t Truth) Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}
