package web

import "net/http"

// Refuse answers a request with an error as a Server does: for those that have no Server, because the ledger cannot be opened.
func Refuse(w http.ResponseWriter, r *http.Request, err error) { writeError(w, r, err) }
