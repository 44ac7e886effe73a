// The log-in page: typed values left behind by somebody who never came back are swept after half a day.
import {sweep} from "./journal.js";

sweep(12 * 60 * 60 * 1000);
