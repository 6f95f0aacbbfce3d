//! What came of the moves, in words and tables.

use std::time::Duration;

use bailiwick_kernel::Tier;

use super::{OTHERS, OTHERS_RATIO, Round, STALL_MAX_MS, STALL_P99_MS, WRITES};
use crate::measure::Sample;
use crate::stage::LARGE;
use crate::table;

/// The rounds, what the others felt in each step, and whether that is what is promised.
pub(super) fn of(done: &[Round], rows: u64) -> String {
    let heads = [
        "",
        "took s",
        "writes",
        "p50 ms",
        "p99 ms",
        "max ms",
        "others p99",
        "without",
        "ratio",
        "lost, doubled, differ",
    ];
    let lines: Vec<Vec<String>> = done
        .iter()
        .map(|round| {
            vec![
                format!("to {}", round.to),
                format!("{:.0}", round.took.as_secs_f64()),
                round.own.count().to_string(),
                format!("{:.1}", round.own.percentile_ms(50)),
                format!("{:.1}", round.own.percentile_ms(99)),
                format!("{:.1}", round.own.percentile_ms(100)),
                format!("{:.1}", round.others.percentile_ms(99)),
                format!("{:.1}", round.calm.percentile_ms(99)),
                format!("{:.2}", round.ratio()),
                round.amiss.len().to_string(),
            ]
        })
        .collect();
    let worst = |figure: fn(&Round) -> f64| done.iter().map(figure).fold(0.0, f64::max);
    let (p99, max) = (
        worst(|r| r.own.percentile_ms(99)),
        worst(|r| r.own.percentile_ms(100)),
    );
    let ratio = crate::measure::median(done.iter().map(Round::ratio));
    let amiss: usize = done.iter().map(|round| round.amiss.len()).sum();
    let verdict =
        if p99 <= STALL_P99_MS && max <= STALL_MAX_MS && ratio <= OTHERS_RATIO && amiss == 0 {
            "reached"
        } else {
            "missed"
        };
    format!(
        "# Tenants on the move\n\n{}\n\
         {rows} rows over four tables, {WRITES:.0} writes a second in the tenant that moves and {OTHERS:.0} in five others, \
         over HTTP, at random moments, each timed from when it was due. *Others* and *without*: the others' p99 during the move and \
         just before it, under the same load. Every acknowledged write is looked for afterwards, and the rows that \
         nobody wrote are compared by their sum. Client, server and PostgreSQL ({}) share this machine.\n\n\
         {}\n\
         What the others felt in each step, all rounds together.\n\n\
         - worst p99 {p99:.0} ms (goal {STALL_P99_MS:.0}), worst of all {max:.0} ms (goal {STALL_MAX_MS:.0}), others' p99 \
         {ratio:.2} of what it was (goal {OTHERS_RATIO:.1}), amiss {amiss}: {verdict}\n\n",
        table::render(&heads, &lines),
        LARGE
            .map(|(name, value)| format!("{name} {value}"))
            .join(", "),
        steps(done),
    )
}

/// What the others felt in each step of the moves, all rounds together.
fn steps(done: &[Round]) -> String {
    let mut felt: Vec<((Tier, &str), Duration, Vec<u32>)> = Vec::new();
    for round in done {
        let ends = round.steps.iter().skip(1).map(|(_, began)| *began);
        for ((step, began), end) in round.steps.iter().zip(ends.chain([round.took])) {
            let named = (round.to, step.as_str());
            let at = felt.iter().position(|(name, ..)| *name == named);
            let at = at.unwrap_or_else(|| {
                felt.push((named, Duration::ZERO, Vec::new()));
                felt.len() - 1
            });
            if let Some((_, took, latencies_us)) = felt.get_mut(at) {
                *took += end.saturating_sub(*began);
                latencies_us.extend(round.others.between(*began, end));
            }
        }
    }
    let lines: Vec<Vec<String>> = felt
        .into_iter()
        .map(|((to, step), took, latencies_us)| {
            let felt = Sample::new(latencies_us, took);
            vec![
                format!("to {to}, {}", step.to_lowercase()),
                format!("{:.0}", took.as_secs_f64()),
                felt.count.to_string(),
                format!("{:.1}", felt.p50_ms),
                format!("{:.1}", felt.p99_ms),
            ]
        })
        .collect();
    table::render(&["", "s", "writes", "p50 ms", "p99 ms"], &lines)
}
