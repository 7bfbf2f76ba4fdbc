// Package absorb moves what programs logged through package track from their track logs into the ledger: it follows the logs
// of a folder, as long as their programs live and after that, and turns their records into events. It knows neither who wrote
// them nor who records the events.
package absorb
