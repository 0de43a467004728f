package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"cradle/directory"
	"cradle/directory/blob"
	"cradle/provisioning/firmware"
	"cradle/ui/access"
)

// firmwareView is a file that phones may load. The appliance's own are seen by
// every organization.
type firmwareView struct {
	ID       directory.ID `json:"id"`
	Revision uint64       `json:"revision"`
	Vendor   string       `json:"vendor"`
	Models   []string     `json:"models" nullable:"false"`
	Version  string       `json:"version"`
	File     string       `json:"file"`
	Size     int64        `json:"size" doc:"Bytes."`
	SHA256   string       `json:"sha256"`
	After    string       `json:"after" doc:"The least version a phone must have before; empty: any."`
	Bad      string       `json:"bad" doc:"Why it must not be used; empty: it may be."`
	At       time.Time    `json:"at"`
	Phones   int          `json:"phones" doc:"Phones of its models that have this version."`
}

type firmwarePatch struct {
	Revised
	Models *[]string `json:"models,omitempty" minItems:"1" maxItems:"100"`
	After  *string   `json:"after,omitempty" maxLength:"200"`
	Bad    *string   `json:"bad,omitempty" maxLength:"200"`
}

func firmwareRoutes(a *API) {
	resource[directory.Firmware, firmwareView, struct{}, firmwarePatch]{
		name: "firmware", path: "/firmware", read: access.FirmwareRead, write: access.FirmwareWrite,
		all: sharedFirmware, get: (*directory.Snapshot).Firmware,
		organization: func(f *directory.Firmware) directory.ID { return f.Organization },
		id:           func(f *directory.Firmware) directory.ID { return f.ID },
		key: func(f *directory.Firmware) string {
			return string(f.Organization) + "/" + f.Vendor + "/" + strings.ToLower(f.File)
		},
		view: viewFirmware,
		patch: func(tx *directory.Tx, _ *access.Caller, f *directory.Firmware, in *firmwarePatch) error {
			in.of(&f.Revision)
			set(&f.Models, in.Models)
			set(&f.After, in.After)
			set(&f.Bad, in.Bad)
			return tx.PutFirmware(f)
		},
		remove: func(tx *directory.Tx, _ *access.Caller, f *directory.Firmware) error { return tx.DeleteFirmware(f.ID) },
	}.routes(a)
	route(a, operation{method: http.MethodPost, path: "/firmware", permission: access.FirmwareWrite, status: http.StatusCreated, maxBody: MaxFirmware,
		summary: "Upload a firmware as the body; that of the organization which runs the appliance is for all", errors: []int{http.StatusConflict}}, a.uploadFirmware)
}

// sharedFirmware is the appliance's and the organization's own.
func sharedFirmware(s *directory.Snapshot, org directory.ID) iter.Seq[*directory.Firmware] {
	return only(s.Firmwares(""), func(f *directory.Firmware) bool {
		return f.Organization == "" || f.Organization == org
	})
}

func viewFirmware(s *directory.Snapshot, f *directory.Firmware) firmwareView {
	v := firmwareView{ID: f.ID, Revision: f.Revision, Vendor: f.Vendor, Models: list(f.Models), Version: f.Version, File: f.File,
		Size: f.Size, SHA256: f.SHA256, After: f.After, Bad: f.Bad, At: f.At}
	for d := range s.Devices(f.Organization) {
		if d.Firmware == f.Version && slices.ContainsFunc(f.Models, func(m string) bool { return strings.EqualFold(m, d.Model) }) {
			v.Phones++
		}
	}
	return v
}

// MaxFirmware is the most bytes of one firmware, FirmwarePath where it is sent to.
const (
	MaxFirmware  = 512 << 20
	FirmwarePath = prefix + "/firmware"
)

// slowestUpload is what an upload is waited for, in bytes a second.
const slowestUpload = 128 << 10

// firmwareUpload is read as it comes: the body is no part of the input.
type firmwareUpload struct {
	Vendor  string   `query:"vendor" required:"true" minLength:"1" maxLength:"64" doc:"The vendor's name in the catalogue." example:"acme"`
	Version string   `query:"version" required:"true" minLength:"1" maxLength:"200"`
	Models  []string `query:"models" required:"true" minItems:"1" maxItems:"100" doc:"Catalogue names."`
	File    string   `query:"file" required:"true" minLength:"1" maxLength:"200" doc:"The name that phones ask for."`
	After   string   `query:"after" maxLength:"200" doc:"The least version a phone must have before."`
	body    io.Reader
}

// Resolve keeps the body for the handler, and gives it the time that it takes.
func (u *firmwareUpload) Resolve(ctx huma.Context) []error {
	u.body = ctx.BodyReader()
	until := time.Now().Add(MaxFirmware / slowestUpload * time.Second)
	_ = ctx.SetReadDeadline(until) // where there is none, the server's own ends a long upload
	_ = http.NewResponseController(humagin.Unwrap(ctx).Writer).SetWriteDeadline(until)
	return nil
}

func (a *API) uploadFirmware(ctx context.Context, c *access.Caller, in *firmwareUpload) (*viewOutput[firmwareView], error) {
	if a.Firmware == nil {
		return nil, huma.NewError(http.StatusServiceUnavailable, "firmware is not kept here")
	}
	f := &directory.Firmware{Organization: c.User.Organization, Vendor: in.Vendor, Models: in.Models, Version: in.Version, File: in.File, After: in.After}
	if c.Home {
		f.Organization = ""
	}
	switch err := a.Firmware.Add(ctx, actor(c), f, in.body); {
	case errors.Is(err, firmware.ErrTaken):
		return nil, huma.NewError(http.StatusConflict, err.Error())
	case errors.Is(err, firmware.ErrUnknown), errors.Is(err, firmware.ErrRefused), errors.Is(err, blob.ErrEmpty):
		return nil, huma.NewError(http.StatusUnprocessableEntity, err.Error())
	case errors.Is(err, blob.ErrTooLong), tooLong(err):
		return nil, huma.NewError(http.StatusRequestEntityTooLarge, fmt.Sprintf("a firmware has at most %d bytes", MaxFirmware))
	case errors.Is(err, blob.ErrFull):
		return nil, huma.NewError(http.StatusServiceUnavailable, err.Error())
	case err != nil:
		return nil, err
	}
	return &viewOutput[firmwareView]{Body: viewFirmware(a.Directory.Snapshot(), f)}, nil
}

func tooLong(err error) bool {
	var bytes *http.MaxBytesError
	return errors.As(err, &bytes)
}
