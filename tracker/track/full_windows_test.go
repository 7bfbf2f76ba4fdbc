package track_test

func limit() {}
