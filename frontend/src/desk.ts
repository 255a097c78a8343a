import "./styles/desk.scss";
import Alpine from "@alpinejs/csp";
import "bootstrap/js/dist/dropdown";
import htmx from "htmx.org";
import { photoField } from "./ui/photo-field";
import { selection } from "./ui/selection";
import "./ui/dialogs";
import "./ui/feedback";
import { dressForms } from "./ui/habits";
import "./ui/hits";
import "./ui/live";
import "./ui/page";
import "./ui/passkeys";
import "./ui/picks";
import { dressSelects } from "./ui/selects";
import "./ui/sending";

Alpine.data("photoField", photoField);
Alpine.data("selection", selection);
Alpine.start();

htmx.onLoad((element) => {
  dressSelects(element as HTMLElement);
  dressForms(element as HTMLElement);
});
