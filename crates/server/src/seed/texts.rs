//! The words of the demo.

const AREAS: [&str; 14] = [
    "Checkout",
    "Search",
    "Product page",
    "Cart",
    "Account",
    "Returns",
    "Payments",
    "Shipping",
    "Newsletter",
    "Admin",
    "Mobile",
    "Invoices",
    "Wish list",
    "Gift cards",
];

const WORK: [&str; 15] = [
    "show a clear error when a request times out",
    "cover the happy path with browser tests",
    "replace the spinner by a skeleton",
    "make keyboard focus visible",
    "translate what is still in English",
    "remove the old feature flag",
    "measure p95 and set a budget",
    "give the empty state a next step",
    "log the order number with every warning",
    "move the settings to the new page",
    "fix the layout at 320 px",
    "write down the edge cases for support",
    "review what guests may do",
    "retry safely after a lost connection",
    "add a smoke test to the deploy pipeline",
];

/// The title of the shop's `number`th task.
pub fn shop(number: usize) -> String {
    let (area, work) = (AREAS[number % AREAS.len()], WORK[(number + number / AREAS.len()) % WORK.len()]);
    match number / (AREAS.len() * WORK.len()) {
        0 => format!("{area}: {work}"),
        round => format!("{area}: {work}, part {}", round + 1),
    }
}

pub const WAREHOUSE: [&str; 24] = [
    "Scan a pallet without unpacking it",
    "Print labels on the new Zebra printers",
    "Shelf plan for the winter collection",
    "Tell purchasing when a shelf runs empty",
    "Pick lists sorted by walking distance",
    "Returns desk: photograph damaged goods",
    "Count aisle C again, the numbers don't add up",
    "Train two people for the night shift",
    "Replace the batteries of the hand scanners",
    "Find out why batch 2211 was booked twice",
    "Fire drill in December",
    "Measure how long an express order takes",
    "Move heavy items below waist height",
    "Block shelves that wait for inspection",
    "Show expected deliveries for the next week",
    "Weigh parcels at the packing table",
    "Agree on a cut-off time with the carrier",
    "Customs papers for Switzerland",
    "Spare key for the cold room",
    "Write down how to restart the sorter",
    "Separate B-stock in the stock report",
    "Import supplier barcodes",
    "Second packing table for peak weeks",
    "Clean up article names with typos",
];

pub const DESCRIPTIONS: [&str; 5] = [
    "",
    "Came up in support **three times** this week. See the ticket for screenshots.\n\n- reproduce on a slow line\n- decide what we promise\n- tell support",
    "Small, but it annoys everybody who does this daily.",
    "We agreed on this in the planning: first the *simplest thing that works*, then measure.",
    "",
];

pub const COMMENTS: [&str; 5] = [
    "I can reproduce it on my machine now.",
    "Let's not forget the German texts.",
    "Asked the carrier, answer by Thursday.",
    "Looks good to me. One question: what happens when the session ends in between?",
    "Done in the test environment, please have a look.",
];
