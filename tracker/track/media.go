package track

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"path"
	"strings"
)

// Bytes keeps bytes as an artifact. Media is their media type, "image/png" for instance; empty, it is what the path's
// extension says.
func (r *Run) Bytes(as, media string, b []byte) {
	if media == "" {
		media = medias[strings.ToLower(path.Ext(as))]
	}
	r.stream(as, kindOf(media), media, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// Text keeps a text as an artifact.
func (r *Run) Text(as, text string) { r.Bytes(as, "text/plain", []byte(text)) }

// Image keeps a picture, as PNG.
func (r *Run) Image(as string, picture image.Image) {
	r.stream(as, "image", "image/png", func(w io.Writer) error { return png.Encode(w, picture) })
}

// Plot keeps a drawing, which is an SVG text.
func (r *Run) Plot(as, svg string) {
	r.stream(as, "plot", "image/svg+xml", func(w io.Writer) error { _, err := io.WriteString(w, svg); return err })
}

// Audio keeps a sound and Video a film, whose format the extension of the path tells.
func (r *Run) Audio(as string, b []byte) { r.Bytes(as, mediaOf(as, "audio"), b) }

// Video keeps a film.
func (r *Run) Video(as string, b []byte) { r.Bytes(as, mediaOf(as, "video"), b) }

// Table keeps a table. Rows of cells ([][]any, [][]string, [][]float64, the first row may be their names) are kept as CSV; text and bytes
// are CSV or JSON already; all else, records above all ([]map[string]any or a slice of structs), is kept as JSON.
func (r *Run) Table(as string, table any) {
	switch t := table.(type) {
	case [][]string:
		r.stream(as, "table", csvMedia, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(t) })
	case [][]any:
		cells(r, as, t)
	case [][]float64:
		cells(r, as, t)
	case [][]int:
		cells(r, as, t)
	case string:
		r.tableText(as, []byte(t))
	case []byte:
		r.tableText(as, t)
	default:
		r.stream(as, "table", jsonMedia, func(w io.Writer) error { return json.NewEncoder(w).Encode(table) })
	}
}

const (
	csvMedia  = "text/csv"
	jsonMedia = "application/json"
)

func (r *Run) tableText(as string, text []byte) {
	media := csvMedia
	if json.Valid(text) && bytes.ContainsAny(text, "[{") {
		media = jsonMedia
	}
	r.stream(as, "table", media, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// cells keeps rows as CSV. Numbers are written as params are: shortest, and exact.
func cells[T any](r *Run, as string, rows [][]T) {
	r.stream(as, "table", csvMedia, func(w io.Writer) error {
		out := csv.NewWriter(w)
		var texts []string
		for _, row := range rows {
			texts = texts[:0]
			for _, cell := range row {
				text := ""
				if any(cell) != nil {
					text, _ = valueOf(cell)
				}
				texts = append(texts, text)
			}
			if err := out.Write(texts); err != nil {
				return fmt.Errorf("write table: %w", err)
			}
		}
		out.Flush()
		return out.Error()
	})
}

// stream keeps what is written as an artifact.
func (r *Run) stream(as, kind, media string, write func(io.Writer) error) {
	if !r.dead() {
		r.keep(as, kind, media, write)
	}
}

// medias maps extensions to media types, for what a run is likely to keep.
var medias = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".svg": "image/svg+xml",
	".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".flac": "audio/flac", ".m4a": "audio/mp4",
	".mp4": "video/mp4", ".webm": "video/webm", ".mov": "video/quicktime", ".avi": "video/x-msvideo",
	".txt": "text/plain", ".md": "text/markdown", ".html": "text/html", ".csv": csvMedia, ".json": jsonMedia,
}

// mediaOf returns the media type that an extension tells, or one of its kind that tells nothing.
func mediaOf(as, kind string) string {
	if media := medias[strings.ToLower(path.Ext(as))]; strings.HasPrefix(media, kind+"/") {
		return media
	}
	return kind + "/*"
}

// kinds maps the first part of a media type to a kind of artifacts.
var kinds = map[string]string{"image": "image", "audio": "audio", "video": "video", "text": "text"}

func kindOf(media string) string {
	first, _, _ := strings.Cut(media, "/")
	if kind, known := kinds[first]; known {
		return kind
	}
	return "file"
}
