package secrets

// machine finds words in text, whatever the case of its ASCII letters, in one look at each byte: the
// automaton of Aho and Corasick, "Efficient string matching", CACM 18(6), 1975, with all its failure
// links resolved. Words are small letters and few, so bytes are put into classes and the table stays
// in the processor's cache.
type machine struct {
	words  []string
	longer int        // length of the longest word, less one
	class  [256]uint8 // of each byte; 0: in no word
	width  uint32     // how many classes there are
	next   []uint32   // by state and class; a state is the index of its row
	first  uint32     // states from here on end a word
	ends   [][]int32  // which words those end, by row behind first
}

// hit is a word in a text.
type hit struct {
	word int
	end  int // of the word
}

func newMachine(words []string) *machine {
	m := &machine{words: words, width: 1}
	for _, w := range words {
		m.longer = max(m.longer, len(w)-1)
		for i := range len(w) {
			if m.class[w[i]] == 0 {
				m.class[w[i]] = uint8(m.width)
				m.width++
			}
		}
	}
	for c := 'A'; c <= 'Z'; c++ {
		m.class[c] = m.class[c+'a'-'A']
	}
	m.build(newTrie(words, m))
	return m
}

// node is a state while the machine is built.
type node struct {
	next []int32 // by class; 0: none
	fail int32
	ends []int32
}

func newTrie(words []string, m *machine) []node {
	trie := []node{{next: make([]int32, m.width)}}
	for id, w := range words {
		at := int32(0)
		for i := range len(w) {
			c := m.class[w[i]]
			if trie[at].next[c] == 0 {
				trie[at].next[c] = int32(len(trie))
				trie = append(trie, node{next: make([]int32, m.width)})
			}
			at = trie[at].next[c]
		}
		trie[at].ends = append(trie[at].ends, int32(id))
	}
	resolve(trie)
	return trie
}

// resolve puts, level by level, the state after the longest suffix where no word goes on.
func resolve(trie []node) {
	queue := []int32{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for c, to := range trie[at].next {
			back := int32(0)
			if at != 0 {
				back = trie[trie[at].fail].next[c]
			}
			if to == 0 {
				trie[at].next[c] = back
				continue
			}
			trie[to].fail = back
			trie[to].ends = append(trie[to].ends, trie[back].ends...)
			queue = append(queue, to)
		}
	}
}

// build lays the states out in one table, those that end a word last.
func (m *machine) build(trie []node) {
	place := make([]uint32, len(trie))
	row := uint32(0)
	for _, ending := range []bool{false, true} {
		if ending {
			m.first = row * m.width
		}
		for i, n := range trie {
			if (len(n.ends) > 0) == ending {
				place[i] = row * m.width
				row++
				if ending {
					m.ends = append(m.ends, n.ends)
				}
			}
		}
	}
	m.next = make([]uint32, row*m.width)
	for i, n := range trie {
		for c, to := range n.next {
			m.next[place[i]+uint32(c)] = place[to]
		}
	}
}

// lanes is how many parts of a text are read at once: a step waits for the one before it, so that
// several chains of steps together take hardly more time than one.
const lanes = 4

// hits returns every word in text, in the order of their ends.
func (m *machine) hits(text []byte) []hit {
	part := len(text) / lanes
	if part < 4*m.longer || part < 64 {
		return m.read(nil, text, 0, 0)
	}
	var found [lanes][]hit
	at := [lanes]uint32{}
	for l := 1; l < lanes; l++ { // each lane enters in the state that it would be in
		start := l * part
		for _, b := range text[start-m.longer : start] {
			at[l] = m.next[at[l]+uint32(m.class[b])]
		}
	}
	m.readLanes(text, part, &at, &found)
	all := found[0]
	for _, f := range found[1:] {
		all = append(all, f...)
	}
	return m.read(all, text, lanes*part, at[lanes-1])
}

// readLanes reads the first part bytes of each lane.
func (m *machine) readLanes(text []byte, part int, at *[lanes]uint32, found *[lanes][]hit) {
	a, b, c, d := text[:part], text[part:2*part], text[2*part:3*part], text[3*part:4*part]
	next, class, first := m.next, &m.class, m.first
	s0, s1, s2, s3 := at[0], at[1], at[2], at[3]
	for i := range a {
		s0 = next[s0+uint32(class[a[i]])]
		s1 = next[s1+uint32(class[b[i]])]
		s2 = next[s2+uint32(class[c[i]])]
		s3 = next[s3+uint32(class[d[i]])]
		if s0 >= first || s1 >= first || s2 >= first || s3 >= first {
			for l, s := range [lanes]uint32{s0, s1, s2, s3} {
				found[l] = m.add(found[l], s, l*part+i+1)
			}
		}
	}
	at[lanes-1] = s3
}

// read reads text[from:], entered in state s.
func (m *machine) read(found []hit, text []byte, from int, s uint32) []hit {
	for i := from; i < len(text); i++ {
		s = m.next[s+uint32(m.class[text[i]])]
		found = m.add(found, s, i+1)
	}
	return found
}

// add appends the words that end in state s.
func (m *machine) add(found []hit, s uint32, end int) []hit {
	if s < m.first {
		return found
	}
	for _, word := range m.ends[(s-m.first)/m.width] {
		found = append(found, hit{int(word), end})
	}
	return found
}

// matches reports whether any word is in text.
func (m *machine) matches(text []byte) bool {
	s := uint32(0)
	for _, b := range text {
		if s = m.next[s+uint32(m.class[b])]; s >= m.first {
			return true
		}
	}
	return false
}
