package process

import "encoding/json"

// portable turns a JSON value from the page into one that a program's gob decoder knows: package
// protocol registers slices and maps of plain types only, and an unknown type would end the
// program's pipe for good. Numbers are float64, as in JSON; what has no plain type becomes its JSON text.
func portable(value any) any {
	switch v := value.(type) {
	case nil, bool, string, float64, int:
		return v
	case []any:
		if numbers, ok := slice[float64](v); ok {
			return numbers
		}
		if words, ok := slice[string](v); ok {
			return words
		}
	case map[string]any:
		if numbers, ok := dict[float64](v); ok {
			return numbers
		}
		if words, ok := dict[string](v); ok {
			return words
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return string(text)
}

func slice[T any](values []any) ([]T, bool) {
	all := make([]T, 0, len(values))
	for _, v := range values {
		t, ok := v.(T)
		if !ok {
			return nil, false
		}
		all = append(all, t)
	}
	return all, true
}

func dict[T any](values map[string]any) (map[string]T, bool) {
	all := make(map[string]T, len(values))
	for k, v := range values {
		t, ok := v.(T)
		if !ok {
			return nil, false
		}
		all[k] = t
	}
	return all, true
}
