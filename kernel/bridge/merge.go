package bridge

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// mergeable reports whether two events can be one: both are objects.
func mergeable(older, newer json.RawMessage) bool {
	return bytes.HasPrefix(older, []byte("{")) && bytes.HasPrefix(newer, []byte("{"))
}

// merge makes one object of two, which say what is new: lists are united, true stays true, and of everything else the newer one stays.
func merge(older, newer json.RawMessage) json.RawMessage {
	all, more := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if json.Unmarshal(older, &all) != nil || json.Unmarshal(newer, &more) != nil {
		return newer
	}
	for name, value := range more {
		all[name] = together(all[name], value)
	}
	raw, err := wire.Encode(all)
	if err != nil {
		return newer
	}
	return raw
}

func together(older, newer json.RawMessage) json.RawMessage {
	if string(older) == "true" {
		return older
	}
	var list, more []json.RawMessage
	if json.Unmarshal(older, &list) != nil || json.Unmarshal(newer, &more) != nil {
		return newer
	}
	for _, item := range more {
		if !slices.ContainsFunc(list, func(known json.RawMessage) bool { return bytes.Equal(known, item) }) {
			list = append(list, item)
		}
	}
	raw, err := wire.Encode(list)
	if err != nil {
		return newer
	}
	return raw
}
