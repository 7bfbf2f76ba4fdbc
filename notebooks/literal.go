package notebooks

import (
	"encoding/json"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"
	"time"
)

// guess gives the value of a parameter that is declared nowhere its type and its Go expression, as
// papermill does from the text alone: a bool, an int, a float64, a slice for a JSON array, else a string.
func guess(value string) (typ, expr string, err error) {
	if items, err := jsonArray(value); err == nil {
		return guessSlice(value, items)
	}
	for _, typ := range []string{"bool", "int", "float64"} {
		if typ == "int" && parseNumber(value).Kind() == constant.Float {
			continue // 1e3 is a float64 to papermill, though Go takes it for an int too
		}
		if expr, err := literal(basics[typ], typ, value); err == nil {
			return typ, expr, nil
		}
	}
	return "string", strconv.Quote(value), nil
}

// guessSlice finds the narrowest element type that every element of a JSON array has.
func guessSlice(value string, items []any) (typ, expr string, err error) {
	for _, of := range []string{"bool", "int", "float64", "string"} {
		typ = "[]" + of
		if expr, err = sliceLiteral(basics[of], typ, items); err == nil && len(items) > 0 {
			return typ, expr, nil
		}
	}
	if len(items) == 0 {
		return "", "", fmt.Errorf("an empty list has no type; declare it in the parameters cell, as in: var name []float64")
	}
	return "", "", fmt.Errorf("the list %s mixes types; use numbers only, or strings only", value)
}

// basics are the types that a guess chooses from.
var basics = map[string]types.Type{
	"bool": types.Typ[types.Bool], "int": types.Typ[types.Int],
	"float64": types.Typ[types.Float64], "string": types.Typ[types.String],
}

// literal writes value as a Go expression of type t, which Go spells as name.
func literal(t types.Type, name, value string) (string, error) {
	if name == "time.Duration" {
		return durationLiteral(value)
	}
	switch u := underlying(t).(type) {
	case *types.Basic:
		return basicLiteral(u, name, value)
	case *types.Slice:
		items, err := jsonArray(value)
		if err != nil {
			return "", err
		}
		return sliceLiteral(u.Elem(), name, items)
	}
	return "", fmt.Errorf("its type is %s, which cannot be set from outside; declare a bool, a number, a string or a slice of them", name)
}

func underlying(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

func durationLiteral(value string) (string, error) {
	d, err := time.ParseDuration(value)
	if err != nil {
		return "", fmt.Errorf("%q is no time.Duration; write it as 1m30s", value)
	}
	return fmt.Sprintf("time.Duration(%d)", d), nil
}

func basicLiteral(t *types.Basic, name, value string) (string, error) {
	switch {
	case t.Info()&types.IsString != 0:
		return strconv.Quote(value), nil
	case t.Info()&types.IsBoolean != 0:
		switch strings.ToLower(value) {
		case "true", "false":
			return strings.ToLower(value), nil
		}
		return "", fmt.Errorf("%q is no %s; write true or false", value, name)
	case t.Info()&(types.IsInteger|types.IsFloat) != 0:
		return numberLiteral(t, name, value)
	}
	return "", fmt.Errorf("its type is %s, which cannot be set from outside", name)
}

// numberLiteral keeps the number as it was written, once the type is known to hold it.
func numberLiteral(t *types.Basic, name, value string) (string, error) {
	text := decimal(strings.TrimPrefix(strings.TrimSpace(value), "+"))
	if special, ok := specials[strings.ToLower(text)]; ok && t.Info()&types.IsFloat != 0 && t.Info()&types.IsUntyped == 0 {
		return fmt.Sprintf("%s(%s)", name, special), nil
	}
	number := parseNumber(text)
	if number.Kind() == constant.Unknown {
		return "", fmt.Errorf("%q is no number, but it is declared as %s", value, name)
	}
	if t.Info()&types.IsInteger != 0 && t.Kind() != types.UntypedRune {
		if number = constant.ToInt(number); number.Kind() != constant.Int {
			return "", fmt.Errorf("%q is no whole number, but it is declared as %s", value, name)
		}
	}
	if !fitsIn(number, t) {
		return "", fmt.Errorf("%s does not fit in %s", text, name)
	}
	return text, nil
}

// specials are the floats that have no literal.
var specials = map[string]string{
	"nan": "math.NaN()", "inf": "math.Inf(1)", "-inf": "math.Inf(-1)",
	"infinity": "math.Inf(1)", "-infinity": "math.Inf(-1)",
}

// decimal drops leading zeros, which would make an octal number of 010.
func decimal(text string) string {
	digits, negative := strings.CutPrefix(text, "-")
	for len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		digits = digits[1:]
	}
	if negative {
		return "-" + digits
	}
	return digits
}

func parseNumber(text string) constant.Value {
	digits, negative := strings.CutPrefix(text, "-")
	kind := token.INT
	if strings.ContainsAny(digits, ".eEpP") && !strings.HasPrefix(digits, "0x") {
		kind = token.FLOAT
	}
	number := constant.MakeFromLiteral(digits, kind, 0)
	if negative && number.Kind() != constant.Unknown {
		return constant.UnaryOp(token.SUB, number, 0)
	}
	return number
}

// fitsIn reports whether a number is in the range of t.
func fitsIn(number constant.Value, t *types.Basic) bool {
	if t.Info()&types.IsInteger == 0 {
		f, _ := constant.Float64Val(constant.ToFloat(number))
		limit := math.MaxFloat64
		if t.Kind() == types.Float32 {
			limit = math.MaxFloat32
		}
		return math.Abs(f) <= limit
	}
	bits, unsigned := intSize[t.Kind()], t.Info()&types.IsUnsigned != 0
	if bits == 0 { // an untyped constant, which becomes an int
		bits = 64
	}
	n, small := constant.Int64Val(number)
	switch {
	case unsigned:
		return constant.Sign(number) >= 0 && constant.BitLen(number) <= bits
	case small && n < 0:
		return constant.BitLen(constant.MakeInt64(n+1)) < bits
	}
	return small && constant.BitLen(number) < bits
}

var intSize = map[types.BasicKind]int{
	types.Int8: 8, types.Uint8: 8, types.Int16: 16, types.Uint16: 16, types.Int32: 32, types.Uint32: 32,
	types.Int64: 64, types.Uint64: 64, types.Int: 64, types.Uint: 64, types.Uintptr: 64,
}

// jsonArray reads the elements of a JSON array: strings as their text, all else as it is written.
func jsonArray(value string) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte(value), &raw); err != nil {
		return nil, fmt.Errorf(`%q is no list; write it as [1, 2, 3] or ["a", "b"]`, value)
	}
	items := make([]any, len(raw))
	for i, r := range raw {
		var s string
		if items[i] = r; json.Unmarshal(r, &s) == nil && r[0] == '"' {
			items[i] = s
		}
	}
	return items, nil
}

func sliceLiteral(elem types.Type, name string, items []any) (string, error) {
	basic, ok := underlying(elem).(*types.Basic)
	if !ok {
		return "", fmt.Errorf("its type is %s, which cannot be set from outside", name)
	}
	parts := make([]string, len(items))
	for i, item := range items {
		text, isString := item.(string)
		if wantString := basic.Info()&types.IsString != 0; isString != wantString {
			return "", fmt.Errorf("element %d is no %s", i+1, basic.Name())
		} else if !isString {
			text = string(item.(json.RawMessage))
		}
		part, err := basicLiteral(basic, basic.Name(), text)
		if err != nil {
			return "", fmt.Errorf("element %d: %w", i+1, err)
		}
		parts[i] = part
	}
	return name + "{" + strings.Join(parts, ", ") + "}", nil
}
