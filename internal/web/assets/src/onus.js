// Every page is complete without this script. It only makes GOV.UK's components
// behave better (radios need none, see _forms.scss), and shows a wide picture from its newest end.
import { createAll, Button, Checkboxes, ErrorSummary, NotificationBanner, SkipLink } from "govuk-frontend";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
for (const component of [Button, Checkboxes, ErrorSummary, NotificationBanner, SkipLink]) {
  createAll(component);
}
for (const region of document.querySelectorAll(".o-scroll--end")) {
  region.scrollLeft = region.scrollWidth;
}
