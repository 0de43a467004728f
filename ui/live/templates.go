package live

import (
	"context"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
)

// Templates is what provisioning knows of models and of uploaded templates.
// Secrets are masked in all that it shows.
type Templates interface {
	// Catalog is the shelf of models as it is now.
	Catalog() *catalog.Catalog
	// CheckTemplate judges a text for one of a model's templates, TestTemplate
	// says which of its tests do not hold, both by an organization's values;
	// Preview says what it would alter, at one organization and of one phone where
	// these are given.
	CheckTemplate(org directory.ID, model, part, text string) ([]custom.Finding, error)
	TestTemplate(org directory.ID, part, text string, tests []directory.TemplateTest) ([]string, error)
	Preview(ctx context.Context, template directory.ID, text string, org, only directory.ID) (provisioning.Preview, error)
	// TemplateFaults are the phones for which what is in force does not render.
	TemplateFaults() map[directory.ID]string
}
