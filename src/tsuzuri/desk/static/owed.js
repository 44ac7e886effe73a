// What this person finished and the server never answered goes there from whatever page is opened next. A sheet's page sees to it
// itself: what lies open there is not sent past the hands.
import {kept, recall} from "./journal.js";

const who = document.querySelector("meta[name=who]").content;
const onSheet = document.querySelector("script[src$='/sheet.js']");

if (!onSheet && kept(who).some((id) => recall(who, id).verb)) {
  const {replay} = await import("./behind.js");
  replay(who);
}
