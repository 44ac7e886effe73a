// What this person confirmed last, over the sheets of this window: ids and fields only, nothing that a citizen wrote.
const NAME = "tsuzuri.trail", FROM = "tsuzuri.from", LONGEST = 20;

const stored = () => JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
const store = (trail) => sessionStorage.setItem(NAME, JSON.stringify(trail.slice(-LONGEST)));

/** A confirmation of a field, or with `field` null the approval of the sheet. */
export const confirmed = (id, field) => store([...stored(), {id, field}]);

/** The last confirmation, or undefined; it stays until it is `undone`. */
export const lastConfirmed = () => stored().at(-1);
export const undone = () => store(stored().slice(0, -1));

/** The sheet that was left to look at earlier ones. */
export const leftAt = () => sessionStorage.getItem(FROM);
export const leaveAt = (path) => sessionStorage.setItem(FROM, path);
