// Moments as people say them, in the ward's own time zone.

export const ZONE = "Europe/London";
const LONG = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
});
const SHORT = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short", day: "numeric", month: "short", year: "numeric" });
const FIELD = new Intl.DateTimeFormat("sv-SE", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});

/** "Wednesday 25 November 2026 at 14:00", or "Wed 25 Nov, 14:00". */
export function moment(iso, style = "short") {
  return style === "long" ? LONG.format(new Date(iso)).replace(",", "") : SHORT.format(new Date(iso));
}

/** "Wed 25 Nov 2026". */
export function day(iso) {
  return DAY.format(new Date(iso)).replace(",", "");
}

/** The same as a date-and-time box holds it: "2026-11-25T14:00", on the ward's clock. */
export function field(iso) {
  return FIELD.format(new Date(iso)).replace(" ", "T");
}
