import "htmx.org";

import { startClock } from "./lib/clock.js";
import { startCopy } from "./lib/copy.js";
import { startDialogs } from "./lib/dialogs.js";
import { startKeys } from "./lib/keys.js";
import { startMenus } from "./lib/menus.js";
import { startPalette } from "./lib/palette.js";
import { startRequests } from "./lib/requests.js";
import { startSide } from "./lib/side.js";
import { startTheme } from "./lib/theme.js";

startTheme();
startRequests();
startSide();
startMenus();
startDialogs();
startPalette();
startKeys();
startCopy();
startClock();
document.documentElement.dataset.ready = "yes";
