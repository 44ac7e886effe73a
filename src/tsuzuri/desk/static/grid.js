// A table of patients: which cell lies beside another one, and the strip of paper above the table that shows the row worked on.
import {rows} from "./fields.js";

/** The field so many columns and rows away from this one; null outside the table, or where it is in none. */
export function beside(name, right, down) {
  const cell = rows.get(name);
  if (cell?.tagName !== "TD") return null;
  const row = [...cell.closest("tbody").rows][cell.parentElement.sectionRowIndex + down];
  return row?.cells[cell.cellIndex + right]?.dataset.field ?? null;
}

/** Where the picture of a field is drawn: in a table above all of it, else in the field's own room. */
export const stripRoom = (row) => row.closest(".rows")?.querySelector(".row-strip") ?? row;
