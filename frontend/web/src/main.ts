/** Starts the page. */

import "./style/base.css";
import "./style/map.css";
import "./style/panel.css";
import "./style/search.css";
import "./style/results.css";
import "./style/card.css";
import "./style/sound.css";
import "./style/tools.css";
import "./style/journeys.css";
import "./style/compare.css";
import "./style/layers.css";
import "./style/when.css";
import "./style/insight.css";
import "./style/phone.css";
import "./style/phone-search.css";

import { restoreTheme } from "./kit/theme";
import { Page } from "./page/page";

restoreTheme();

// What the person used last decides whether the map shows its cross: CSS alone cannot tell on a focusable map.
const tellInput = (input: string) => (): void => void (document.documentElement.dataset["input"] = input);
addEventListener("pointerdown", tellInput("pointer"), true);
addEventListener("keydown", tellInput("keyboard"), true);

const page = new Page();
page.watch();
void page.open();
