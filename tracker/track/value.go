package track

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// valueOf returns a param's text and type.
func valueOf(value any) (text, kind string) {
	v := reflect.ValueOf(value)
	if s, ok := value.(fmt.Stringer); ok && !(v.Kind() == reflect.Pointer && v.IsNil()) {
		return s.String(), "text" // a time.Duration reads better than its nanoseconds
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), "text"
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), "bool"
	case reflect.Float32:
		return strconv.FormatFloat(v.Float(), 'g', -1, 32), "float"
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64), "float"
	}
	if v.IsValid() && (v.CanInt() || v.CanUint()) {
		return fmt.Sprint(value), "int"
	}
	if b, err := json.Marshal(value); err == nil {
		return string(b), "json"
	}
	return fmt.Sprint(value), "text"
}
