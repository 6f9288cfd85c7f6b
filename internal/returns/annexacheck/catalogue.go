package annexacheck

import (
	"fmt"
	"io"

	"onus/internal/returns/report"
)

// WriteCatalogue writes the rules in Markdown.
func WriteCatalogue(w io.Writer) error {
	intro := fmt.Sprintf(`Made by `+"`onus validate annex-a --rules`"+` from the rules themselves; do not edit. Ofsted publishes no rules for Annex A. These %d are ours:
each follows from the guidance in Ofsted's %s. A code once given to a rule is not given to another. A query may stand if there is a reason for it.
Rules that name no field look at every list.`, len(Rules()), Template)
	return report.Catalogue(w, "Rules of Annex A", intro, Rules())
}
