package profile

import "time"

// moment reads a date, 2006-01-02, or a timestamp, 2006-01-02 15:04[:05[.999999999]][Z|±hh[[:]mm]] with a T or a blank
// in between (RFC 3339, ISO 8601), as microseconds since 1970. What has no zone is taken for UTC.
func moment(b []byte) (microseconds int64, date, ok bool) {
	if len(b) < 10 || b[4] != '-' || b[7] != '-' {
		return 0, false, false
	}
	year, month, day := two(b)*100+two(b[2:]), two(b[5:]), two(b[8:])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || two(b) < 0 || two(b[2:]) < 0 {
		return 0, false, false
	}
	days := int64(daysBefore(year, month, day))
	if len(b) == 10 {
		return days * 86400e6, true, true
	}
	if len(b) < 16 || b[10] != ' ' && b[10] != 'T' {
		return 0, false, false
	}
	clock, ok := clockTime(b[11:])
	return days*86400e6 + clock, false, ok
}

// two reads two digits, a negative number when they are none.
func two(b []byte) int {
	tens, ones := b[0]-'0', b[1]-'0'
	if tens > 9 || ones > 9 {
		return -1 << 20
	}
	return int(tens)*10 + int(ones)
}

func daysIn(year, month int) int {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// daysBefore returns the days from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms",
// days_from_civil).
func daysBefore(year, month, day int) int {
	if month <= 2 {
		year--
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	ofEra := year - era*400
	ofYear := (153*((month+9)%12)+2)/5 + day - 1
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

// clockTime reads the time of day and the zone, as microseconds.
func clockTime(b []byte) (int64, bool) {
	hour, minute := two(b), two(b[3:])
	if b[2] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	t := int64(hour*60+minute) * 60e6
	b = b[5:]
	if len(b) >= 3 && b[0] == ':' {
		second := two(b[1:])
		if second < 0 || second > 59 {
			return 0, false
		}
		t += int64(second) * 1e6
		b = b[3:]
		if len(b) > 1 && b[0] == '.' {
			part, rest := fraction(b[1:])
			t += part
			b = rest
		}
	}
	shift, ok := zone(b)
	return t - shift, ok
}

// fraction reads the digits of a part of a second, as microseconds.
func fraction(b []byte) (microseconds int64, rest []byte) {
	unit := int64(100_000)
	for len(b) > 0 && b[0]-'0' <= 9 {
		microseconds += unit * int64(b[0]-'0')
		unit /= 10
		b = b[1:]
	}
	return microseconds, b
}

// zone reads Z, an offset or nothing.
func zone(b []byte) (microseconds int64, ok bool) {
	switch {
	case len(b) == 0 || len(b) == 1 && b[0] == 'Z':
		return 0, true
	case b[0] != '+' && b[0] != '-' || len(b) != 3 && len(b) != 5 && len(b) != 6:
		return 0, false
	}
	minutes := two(b[1:]) * 60
	if rest := b[3:]; len(rest) > 0 {
		if len(rest) == 3 && rest[0] != ':' {
			return 0, false
		}
		minutes += two(rest[len(rest)-2:])
	}
	if minutes < 0 || minutes > 24*60 {
		return 0, false
	}
	if b[0] == '-' {
		minutes = -minutes
	}
	return int64(minutes) * 60e6, true
}

// momentText writes microseconds since 1970 as a date or timestamp, in UTC.
func momentText(microseconds int64, date bool) string {
	t := time.UnixMicro(microseconds).UTC()
	if date {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04:05.999999")
}
