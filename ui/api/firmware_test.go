package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/provisioning/firmware"
	"cradle/ui/access"
)

// shelfOfOne takes one upload.
type shelfOfOne struct {
	got  directory.Firmware
	body string
	err  error
}

func (s *shelfOfOne) Add(_ context.Context, _ directory.Actor, f *directory.Firmware, body io.Reader) error {
	b, err := io.ReadAll(body)
	s.got, s.body = *f, string(b)
	if err == nil {
		err = s.err
	}
	return err
}

func TestUploadFirmware(t *testing.T) {
	e, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := directory.Open(t.Context(), directory.Options{Engine: e, Keys: directory.NewKeys()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	shelf := &shelfOfOne{}
	router := gin.New()
	a := &API{Config: Config{Directory: d, Firmware: shelf, Now: time.Now}, permissions: map[string]access.Permission{}}
	a.huma = humagin.New(router, document("test"))
	a.huma.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		next(huma.WithValue(ctx, callerKey{}, &access.Caller{User: &directory.User{Organization: "acme"}}))
	})
	firmwareRoutes(a)
	send := func(query, body string, most int64) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, FirmwarePath+query, nil)
		w := httptest.NewRecorder()
		r.Body = http.MaxBytesReader(w, io.NopCloser(strings.NewReader(body)), most)
		router.ServeHTTP(w, r)
		return w
	}
	const good = "?vendor=yealink&version=1.2&models=yealink-t46u,yealink-t48u&file=a.rom&after=1.1"
	if w := send(good, "the rom", 100); w.Code != http.StatusCreated || shelf.body != "the rom" {
		t.Errorf("%d %s, %q", w.Code, w.Body, shelf.body)
	}
	want := directory.Firmware{Organization: "acme", Vendor: "yealink", Version: "1.2", Models: []string{"yealink-t46u", "yealink-t48u"}, File: "a.rom", After: "1.1"}
	if fmt.Sprint(shelf.got) != fmt.Sprint(want) {
		t.Errorf("%+v", shelf.got)
	}
	if w := send("?vendor=yealink&version=1.2&file=a.rom", "x", 100); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without models: %d", w.Code)
	}
	if w := send(good, "longer", 3); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too long: %d %s", w.Code, w.Body)
	}
	for err, code := range map[error]int{firmware.ErrTaken: http.StatusConflict, firmware.ErrUnknown: http.StatusUnprocessableEntity} {
		if shelf.err = err; send(good, "x", 100).Code != code {
			t.Errorf("%v: not %d", err, code)
		}
	}
}
