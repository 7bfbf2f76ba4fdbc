package snapshot

// AppendTo appends the line as it stands in a document, for who makes trees of what is in no folder.
func (l *Line) AppendTo(b []byte) []byte { return l.append(b) }
