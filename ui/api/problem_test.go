package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
)

// Who writes to a full disk is told so, and not where our files lie.
func TestAFullDiskIsTold(t *testing.T) {
	a := &API{Config: Config{Log: slog.New(slog.DiscardHandler)}}
	err := a.problem("POST /x", fmt.Errorf("writing: %w", fmt.Errorf("%w: %w", directory.ErrFull, errors.New("write /data/cradle.db"))))
	var status huma.StatusError
	if !errors.As(err, &status) || status.GetStatus() != http.StatusInsufficientStorage {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), "full") || strings.Contains(err.Error(), "/data") {
		t.Errorf("told %q", err)
	}
}
