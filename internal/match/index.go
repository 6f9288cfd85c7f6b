package match

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Index holds people and finds who of them somebody may be. Many may search at
// once; whoever adds or removes has it for themselves.
type Index struct {
	mu       sync.RWMutex
	book     *book
	postings *postings
	at       map[string]int32
	weights  weights
	cannot   map[[2]string]bool
	limit    int
	finders  sync.Pool
	changed  int // records added since the spelling was last learnt
}

const searchLimit = 1500

// asked is how many records of each party somebody who is looked up meets in an
// index: every second one is held already.
var asked = [parties]float64{0.35, 0.15, 1.5, 0.5, 0.02, 0.01, 0}

// New makes an empty index.
func New(params Params) *Index {
	x := &Index{book: newBook(), postings: newPostings(), at: map[string]int32{}, cannot: params.cannot(), limit: params.Limit,
		finders: sync.Pool{New: func() any { return &finder{} }}}
	if x.limit == 0 {
		x.limit = searchLimit
	}
	if params.Weights != nil {
		x.weights = params.Weights.w
	} else {
		x.weights = *guessed(1)
		for k, n := range asked {
			x.weights.prior[k] = math.Log2(max(n, 1))
			if n > 0 {
				x.weights.prior[k] = math.Log2(n)
			}
		}
	}
	return x
}

// Len is how many people the index holds.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.at)
}

// Add holds a person; who was held under the same id is replaced.
func (x *Index) Add(p Person) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(p.ID)
	r := x.book.read(&p, true)
	i := int32(len(x.book.records))
	x.book.records = append(x.book.records, r)
	x.book.count(&r, 1)
	x.at[p.ID] = i
	for _, k := range r.keys(nil) {
		x.postings.add(k, i)
	}
	x.changed++
	if x.changed > 10000+len(x.at)/4 {
		x.book.learnSpelling()
		x.changed = 0
	}
}

// Remove forgets a person. An id that is not held is no error.
func (x *Index) Remove(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(id)
}

func (x *Index) remove(id string) {
	i, ok := x.at[id]
	if !ok {
		return
	}
	r := &x.book.records[i]
	for _, k := range r.keys(nil) {
		x.postings.remove(k, i)
	}
	x.book.count(r, -1)
	x.book.records[i] = record{}
	delete(x.at, id)
}

// hit is a record that was compared with the one asked for.
type hit struct {
	at            int32
	same, related float64
	twin          bool
	c             comparison
}

// Search says who of the people held the one asked for may be: up to limit of
// those who may be the same, best first, and after them up to limit relatives,
// best first. A person held under the id of the one asked for is left out. The
// same index and question give the same answer. It decides nothing: whoever asks
// does.
func (x *Index) Search(query Person, limit int) []Candidate {
	x.mu.RLock()
	defer x.mu.RUnlock()
	w := x.weights
	w.prior[stranger] = math.Log2(float64(max(50, len(x.at))))
	r := x.book.read(&query, false)
	f := x.finders.Get().(*finder)
	defer x.finders.Put(f)
	var hits []hit
	for _, o := range x.postings.find(f, &r, int32(len(x.book.records)), x.limit) {
		other := &x.book.records[o]
		if query.ID != "" && other.id == query.ID {
			continue
		}
		h := hit{at: o}
		x.book.compare(&r, other, &h.c)
		if !h.c.says() {
			continue
		}
		s := w.each(&h.c)
		if h.same, h.related = odds(&s); h.same < Floor && h.related < kinsfolk {
			continue
		}
		h.twin = isTwin(&h.c)
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.same, a.same), cmp.Compare(x.book.records[a.at].id, x.book.records[b.at].id))
	})
	return x.answer(&r, &w, hits, limit)
}

// kinsfolk is the least log2 of the odds for relatives against strangers.
const kinsfolk = 3.0

// lead is by how many bits the first must be ahead of the next person.
const lead = 4.0

func (x *Index) answer(r *record, w *weights, hits []hit, limit int) []Candidate {
	next := x.runnerUp(w, hits)
	var persons, kin []Candidate
	var kinHits []hit
	for n, h := range hits {
		o := &x.book.records[h.at]
		c := Candidate{ID: o.id, Score: h.same, Twin: h.twin}
		if n == 0 {
			c.Lead = h.same - next
		} else {
			c.Lead = h.same - hits[0].same
		}
		ahead := n == 0 && c.Lead >= lead || n > 0 && -c.Lead < lead && x.oneWith(w, hits[0], h)
		nameless := h.c.level[fForename] == 0 && h.c.level[fNHS] != simpleSame
		apartForGood := x.cannot[[2]string{r.id, o.id}]
		switch {
		case apartForGood && h.related < kinsfolk, h.same < Floor && h.related < kinsfolk:
			continue
		case apartForGood, h.same < Perhaps && h.related >= kinsfolk && !(h.twin && h.same > conflict):
			c.Class = Relative
		case h.same >= Sure && !h.twin && !nameless && ahead:
			c.Class = Same
		default:
			c.Class = Review
		}
		if c.Class == Relative {
			kin, kinHits = append(kin, c), append(kinHits, h)
		} else if len(persons) < limit {
			c.Evidence = w.explain(&h.c, r, o)
			persons = append(persons, c)
		}
	}
	// Relatives are ordered by how sure it is that they are relatives.
	order := make([]int, len(kin))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(kinHits[b].related, kinHits[a].related) })
	for _, i := range order[:min(limit, len(order))] {
		kin[i].Evidence = w.explain(&kinHits[i].c, r, &x.book.records[kinHits[i].at])
		persons = append(persons, kin[i])
	}
	return persons
}

// runnerUp is the score of the best candidate who is somebody else than the
// first: a second record of the same person is no rival.
func (x *Index) runnerUp(w *weights, hits []hit) float64 {
	for n, h := range hits {
		if n > 0 && !x.oneWith(w, hits[0], h) {
			return h.same
		}
	}
	return Floor
}

func (x *Index) oneWith(w *weights, a, b hit) bool {
	var c comparison
	x.book.compare(&x.book.records[a.at], &x.book.records[b.at], &c)
	s := w.each(&c)
	same, _ := odds(&s)
	return same >= Sure && !isTwin(&c)
}
