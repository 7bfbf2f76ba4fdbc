package web

import (
	"net/http"
	"slices"
)

func idParam(about string) param { return param{name: "id", kind: text, about: about, needed: true} }

func listParams(usual string) []param {
	return []param{
		{name: "limit", kind: integer, about: "at most so many items", least: 1, most: 1000, usual: usual},
		{name: "after", kind: text, about: "next of the page before"},
		{name: "fields", kind: text, about: "only these members of each item, with commas between", many: true},
	}
}

func with(lists ...[]param) (all []param) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// onlyFields is for routes that answer one thing.
var onlyFields = []param{{name: "fields", kind: text, about: "only these members, with commas between", many: true}}

// twoSides are of routes that compare two things.
var twoSides = []param{
	{name: "a", kind: text, about: "the one's id, leading digits or name", needed: true},
	{name: "b", kind: text, about: "the other's", needed: true},
}

// largestParams are of routes that list what takes most.
var largestParams = []param{{name: "limit", kind: integer, about: "at most so many sessions, and cell executions, the largest", least: 0, most: 10000, usual: "100"}}

// outputParam tells which output of a cell execution.
var outputParam = param{name: "n", kind: integer, about: "the output's place, from 0", needed: true}

// scriptsParam and themeParam are of routes that answer with a page for a frame.
var (
	scriptsParam = param{name: "scripts", kind: boolean, about: "let its scripts run", usual: "false"}
	themeParam   = param{name: "theme", kind: text, about: "what the page around it looks like", choices: []string{"light", "dark"}, usual: "light"}
)

// onlyItems is for routes that answer a whole list with what concerns all of it.
var onlyItems = []param{{name: "fields", kind: text, about: "only these members of each item, with commas between", many: true}}

// reviewText is for routes that list what can be reviewed.
var reviewText = []param{{name: "text", kind: text, about: "whose name has this in it, or whose id begins so"}}

// chooseRuns are the parameters that choose runs.
var chooseRuns = []param{
	{name: "filter", kind: text, about: "runs for which an expression holds: metrics.loss < 0.5 AND params.lr = 0.01"},
	{name: "experiment", kind: text, about: "runs of the experiment with this name"},
	{name: "view", kind: text, about: "runs of a saved search: its filter holds too, its order and columns where none are given"},
	{name: "stage", kind: text, about: "active runs, deleted ones, or all", choices: []string{"active", "deleted", "all"}, usual: "active"},
}

// routes are all that is served.
func routes() []route {
	return slices.Concat(historyRoutes(), runRoutes(), compareRoutes(), lineageRoutes(), checkRoutes(), noteRoutes(), byteRoutes())
}

const get, post, put, remove = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete

// historyRoutes tell what was executed, and what it showed.
func historyRoutes() []route {
	return []route{
		{get, "/api/openapi.json", "This description (OpenAPI 3.1)", nil, nil, streams("application/json", (*Server).openAPI)},
		{get, "/api/ledger", "What the ledger holds, and what of it cannot be read", onlyFields, nil, changing((*Server).ledger)},
		{get, "/api/notebooks", "Notebooks with sessions, the one of the newest session first", listParams("100"), nil, answers((*Server).notebooks)},
		{get, "/api/notebooks/cells", "The latest execution of each cell of a notebook, for marks at the cells: those of the newest session first, in its order", with([]param{
			{name: "notebook", kind: text, about: "the notebook's path, or its end", needed: true}}, onlyItems), nil, answers((*Server).notebookCells)},
		{get, "/api/sessions", "Sessions, newest first", with([]param{
			{name: "notebook", kind: text, about: "of the notebook with this path, or whose path ends so"}}, listParams("100")), nil, answers((*Server).sessions)},
		{get, "/api/sessions/{id}", "A session, without its cells", with([]param{idParam("its id, or its leading digits")}, onlyFields), nil, answers((*Server).session)},
		{get, "/api/sessions/{id}/cells", "The cell executions of a session, oldest first, with how their order stands against that of the notebook's cells",
			with([]param{idParam("the session's id, or its leading digits")}, listParams("100")), nil, answers((*Server).timeline)},
		{get, "/api/cells", "Cell executions, newest first", with([]param{
			{name: "session", kind: text, about: "of the session with these leading digits"},
			{name: "notebook", kind: text, about: "of notebooks with this in their path"},
			{name: "status", kind: text, about: "that ended so", choices: []string{"running", "ok", "error", "aborted", "interrupted", "cut"}},
			{name: "since", kind: moment, about: "that started then or later"}}, listParams("100")), nil, answers((*Server).cells)},
		{get, "/api/cells/{id}", "All that is told of a cell execution; its outputs as far as they are not too long, else /api/cells/{id}/outputs has them", with([]param{idParam("its id, or its leading digits"),
			{name: "outputs", kind: boolean, about: "with the outputs", usual: "true"}}, onlyFields), nil, answers((*Server).cell)},
		{get, "/api/cells/{id}/outputs", "What a cell execution showed, told without its bytes but for the beginning of texts; a page ends early where texts are long", with([]param{
			idParam("its id, or its leading digits")}, listParams("100")), nil, answers((*Server).outputs)},
		{get, "/api/cells/{id}/text", "All that the streams and errors of a cell execution said, as a text to save", []param{idParam("its id, or its leading digits"),
			{name: "name", kind: text, about: "the name to save it by", usual: "output.txt"}}, nil, streams("text/plain", (*Server).texts)},
		{get, "/api/cells/{id}/outputs/{n}", "The bytes of an output, as the page can show them in an image or save them", []param{idParam("the cell execution's id, or its leading digits"), outputParam,
			{name: "type", kind: text, about: "the media type of the representation; without it the richest"},
			{name: "name", kind: text, about: "the name to save it by"}}, nil, streams("application/octet-stream", (*Server).output)},
		{get, "/api/cells/{id}/outputs/{n}/document", "An output of HTML, SVG or JavaScript as a page for a sandboxed frame: it can load nothing, and send nothing", []param{
			idParam("the cell execution's id, or its leading digits"), outputParam,
			{name: "type", kind: text, about: "the media type of the representation; without it the richest"}, scriptsParam, themeParam}, nil, streams("text/html", (*Server).outputDocument)},
		{get, "/api/find", "What an id, its leading digits or a run's name means", []param{{name: "text", kind: text, about: "what is looked for", needed: true}}, nil, answers((*Server).find)},
	}
}

// runRoutes tell of experiments and runs.
func runRoutes() []route {
	return []route{
		{get, "/api/experiments", "Experiments, oldest first", with([]param{
			{name: "stage", kind: text, about: "active ones, deleted ones, or all", choices: []string{"active", "deleted", "all"}, usual: "active"}}, listParams("1000")), nil, answers((*Server).experiments)},
		{get, "/api/runs", "Runs, newest first where no order is given", with(chooseRuns, []param{
			{name: "order", kind: text, about: "sorted by these fields: metrics.loss, start_time DESC"},
			{name: "columns", kind: text, about: "of params, metrics and tags only these, with commas between, or none; without it all. Such as git.branch and data.path are told when they are named", many: true},
			{name: "total", kind: boolean, about: "tell how many there are in all", usual: "false"}}, listParams("100")), nil, changing((*Server).runs)},
		{get, "/api/runs/columns", "The fields that runs can have, with their types: for tables and for completing filters", with([]param{
			{name: "prefix", kind: text, about: "whose name, space included, has this in it"}}, listParams("1000")), nil, answers((*Server).columns)},
		{get, "/api/runs/groups", "The values that a field has among runs, those of most runs first", with(chooseRuns, []param{
			{name: "by", kind: text, about: "the field: params.lr, status, git.branch", needed: true},
			{name: "limit", kind: integer, about: "at most so many values", least: 1, most: 1000, usual: "100"}}), nil, changing((*Server).groups)},
		{get, "/api/runs/{id}", "All that is told of a run", with([]param{idParam("its id, its leading digits, or its name: of several the newest")}, onlyFields), nil, answers((*Server).run)},
		{get, "/api/runs/{id}/note", "The note of a run, and which key signed it when", []param{idParam("its id, its leading digits, or its name: of several the newest")}, nil, changing((*Server).note)},
		{put, "/api/runs/{id}/note", "Write the note of a run", []param{idParam("its id or its leading digits")}, Note{}, answers((*Server).setNote)},
		{get, "/api/series", "Points of metrics of runs, thinned out so that extremes stay", []param{
			{name: "run", kind: text, about: "a run's id", needed: true, many: true, most: 500},
			{name: "metric", kind: text, about: "a metric; without it all that the runs have", many: true, most: 500},
			{name: "by", kind: text, about: "what points are placed by", choices: []string{"step", "time", "relative"}, usual: "step"},
			{name: "points", kind: integer, about: "at most so many points of each series", least: 2, most: 10000, usual: "1000"},
			{name: "from", kind: integer, about: "from this step on", least: -1 << 53},
			{name: "to", kind: integer, about: "up to this step", least: -1 << 53}}, nil, answers((*Server).series)},
	}
}

// compareRoutes tell what differs.
func compareRoutes() []route {
	return []route{
		{get, "/api/compare", "What differs between two runs, sessions or cell executions", with([]param{
			{name: "a", kind: text, about: "the one's id, leading digits or name", needed: true},
			{name: "b", kind: text, about: "the other's", needed: true},
			{name: "all", kind: boolean, about: "compare what was measured of the machine, and gemba's own tags, too", usual: "false"}}, onlyFields), nil, answers((*Server).compare)},
		{get, "/api/compare/runs", "The params, metrics and tags that differ among many runs", with([]param{
			{name: "run", kind: text, about: "a run's id, leading digits or name", needed: true, many: true, most: 500},
			{name: "find", kind: text, about: "only keys with all of these words in them, such as \"metrics loss\""},
			{name: "all", kind: boolean, about: "compare what was measured of the machine, and gemba's own tags, too", usual: "false"}}, listParams("1000")), nil, answers((*Server).compareRuns)},
		{get, "/api/compare/cells", "The cells of two runs, sessions or cell executions side by side, with both sources and the first outputs", with(twoSides, []param{
			{name: "all", kind: boolean, about: "also the cells that do not differ", usual: "false"}}, listParams("20")), nil, answers((*Server).compareCells)},
		{get, "/api/compare/data", "The files and snapshots that two runs, sessions or cell executions do not share", with(twoSides, listParams("100")), nil, answers((*Server).compareData)},
		{get, "/api/compare/snapshots", "What differs between the files of two snapshots", with([]param{
			{name: "a", kind: text, about: "the one's id, or its leading digits", needed: true},
			{name: "b", kind: text, about: "the other's", needed: true}}, listParams("1000")), nil, answers((*Server).compareSnapshots)},
		{get, "/api/compare/tables", "What differs between two versions of a table: columns, what is in them, and rows", with([]param{
			{name: "a", kind: text, about: "sha256:… of the one", needed: true},
			{name: "b", kind: text, about: "of the other", needed: true},
			{name: "name", kind: text, about: "the file's name, which tells its format", needed: true},
			{name: "key", kind: text, about: "a column by which rows are the same; without it one is looked for", many: true, most: 100},
			{name: "profile", kind: boolean, about: "compare what the columns hold", usual: "true"},
			{name: "rows", kind: boolean, about: "compare row by row", usual: "true"},
			{name: "examples", kind: integer, about: "tell at most so many rows that differ", least: 0, most: 1000, usual: "20"}}, onlyFields), nil, answers((*Server).compareTables)},
	}
}

// lineageRoutes tell on what something was made.
func lineageRoutes() []route {
	return []route{
		{get, "/api/lineage", "What is around something: files, cells, runs, snapshots and models as nodes, and what used or made what as edges", []param{
			{name: "id", kind: text, about: "the id, or its leading digits, of a session, cell execution, run or snapshot; with a direction also that of a node", needed: true},
			{name: "direction", kind: text, about: "all: what is in its sessions; upstream: only what it came of; downstream: what came of it", choices: []string{"all", "upstream", "downstream", "both"}, usual: "all"},
			{name: "depth", kind: integer, about: "with a direction, at most so many steps away", least: 1, most: 10000, usual: "1000"},
			{name: "limit", kind: integer, about: "at most so many nodes", least: 1, most: 10000, usual: "1000"}}, nil, answers((*Server).lineage)},
		{get, "/api/environments/{id}", "The environment of a session, of a cell execution or of a run's last session", with([]param{idParam("its id, or its leading digits")}, onlyFields), nil, answers((*Server).environment)},
		{get, "/api/environments/{id}/diff", "What differs between two environments, what matters most first", []param{idParam("the one's id, or its leading digits"),
			{name: "with", kind: text, about: "the other's", needed: true}}, nil, answers((*Server).environmentDiff)},
		{get, "/api/snapshots", "Snapshots, newest first", with([]param{{name: "name", kind: text, about: "those with this name"}}, listParams("100")), nil, answers((*Server).snapshots)},
		{get, "/api/models", "Registered models with their versions, by name", with([]param{}, listParams("100")), nil, answers((*Server).models)},
	}
}

// checkRoutes look at every byte.
func checkRoutes() []route {
	return []route{
		{get, "/api/verify", "What the last check of every byte found, and how far one is that runs", nil, nil, changing((*Server).verified)},
		{post, "/api/verify", "Check every byte of the ledger, in the background", nil, nil, changing((*Server).startVerify)},
		{get, "/api/disk", "What takes how much of the disk, as it was measured last, and how far measuring is that runs", largestParams, nil, changing((*Server).disk)},
		{post, "/api/disk", "Measure what takes how much of the disk, in the background", largestParams, nil, changing((*Server).startDisk)},
	}
}

// noteRoutes keep what people say and look for.
func noteRoutes() []route {
	return []route{
		{get, "/api/views", "Saved searches, by name", listParams("1000"), nil, answers((*Server).views)},
		{put, "/api/views/{name}", "Save a search", []param{{name: "name", kind: text, about: "its name", needed: true}}, RunQuery{}, answers((*Server).saveView)},
		{remove, "/api/views/{name}", "Take a saved search away", []param{{name: "name", kind: text, about: "its name", needed: true}}, nil, answers((*Server).removeView)},
		{get, "/api/reviews", "Comments, approvals and rejections, oldest first", with([]param{
			{name: "subject", kind: text, about: "of the run, cell execution, session or snapshot with this id, leading digits or name"}}, listParams("100")), nil, changing((*Server).reviews)},
		{get, "/api/reviews/waiting", "Runs that ended and that nobody approved or rejected, newest first", with(reviewText, listParams("100")), nil, changing((*Server).waiting)},
		{get, "/api/reviews/subjects", "What something was said of, that of the newest words first", with(reviewText, listParams("100")), nil, answers((*Server).reviewed)},
		{post, "/api/reviews", "Comment, approve or reject: a signed entry that nothing takes away", nil, NewReview{}, answers((*Server).addReview)},
	}
}

// byteRoutes serve what the ledger holds, and what changes in it.
func byteRoutes() []route {
	return []route{
		{get, "/api/blobs/{digest}", "Bytes that the ledger holds", []param{
			{name: "digest", kind: text, about: "sha256:… of the bytes", needed: true},
			{name: "type", kind: text, about: "the media type to say they are; others than of text, images, audio and video are said to be application/octet-stream"},
			{name: "name", kind: text, about: "the name to save them by"}}, nil, streams("application/octet-stream", (*Server).blob)},
		{get, "/api/blobs/{digest}/document", "A blob of HTML, SVG or JavaScript, such as an artifact, as a page for a sandboxed frame: it can load nothing, and send nothing", []param{
			{name: "digest", kind: text, about: "sha256:… of the bytes", needed: true},
			{name: "type", kind: text, about: "the media type that they are", needed: true}, scriptsParam, themeParam}, nil, streams("text/html", (*Server).blobDocument)},
		{get, "/api/events", "What changes, as server-sent events, at most ten a second", []param{
			{name: "after", kind: text, about: "the id of the last event that is known, as the header Last-Event-ID"}}, nil, streams("text/event-stream", (*Server).events)},
	}
}
