package api

import (
	"encoding/base64"
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// pageInput are the query parameters of every list.
type pageInput struct {
	Organization directory.ID `query:"organization" maxLength:"64" doc:"Another organization than one's own, where one may see it."`
	Cursor       string       `query:"cursor" maxLength:"512" doc:"The 'next' of the page before."`
	Limit        int          `query:"limit" default:"100" minimum:"1" maximum:"500" doc:"How many items at most."`
}

// page is one page of a list.
type page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next" doc:"Cursor of the next page; empty on the last."`
}

type pageOutput[T any] struct {
	Body page[T]
}

// organization that a list is about: the caller's own, or the one asked for
// when he may see it.
func (in *pageInput) organization(c *access.Caller) (directory.ID, error) {
	if in.Organization == "" {
		return c.User.Organization, nil
	}
	if !c.Sees(in.Organization) {
		return "", notFound("organization")
	}
	return in.Organization, nil
}

// cut takes one page out of records that come in a fixed order. A cursor is
// the key of the last record of the page before; where that one is gone
// meanwhile, the page begins at the first record with a greater key.
func cut[R, V any](in *pageInput, all iter.Seq[R], key func(R) string, view func(R) V) (*pageOutput[V], error) {
	after, err := openCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	out := &pageOutput[V]{Body: page[V]{Items: []V{}}}
	begun := in.Cursor == "" || !holds(all, key, after)
	gone := in.Cursor != "" && begun
	last := ""
	for r := range all {
		k := key(r)
		switch {
		case !begun:
			begun = k == after
			continue
		case gone && k <= after:
			continue
		}
		if len(out.Body.Items) == in.Limit {
			out.Body.Next = cursor(last)
			break
		}
		out.Body.Items = append(out.Body.Items, view(r))
		last = k
	}
	return out, nil
}

func holds[R any](all iter.Seq[R], key func(R) string, wanted string) bool {
	for r := range all {
		if key(r) == wanted {
			return true
		}
	}
	return false
}

// cursor hides the key, so that nobody builds one.
func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

func openCursor(c string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(c)
	if err != nil {
		return "", huma.NewError(http.StatusUnprocessableEntity, "this is no cursor of ours",
			&huma.ErrorDetail{Location: "query.cursor", Message: "this is no cursor of ours"})
	}
	return string(b), nil
}

// idInput names one record.
type idInput struct {
	ID directory.ID `path:"id" maxLength:"64"`
}

// none is the output of operations that answer 204.
type none struct{}
